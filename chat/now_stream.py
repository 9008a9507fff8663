"""The office's first screen, told again whenever something changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from . import keys
from .desk_talks import Ears
from .events import Event
from .hub import Ear, Hub, News, about_line, about_member
from .line import HUNG_UP
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


class NowPage:
    """The picture at once and after every change, for as long as the page may see it."""

    def __init__(
        self,
        look: Callable[[], Picture],
        hub: Hub,
        listener: Ear,
        queues: Iterable[str],
        may_see: Callable[[], bool],
    ) -> None:
        self.over = False
        self._look = look
        self._ears = Ears(hub, listener)
        self._lines = {about_line(queue, lane) for queue in queues for lane in keys.LANES}
        self._may_see = may_see
        self._last: Event | None = None
        self._looked = 0.0
        self._changed = False

    def begin(self) -> Iterator[Event]:
        self._ears.heed_of_its_kind(self._lines, ("w:",))
        yield from self._seen()

    def answer(self, heard: list[News]) -> Iterator[Event]:
        if HUNG_UP in heard:
            self.over = True
            return
        self._changed = self._changed or any(news.kind in COUNTS for news in heard)
        if self.wait_s() == 0:
            yield from self._seen()

    def wait_s(self) -> float:
        patience = SELDOM_S if self._changed else REGULARLY_S
        return max(0.0, self._looked + patience - time.monotonic())

    def stays(self) -> str:
        return ""

    def at_desk(self) -> None:
        """An office is no desk."""

    def is_told(self) -> None:
        """Nothing is kept for an office."""

    def close(self) -> None:
        self._ears.close()

    def _seen(self) -> Iterator[Event]:
        self._looked, self._changed = time.monotonic(), False
        if not self._may_see():
            self.over = True
            return
        # Where nothing happens the screen still shows that it is live: its clock goes on.
        seen = Seen("now", picture=self._picture(), minute=int(time.time() // 60))
        if seen != self._last:
            self._last = seen
            yield seen

    def _picture(self) -> Picture | None:
        try:
            picture = self._look()
        except UNREACHABLE:
            return None
        # That a conversation ends is told to its advisor, not to the queue.
        members = {about_member(advisor.member) for advisor in picture.advisors}
        self._ears.heed_of_its_kind(members, ("m:",))
        return picture
