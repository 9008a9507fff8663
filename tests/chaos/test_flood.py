"""A flood of chat starts: from one address, and from many. Bounded, so that it is a test."""

from __future__ import annotations

import asyncio
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import altcha
import httpx
import pytest

from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, running

ONE = "127.0.0.9"
FROM_ONE = 1000
ADDRESSES = [f"127.0.{n // 100 + 1}.{n % 100 + 1}" for n in range(500)]
AT_ONCE = 40


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


async def _start(port: int, address: str) -> int:
    """One start from that address, as short as can be; answers its status, 0 for none."""
    body = f"audience=self&region=VT14&key={uuid.uuid4().hex}"
    head = (
        f"POST /chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        writer.write((head + body).encode())
        line = await reader.readline()
        return int(line.split()[1]) if line else 0
    finally:
        writer.close()


async def _flood(port: int, addresses: list[str]) -> Counter[int]:
    waiting = iter(addresses)
    statuses: Counter[int] = Counter()

    async def some() -> None:
        for address in waiting:
            try:
                statuses[await _start(port, address)] += 1
            except OSError:
                statuses[0] += 1

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return statuses


def solved(answer: httpx.Response) -> str:
    challenge = altcha.Challenge.from_dict(answer.json()["challenge"])
    solution = altcha.solve_challenge(challenge)
    assert solution
    return altcha.Payload(challenge, solution).to_base64()


def test_a_flood_turns_nobody_else_away_and_stops_no_conversation(door):
    advisor = Advisor(door.hires("Noor")).signs_in()
    talking = Visitor(door)
    assert talking.asks(region="VT14").status_code == 201
    conversation = advisor.takes().json()["conversation"]
    desk, page = advisor.listens(), talking.listens()
    until(lambda: desk.status == page.status == 200, "both listen")
    times: dict[str, float] = {}

    async def meanwhile(addresses: list[str], number: int) -> Counter[int]:
        flood = asyncio.create_task(_flood(door.port, addresses))
        await asyncio.sleep(0)
        times[f"word {number}"] = await asyncio.to_thread(a_word_arrives, number)
        times[f"start {number}"] = await asyncio.to_thread(somebody_gets_in)
        return await flood

    def a_word_arrives(number: int) -> float:
        began = time.monotonic()
        assert talking.says(f"woord {number}").status_code == 201
        until(lambda: f"woord {number}" in desk.texts("visitor"), "the word arrives")
        assert advisor.says(conversation, f"antwoord {number}").status_code == 201
        until(lambda: f"antwoord {number}" in page.texts("advisor"), "the answer arrives")
        return time.monotonic() - began

    def somebody_gets_in(behind: str = "127.0.0.1", danger: str = "no") -> float:
        began, honest = time.monotonic(), Visitor(door)
        line = httpx.HTTPTransport(local_address=behind)
        honest.http = httpx.Client(base_url=door.url, headers=honest.http.headers, transport=line)
        answer = honest.asks(region="VT14", danger=danger)
        if answer.status_code == 429:
            assert answer.json()["reason"] == "proof", answer.text
            answer = honest.asks(region="VT14", danger=danger, altcha=solved(answer))
        assert answer.status_code == 201, answer.text
        return time.monotonic() - began

    one = asyncio.run(meanwhile([ONE] * FROM_ONE, 1))
    many = asyncio.run(meanwhile(ADDRESSES, 2))

    # Who is in danger behind the very address that the flood came from.
    times["danger"] = somebody_gets_in(ONE, "yes")

    print(
        f"\nflood: {dict(one)}, {dict(many)}, "
        + ", ".join(f"{k} {v:.2f} s" for k, v in times.items())
    )
    # A flood that does no work gets in only before it is noticed.
    assert one[201] + many[201] <= 20
    assert one.keys() | many.keys() <= {0, 201, 429}
    assert sum(one.values()) == FROM_ONE and one[429] + many[429] > FROM_ONE
