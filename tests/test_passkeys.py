"""Passkeys on both databases: what is let in, and all that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine

from luwte.chat.invitations import Invitations
from luwte.chat.passkeys import (
    MOST,
    BadPasskey,
    BadPasskeyName,
    NoSuchPasskey,
    Passkeys,
    Site,
    TooManyPasskeys,
)
from luwte.chat.staff import Member, Staffing, WrongSignIn
from tests.authenticator import Authenticator
from tests.house import PASSWORD, SECRETS, House, house_on, said
from tests.servers import RedisServer

pytest_plugins = ["tests.databases"]

HERE = Site("localhost", "http://localhost")


@pytest.fixture
def staffing(engine: Engine) -> Staffing:
    return Staffing(engine, secrets=SECRETS)


@pytest.fixture
def passkeys(engine: Engine, redis: Redis) -> Passkeys:
    return Passkeys(engine, redis)


@pytest.fixture
def noor(staffing: Staffing) -> Member:
    return staffing.add("noor@example.org", "Noor", "advisor", PASSWORD)[0]


@pytest.fixture
def sam(staffing: Staffing) -> Member:
    return staffing.add("sam@example.org", "Sam", "advisor", PASSWORD)[0]


@pytest.fixture
def phone(passkeys: Passkeys, noor: Member) -> Authenticator:
    """Noor's, with a passkey."""
    phone = Authenticator()
    passkeys.add(noor, HERE, phone.makes(passkeys.ask_for_new(noor, HERE)), "mijn telefoon")
    return phone


def test_who_has_the_passkey_gets_in(
    passkeys: Passkeys, noor: Member, phone: Authenticator
) -> None:
    for _ in range(2):
        assert passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE))) == noor

    (kept,) = passkeys.of(noor)
    assert kept.name == "mijn telefoon"
    assert kept.used_at is not None


def test_an_authenticator_that_does_not_count_gets_in_each_time(
    passkeys: Passkeys, noor: Member, phone: Authenticator
) -> None:
    for _ in range(2):
        phone.count = -1
        assert passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE))) == noor


def test_the_browser_is_asked_to_verify_the_person_and_not_told_who_it_is(
    passkeys: Passkeys, noor: Member, phone: Authenticator
) -> None:
    asked, new = (
        json.loads(options)
        for options in (passkeys.ask_who(HERE), passkeys.ask_for_new(noor, HERE))
    )

    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    assert new["authenticatorSelection"]["userVerification"] == "required"
    assert new["authenticatorSelection"]["residentKey"] == "required"
    assert len(new["excludeCredentials"]) == 1


def test_an_answer_is_good_once(passkeys: Passkeys, phone: Authenticator) -> None:
    phone.count = -1  # the counter, if there is one, would refuse it too
    answer = phone.signs(passkeys.ask_who(HERE))
    passkeys.sign_in(HERE, answer)

    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, answer)


def test_a_challenge_is_gone_after_five_minutes(
    passkeys: Passkeys, phone: Authenticator, redis: Redis
) -> None:
    answer = phone.signs(passkeys.ask_who(HERE))
    (key,) = redis.keys("*challenge*")
    assert 290 < redis.ttl(key) <= 300

    redis.delete(key)  # as it will be then

    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, answer)


@pytest.mark.parametrize(
    "site",
    [
        Site("localhost", "http://localhost:8001"),
        Site("localhost", "https://localhost"),
        Site("example.org", "http://localhost"),
    ],
)
def test_what_was_signed_for_another_place_opens_nothing_here(
    passkeys: Passkeys, phone: Authenticator, site: Site
) -> None:
    with pytest.raises(WrongSignIn):
        passkeys.sign_in(site, phone.signs(passkeys.ask_who(site)))


def test_a_thing_that_did_not_verify_the_person_opens_nothing(
    passkeys: Passkeys, noor: Member, phone: Authenticator
) -> None:
    phone.verified = False

    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE)))
    other = Authenticator()
    other.verified = False
    with pytest.raises(BadPasskey):
        passkeys.add(noor, HERE, other.makes(passkeys.ask_for_new(noor, HERE)), "een ander")


def test_a_copy_whose_counter_fell_behind_opens_nothing(
    passkeys: Passkeys, phone: Authenticator
) -> None:
    phone.count = 7
    passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE)))

    for count in (7, 3, -1):
        phone.count = count
        with pytest.raises(WrongSignIn):
            passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE)))


def test_another_key_under_the_same_name_opens_nothing(
    passkeys: Passkeys, phone: Authenticator
) -> None:
    forged = Authenticator()
    forged.credential = phone.credential
    forged.handle = phone.handle

    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, forged.signs(passkeys.ask_who(HERE)))


def test_a_key_that_says_it_is_somebody_else_opens_nothing(
    passkeys: Passkeys, phone: Authenticator
) -> None:
    phone.handle = "c29tZWJvZHk"

    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE)))


def test_a_challenge_for_one_thing_is_none_for_another(
    passkeys: Passkeys, noor: Member, sam: Member, phone: Authenticator
) -> None:
    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, phone.signs(passkeys.ask_for_new(noor, HERE)))
    with pytest.raises(BadPasskey):
        passkeys.add(sam, HERE, Authenticator().makes(passkeys.ask_for_new(noor, HERE)), "x")
    assert passkeys.of(sam) == []


@pytest.mark.parametrize(
    "body", [{"rawId": 5}, {"id": 5}, {"id": "x"}, {"id": "\0"}, {"id": "y" * 2000}]
)
def test_what_is_no_answer_opens_nothing(
    passkeys: Passkeys, noor: Member, phone: Authenticator, body: dict[str, Any]
) -> None:
    right = phone.signs(passkeys.ask_who(HERE))
    for answer in (body, right | body, right | {"response": body}):
        with pytest.raises(WrongSignIn):
            passkeys.sign_in(HERE, answer)
        with pytest.raises(BadPasskey):
            passkeys.add(noor, HERE, answer, "x")


@pytest.mark.parametrize("close", ["disable", "renew"])
def test_of_an_account_that_was_closed_or_reset_a_passkey_opens_nothing(
    passkeys: Passkeys, staffing: Staffing, engine: Engine, noor: Member, phone: Authenticator,
    close: str,
) -> None:  # fmt: skip
    answer = phone.signs(passkeys.ask_who(HERE))
    if close == "disable":
        staffing.disable(noor.email)
    else:
        Invitations(engine, secrets=SECRETS).renew(noor.id)

    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, answer)
    assert len(passkeys.of(noor)) == (1 if close == "disable" else 0)


def test_a_passkey_is_its_owners_to_name_and_to_remove(
    passkeys: Passkeys, noor: Member, sam: Member, phone: Authenticator
) -> None:
    (kept,) = passkeys.of(noor)
    with pytest.raises(NoSuchPasskey):
        passkeys.remove(sam, kept.id)
    with pytest.raises(NoSuchPasskey):
        passkeys.rename(sam, kept.id, "van mij")
    for name in ("", "x" * 61, "\0"):
        with pytest.raises(BadPasskeyName):
            passkeys.rename(noor, kept.id, name)

    passkeys.rename(noor, kept.id, " de  oude ")
    assert [one.name for one in passkeys.of(noor)] == ["de oude"]
    passkeys.remove(noor, kept.id)
    with pytest.raises(WrongSignIn):
        passkeys.sign_in(HERE, phone.signs(passkeys.ask_who(HERE)))


def test_an_account_has_a_bounded_number_of_them_and_each_key_once(
    passkeys: Passkeys, noor: Member, phone: Authenticator
) -> None:
    with pytest.raises(BadPasskey):
        passkeys.add(noor, HERE, phone.makes(passkeys.ask_for_new(noor, HERE)), "nog eens")
    for number in range(MOST - 1):
        answer = Authenticator().makes(passkeys.ask_for_new(noor, HERE))
        passkeys.add(noor, HERE, answer, str(number))

    with pytest.raises(TooManyPasskeys):
        passkeys.ask_for_new(noor, HERE)


# Over HTTP.


@pytest.fixture
def house(
    database_url: str, redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path
) -> Iterator[House]:
    with house_on(database_url, redis, redis_of_the_run.url, tmp_path) as house:
        yield house


ACCOUNT = "/desk/account"


def test_somebody_adds_a_passkey_and_signs_in_with_it(house: House) -> None:
    noor, phone = house.hires("Noor"), Authenticator()
    wish = {"name": "mijn telefoon", "password": PASSWORD}
    asked = noor.calls(f"{ACCOUNT}/passkeys/ask", on=ACCOUNT, json=wish)
    assert asked.status_code == 200
    kept = noor.calls(
        f"{ACCOUNT}/passkeys",
        on=ACCOUNT,
        json={"name": wish["name"], "answer": phone.makes(asked.text)},
    )
    assert (kept.status_code, kept.json) == (201, {"to": f"{ACCOUNT}?done=added"})
    assert "mijn telefoon" in said(noor.opens(ACCOUNT))

    elsewhere = house.browser()
    options = elsewhere.calls("/desk/passkey/ask", on="/desk/sign-in").text
    answer = elsewhere.calls("/desk/passkey", on="/desk/sign-in", json=phone.signs(options))

    assert (answer.status_code, answer.json) == (200, {"to": "/desk/"})
    assert "Noor" in elsewhere.opens("/desk/").text
    assert house.acts()[-2:] == ["account.passkey_add", "desk.sign_in"]


@pytest.mark.parametrize(
    ("wish", "status", "field"),
    [
        ({"name": "x", "password": "niet het goede"}, 422, "password"),
        ({"name": "x"}, 422, "password"),
        ({"name": "", "password": PASSWORD}, 422, "name"),
        ([], 400, None),
    ],
)
def test_without_the_password_nobody_adds_one(
    house: House, wish: Any, status: int, field: str | None
) -> None:
    answer = house.hires("Noor").calls(f"{ACCOUNT}/passkeys/ask", on=ACCOUNT, json=wish)

    assert answer.status_code == status
    assert answer.json
    assert answer.json["field"] == field and answer.json["error"]


def test_a_passkey_that_is_tried_too_often_has_to_wait(house: House) -> None:
    browser = house.browser()
    body = Authenticator().signs(json.dumps({"challenge": "AAAA"}))
    for _ in range(5):
        assert browser.calls("/desk/passkey", on="/desk/sign-in", json=body).status_code == 422

    answer = browser.calls("/desk/passkey", on="/desk/sign-in", json=body)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 800


@pytest.mark.parametrize("body", [None, [], "x", {}, {"id": "x", "response": 5}])
def test_a_call_that_no_page_of_ours_makes_is_refused(house: House, body: Any) -> None:
    answer = house.browser().calls("/desk/passkey", on="/desk/sign-in", json=body)

    assert answer.status_code in (400, 422)
    assert answer.json and answer.json["error"]


def test_a_post_without_our_token_is_refused(house: House) -> None:
    assert house.browser().client.post("/desk/passkey/ask").status_code in (400, 302)
    assert house.chat.redis.keys("*challenge*") == []
