"""Notices at once when the other end of an open page's connection hangs up.

Without this, a stream finds out only when it writes, up to two beats later; so long a visitor who
closed the page would keep their place and an advisor who crashed would seem to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .hub import Listener, News
from .peek import peek

HUNG_UP = News("hung-up")


@contextmanager
def watched(environ: Mapping[str, Any], listener: Listener) -> Iterator[None]:
    """Tell `listener` when the connection of this request ends; silent under other servers."""
    line = environ.get("gunicorn.socket")
    if line is None or not hasattr(line, "_sock"):
        yield
        return
    import gevent

    watcher = gevent.get_hub().loop.io(line.fileno(), 1)

    def look() -> None:
        heard = peek(line._sock)
        if heard is None:
            return
        # What a client sends ahead is not for us, and would wake us without end.
        watcher.stop()
        if not heard:
            listener.put(HUNG_UP)

    watcher.start(look)
    try:
        yield
    finally:
        watcher.stop()
        watcher.close()
