"""What one, two and four web processes carry on one store, and what a message costs then.

Each process hears the news of all, so a message is dearer where there are more of them. On a
machine with fewer processors than processes, the client's among them, more cannot be faster.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.load.driver import clients
from tests.load.house import OPEN, House
from tests.load.report import Figure
from tests.servers import redis_server
from tests.service import running

if TYPE_CHECKING:
    from tests.load.rounds import Sizes

WORKERS = (1, 2, 4)
CLIENTS = 2
MOST_DESKS = 40
# More than one of them takes on a small machine, for a short while: what they manage counts.
OFFERED = 1000
SECONDS = 2.0
# No other size is begun after so long.
BOUND_S = 40.0
MANY = 1000


def growth(_: House, sizes: Sizes) -> Iterator[Figure]:
    """In services of their own, one after the other; takes a minute at most, and no quick one."""
    if sizes.streams < MANY:
        return
    began = time.monotonic()
    for workers in WORKERS:
        if time.monotonic() - began > BOUND_S:
            return
        with _house_of(workers) as house:
            yield from _messages(house, workers, min(sizes.desks, MOST_DESKS))


@contextmanager
def _house_of(workers: int) -> Iterator[House]:
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as store,
        running(
            Path(folder), redis_url=store.url, workers=workers, limited=True, **OPEN
        ) as service,
    ):
        yield House(service, store)


def _messages(house: House, workers: int, desks: int) -> Iterator[Figure]:
    with clients(house.service.port, CLIENTS) as crowd:
        people = house.speakers(desks)
        pages = [*people.desks, *people.pages]
        crowd.ask([{"do": "open", "pages": share} for share in crowd.share(pages)])
        before, stored_before = house.cpu_s(), house.store_cpu_s()
        said = crowd.say(people.talks, OFFERED, SECONDS)
    cost_ms = 1000 * (house.cpu_s() - before) / max(1, said.asked)
    stored_ms = 1000 * (house.store_cpu_s() - stored_before) / max(1, said.asked)
    name = f"{workers} web process{'es' if workers > 1 else ''}"
    managed = said.asked / said.seconds
    yield Figure(
        f"{name}: messages", managed, "a second", "", f"{OFFERED:,} offered; {said.faults}"
    )
    yield Figure(f"{name}: cost of one", cost_ms, "ms", "", f"the store {stored_ms:.2f} ms")
