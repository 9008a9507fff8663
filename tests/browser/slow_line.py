"""A line on which a page arrives in two parts, to see what works before the second one is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

from tests.browser.elsewhere import MOST_S
from tests.browser.proxy import HOP
from tests.browser.sites import Page, serving
from tests.service import get


class _Handler(Page):
    upstream: ClassVar[str]
    until: ClassVar[bytes]
    goes_on: ClassVar[threading.Event]
    done: ClassVar[threading.Event]

    def do_GET(self) -> None:
        answer = get(self.upstream + self.path, headers={"Accept": "text/html"})
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in HOP | {"content-encoding"}:
                self.send_header(name, value)
        self.end_headers()
        first, mark, rest = answer.content.partition(self.until)
        self.wfile.write(first + mark)
        self.goes_on.wait(MOST_S)
        with suppress(OSError):  # the browser has gone
            self.wfile.write(rest)
        self.done.set()


class SlowLine:
    def __init__(self, origin: str, goes_on: threading.Event, done: threading.Event) -> None:
        self.origin = origin
        self._goes_on = goes_on
        self._done = done

    def goes_on(self) -> None:
        """The rest of the page is sent."""
        self._goes_on.set()
        assert self._done.wait(MOST_S)


@contextmanager
def slow_line(upstream: str, until: bytes) -> Iterator[SlowLine]:
    """The service, of whose pages only what stands before `until` arrives at first."""
    events = {"goes_on": threading.Event(), "done": threading.Event()}
    parts = {"upstream": upstream, "until": until, **events}
    with serving(type("Handler", (_Handler,), parts), "127.0.0.1") as origin:
        try:
            yield SlowLine(origin, **events)
        finally:
            events["goes_on"].set()
