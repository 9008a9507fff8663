"""What was read a moment ago, so that a store that is slow or gone holds nobody up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# What somebody changes is seen by every process within two seconds: read at most one second ago,
# and a second to read it.
FRESH_S = 1.0
PATIENCE_S = 1.0

log = logging.getLogger(__name__)


class Remembered(Generic[T]):
    """What `read` gave at most FRESH_S ago; when it fails or hangs, what it gave last.

    Nobody waits longer than PATIENCE_S, and nobody at all while it is known to fail.
    """

    def __init__(
        self,
        read: Callable[[], T],
        *,
        at_first: T,
        failures: tuple[type[Exception], ...],
        clock: Callable[[], float],
    ) -> None:
        self._read = read
        self._value = at_first
        self._failures = failures
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._reading: threading.Event | None = None
        self._well = True

    def get(self) -> T:
        with self._lock:
            if self._is_fresh():
                return self._value
            done = self._reading or self._begin()
            worth_waiting = self._well
        if worth_waiting and not done.wait(PATIENCE_S):
            self._fails("no answer in time")
        return self._value

    def forget(self) -> None:
        """What is known is outdated: the next one who asks reads it anew."""
        with self._lock:
            self._read_at = None
            self._reading = None

    def _is_fresh(self) -> bool:
        # A clock that was put back must not make it fresh for ever.
        return self._read_at is not None and 0 <= self._clock() - self._read_at < FRESH_S

    def _begin(self) -> threading.Event:
        self._reading = done = threading.Event()
        reader = threading.Thread(target=self._renew, args=(done,), name="remembered", daemon=True)
        reader.start()
        return done

    def _renew(self, done: threading.Event) -> None:
        began, value = self._clock(), self._value
        try:
            value = self._read()
            self._well = True
        except self._failures as fault:
            self._fails(type(fault).__name__)
        finally:
            self._end(done, began, value)
            done.set()

    def _end(self, done: threading.Event, began: float, value: T) -> None:
        with self._lock:
            if self._reading is not done:  # it was forgotten meanwhile
                return
            self._reading = None
            self._read_at = began
            if value != self._value:  # else what was worked out from it is kept too
                self._value = value

    def _fails(self, how: str) -> None:
        if self._well:
            log.warning("the database cannot be read, what it said last holds: %s", how)
        self._well = False
