"""A light HTTP client: kept-alive posts and event streams on bare connections that can be cut."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

FOR_GOOD = (401, 403, 410)
HEAD_WITHIN_S = 10.0
SILENCE_S = 40.0
SOUND_AFTER_S = 5.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0
FORM = "application/x-www-form-urlencoded"
CUT_OFF = (OSError, EOFError, asyncio.TimeoutError)


class Patience:
    """Waits a little longer each time, as our page does: many that hurry keep a server down."""

    def __init__(self) -> None:
        self._tries = 0

    def reset(self) -> None:
        self._tries = 0

    async def wait(self) -> None:
        full = min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * 2**self._tries)
        self._tries += 1
        await asyncio.sleep(full * random.uniform(0.5, 1))


class Connection:
    """One connection at a time, to a server on this machine; from that address of it, if given."""

    # With it all connections of this process go by https, to `localhost`.
    trusts: ssl.SSLContext | None = None

    def __init__(self, port: int, headers: dict[str, str], address: str = "") -> None:
        self._port = port
        self._from = (address, 0) if address else None
        self._headers = headers
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._open = self._open or await asyncio.open_connection(
            "127.0.0.1",
            self._port,
            local_addr=self._from,
            ssl=self.trusts,
            server_hostname="localhost" if self.trusts else None,
        )
        return self._open

    def cut(self) -> bool:
        """Break the line, as a tunnel does to a train; whether there was one."""
        line, self._open = self._open, None
        if line:
            line[1].transport.abort()
        return line is not None

    def _request(self, words: str, body: str = "", **more: str) -> bytes:
        name = "localhost" if self.trusts else "127.0.0.1"
        headers = {"Host": f"{name}:{self._port}"} | self._headers | more
        lines = [f"{words} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    @staticmethod
    async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines[1:] if line)
        return int(lines[0].split()[1]), {name.lower(): value for name, _, value in pairs}


class Line(Connection):
    """For posts, one at a time; a part of them never hears the answer."""

    def __init__(
        self, port: int, headers: dict[str, str], cut_posts: float = 0.0, address: str = ""
    ) -> None:
        super().__init__(port, headers, address)
        self._cut_posts = cut_posts
        self._busy = asyncio.Lock()

    async def post(self, path: str, **fields: str) -> tuple[int, Any]:
        """The status and the JSON of the answer. Raises one of CUT_OFF."""
        async with self._busy:
            try:
                return await self._posted(path, urlencode(fields))
            except BaseException:
                self.cut()
                raise

    async def _posted(self, path: str, body: str) -> tuple[int, Any]:
        reader, writer = await self._connected()
        length = {"Content-Type": FORM, "Content-Length": str(len(body))}
        writer.write(self._request(f"POST {path}", body, **length))
        if random.random() < self._cut_posts:
            await asyncio.sleep(random.choice([0, 0.002, 0.01]))
            raise ConnectionAbortedError
        status, headers = await self._head(reader)
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.cut()
        is_json = "json" in headers.get("content-type", "")
        return status, json.loads(content) if is_json else None


class Stream(Connection):
    """An event stream that comes back after every cut with the last id it has."""

    def __init__(self, port: int, headers: dict[str, str], address: str = "") -> None:
        super().__init__(port, headers | {"Accept": "text/event-stream"}, address)
        self.last_id = ""
        self.resumed = 0
        self.refused: list[int] = []
        self.is_up = False

    async def events(self, path: str) -> AsyncIterator[tuple[str, str, Any]]:
        """Name, id and data of each event; `gone` is the last one when nothing is there."""
        patience = Patience()
        while True:
            began = time.monotonic()
            try:
                async for event in self._listen(path):
                    yield event
                    if event[0] == "gone":
                        return
            except CUT_OFF:
                pass
            self.cut()
            self.is_up = False
            self.resumed += 1
            if time.monotonic() - began > SOUND_AFTER_S:
                patience.reset()
            await patience.wait()

    async def _listen(self, path: str) -> AsyncIterator[tuple[str, str, Any]]:
        reader, writer = await self._connected()
        more = {"Last-Event-ID": self.last_id} if self.last_id else {}
        writer.write(self._request(f"GET {path}", **more))
        status, _ = await asyncio.wait_for(self._head(reader), HEAD_WITHIN_S)
        if status in FOR_GOOD:
            yield "gone", "", {"status": status}
            return
        if status != 200:
            self.refused.append(status)
            raise ConnectionError(status)
        self.is_up = True
        unread = b""
        while chunk := await asyncio.wait_for(self._chunk(reader), SILENCE_S):
            *blocks, unread = (unread + chunk).split(b"\n\n")
            for block in blocks:
                if event := self._event(block.decode()):
                    yield event

    @staticmethod
    async def _chunk(reader: asyncio.StreamReader) -> bytes:
        size = int((await reader.readuntil(b"\r\n")).strip(), 16)
        return (await reader.readexactly(size + 2))[:-2]

    def _event(self, block: str) -> tuple[str, str, Any] | None:
        fields = dict(line.partition(": ")[::2] for line in block.split("\n") if line[:1] != ":")
        self.last_id = fields.get("id", self.last_id)
        if "event" not in fields:
            return None
        return fields["event"], fields.get("id", ""), json.loads(fields.get("data", "null"))
