"""Web processes are killed and lines are cut; what was acknowledged arrives, once and in order."""

from __future__ import annotations

from pathlib import Path

from tests.chaos import size
from tests.chaos.running import (
    OPEN_DOOR,
    a_plan,
    crowd,
    kill_a_worker,
    kill_all,
    nobody_lost_a_word,
)
from tests.servers import redis_server, until
from tests.service import running

# On a machine that is busy with other things a worker takes longer to start than to be killed.
MOST_KILLS = 8


def test_killed_workers_and_cut_lines_lose_no_word(tmp_path: Path) -> None:
    """A worker is killed every few seconds, and all the time lines are cut."""
    with (
        redis_server() as server,
        running(tmp_path, redis_url=server.url, **OPEN_DOOR) as service,
    ):
        plan = a_plan(
            service,
            size("CONVERSATIONS", 500),
            messages=size("MESSAGES", 4),
            pause_s=2.0,
            cuts_per_s=10.0,
            cut_posts=0.03,
            within_s=size("SECONDS", 400),
        )
        with crowd(plan) as people:
            kills = 0
            for kills in people.every(4.0):
                if kills < MOST_KILLS:
                    kill_a_worker(service, kills)
            tally = people.tally("Workers killed", kills=min(kills + 1, MOST_KILLS))
    nobody_lost_a_word(tally, plan)
    assert kills >= 2 and tally.cuts > 10


def test_conversations_go_on_after_all_web_processes_were_killed(tmp_path: Path) -> None:
    with (
        redis_server() as server,
        running(tmp_path, redis_url=server.url, **OPEN_DOOR) as service,
    ):
        plan = a_plan(service, size("CONVERSATIONS", 500) // 10, pause_s=1.5)
        with crowd(plan) as people:
            until(lambda: people.now["said"] > plan.conversations, "people talk", 60)
            kill_all(service)
            service.start()
            tally = people.tally("All web processes killed")
    nobody_lost_a_word(tally, plan)
