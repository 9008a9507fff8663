"""A flood of chat starts: from one address, and from many. Bounded, so that it is a test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.flood import address_of
from tests.load.flooded import gets_in
from tests.load.flooding import flooding
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, running

FROM_ONE = {"rate": 2000, "seconds": 1.5}
FROM_MANY = {"rate": 200, "seconds": 5, "addresses": 500}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Service]:
    """With the limits and the work as they come."""
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server")
    with (
        redis_server() as store,
        running(tmp_path, redis_url=store.url, limited=True, ALWAYS_OPEN="1") as service,
    ):
        yield service


def test_a_flood_turns_nobody_else_away_and_stops_no_conversation(door):
    advisor = Advisor(door.hires("Noor")).signs_in()
    talking = Visitor(door)
    assert talking.asks(region="VT14").status_code == 201
    conversation = advisor.takes().json()["conversation"]
    desk, page = advisor.listens(), talking.listens()
    until(lambda: desk.status == page.status == 200, "both listen")

    def words_arrive(number: int) -> None:
        assert talking.says(f"woord {number}").status_code == 201
        until(lambda: f"woord {number}" in desk.texts("visitor"), "the word arrives")
        assert advisor.says(conversation, f"antwoord {number}").status_code == 201
        until(lambda: f"antwoord {number}" in page.texts("advisor"), "the answer arrives")

    for number, plan in enumerate((FROM_ONE, FROM_MANY)):
        with flooding(door.port, **plan) as flood:
            words_arrive(number)
            gets_in(door, behind="127.0.0.1")
        print(f"\nflood: {flood.by_status}, held back {flood.held_back}")
        # A flood that does no work gets in only before it is noticed, and breaks nothing.
        assert flood.by_status.get("201", 0) <= 20
        assert flood.by_status.keys() <= {"0", "201", "429"}
        assert flood.by_status["429"] > 100

    # Who is in danger behind the very address that the flood came from.
    gets_in(door, behind=address_of(0), danger="yes")
