"""`luwte preview`: the pages as an editor is writing them, on this machine only.

Every change in the content folder is shown at once, with its faults on top of the page. Needs no
store: the chat says that it does not work. Never to be used as the service.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import make_server

from .application import create_app
from .checks import of_the_content
from .config import Settings
from .page_parts import csp_hash

# Where a page asks whether anything has changed, and how long it is made to wait for an answer.
ASK, WAIT_S, LOOK_S = "/-/changed", 20.0, 0.3

SCRIPT = """
const ask = () => fetch("/-/changed?since=STATE").then((answer) => answer.text())
  .then((changed) => changed ? location.reload() : ask())
  .catch(() => setTimeout(ask, 1000));
ask();
"""


def preview(settings: Settings, host: str, port: int) -> None:
    """Serve until the editor stops it. Raises OSError when the port is taken."""
    # The library writes down each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with socket.create_server((host, port)) as line, TemporaryDirectory() as folder:
        pages = Preview(_alone(settings, Path(folder)))
        server = make_server(host, port, pages, threaded=True, fd=line.fileno())
        where = f"http://{host}:{port}"
        print(f"The pages are at {where} and follow every change (Ctrl-C stops it)", flush=True)
        server.serve_forever()


def _alone(settings: Settings, folder: Path) -> Settings:
    # Nothing is kept and nobody signs in, so any secret and any store will do.
    return replace(
        settings,
        secret_keys=("preview",),
        redis_url="redis://127.0.0.1:1",
        database_url=f"sqlite:///{folder / 'preview.sqlite3'}",
        always_open=True,
    )


class Preview:
    """A WSGI application that is made anew whenever the content has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._state = ""
        self._app: Flask | None = None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return self._of_now()(environ, start)

    def _of_now(self) -> Flask:
        with self._lock:
            state = state_of(self._settings.content)
            if self._app is None or state != self._state:
                self._app, self._state = self._made(state), state
            return self._app

    def _made(self, state: str) -> Flask:
        app = create_app(self._settings)
        script = SCRIPT.replace("STATE", state)
        found = of_the_content(self._settings.content)
        faults = "".join(f"<li>{escape(line)}</li>" for line in found.faults)

        @app.before_request
        def changed() -> Response | None:
            if request.path != ASK:
                return None
            return Response("yes" if self._waits_for_a_change(request.args["since"]) else "")

        @app.after_request
        def shown(response: Response) -> Response:
            if response.mimetype == "text/html" and not response.is_streamed:
                page = response.get_data(as_text=True)
                list_ = f'<ol class="notice" lang="en">{faults}</ol>' if faults else ""
                page = page.replace("<main", f"{list_}<main", 1)
                response.set_data(page.replace("</body>", f"<script>{script}</script></body>", 1))
            return response

        # What runs last here is registered last: the hash comes into the finished policy.
        app.after_request_funcs[None].insert(0, _allowing(csp_hash(script)))
        return app

    def _waits_for_a_change(self, since: str) -> bool:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if state_of(self._settings.content) != since:
                return True
            time.sleep(LOOK_S)
        return False


def state_of(folder: Path) -> str:
    """Another text for every change in the folder: what there is, and when it was last written."""
    files = (path.stat() for path in folder.rglob("*") if path.is_file())
    return str(hash(tuple(sorted((found.st_ino, found.st_mtime_ns) for found in files))))


def _allowing(hash_: str) -> Callable[[Response], Response]:
    def allow(response: Response) -> Response:
        policy = response.headers.get("Content-Security-Policy", "")
        response.headers["Content-Security-Policy"] = policy.replace(
            "script-src ", f"script-src {hash_} ", 1
        )
        return response

    return allow
