"""Accounts as the office sees them: inviting, changing, closing; on both databases."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from redis import Redis
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from luwte.chat import keys
from luwte.chat.accounts import Accounts, Change, LastCoordinator
from luwte.chat.database import reading, writing
from luwte.chat.invitations import Invitations, IsDisabled, NoInvitation, WrongCode
from luwte.chat.staff import Member, PasswordTooShort, Staffing, WrongSignIn
from tests.house import PASSWORD, SECRETS, Browser, House, house_on, said
from tests.servers import RedisServer

pytest_plugins = ["tests.databases"]

HOUR_S = 3600
MINUTE_MS = 60_000
OTHER = "een heel ander wachtwoord"


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def staffing(engine: Engine, clock: Clock) -> Staffing:
    return Staffing(engine, secrets=SECRETS, region_codes={"VT14"}, now=clock)


@pytest.fixture
def invitations(engine: Engine, clock: Clock) -> Invitations:
    return Invitations(engine, secrets=SECRETS, region_codes={"VT14"}, now=clock)


@pytest.fixture
def house(
    database_url: str, redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path
) -> Iterator[House]:
    with house_on(database_url, redis, redis_of_the_run.url, tmp_path) as house:
        yield house


@pytest.fixture
def anna(house: House) -> Browser:
    return house.hires("Anna", role="coordinator")


def code_of(secret: str, at: float) -> str:
    return pyotp.TOTP(secret).at(int(at))


# A link that opens an account once.


def test_an_invited_member_gets_in_only_after_choosing_a_password(
    staffing: Staffing, invitations: Invitations, clock: Clock
) -> None:
    noor, token = invitations.invite(" Noor@example.org", "Noor", "advisor", ["VT14"])
    with pytest.raises(WrongSignIn):
        staffing.sign_in(noor.email, PASSWORD, staffing.code(noor.email))

    found = invitations.find(token)
    assert found.member == noor and found.uri.endswith("issuer=Luwte")
    opened = invitations.accept(token, PASSWORD, code_of(found.secret, clock()))

    assert (opened.id, opened.regions) == (noor.id, ("VT14",))
    clock.now += 30
    code = code_of(found.secret, clock())
    assert staffing.sign_in("noor@example.org", PASSWORD, code) == opened


def test_a_link_works_once_and_for_three_days(invitations: Invitations, clock: Clock) -> None:
    _, token = invitations.invite("noor@example.org", "Noor", "advisor")
    clock.now += 72 * HOUR_S - 1
    secret = invitations.find(token).secret
    clock.now += 1
    with pytest.raises(NoInvitation):
        invitations.find(token)
    clock.now -= 1

    invitations.accept(token, PASSWORD, code_of(secret, clock()))

    with pytest.raises(NoInvitation):
        invitations.accept(token, OTHER, code_of(secret, clock()))


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 43, "A" * 44, "A" * 42 + "\0"])
def test_what_is_no_link_opens_nothing(invitations: Invitations, token: str) -> None:
    invitations.invite("noor@example.org", "Noor", "advisor")

    with pytest.raises(NoInvitation):
        invitations.find(token)


def test_of_a_link_the_database_keeps_nothing_that_opens_anything(
    invitations: Invitations, engine: Engine
) -> None:
    _, token = invitations.invite("noor@example.org", "Noor", "advisor")

    with reading(engine) as session:
        kept = repr(session.execute(text("SELECT * FROM staff")).all())

    assert token not in kept


def test_a_wrong_code_or_a_short_password_leaves_the_link_as_it_is(
    invitations: Invitations, clock: Clock
) -> None:
    _, token = invitations.invite("noor@example.org", "Noor", "advisor")
    code = code_of(invitations.find(token).secret, clock())
    with pytest.raises(PasswordTooShort):
        invitations.accept(token, "elf tekens.", code)
    with pytest.raises(WrongCode):
        invitations.accept(token, PASSWORD, f"{(int(code) + 1) % 1_000_000:06}")

    assert invitations.accept(token, PASSWORD, code).name == "Noor"


def test_of_ten_who_use_one_link_at_once_one_opens_the_account(
    invitations: Invitations, clock: Clock
) -> None:
    _, token = invitations.invite("noor@example.org", "Noor", "advisor")
    code = code_of(invitations.find(token).secret, clock())
    outcomes: list[str] = []

    def accept() -> None:
        try:
            invitations.accept(token, PASSWORD, code)
            outcomes.append("in")
        except NoInvitation:
            outcomes.append("out")

    at_once([accept] * 10)

    assert sorted(outcomes) == ["in"] + ["out"] * 9


def test_a_new_link_closes_the_account_to_all_that_opened_it(
    staffing: Staffing, invitations: Invitations, clock: Clock
) -> None:
    noor, _ = staffing.add("noor@example.org", "Noor", "advisor", PASSWORD)
    old_code = staffing.code(noor.email)

    _, first = invitations.renew(noor.id)
    _, token = invitations.renew(noor.id)

    assert staffing.member(noor.id, noor.epoch) is None
    for code in (old_code, staffing.code(noor.email)):
        with pytest.raises(WrongSignIn):
            staffing.sign_in(noor.email, PASSWORD, code)
    with pytest.raises(NoInvitation):
        invitations.find(first)
    assert invitations.find(token).member.id == noor.id


def test_the_link_of_an_account_that_is_closed_opens_nothing(
    staffing: Staffing, invitations: Invitations
) -> None:
    noor, token = invitations.invite("noor@example.org", "Noor", "advisor")
    staffing.disable(noor.email)

    with pytest.raises(NoInvitation):
        invitations.find(token)
    with pytest.raises(IsDisabled):
        invitations.renew(noor.id)


def test_two_coordinators_who_close_each_other_at_once_do_not_both_succeed(
    staffing: Staffing, engine: Engine
) -> None:
    accounts = Accounts(engine)
    two = [
        staffing.add(f"{name}@example.org", name, "coordinator", PASSWORD)[0]
        for name in ("anna", "bea")
    ]
    refused: list[str] = []
    ready = threading.Barrier(2)

    def close(actor: Member, other: Member) -> Callable[[], None]:
        def run() -> None:
            ready.wait()
            try:
                accounts.disable(actor, other.id)
            except LastCoordinator:
                refused.append(actor.name)

        return run

    for rounds in range(1, 11):
        at_once([close(two[0], two[1]), close(two[1], two[0])])

        assert len(refused) == rounds
        assert [one.disabled_at is None for one in staffing.everybody()].count(True) == 1
        for one in two:
            accounts.enable(one.id)


def test_somebody_who_was_only_invited_does_not_count_as_a_coordinator(
    staffing: Staffing, invitations: Invitations, engine: Engine
) -> None:
    anna, _ = staffing.add("anna@example.org", "Anna", "coordinator", PASSWORD)
    bea, _ = invitations.invite("bea@example.org", "Bea", "coordinator")

    with pytest.raises(LastCoordinator):
        Accounts(engine).change(bea, anna.id, Change("Anna", "advisor", ()))


# The office's pages.


def link_on(page: TestResponse) -> str:
    found = re.search(r'value="http://localhost(/desk/invitation/[\w-]{43})"', page.text)
    assert found, page.text
    return found[1]


def secret_on(page: TestResponse) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def test_a_coordinator_invites_somebody_who_opens_the_account_and_signs_in(
    house: House, anna: Browser
) -> None:
    made = anna.fills_in(
        "/office/staff/new", email="Noor@example.org", name="Noor", role="advisor", regions="VT14"
    )
    assert made.status_code == 201
    link = link_on(made)
    assert "uitgenodigd" in said(anna.opens("/office/staff"))

    new = house.browser()
    page = new.opens(link)
    assert "Welkom, Noor" in said(page) and "noor@example.org" in page.text
    assert "<svg" in page.text and "style=" not in page.text.partition("<main")[2]
    code = pyotp.TOTP(secret_on(page)).now()
    answer = new.fills_in(link, password=OTHER, again=OTHER, code=code)

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/desk/sign-in?account=ready",
    )
    assert "Je account is open." in said(new.opens(answer.headers["Location"]))
    noor = Browser(house, house.staffing.everybody()[1])
    assert noor.signs_in(OTHER).is_in()
    assert noor.member.regions == ("VT14",)
    assert "Noor adviseur" not in said(anna.opens("/office/staff"))
    assert house.acts()[-3:] == ["staff.add", "account.open", "desk.sign_in"]


def test_a_used_link_says_so_and_tells_nobody_where_it_was(house: House, anna: Browser) -> None:
    made = anna.fills_in(
        "/office/staff/new", email="noor@example.org", name="Noor", role="advisor", all="1"
    )
    page = house.browser().opens(link_on(made))
    gone = house.browser().opens("/desk/invitation/" + "A" * 43)

    assert page.headers["Referrer-Policy"] == gone.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert gone.status_code == 410
    assert "Vraag je coördinator om een nieuwe." in said(gone)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "kort", "again": "kort"}, "Kies een wachtwoord van 12 tekens of meer."),
        ({"again": "iets anders dan dat"}, "Dit is niet hetzelfde wachtwoord."),
        ({"code": "000000"}, "Deze code klopt niet."),
        ({"code": ""}, "Deze code klopt niet."),
    ],
)
def test_what_is_wrong_on_the_page_of_a_link_is_said_and_no_secret_repeated(
    house: House, anna: Browser, change: dict[str, str], sentence: str
) -> None:
    made = anna.fills_in(
        "/office/staff/new", email="noor@example.org", name="Noor", role="advisor", all="1"
    )
    link = link_on(made)
    new = house.browser()
    code = pyotp.TOTP(secret_on(new.opens(link))).now()

    answer = new.fills_in(link, **({"password": OTHER, "again": OTHER, "code": code} | change))

    assert answer.status_code == 422
    assert sentence in said(answer)
    assert OTHER not in answer.text


def test_who_stayed_long_on_the_page_of_a_link_gets_it_afresh(house: House, anna: Browser) -> None:
    made = anna.fills_in(
        "/office/staff/new", email="noor@example.org", name="Noor", role="advisor", all="1"
    )
    link = link_on(made)

    answer = house.browser().client.post(link, data={"password": OTHER})

    assert (answer.status_code, answer.headers["Location"]) == (303, link)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "noor"}, "Vul hier een e-mailadres in"),
        ({"email": "ANNA@example.org"}, "Er is al een account met dit e-mailadres."),
        ({"name": ""}, "Vul hier een naam in"),
        ({"role": "boss"}, "Kies adviseur of coördinator."),
        ({"regions": "VT99"}, "Kies alle regio’s"),
        ({"regions": ""}, "Kies alle regio’s"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_beside_its_field_and_kept_in_the_form(
    house: House, anna: Browser, change: dict[str, str], sentence: str
) -> None:
    typed = {"email": "n@example.org", "name": "Noor", "role": "advisor", "regions": "VT14"}

    answer = anna.fills_in("/office/staff/new", **(typed | change))

    assert answer.status_code == 422
    assert sentence in said(answer)
    kept = (typed | change)["email"]
    assert f'value="{kept}"' in answer.text
    assert len(house.staffing.everybody()) == 1


def test_a_role_changes_what_somebody_may_at_once(house: House, anna: Browser) -> None:
    sam = house.hires("Sam", "VT14")
    page = f"/office/staff/{sam.member.id}"
    assert sam.opens("/office/staff").status_code == 403

    anna.fills_in(page, name="Sam", role="coordinator", all="1")
    assert sam.opens("/office/staff").status_code == 200
    anna.fills_in(page, name="Sam", role="advisor", all="1")
    assert sam.opens("/office/staff").status_code == 403

    assert house.acts()[-3:] == ["staff.role", "staff.regions", "staff.role"]


def test_a_coordinator_cannot_shut_themselves_out(house: House, anna: Browser) -> None:
    house.hires("Bea", role="coordinator")
    page = f"/office/staff/{anna.member.id}"

    for answer in (
        anna.fills_in(page, name="Anna", role="advisor", all="1"),
        anna.fills_in(f"{page}/disable", on=page),
        anna.fills_in(f"{page}/link", on=page),
    ):
        assert answer.status_code == 422
        assert "Vraag een andere coördinator." in said(answer)
    assert anna.opens(page).status_code == 200
    assert anna.fills_in(page, name="Annemarie", role="coordinator", all="1").status_code == 303


def test_an_account_that_is_not_there_is_404(house: House, anna: Browser) -> None:
    assert anna.opens("/office/staff/4711").status_code == 404
    for what in ("", "/link", "/disable", "/enable"):
        answer = anna.fills_in(f"/office/staff/4711{what}", on="/office/staff/new")
        assert answer.status_code in (404, 422), what


def test_who_is_closed_is_out_and_who_is_opened_again_may_sign_in(
    house: House, anna: Browser
) -> None:
    sam = house.hires("Sam")
    page = f"/office/staff/{sam.member.id}"

    answer = anna.fills_in(f"{page}/disable", on=page)

    assert answer.status_code == 303
    assert "Open gesprekken gaan naar een collega." in said(anna.opens(answer.headers["Location"]))
    assert not sam.is_in()
    assert sam.tries_to_sign_in().status_code == 422
    anna.fills_in(f"{page}/enable", on=page)
    assert not sam.is_in(), "the old session stays over"
    assert sam.signs_in().is_in()
    assert house.acts()[-3:] == ["staff.disable", "staff.enable", "desk.sign_in"]


def test_a_new_link_is_shown_once_and_ends_the_sessions(house: House, anna: Browser) -> None:
    sam = house.hires("Sam")
    page = f"/office/staff/{sam.member.id}"

    answer = anna.fills_in(f"{page}/link", on=page)

    link = link_on(answer)
    assert not sam.is_in()
    assert link not in anna.opens(page).text
    assert "Heeft nog geen wachtwoord gekozen." in said(anna.opens(page))
    assert house.browser().opens(link).status_code == 200


# One's own account.


def change(browser: Browser, current: str, password: str, again: str = "") -> TestResponse:
    return browser.fills_in(
        "/desk/account/password",
        on="/desk/account",
        current=current,
        password=password,
        again=again or password,
    )


def test_who_changes_the_password_stays_in_and_is_out_elsewhere(house: House) -> None:
    sam = house.hires("Sam")
    elsewhere = Browser(house, sam.member).signs_in()
    token = sam.token("/desk/account")

    answer = change(sam, PASSWORD, OTHER)

    assert answer.headers["Location"] == "/desk/account?done=password"
    assert "Je wachtwoord is veranderd." in said(sam.opens("/desk/account?done=password"))
    assert not elsewhere.is_in()
    beat = sam.client.post("/desk/beat", headers={"X-CSRFToken": token})
    assert beat.status_code == 204, "a desk that is open in another tab works on"
    assert elsewhere.tries_to_sign_in().status_code == 422
    assert elsewhere.signs_in(OTHER).is_in()
    assert "account.password" in house.acts()


@pytest.mark.parametrize(
    ("current", "password", "again", "sentence"),
    [
        ("niet mijn wachtwoord", OTHER, "", "Dit is niet je wachtwoord van nu."),
        (PASSWORD, "kort", "", "Kies een wachtwoord van 12 tekens of meer."),
        (PASSWORD, OTHER, "iets anders dan dat", "Dit is niet hetzelfde wachtwoord."),
        (PASSWORD, "x" * 1001, "", "Dit wachtwoord is te lang."),
    ],
)
def test_a_password_that_cannot_be_is_refused_beside_its_field(
    house: House, current: str, password: str, again: str, sentence: str
) -> None:
    sam = house.hires("Sam")

    answer = change(sam, current, password, again)

    assert answer.status_code == 422
    assert sentence in said(answer)
    assert Browser(house, sam.member).signs_in().is_in()


def test_the_own_password_cannot_be_guessed_at_an_open_desk(house: House) -> None:
    sam = house.hires("Sam")
    for _ in range(5):
        assert change(sam, "niet het goede", OTHER).status_code == 422

    answer = change(sam, PASSWORD, OTHER)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 800
    assert sam.is_in()


# A session that nobody uses.


def half_an_hour_passes(house: House, *people: Browser) -> None:
    store: Any = house.chat.redis
    for one in people:
        key = keys.sessions_key(one.member.id)
        for session, used in store.zrange(key, 0, -1, withscores=True):
            store.zadd(key, {session: max(1, used - 30 * MINUTE_MS)})


def test_a_session_that_nobody_uses_ends_after_half_an_hour(house: House) -> None:
    sam = house.hires("Sam")
    half_an_hour_passes(house, sam)

    assert sam.opens("/desk/").status_code == 302
    assert sam.opens("/desk/").status_code == 302
    assert sam.signs_in().is_in()


def test_an_open_page_that_asks_by_itself_is_no_act(house: House) -> None:
    sam = house.hires("Sam")
    token = sam.token("/desk/")
    key = keys.sessions_key(sam.member.id)
    store: Any = house.chat.redis

    def used() -> float:
        ((_, at),) = store.zrange(key, 0, -1, withscores=True)
        return float(at)

    store.zincrby(key, -10 * MINUTE_MS, store.zrange(key, 0, 0)[0])
    before = used()
    sam.client.post("/desk/beat", headers={"X-CSRFToken": token})
    stream = sam.client.get("/desk/events", buffered=False)
    stream.close()
    assert used() == before

    sam.opens("/desk/")
    assert used() > before
    assert 0 < store.ttl(key) <= 13 * HOUR_S


def test_another_session_of_the_same_person_does_not_keep_it(house: House) -> None:
    sam = house.hires("Sam")
    half_an_hour_passes(house, sam)
    at_home = Browser(house, sam.member).signs_in()

    assert at_home.is_in()
    assert not sam.is_in()


def start_a_chat(house: House) -> None:
    house.chat.waiting.join(
        queue="NL", audience="self", danger=False, topic="", lang="nl", key="een sleutel"
    )


def test_beside_an_open_conversation_no_session_ends(house: House) -> None:
    sam = house.hires("Sam")
    start_a_chat(house)
    assert sam.calls("/desk/take").status_code == 200
    half_an_hour_passes(house, sam)

    assert sam.is_in()
    half_an_hour_passes(house, sam)
    assert sam.is_in(), "the silence is counted from the open conversation on"

    house.chat.care.give_back(str(sam.member.id))
    assert sam.is_in()
    half_an_hour_passes(house, sam)
    assert not sam.is_in()


def test_an_emptied_store_throws_nobody_out(house: House) -> None:
    sam = house.hires("Sam")
    house.chat.redis.flushall()

    assert sam.is_in()


def test_who_signed_out_is_out_with_a_copy_of_the_cookie_too(house: House) -> None:
    sam = house.hires("Sam")
    cookie = sam.client.get_cookie("desk")
    assert cookie
    sam.fills_in("/desk/sign-out", on="/desk/account")
    thief = house.browser()
    thief.client.set_cookie("desk", cookie.value)

    assert not thief.is_in()


# From the previous version.


def test_accounts_of_the_version_before_are_there_afterwards(
    database_url: str, engine: Engine
) -> None:
    from alembic import command
    from alembic.config import Config

    from luwte.chat.database import MIGRATIONS, migrate

    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    staffing = Staffing(engine)
    with writing(engine) as session:
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0002")
        session.execute(
            text(
                "INSERT INTO staff (id, email, name, role, regions, password_hash, totp_secret,"
                " last_step, epoch, created_at) VALUES (7, 'n@example.org', 'Noor', 'advisor',"
                " '[]', 'x', 'y', 0, 0, '2026-01-01 00:00:00')"
            )
        )
    engine.dispose()

    migrate(database_url)

    assert [one.id for one in staffing.everybody()] == [7]
    assert [one.state for one in Accounts(engine).everybody()] == ["active"]


def at_once(work: list[Callable[[], None]]) -> None:
    together = [threading.Thread(target=one) for one in work]
    for one in together:
        one.start()
    for one in together:
        one.join()
