"""The connections of one web process, and how long each may keep us waiting.

Who sends or takes an answer too slowly is cut off, so that places stay free for others. An open
event stream waits for us and not for its client: it is never cut here.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.socket import socket as GeventSocket

from .chat.peek import peek
from .chat.pressure import pressure

LOOK_EVERY_S = 1.0
# Who connects asks at once; only browsers also connect in case they will need it.
ABOUT_TO_ASK_S = 1.5
# A connection's state is the first byte of what Linux tells of it.
ESTABLISHED = 1

# What a line is in the middle of. Between two requests it is idle.
IDLE, HEAD, BODY = "idle", "head", "body"


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds. `request_s` is for a request's first lines and headers, from their first byte."""

    request_s: float
    idle_s: float
    # From the time when half of the places are taken, one that does nothing keeps its place only
    # so long: a browser opens another connection when it needs one.
    idle_when_crowded_s: float = 5.0

    def limit(self, phase: str, *, crowded: bool) -> float:
        """How long we wait for a client that is at this."""
        if phase == IDLE:
            return min(self.idle_s, self.idle_when_crowded_s) if crowded else self.idle_s
        # The largest body is as long as ten heads; who has a bad line needs the time.
        return self.request_s if phase == HEAD else 3 * self.request_s


class Line(GeventSocket):  # type: ignore[misc]
    """A client's connection that remembers since when we wait for its client."""

    phase = IDLE
    since = 0.0
    sending_since = 0.0
    # Until its first request begins to come.
    is_new = True
    _waiting = False

    def waits_for(self, phase: str) -> None:
        self.phase, self.since = phase, time.monotonic()

    def recv(self, *args: Any) -> bytes:
        self._waiting = True
        try:
            part: bytes = super().recv(*args)
        finally:
            self._waiting = False
        if part and self.phase == IDLE:
            self.is_new = False
            self.waits_for(HEAD)
        return part

    def sendall(self, *args: Any) -> None:
        self.sending_since = time.monotonic()
        try:
            super().sendall(*args)
        finally:
            self.sending_since = 0.0

    def is_late(self, now: float, patience: Patience, *, crowded: bool) -> bool:
        """Whether its client keeps us waiting for too long."""
        if self.sending_since:
            return now - self.sending_since > patience.limit(BODY, crowded=crowded)
        waited = now - self.since
        return self._waiting and waited > patience.limit(self.phase, crowded=crowded)

    def is_idle(self) -> bool:
        """Whether nothing comes here after what was asked and answered."""
        return self._waiting and self.phase == IDLE and not self.is_new and not peek(self._sock)

    def is_expected(self, late: float) -> bool:
        """Whether a request is coming in here, or is about to: it was opened not before `late`."""
        if self.phase == IDLE:
            return (self.is_new and self.since > late) or bool(peek(self._sock))
        return self.phase == HEAD

    def cut(self) -> None:
        """End it; whoever reads from it or writes to it is told at once."""
        # Gevent's own would throw into whoever waits; so they hear that nothing more comes.
        with suppress(OSError):  # it has ended by itself
            self._sock.shutdown(socket.SHUT_RDWR)


class Lines:
    """All connections of this process; `places` is how many there may be."""

    def __init__(self, patience: Patience, places: int) -> None:
        self._patience = patience
        self._places = places
        self._open: dict[Any, Line] = {}

    @contextmanager
    def watched(self, client: Any) -> Iterator[Line]:
        """The client's connection as a Line, for the greenlet that serves it."""
        line = Line(client.family, client.type, client.proto, fileno=client.detach())
        line.waits_for(IDLE)
        me = gevent.getcurrent()
        self._open[me] = line
        try:
            yield line
        finally:
            del self._open[me]

    def waits_for_a_request(self) -> None:
        """The greenlet that asks begins to wait for the next request on its line."""
        if line := self._open.get(gevent.getcurrent()):
            line.waits_for(IDLE)

    def look_after(self) -> None:
        """Cut who is late, for ever."""
        while True:
            gevent.sleep(LOOK_EVERY_S)
            self.cut_the_late()

    def is_for_nobody(self, client: Any) -> bool:
        """Whether a request need not be answered: its client has hung up, and we are behind.

        Who is not answered in time asks again. To answer all that was given up first would keep
        everybody waiting until they give up too, and so for ever.
        """
        return pressure.is_behind and has_hung_up(client)

    def cut_the_idle(self) -> None:
        for line in list(self._open.values()):
            if line.is_idle():
                line.cut()

    def are_expected(self) -> bool:
        """Whether a request is coming in on any line, or is about to on a new one."""
        late = time.monotonic() - ABOUT_TO_ASK_S
        return any(line.is_expected(late) for line in self._open.values())

    def cut_the_late(self) -> None:
        now, crowded = time.monotonic(), len(self._open) > self._places // 2
        for line in list(self._open.values()):
            if line.is_late(now, self._patience, crowded=crowded):
                line.cut()


def has_hung_up(client: Any) -> bool:
    """Whether the other end has closed a connection, although not all it sent was read."""
    if client.family not in (socket.AF_INET, socket.AF_INET6) or not hasattr(socket, "TCP_INFO"):
        return False
    try:
        return bool(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != ESTABLISHED)
    except OSError:
        return True
