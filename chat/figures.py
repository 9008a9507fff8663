"""What is counted of the conversations: how many and how long, never whose.

A step that happens adds one to a few counts of its hour, each of one region and at most one of
lane, language and topic. There is no row per conversation, no id and no moment, here or later:
what three choices together tell of somebody is never brought together.

Counting happens beside the chat. A step is put in line in memory and written by a thread of its
own; when the store does not answer, the count is lost and the chat goes on.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime

from redis import Redis

from .scripts import Script
from .seal import Seal

log = logging.getLogger(__name__)

KEEP_S = 2 * 24 * 3600
MOST_IN_LINE = 10_000

# Upper edges in seconds; what is longer than the last falls in one more. Few and wide: a bucket
# must hold several people before it may be shown.
WAITS_S = (30, 60, 120, 300, 600, 1200, 1800, 3600)
LENGTHS_S = (300, 600, 1200, 1800, 2700, 3600, 5400)

ANSWERS = ("yes", "bit", "no")  # to "did this help?"
OTHER, NONE = "other", "none"

_CODE = re.compile(r"[a-z][a-z-]{0,19}")

# KEYS 1 the counts of one hour
# ARGV 1 seconds to keep, then again and again a field and how much to add
ADD = Script("""
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 'ok'
""")


def hour_key(hour: datetime) -> str:
    """Where the counts of one hour (UTC) grow."""
    return f"{{staff}}:figures:{hour:%Y%m%d%H}"


class Figures:
    """Counts what happens, for the conversations of one store.

    `topics` are the codes that a visitor may choose; what a partner's client sends besides them
    is free text and is never kept.
    """

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        topics: Collection[str] = (),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._seal = seal
        self._topics = frozenset(topics)
        self._clock = clock
        self._line: queue.Queue[tuple[str, list[str]]] = queue.Queue(MOST_IN_LINE)
        self._pid = 0
        self._starting = threading.Lock()

    def topic(self, text: str) -> str:
        """The fixed code that a topic counts as."""
        if not text:
            return NONE
        return text if text in self._topics else OTHER

    def started(self, queue_name: str, lane: str, lang: str, topic: str) -> None:
        self._count(["started"], queue_name, lane, lang, self.topic(topic))

    def happened(self, conversation: str, told: Sequence[bytes], how: str = "") -> None:
        """Count what a script told of a conversation: {what, lane, language, sealed topic, ms}.

        `what` is taken, left or over; `how` is by whom it was ended, with the reason. Nothing that
        goes wrong here reaches the chat.
        """
        if not told:
            return
        try:
            what, lane, lang, sealed, ms = told
            topic = self._seal.box(conversation).open(sealed) if sealed else ""
            measures = _measures(what.decode(), int(ms) / 1000, how)
            queue_name = conversation.partition(".")[0]
            self._count(measures, queue_name, lane.decode(), lang.decode(), self.topic(topic))
        except Exception as error:
            log.warning("a step was not counted: %s", type(error).__name__)

    def helped(self, answer: str, queue_name: str, lane: str, lang: str, topic: str) -> None:
        """Count an answer to "did this help?"; `topic` is a code already."""
        self._count([f"helped.{answer}"], queue_name, lane, lang, topic)

    def _count(
        self, measures: Iterable[str], queue_name: str, lane: str, lang: str, topic: str
    ) -> None:
        hour = datetime.fromtimestamp(self._clock(), UTC)
        fields = [
            f"{measure}|{queue_name}|{dimension}|{value}"
            for measure in measures
            for dimension, value in (("", ""), ("lane", lane), ("lang", lang), ("topic", topic))
        ]
        try:
            self._line.put_nowait((hour_key(hour), fields))
            self._start()
        except Exception as error:
            log.warning("a step was not counted: %s", type(error).__name__)

    def _start(self) -> None:
        """Write in this process, in one thread; a fork has to start its own."""
        with self._starting:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            threading.Thread(target=self._write_all, name="figures", daemon=True).start()

    def _write_all(self) -> None:
        while True:
            waiting = [self._line.get()]
            while True:
                try:
                    waiting.append(self._line.get_nowait())
                except queue.Empty:
                    break
            try:
                self._write(waiting)
            except Exception as error:
                # Whether it was done is not known, and twice would be a lie too.
                log.warning("%d steps were not counted: %s", len(waiting), type(error).__name__)

    def _write(self, waiting: list[tuple[str, list[str]]]) -> None:
        hours: dict[str, Counter[str]] = {}
        for key, fields in waiting:
            hours.setdefault(key, Counter()).update(fields)
        for key, counts in hours.items():
            ADD(self._redis, [key], [KEEP_S, *(part for pair in counts.items() for part in pair)])


def _measures(what: str, seconds: float, how: str) -> list[str]:
    if what == "taken":
        return ["taken", f"wait.{bisect_left(WAITS_S, seconds)}"]
    if what == "left":
        return ["left"]
    if what == "over":
        by, _, reason = how.partition(".")
        kind = f"{by}.{reason if _CODE.fullmatch(reason) else OTHER}" if reason else by
        return [f"ended.{kind}", f"length.{bisect_left(LENGTHS_S, seconds)}"]
    raise ValueError(what)
