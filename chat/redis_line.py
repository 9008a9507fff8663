"""A connection to Redis that is known to be unused without asking the event loop.

Before each command the client looks whether its connection has something to read that nobody asked
for. It does so with `poll`, for which gevent lets everybody else run first: a message that takes
three steps waited three times for its turn before the first byte was sent.
"""

from __future__ import annotations

from redis.connection import DefaultParser
from redis.exceptions import ConnectionError as ConnectionBroken

from .peek import peek

# What only gevent's sockets have, which never wait by themselves; what only encrypted ones have.
BENEATH, ENCRYPTED = "_sock", "_sslobj"


class Peeking(DefaultParser):  # type: ignore[misc, valid-type]
    """Reads answers as ever; only a look that may not wait is one call of the system."""

    def can_read(self, timeout: float = 0) -> bool:
        beneath = getattr(self._sock, BENEATH, None)
        unasked = timeout or self._reader is None or self._reader.has_data()
        if unasked or beneath is None or hasattr(self._sock, ENCRYPTED):
            return bool(super().can_read(timeout))
        there = peek(beneath)
        if there == b"":
            raise ConnectionBroken("Redis has closed the connection")
        return there is not None
