"""One client takes a few turns at once in a web process, however much it asks for at once.

So a flood from one address waits for itself and not for everybody else: who asks one thing is
answered next. Nothing is refused here, and nobody waits long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from .chat.salts import network_of
from .host_name import Wsgi

# A page asks for less at once, and so do the thirty of a school who press a button together.
AT_ONCE = 16
# A client whose turns are all taken by somebody slow goes on after this.
PATIENCE_S = 2.0


class Turns:
    """Before the application. Knows an address only for as long as it asks for something."""

    def __init__(self, wsgi: Wsgi, *, at_once: int = AT_ONCE) -> None:
        self._wsgi = wsgi
        self._at_once = at_once
        self._lock = threading.Lock()
        self._asking: dict[str, tuple[threading.Semaphore, int]] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        client = network_of(environ.get("REMOTE_ADDR", ""))
        turns = self._come(client)
        has_turn = turns.acquire(timeout=PATIENCE_S)
        try:
            return self._wsgi(environ, start)
        finally:
            if has_turn:
                turns.release()
            self._leave(client)

    def _come(self, client: str) -> threading.Semaphore:
        with self._lock:
            turns, asking = self._asking.get(client) or (threading.Semaphore(self._at_once), 0)
            self._asking[client] = turns, asking + 1
            return turns

    def _leave(self, client: str) -> None:
        with self._lock:
            turns, asking = self._asking[client]
            if asking > 1:
                self._asking[client] = turns, asking - 1
            else:
                del self._asking[client]
