"""The office's first screen, told again whenever something changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import keys
from .events import BEAT, NOWHERE, Event
from .hub import Hub, Listener, about_line, about_member
from .line import HUNG_UP, watched
from .now import Picture
from .store import UNREACHABLE

# Nobody can read faster than this, and times must be right though nothing happens.
SELDOM_S = 1.0
REGULARLY_S = 3.0

# A message or a typing sign changes no count.
COUNTS = ("waiting", "state", "ended", "shift", "left", "resync")


@dataclass(frozen=True, slots=True)
class Seen(Event):
    """What the screen shows in that minute; no picture: the store does not answer."""

    picture: Picture | None = None
    minute: int = 0


def pictures(
    look: Callable[[], Picture],
    hub: Hub,
    queues: Iterable[str],
    *,
    may_see: Callable[[], bool],
    environ: Mapping[str, Any] = NOWHERE,
) -> Iterator[Event]:
    """The picture at once and after every change, for as long as the page may see it.

    `environ` is the request's, whose connection is watched.
    """
    topics = [about_line(queue, lane) for queue in queues for lane in keys.LANES]
    with hub.listening(*topics) as listener, watched(environ, listener):
        yield from _Watch(look, hub, listener).seen(may_see)


class _Watch:
    def __init__(self, look: Callable[[], Picture], hub: Hub, listener: Listener) -> None:
        self._look = look
        self._hub = hub
        self._listener = listener
        self._members: set[str] = set()

    def seen(self, may_see: Callable[[], bool]) -> Iterator[Event]:
        last = None
        try:
            while may_see():
                # Where nothing happens the screen still shows that it is live: its clock goes on.
                seen = Seen("now", picture=self._picture(), minute=int(time.time() // 60))
                yield BEAT if seen == last else seen
                last = seen
                if not self._changes():
                    return
        finally:
            self._heed(set())

    def _picture(self) -> Picture | None:
        try:
            picture = self._look()
        except UNREACHABLE:
            return None
        # That a conversation ends is told to its advisor, not to the queue.
        self._heed({about_member(advisor.member) for advisor in picture.advisors})
        return picture

    def _heed(self, members: set[str]) -> None:
        for topic in members - self._members:
            self._hub.heed(self._listener, topic)
        for topic in self._members - members:
            self._hub.ignore(self._listener, topic)
        self._members = members

    def _changes(self) -> bool:
        """Wait until it is time to look again; False when nobody listens any more."""
        began, changed = time.monotonic(), False
        while True:
            left = began + (SELDOM_S if changed else REGULARLY_S) - time.monotonic()
            if left <= 0:
                return True
            heard = self._listener.wait(left)
            if HUNG_UP in heard:
                return False
            changed = changed or any(news.kind in COUNTS for news in heard)
