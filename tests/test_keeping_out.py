"""Who abused the chat stays out for some hours, and nobody can tell who it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from luwte.chat import keys
from luwte.chat.keeping_out import KeepingOut
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, running

HER_ADDRESS = "203.0.113.7"
ANOTHER = "203.0.113.8"
DAY_S = 24 * 3600
NOON = 1_800_014_400.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out(redis: Redis, clock: Clock) -> KeepingOut:
    return KeepingOut(redis, "a secret", seconds=7200, clock=clock)


def everything_in(store: Redis) -> str:
    """All that stands in the store, as text."""
    found: list[object] = []
    for key in store.scan_iter("*"):
        kind = store.type(key)
        if kind == b"hash":
            found.append(store.hgetall(key))
        elif kind == b"zset":
            found.append(store.zrange(key, 0, -1, withscores=True))
        elif kind == b"string":
            found.append(store.get(key))
        elif kind == b"stream":
            found.append(store.xrange(key))
        found.append(key)
    return str(found)


def is_out(out: KeepingOut, address: str) -> bool:
    return out.keeps_out(out.marks_of(address))


def test_only_the_address_that_was_marked_is_out(out):
    out.keep_out(out.marks_of(HER_ADDRESS)[0])

    assert is_out(out, HER_ADDRESS)
    assert is_out(out, f"::ffff:{HER_ADDRESS}")
    assert not is_out(out, ANOTHER)
    assert not is_out(out, "")
    assert not is_out(out, "no address")
    assert out.count() == 1


def test_the_whole_network_of_a_household_is_out(out):
    out.keep_out(out.marks_of("2001:db8:1:2::1")[0])

    assert is_out(out, "2001:db8:1:2:ffff::9")
    assert not is_out(out, "2001:db8:1:3::1")


def test_a_mark_of_yesterday_still_counts_and_an_older_one_is_another(out, clock):
    mark = out.marks_of(HER_ADDRESS)[0]
    out.keep_out(mark)
    clock.now += DAY_S
    assert is_out(out, HER_ADDRESS)

    clock.now += DAY_S

    assert mark not in out.marks_of(HER_ADDRESS)
    assert not is_out(out, HER_ADDRESS)


def test_it_expires_by_itself(redis, clock):
    out = KeepingOut(redis, "a secret", seconds=1, clock=clock)
    out.keep_out(out.marks_of(HER_ADDRESS)[0])
    assert is_out(out, HER_ADDRESS)

    until(lambda: not is_out(out, HER_ADDRESS), "the mark is over")
    until(lambda: not redis.exists(keys.OUT), "nothing is left of it")


def test_everything_of_it_expires(out, redis):
    out.keep_out(out.marks_of(HER_ADDRESS)[0])

    assert 0 < redis.ttl(keys.OUT) <= 7200
    assert all(0 < redis.ttl(key) <= 2 * DAY_S for key in redis.scan_iter("{out}:*"))


def test_the_marks_of_another_day_and_of_another_secret_are_others(redis, out, clock):
    today = out.marks_of(HER_ADDRESS)[0]
    other = KeepingOut(redis, "another secret", seconds=7200, clock=clock)
    clock.now += DAY_S

    assert out.marks_of(HER_ADDRESS)[0] != today
    assert today not in other.marks_of(HER_ADDRESS)


def test_with_no_hours_nobody_is_ever_out(redis):
    out = KeepingOut(redis, "a secret", seconds=0)

    assert out.marks_of(HER_ADDRESS) == []
    assert list(redis.scan_iter("{out}:*")) == []


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service behind a proxy, which tells where somebody comes from."""
    folder: Path = tmp_path_factory.mktemp("kept-out")
    with (
        redis_server() as store,
        running(folder, redis_url=store.url, TRUSTED_PROXIES="1", workers=1) as service,
    ):
        yield service


@pytest.fixture(scope="module")
def roos(place: Service) -> Advisor:
    return Advisor(place.hires("Roos", role="coordinator")).signs_in()


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> None:
    if "place" in request.fixturenames:
        request.getfixturevalue("place").looks_into_its_store().flushall()


def comes_from(place: Service, address: str) -> Visitor:
    visitor = Visitor(place)
    visitor.http.headers["X-Forwarded-For"] = address
    return visitor


def ends_for_abuse(roos: Advisor, conversation: str, **more: str) -> int:
    sent = {"reason": "abuse", "keep_out": "yes"} | more
    return roos.http.post(f"/desk/conversations/{conversation}/end", data=sent).status_code


def abuses(place: Service, roos: Advisor, address: str) -> None:
    comes_from(place, address).asks()
    assert ends_for_abuse(roos, roos.takes().json()["conversation"]) == 204


def test_who_was_ended_for_abuse_is_told_plainly_and_another_is_not_affected(place, roos):
    abuses(place, roos, HER_ADDRESS)

    refused = comes_from(place, HER_ADDRESS).asks()
    assert refused.status_code == 403
    assert refused.json()["reason"] == "kept-out"
    assert refused.json()["phone"] == "0800-2000"
    assert "112" in refused.json()["error"] and "0800-2000" in refused.json()["error"]
    assert comes_from(place, ANOTHER).asks().status_code == 201


def test_without_a_script_it_is_a_page_with_the_phone_and_no_chat(place, roos):
    abuses(place, roos, HER_ADDRESS)
    visitor = comes_from(place, HER_ADDRESS)
    page = visitor.http.post("/chat", data={"audience": "self"}, headers={"Accept": "text/html"})

    assert page.status_code == 403
    assert "Dat hoeft niet aan jou te liggen" in page.text
    assert 'role="log"' not in page.text


def test_somebody_in_danger_always_gets_in_and_the_advisor_sees_why_it_matters(place, roos):
    abuses(place, roos, HER_ADDRESS)
    desk = roos.listens()

    assert comes_from(place, HER_ADDRESS).asks(danger="yes").status_code == 201
    until(lambda: desk.of("waiting") and desk.of("waiting")[-1]["waiting"], "the desk sees her")
    assert desk.of("waiting")[-1]["waiting"][0]["was_out"] is True
    roos.takes()
    until(lambda: desk.of("state"), "the desk has her")
    assert desk.of("state")[-1]["was_out"] is True


def test_who_is_in_already_stays_in(place, roos):
    hers = comes_from(place, HER_ADDRESS)
    first = hers.asks(key="k-1234567890")
    roos.http.post("/desk/take", data={"conversation": ""})
    abuser = comes_from(place, HER_ADDRESS)
    abuser.asks()
    ends_for_abuse(roos, roos.takes().json()["conversation"])

    again = comes_from(place, HER_ADDRESS).asks(key="k-1234567890")

    assert again.status_code == 200
    assert again.json()["token"] == first.json()["token"]
    assert hers.says("ik ben er nog").status_code == 201


@pytest.mark.parametrize("sent", [{"keep_out": "no"}, {"reason": "done"}])
def test_nobody_is_kept_out_unless_an_advisor_says_abuse_and_out(place, roos, sent):
    comes_from(place, HER_ADDRESS).asks()
    assert ends_for_abuse(roos, roos.takes().json()["conversation"], **sent) == 204

    assert comes_from(place, HER_ADDRESS).asks().status_code == 201


def test_the_store_holds_no_address_and_nothing_of_it_outlives_the_conversation(place, roos):
    store = place.looks_into_its_store()
    visitor = comes_from(place, HER_ADDRESS)
    visitor.asks()
    conversation = roos.takes().json()["conversation"]
    marks = KeepingOut(store, place.env["LUWTE_SECRET_KEY"], seconds=7200).marks_of(HER_ADDRESS)

    # Sealed: not even the mark itself can be read.
    assert HER_ADDRESS not in everything_in(store)
    assert marks[0] not in everything_in(store)
    visitor.ends()
    assert not store.exists(keys.conversation_key(conversation))
    assert marks[0] not in everything_in(store)

    abuses(place, roos, HER_ADDRESS)
    assert marks[0] in everything_in(store)
    assert HER_ADDRESS not in everything_in(store)
    log = json.dumps((place.folder / "output.txt").read_text("utf-8"))
    assert HER_ADDRESS not in log


def test_a_coordinator_lets_everybody_in_again(place, roos):
    abuses(place, roos, HER_ADDRESS)
    page = roos.http.get("/office/answers", headers={"Accept": "text/html"}).text
    assert 'data-kept-out="1"' in page

    sent = {"csrf_token": roos.http.headers["X-CSRFToken"]}
    assert roos.http.post("/office/answers/let-in", data=sent).status_code == 303

    assert comes_from(place, HER_ADDRESS).asks().status_code == 201
