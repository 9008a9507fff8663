"""A small proxy before the service that spoils its answers, to see that the tests notice."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from tests.browser.sites import Page, serving

# The proxy speaks for itself about how the body comes.
HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "server", "date"}


@dataclass
class Answer:
    """What the service answered; a spoiler changes it. `body` is None for what streams."""

    path: str
    status: int
    headers: dict[str, str]
    body: bytes | None = None


Spoiler = Callable[[Answer], None]


@dataclass
class Proxy:
    """`fails` tells which requests are answered with a fault of the proxy's own: (method, path)."""

    upstream: str
    spoils: Spoiler = lambda answer: None
    fails: Callable[[str, str], int] = lambda method, path: 0
    origin: str = field(default="", init=False)


class _Handler(Page):
    proxy: ClassVar[Proxy]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def _forward(self) -> None:
        self.close_connection = True
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if status := self.proxy.fails(self.command, self.path):
            self.answers(b"<!doctype html><title>Bad gateway</title>", status, connection="close")
            return
        line = http.client.HTTPConnection(urlsplit(self.proxy.upstream).netloc, timeout=60)
        try:
            # A spoiler changes what it can read.
            asked = {k: v for k, v in self.headers.items() if k.lower() != "accept-encoding"}
            line.request(self.command, self.path, sent, asked)
            self._pass_on(line.getresponse())
        except (OSError, http.client.HTTPException):
            return  # one of both has hung up
        finally:
            line.close()

    def _pass_on(self, response: http.client.HTTPResponse) -> None:
        headers = {k.title(): v for k, v in response.getheaders() if k.lower() not in HOP}
        answer = Answer(self.path, response.status, headers)
        if response.length is not None:
            answer.body = response.read()
        self.proxy.spoils(answer)
        self.send_response(answer.status)
        for name, value in (answer.headers | {"Connection": "close"}).items():
            self.send_header(name, value)
        self.end_headers()
        if answer.body is not None:
            self.wfile.write(answer.body)
            return
        while part := response.read1():
            self.wfile.write(part)


@contextmanager
def before(proxy: Proxy) -> Iterator[Proxy]:
    """The proxy, running; `origin` is where a visitor finds it."""
    with serving(type("Handler", (_Handler,), {"proxy": proxy}), "127.0.0.1") as origin:
        proxy.origin = origin
        yield proxy
