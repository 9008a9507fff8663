"""The web around a visit: the page before it, and the neutral page that the exit leads to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from tests.browser.sites import Page, serving

# So long the neutral page is held back at most: nothing may hang when a test fails.
MOST_S = 20.0

BEFORE = '<!doctype html><title>Hiervoor</title><h1>Hiervoor</h1><a href="{0}">verder</a>'
WEATHER = "<!doctype html><title>Weer</title><h1>Weer</h1>"


class Elsewhere:
    """Another site than the service's, also to the browser: `localhost` is not `127.0.0.1`."""

    def __init__(self, origin: str, let_go: threading.Event) -> None:
        self.origin = origin
        self.weather = f"{origin}/weer"
        self._let_go = let_go

    def before(self, address: str) -> str:
        """A page with one link, to that address."""
        return f"{self.origin}/voor?naar={quote(address, safe='')}"

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Meanwhile the neutral page does not answer."""
        self._let_go.clear()
        try:
            yield
        finally:
            self._let_go.set()


class _Handler(Page):
    let_go: ClassVar[threading.Event]

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/voor":
            self.answers(BEFORE.format(parse_qs(asked.query)["naar"][0]).encode())
            return
        self.let_go.wait(MOST_S)
        self.answers(WEATHER.encode())


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    let_go = threading.Event()
    let_go.set()
    with serving(type("Handler", (_Handler,), {"let_go": let_go})) as origin:
        yield Elsewhere(origin, let_go)
