"""Looks at a connection without reading from it, and without waiting or letting others run."""

from __future__ import annotations

import socket
from typing import Any


def peek(beneath: Any) -> bytes | None:
    """The next byte that could be read from a socket that never waits (gevent's `_sock`); b"" when
    the other end has closed it, None when there is nothing yet.
    """
    try:
        found: bytes = beneath.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
    return found
