"""What gives way in this web process when it cannot keep up, and in which order.

First the signs that somebody types, then the places in the queue, which are told less often, then
new starts, which are refused and told so. What is said in open conversations never gives way.
"""

from __future__ import annotations

import logging
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable

from .counts import GIVES_WAY, counts

TYPING, PLACES, STARTS = range(1, 4)
# From so many seconds of lateness on each of them gives way. What is asked for takes several steps,
# each so late; and a store that seems to be silent for 0.9 s counts as gone.
LATE_S = (0.1, 0.25, 0.5)
LOOK_EVERY_S = 0.25
# A single hold-up says nothing: it must come late so many times in a row.
LOOKS = 8
# And one good moment does not end it.
EASES_S = 5.0

log = logging.getLogger(__name__)


class Pressure:
    """How much gives way now: `level` is 0, TYPING, PLACES or STARTS, each with those before it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.level = 0
        # Whether anything may give way at all.
        self.may = True
        self._clock = clock
        self._late = deque([0.0] * LOOKS, LOOKS)
        self._changed = self._clock()

    def watch(self) -> None:
        """Feel it for ever, in a thread of this process."""
        while True:
            began = time.monotonic()
            time.sleep(LOOK_EVERY_S)
            self.felt(time.monotonic() - began - LOOK_EVERY_S)

    @property
    def is_behind(self) -> bool:
        """Whether it comes too late at this moment."""
        return self._late[-1] >= LATE_S[-1]

    def felt(self, late_s: float) -> None:
        """So many seconds too late came what should have come by itself."""
        self._late.append(late_s)
        level, now = bisect_right(LATE_S, min(self._late)) if self.may else 0, self._clock()
        if level > self.level:
            self._is_now(level)
        if level >= self.level:
            self._changed = now
        elif now - self._changed >= EASES_S:
            self._is_now(self.level - 1)
            self._changed = now

    def _is_now(self, level: int) -> None:
        for step, name in enumerate(GIVES_WAY, 1):
            counts.add(name, (step <= level) - (step <= self.level))
        if STARTS in (level, self.level):
            log.warning("new chats are %s", "refused" if level == STARTS else "let in again")
        self.level = level


# Of this process.
pressure = Pressure()
