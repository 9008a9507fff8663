"""The primary of the store is lost; a replica takes over, and no acknowledged word is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos import size
from tests.chaos.running import OPEN_DOOR, a_plan, crowd, nobody_lost_a_word
from tests.chaos.stores import Watched, watched
from tests.servers import until
from tests.service import running

LOSSES = [
    Watched.kill_primary,
    Watched.kill_primary_ahead_of_its_replicas,
    Watched.freeze_primary,
]


@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
def test_no_acknowledged_word_is_lost_with_the_primary(
    tmp_path: Path, lose: Callable[[Watched], None]
) -> None:
    with (
        watched() as stores,
        running(tmp_path, redis_url=stores.url, REDIS_REPLICAS="1", **OPEN_DOOR) as service,
    ):
        conversations = size("CONVERSATIONS", 500) // 10
        plan = a_plan(service, conversations, messages=6, pause_s=1.0, within_s=100)
        with crowd(plan) as people:
            until(lambda: people.now["said"] > 4 * conversations, "everybody talks", 60)
            lose(stores)
            tally = people.tally(f"Primary lost, {lose.__name__}")
    nobody_lost_a_word(tally, plan)
