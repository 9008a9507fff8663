"""The measurements, in the order in which they are made; each answers its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.load import flooded, growth, pages, paint, starts
from tests.load.driver import Clients, clients
from tests.load.house import House, wait
from tests.load.report import Figure, percentile

PROCESSES = 2
SETTLE_S = 3.0
IDLE_S = 30.0


@dataclass(frozen=True)
class Sizes:
    """How much is measured. `few` streams are open when the cost of a message is first taken."""

    few: int
    streams: int
    waiting: int
    desks: int
    starts: int
    rates: Sequence[int]  # messages a second
    seconds: float  # of each rate


def started(house: House, sizes: Sizes) -> Iterator[Figure]:
    yield Figure("From the command to the first answer", house.started_s, "s", "≤ 3")


def open_chats(house: House, sizes: Sizes) -> Iterator[Figure]:
    """Memory, idling and messages, first with few pages open and then with very many."""
    with clients(house.service.port, PROCESSES) as crowd:
        speakers = house.speakers(sizes.desks)
        first, rest = speakers.pages[: sizes.few], speakers.pages[sizes.few :]
        _open(crowd, [*speakers.desks, *first])
        few_talks = speakers.talks[: len(first)]
        few_cost = yield from _messages(house, crowd, few_talks, sizes.rates[0], sizes, "few open")
        base_kb, before = house.memory_kb(), len(first)
        listeners = house.listeners(sizes.streams - len(speakers.pages), sizes.waiting)
        found = _open(crowd, [*rest, *listeners.pages])
        opened = before + sum(one["open"] for one in found)
        yield Figure("Open chats", opened, "", "20,000", f"and {len(speakers.desks)} desks")
        wait(SETTLE_S)
        each_kb = (house.memory_kb() - base_kb) / (opened - before)
        yield Figure("Memory for each open chat", each_kb, "KB", "≤ 2", "all processes, above base")
        yield from _idle(house, crowd)
        costs = []
        for rate in sizes.rates:
            costs.append(
                (yield from _messages(house, crowd, speakers.talks, rate, sizes, "all open"))
            )
        yield Figure(
            "Cost of a message, all open against few open", costs[0] / few_cost, "×", "0.8 to 1.2"
        )


def _open(crowd: Clients, pages_to_open: list[list[str]]) -> list[dict[str, Any]]:
    return crowd.ask([{"do": "open", "pages": share} for share in crowd.share(pages_to_open)])


def _idle(house: House, crowd: Clients) -> Iterator[Figure]:
    web, store = house.cpu_s(), house.store_cpu_s()
    found = crowd.ask([{"do": "watch", "seconds": IDLE_S}] * PROCESSES)
    used = 100 * (house.cpu_s() - web) / IDLE_S
    stored = 100 * (house.store_cpu_s() - store) / IDLE_S
    # A page that the server closed comes back by itself in a browser; here it stays away.
    closed = sum(one["closed"] for one in found)
    note = f"web processes; the store {stored:.1f} %; {closed} pages closed until now"
    yield Figure("Idle", used, "% of a core", "≤ 3", note)


def _messages(
    house: House, crowd: Clients, talks: list[list[list[str]]], rate: int, sizes: Sizes, when: str
) -> Any:
    """Says so many a second; answers the processor time of one message, in ms."""
    web, store = house.cpu_s(), house.store_cpu_s()
    said = crowd.say(talks, rate, sizes.seconds)
    cost_ms = 1000 * (house.cpu_s() - web) / max(1, said.asked)
    stored_ms = 1000 * (house.store_cpu_s() - store) / max(1, said.asked)
    client = 100 * said.client_cpu_s / said.seconds
    name = f"{rate:,} messages a second, {when}"
    p50, p99 = percentile(said.took_ms, 0.5), percentile(said.took_ms, 0.99)
    yield Figure(f"{name}: p50", p50, "ms", "≤ 3" if rate == 1000 else "")
    yield Figure(f"{name}: p99", p99, "ms", "≤ 25" if rate == 1000 else "")
    longest = said.took_ms[-1] if said.took_ms else 0.0
    yield Figure(f"{name}: longest", longest, "ms", "", said.faults)
    yield Figure(f"{name}: managed", said.asked / said.seconds, "a second")
    yield Figure(
        f"{name}: processor time of one",
        cost_ms,
        "ms",
        "",
        f"the store {stored_ms:.2f} ms; the client {client:.0f} % of a core",
    )
    return cost_ms


ROUNDS: Sequence[Callable[[House, Sizes], Iterator[Figure]]] = (
    started,
    # Before the others: with very many open pages, what these cost would fall on it.
    pages.pages,
    paint.paint,
    starts.starts,
    flooded.flooded,
    growth.growth,
    open_chats,
)
