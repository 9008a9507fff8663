"""A flood of chat starts at a given rate, in a process of its own: it slows no honest client.

    python -m tests.load.flood '{"port": 8000, "rate": 2000, "seconds": 5, "addresses": 1}'

Prints one line when it has begun, and at its end the answers it got, by status. A status of 0 is a
line that broke; what found no free line was held back.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections import Counter
from dataclasses import dataclass, field

# How many lines one flooder of this kind keeps open; more would be the idle connections' test.
MOST_LINES = 500
TICK_S = 0.02


@dataclass(frozen=True)
class Flooding:
    """`rate` is in starts a second; they come from so many addresses of this machine."""

    port: int
    rate: int
    seconds: float
    addresses: int = 1


@dataclass
class Answers:
    """What came back."""

    sent: int = 0
    held_back: int = 0
    by_status: Counter[int] = field(default_factory=Counter)


def address_of(number: int) -> str:
    """One of the many that loopback has."""
    return f"127.0.{number // 200 + 9}.{number % 200 + 1}"


class _Lines:
    """The lines that are open from each address; one that is used is given back for the next."""

    def __init__(self, plan: Flooding) -> None:
        self._plan = plan
        self._free: dict[str, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}

    async def asks(self, number: int) -> int:
        """One start; answers its status."""
        address = address_of(number % self._plan.addresses)
        free = self._free.setdefault(address, [])
        reader, writer = free.pop() if free else await self._opened(address)
        try:
            writer.write(self._request())
            status = await self._status(reader)
        except BaseException:
            writer.close()
            raise
        free.append((reader, writer))
        return status

    async def _opened(self, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self._plan.port
        return await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))

    def _request(self) -> bytes:
        body = f"audience=self&region=VT14&key={uuid.uuid4().hex}"
        return (
            f"POST /chat HTTP/1.1\r\nHost: 127.0.0.1:{self._plan.port}\r\n"
            "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    async def _status(self, reader: asyncio.StreamReader) -> int:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = head.lower().partition("content-length:")[2].partition("\r\n")[0]
        await reader.readexactly(int(length or 0))
        return int(head.split()[1])


async def flood(plan: Flooding) -> Answers:
    """Ask at that rate for so long."""
    answers, lines, asking = Answers(), _Lines(plan), set[asyncio.Task[None]]()
    loop = asyncio.get_running_loop()

    async def one(number: int) -> None:
        try:
            answers.by_status[await lines.asks(number)] += 1
        except (OSError, EOFError, asyncio.IncompleteReadError):
            answers.by_status[0] += 1

    began = loop.time()
    while (since := loop.time() - began) < plan.seconds:
        for _ in range(int(since * plan.rate) - answers.sent - answers.held_back):
            if len(asking) >= MOST_LINES:
                answers.held_back += 1
                continue
            task = asyncio.create_task(one(answers.sent))
            answers.sent += 1
            asking.add(task)
            task.add_done_callback(asking.discard)
        await asyncio.sleep(TICK_S)
    await asyncio.wait_for(asyncio.gather(*asking), 30)
    return answers


def main() -> None:
    print("begun", flush=True)
    answers = asyncio.run(flood(Flooding(**json.loads(sys.argv[1]))))
    print(json.dumps(vars(answers)), flush=True)


if __name__ == "__main__":
    main()
