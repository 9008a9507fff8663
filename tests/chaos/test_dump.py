"""The whole store is dumped in the middle of 50 conversations, and searched."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from luwte.chat import keys
from tests.chaos.running import OPEN_DOOR, a_plan, crowd, nobody_lost_a_word
from tests.servers import RedisServer, redis_server, until
from tests.service import Service, Visitor, running

CONVERSATIONS = 50
# Nothing else in the store looks like these.
WORDS = [f"kenwoord{number}zeldzaam" for number in range(CONVERSATIONS)]
ADDRESS = "203.0.113.77"
AGENT = "OudeTelefoon/7 (zeldzame browser)"
OF_THE_VISITOR = {"X-Forwarded-For": ADDRESS, "User-Agent": AGENT}
PLAIN = (b"OudeTelefoon", b"zeldzame browser", ADDRESS.encode(), b"127.0.0.1")
AS_NUMBERS = (socket.inet_aton(ADDRESS), socket.inet_pton(socket.AF_INET6, f"::ffff:{ADDRESS}"))


@pytest.fixture
def store() -> Iterator[RedisServer]:
    with redis_server("--rdbcompression", "no", "--rdbchecksum", "no") as server:
        yield server


@pytest.fixture
def house(store: RedisServer, tmp_path: Path) -> Iterator[Service]:
    # The address that a proxy tells is the visitor's: then it is known to us, and must go nowhere.
    with running(tmp_path, redis_url=store.url, TRUSTED_PROXIES="1", **OPEN_DOOR) as house:
        yield house


def dump_of(house: Service, store: RedisServer) -> bytes:
    """All that the store has, as it would write it to a disk."""
    house.looks_into_its_store().save()
    return (store.folder / "dump.rdb").read_bytes()


def found_in(dump: bytes) -> list[bytes]:
    looked_for = [word.encode() for word in WORDS] + list(PLAIN) + list(AS_NUMBERS)
    return [what for what in looked_for if what in dump]


def test_a_dump_tells_no_word_and_nobody(house: Service, store: RedisServer) -> None:
    redis = house.looks_into_its_store()
    plan = a_plan(house, CONVERSATIONS, words=WORDS, headers=OF_THE_VISITOR, hold=True)
    with crowd(plan) as people:
        until(lambda: people.now["said"] > 3 * CONVERSATIONS, "everybody talks")
        in_the_middle = dump_of(house, store)
        tally = people.tally("The store was dumped", bytes=len(in_the_middle))
    nobody_lost_a_word(tally, plan)
    when_all_is_said = dump_of(house, store)

    for dump in (in_the_middle, when_all_is_said):
        assert found_in(dump) == []
    names = [keys.conversation_of(token) for token in people.tokens]
    assert len(names) == CONVERSATIONS
    assert all(name.encode() in when_all_is_said for name in names), "they are in the dump"
    assert not any(token.encode() in when_all_is_said for token in people.tokens)

    the_visitors_end_all(house, people.tokens)

    what_is_left_says_nothing_of_anybody(list(redis.scan_iter("*")), names)
    assert not any(name.encode() in dump_of(house, store) for name in names)


def the_visitors_end_all(house: Service, tokens: list[str]) -> None:
    for token in tokens:
        visitor = Visitor(house)
        visitor.http.headers["Authorization"] = f"Bearer {token}"
        assert visitor.ends().status_code == 204


def what_is_left_says_nothing_of_anybody(left: list[bytes], names: list[str]) -> None:
    """Of the visitors. Who works here, how long it took, and the salt of the day may stay."""
    may_stay = (b"{staff", b":lengths:", b":serving:", b"{out}:salt:")
    unknown = [key for key in left if not any(word in key for word in may_stay)]
    assert unknown == []
    assert not [key for key in left if any(name.encode() in key for name in names)]


def test_a_word_that_stood_there_would_be_found(house: Service, store: RedisServer) -> None:
    redis = house.looks_into_its_store()
    said = [WORDS[0], AGENT, ADDRESS]
    redis.hset("plain", mapping={str(number): what for number, what in enumerate(said)})
    redis.xadd("log", {"b": WORDS[1]})
    redis.set("number", socket.inet_aton(ADDRESS))

    expected = {WORDS[0].encode(), WORDS[1].encode(), ADDRESS.encode(), AS_NUMBERS[0]}
    assert expected <= set(found_in(dump_of(house, store)))
