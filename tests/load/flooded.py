"""What a flood of starts does to somebody honest: to get in, and to be heard once in.

In a service of its own, with the limits and the proof of work that a service has.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import altcha
import httpx

from tests.load.flooding import flooding
from tests.load.house import House
from tests.load.report import Figure, percentile
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Stream, Visitor, running

if TYPE_CHECKING:
    from tests.load.rounds import Sizes

FLOODS = (("2,000 a second from one client", 2000, 1), ("200 a second from 500 clients", 200, 500))
# One chat may say 120 things a minute.
SAY_EVERY_S = 0.25
# So long before anything is measured: whoever floods is noticed first.
BEGINS_S = 1.0


@dataclass
class Found:
    """In milliseconds, sorted when all is over."""

    starts: list[float] = field(default_factory=list)
    solving: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)


def flooded(_: House, sizes: Sizes) -> Iterator[Figure]:
    with _talk() as (service, talk):
        for name, rate, addresses in FLOODS:
            found, until_then = Found(), time.monotonic() + sizes.seconds
            with (
                flooding(service.port, rate, sizes.seconds + BEGINS_S, addresses) as flood,
                ThreadPoolExecutor(1) as pool,
            ):
                time.sleep(BEGINS_S)
                starting = pool.submit(_start_again_and_again, service, found, until_then)
                talk.goes_on(found, until_then)
                starting.result()
            yield from _told(name, found, f"{flood.by_status}, held back {flood.held_back}")


def _told(name: str, found: Found, flood: str) -> Iterator[Figure]:
    for times in (found.starts, found.solving, found.delivery):
        times.sort()
    solving = f"{len(found.starts)} of them; solving alone {percentile(found.solving, 0.95):.0f} ms"
    start, delivery = percentile(found.starts, 0.95), percentile(found.delivery, 0.95)
    yield Figure(f"Flood of {name}: an honest start, p95", start / 1000, "s", "< 3", solving)
    yield Figure(f"Flood of {name}: delivery, p95", delivery, "ms", "< 1,000", flood)


@dataclass
class Talk:
    """A conversation that was open before the flood."""

    visitor: Visitor
    desk: Stream
    said: int = 0

    def goes_on(self, found: Found, until_then: float) -> None:
        """The visitor speaks; how long it took until the desk heard it."""
        sent: dict[str, float] = {}
        while time.monotonic() < until_then:
            self.said += 1
            text = f"woord {self.said}"
            sent[text] = time.time()
            assert self.visitor.says(text).status_code == 201
            time.sleep(SAY_EVERY_S)
        until(lambda: self.desk.texts("visitor")[-1] == text, "everything was heard")
        for (_, _, data), at in zip(self.desk.events, self.desk.times, strict=False):
            if data.get("text") in sent:
                found.delivery.append(1000 * (at - sent[data["text"]]))


@contextmanager
def _talk() -> Iterator[tuple[Service, Talk]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as store,
        running(Path(folder), redis_url=store.url, limited=True, ALWAYS_OPEN="1") as service,
    ):
        advisor = Advisor(service.hires("Noor")).signs_in()
        visitor = Visitor(service)
        visitor.http.timeout = httpx.Timeout(30)
        assert visitor.asks(region="VT14").status_code == 201
        advisor.takes()
        desk = advisor.listens()
        until(lambda: desk.of("waiting"), "the desk listens")
        yield service, Talk(visitor, desk)


def _start_again_and_again(service: Service, found: Found, until_then: float) -> None:
    number = 0
    while time.monotonic() < until_then:
        number += 1
        _starts(service, f"127.0.77.{number % 250 + 1}", found)


def _starts(service: Service, behind: str, found: Found) -> None:
    """Somebody else gets in, and ends it at once."""
    began = time.monotonic()
    honest, solving_s = gets_in(service, behind=behind)
    found.starts.append(1000 * (time.monotonic() - began))
    if solving_s:
        found.solving.append(1000 * solving_s)
    honest.ends()
    honest.http.close()


def gets_in(service: Service, *, behind: str, danger: str = "no") -> tuple[Visitor, float]:
    """Somebody honest asks for a chat, and does the work if it is asked for; in so many seconds."""
    honest, solving_s = Visitor(service), 0.0
    line = httpx.HTTPTransport(local_address=behind)
    headers = honest.http.headers
    honest.http = httpx.Client(base_url=service.url, headers=headers, transport=line, timeout=30)
    answer = honest.asks(region="VT14", danger=danger)
    if answer.status_code == 429:
        assert answer.json()["reason"] == "proof", answer.text
        began = time.monotonic()
        proof = _solved(answer)
        solving_s = time.monotonic() - began
        answer = honest.asks(region="VT14", danger=danger, altcha=proof)
    assert answer.status_code == 201, answer.text
    return honest, solving_s


def _solved(answer: httpx.Response) -> str:
    """The work that a refused start asks for, done."""
    challenge = altcha.Challenge.from_dict(answer.json()["challenge"])
    solution = altcha.solve_challenge(challenge)
    assert solution
    return altcha.Payload(challenge, solution).to_base64()
