"""Several `luwte serve` beside each other on one store: one is restarted or dies, and none of the
people who talk needs to know.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import size
from tests.chaos.running import OPEN_DOOR, People, a_plan, crowd, kill_all, nobody_lost_a_word
from tests.chaos.stores import cluster
from tests.chaos.tally import Plan
from tests.databases import PostgresServer
from tests.proxy import Nginx, standing_before
from tests.servers import redis_server, until
from tests.service import LUWTE, Advisor, Service, Stream, Visitor, running

pytest_plugins = ["tests.databases"]

KINDS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "redis-server": redis_server,
    "cluster": cluster,
}


@contextmanager
def groups_of_one(
    kind: str, folder: Path, staff: PostgresServer, count: int = 2
) -> Iterator[list[Service]]:
    """Web groups, each of one process, that share a store that forgets and one that keeps."""
    staff.empty()
    with ExitStack() as started:
        store = started.enter_context(KINDS[kind]())
        groups = []
        for number in range(count):
            own = folder / f"group-{number}"
            own.mkdir()
            settings = {"DATABASE_URL": staff.url, "TRUSTED_PROXIES": "1"} | OPEN_DOOR
            group = running(own, redis_url=store.url, workers=1, **settings)
            groups.append(started.enter_context(group))
        yield groups


@contextmanager
def crowd_before(groups: list[Service], messages: int) -> Iterator[tuple[Plan, People]]:
    """A crowd that comes through nginx, which passes it on to whichever group is there."""
    with standing_before(Nginx, *(group.port for group in groups)) as proxy:
        conversations = size("CONVERSATIONS", 500) // 20
        plan = a_plan(groups[0], conversations, messages=messages, pause_s=1.5)
        plan.port, plan.certificate = proxy.https, str(proxy.certificate)
        with crowd(plan) as people:
            until(lambda: people.now["said"] > conversations, "everybody talks", 60)
            yield plan, people


@pytest.mark.parametrize("kind", KINDS)
def test_groups_are_restarted_one_after_the_other_and_nobody_is_told_of_a_fault(
    kind: str, tmp_path: Path, postgres_of_the_run: PostgresServer
) -> None:
    with (
        groups_of_one(kind, tmp_path, postgres_of_the_run) as groups,
        crowd_before(groups, 14) as (plan, people),
    ):
        for group in groups:
            assert people.at_work, "it was over before the last restart"
            group.stop()
            group.start()
        tally = people.tally(f"Rolling restart, {kind}")
    nobody_lost_a_word(tally, plan)
    assert tally.resumed > 0, "whose page was open at one group went on at the other"
    # Who writes or listens never gets an answer that is a fault. Taking the next visitor is not
    # sent again by the proxy, because it would take two: the advisor presses once more.
    assert [told for told in tally.refused if not told.startswith("take")] == []
    for group in groups:
        assert "Traceback" not in group.output.read_text()


def test_a_group_that_is_killed_takes_no_word_with_it(
    tmp_path: Path, postgres_of_the_run: PostgresServer
) -> None:
    with (
        groups_of_one("redis-server", tmp_path, postgres_of_the_run) as groups,
        crowd_before(groups, 6) as (plan, people),
    ):
        kill_all(groups[0])
        tally = people.tally("A web group killed")
    nobody_lost_a_word(tally, plan)


def test_who_signed_in_at_one_group_works_at_the_other_and_is_dismissed_at_both(
    tmp_path: Path, postgres_of_the_run: PostgresServer
) -> None:
    with groups_of_one("redis-server", tmp_path, postgres_of_the_run) as (here, there):
        noor = Advisor(here.hires("Noor")).signs_in()
        desk = noor.listens()
        noor.http.base_url = there.url
        other_desk, visitor = noor.listens(), Visitor(there)
        until(lambda: desk.of("waiting") and other_desk.of("waiting"), "both desks are open")

        assert visitor.asks().status_code == 201
        conversation = noor.takes().json()["conversation"]
        assert noor.says(conversation, "vertel maar").status_code == 201
        until(lambda: "vertel maar" in desk.texts(), "it is read at the desk of the other group")

        words = [*LUWTE, "staff", "disable", noor.member.email]
        done = subprocess.run(words, env=here.env, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
        until(lambda: _has_ended(desk) and _has_ended(other_desk), "both desks are closed", 10)
        for group in (here, there):
            noor.http.base_url = group.url
            assert noor.says(conversation, "nog even").status_code == 401


def _has_ended(stream: Stream) -> bool:
    return not stream._thread.is_alive()
