"""What this machine counts for monitoring: numbers only, in memory, gone when the service ends.

Its web processes share one piece of memory, because it is made before they are forked; each has a
row of its own, so that none waits for another. Nothing in it says who, where or what about.
"""

from __future__ import annotations

import mmap
import threading
from bisect import bisect_left
from collections.abc import Sequence

STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
REASONS = ("closed", "full", "kept-out", "limited", "unavailable")
# Upper bounds in seconds of how long a message was under way inside; one more for what took longer.
LAGS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

ALIVE, STREAMS = "alive", "streams"
# In how many processes this gives way (see `pressure`).
GIVES_WAY = ("gives way:typing", "gives way:places", "gives way:starts")
# What is so at this moment, and ends with the process that it is in.
OF_THE_MOMENT = (ALIVE, STREAMS, *GIVES_WAY)
NAMES = (
    *OF_THE_MOMENT,
    "store errors",
    *(f"requests:{status}" for status in STATUSES),
    *(f"refused:{reason}" for reason in REASONS),
    *(f"lag:{place}" for place in range(len(LAGS_S) + 1)),
)

# More web processes than this no machine runs at once.
ROWS = 128


class Counts:
    """The counts of all web processes of this machine."""

    def __init__(self) -> None:
        self._cells = memoryview(mmap.mmap(-1, ROWS * len(NAMES) * 8)).cast("q")
        self._column = {name: place for place, name in enumerate(NAMES)}
        self._lock = threading.Lock()
        self._row = 0

    def begin(self, number: int) -> None:
        """This process counts in the row of that number, which no other living one has."""
        self._lock = threading.Lock()
        self._row = number % ROWS
        self.end(number)
        self.add(ALIVE)

    def end(self, number: int) -> None:
        """The process of that number has ended; what it had counted stays counted."""
        for name in OF_THE_MOMENT:
            self._cells[self._cell(number % ROWS, name)] = 0

    def add(self, name: str, by: int = 1) -> None:
        """Count one more. A name that is none of NAMES is a fault in the code: KeyError."""
        with self._lock:
            self._cells[self._cell(self._row, name)] += by

    def delivered(self, lag_s: float) -> None:
        """A message was handed to the pages that wait for it, so long after it was stored."""
        self.add(f"lag:{bisect_left(LAGS_S, lag_s)}")

    def of(self, name: str) -> int:
        """That count, over all processes of this machine."""
        return sum(self._cells[self._cell(row, name)] for row in range(ROWS))

    def lags(self) -> Sequence[int]:
        """How many deliveries were within each of LAGS_S, and last how many there were."""
        total, found = 0, []
        for place in range(len(LAGS_S) + 1):
            total += self.of(f"lag:{place}")
            found.append(total)
        return found

    def _cell(self, row: int, name: str) -> int:
        return row * len(NAMES) + self._column[name]


counts = Counts()
