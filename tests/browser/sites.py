"""Small sites of the tests' own, on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@contextmanager
def serving(
    handler: type[BaseHTTPRequestHandler], host: str = "localhost", port: int = 0
) -> Iterator[str]:
    """A site; gives its origin. `localhost` and `127.0.0.1` are two sites to a browser."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class Page(BaseHTTPRequestHandler):
    """Answers from `pages`: address to HTML."""

    pages: ClassVar[dict[str, str]]

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        self.answers((page or "?").encode(), 200 if page else 404)

    def answers(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        sent = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body))}
        for name, value in (sent | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are silent."""


@contextmanager
def another_site(link: str) -> Iterator[str]:
    """Where a visitor comes from: a page with one link."""
    page = f'<!doctype html><title>Elders</title><a href="{link}">verder</a>'
    pages = {"/": page, "/daarna": "<!doctype html><title>Weer</title><h1>Weer</h1>"}
    with serving(type("AnotherSite", (Page,), {"pages": pages})) as origin:
        yield f"{origin}/"
