"""Pages that are the same for everyone are made once, and then answered before Flask begins.

Compression goes only where it tells nothing. Whoever can make a browser send text, and sees how
long the answers are, can guess a secret that stands in one answer with that text (BREACH). So the
pages of the two lists below alone are compressed: asked for with GET, they hold nothing of the
request but its path and host. Never the chat's plain page with its token, a page of staff, or the
answer to a form.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from flask import Flask, request

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
# What a page shows that may change while the service runs. Asked before each answer, so it must be
# quick and never fail; the page is made anew when it is no longer equal to what it was.
Shows = Callable[[Flask], object]


def content(_: Flask) -> object:
    """Nothing that changes: the content is read at the start."""
    return None


def doors(app: Flask) -> object:
    """Whether the chat is open, and until when."""
    return app.extensions["luwte.chat"].doors_rest_on()


def the_minute(_: Flask) -> object:
    """What goes by the clock or the calendar."""
    return int(time.time()) // 60


def chat_texts(app: Flask) -> object:
    """What the office has the chat say."""
    return app.extensions["luwte.helps"].texts.rest_on()


# By the names of their views, in both languages.
MADE_ONCE: dict[str, Shows] = {
    "pages.home": doors,
    "pages.safe": content,
    "pages.section": content,
    "pages.article": content,
    # Without a question.
    "search.form": content,
    "chat.talk": chat_texts,
    "regions.start": content,
    "regions.region": doors,
    "helplines.show": the_minute,
    "news.overview": the_minute,
    "news.listing": the_minute,
    "news.agenda": the_minute,
    "news.figures": the_minute,
    "news.year": the_minute,
    "news.piece": the_minute,
}
# Made for each visitor and sent compressed: the chat's form has a key that is new each time.
MADE_EACH_TIME = frozenset({"chat.start"})

# In all, in each process. A page that shows its address is kept by host, which anybody can make up.
MOST_BYTES = 16 * 1024 * 1024
QUICKLY, WELL = 5, 9  # levels of compression

_MARK = "luwte.made_pages"


def register(app: Flask) -> None:
    """Answer these pages from memory. To be the first that is put around the application."""

    @app.before_request
    def mark() -> None:
        view = (request.endpoint or "").replace("_nl.", ".").replace("_en.", ".")
        if shows := MADE_ONCE.get(view):
            # Before the page is made: what changes meanwhile makes it outdated.
            request.environ[_MARK] = shows, shows(app)
        elif view in MADE_EACH_TIME:
            request.environ[_MARK] = None, None

    app.extensions["luwte.made_pages"] = made = MadePages(app, app.wsgi_app)
    app.wsgi_app = made  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class Page:
    """A finished answer, as it is and (unless nobody asked for that) compressed."""

    shows: Shows
    shown: object
    headers: Headers
    plain: bytes
    small: bytes

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.small)

    def answer(self, environ: Environ, start_response: Any) -> list[bytes]:
        if takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return _answer(environ, start_response, self.headers, self.small, "gzip")
        return _answer(environ, start_response, self.headers, self.plain)


class MadePages:
    """A WSGI application around the site's own."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._inner = inner
        self._most_bytes = MOST_BYTES
        self._pages: dict[tuple[str, str, str], Page] = {}
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not _is_anybodys(environ):
            return self._inner(environ, start_response)
        key = environ["PATH_INFO"], environ["HTTP_HOST"], environ["wsgi.url_scheme"]
        page = self._pages.get(key)
        if page and page.shows(self._app) == page.shown:
            return page.answer(environ, start_response)
        return self._made(key, environ, start_response)

    def _made(
        self, key: tuple[str, str, str], environ: Environ, start_response: Any
    ) -> Iterable[bytes]:
        headers: Headers = []

        def started(status: str, given: Headers, exc_info: Any = None) -> Any:
            if not _is_the_page(environ, status, given):
                return start_response(status, given, exc_info)
            headers.extend(pair for pair in given if pair[0].lower() != "content-length")
            return None

        parts = self._inner(environ, started)
        if not headers:
            return parts
        try:
            plain = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        shows, shown = environ[_MARK]
        if shows is None:
            return _once(environ, start_response, headers, plain)
        page = Page(shows, shown, headers, plain, gzip.compress(plain, WELL, mtime=0))
        self._keep(key, page)
        return page.answer(environ, start_response)

    def _keep(self, key: tuple[str, str, str], page: Page) -> None:
        with self._lock:
            if before := self._pages.pop(key, None):
                self._bytes -= before.size
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self._most_bytes:
                # The one that was made first.
                self._bytes -= self._pages.pop(next(iter(self._pages))).size


def _is_anybodys(environ: Environ) -> bool:
    """Whether nothing in a request says more than which page is asked for."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and "HTTP_HOST" in environ
        and not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and "HTTP_COOKIE" not in environ
        and "HTTP_AUTHORIZATION" not in environ
    )


def _is_the_page(environ: Environ, status: str, headers: Headers) -> bool:
    """And not a fault, the exit's guard, or headers alone."""
    special = any(name.lower() in ("set-cookie", "vary") for name, _ in headers)
    whole = environ["REQUEST_METHOD"] == "GET" and status.startswith("200")
    return _MARK in environ and whole and not special


def _once(environ: Environ, start_response: Any, headers: Headers, plain: bytes) -> list[bytes]:
    if takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        small = gzip.compress(plain, QUICKLY, mtime=0)
        return _answer(environ, start_response, headers, small, "gzip")
    return _answer(environ, start_response, headers, plain)


def _answer(
    environ: Environ, start_response: Any, headers: Headers, body: bytes, encoding: str = ""
) -> list[bytes]:
    own = [("Content-Length", str(len(body))), ("Vary", "Accept-Encoding")]
    if encoding:
        own.append(("Content-Encoding", encoding))
    start_response("200 OK", headers + own)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether that Accept-Encoding names gzip, and not as something unwanted (RFC 9110, 12.5.3)."""
    for one in accepted.lower().split(","):
        name, _, quality = one.replace(" ", "").partition(";q=")
        if name in ("gzip", "x-gzip"):
            return quality.strip("0.") != "" or quality == ""
    return False
