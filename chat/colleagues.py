"""Who is at the desk now, what they do, and how much they have to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys
from .conversation import PRESENT_S
from .hub import News
from .scripts import Script
from .shift_choice import BREAK, Choice, ShiftChoices

# Many desks of one process ask, and are told the same: the more there are the less often it is
# read, since each desk asks for all of them.
FRESH_S = 1.0
AT_ONE_DESK = 25

# KEYS 1 who is there (sorted set)  ARGV 4 patience in ms
THERE = Script("return redis.call('ZRANGEBYSCORE', KEYS[1], now() - ARGV[4], '+inf')")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at the desk, as the others may know them."""

    member: str
    name: str
    choice: Choice
    chats: int

    def serves(self, queue: str, lane: str) -> bool:
        return queue in self.choice.queues and lane in self.choice.lanes


class Colleagues:
    """Everybody at the desks of one store."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._lock = threading.Lock()
        self._found: tuple[Colleague, ...] = ()
        # When something was last heard of any of them, on the monotonic clock.
        self.moved = 0.0
        # From when that is which was told last, on the same clock.
        self.read_at = float("-inf")

    def there(self, *, since: float = 0.0, fresh_s: float = FRESH_S) -> tuple[Colleague, ...]:
        """By name. What is told may be `fresh_s` old, but is not older than `since` (monotonic)."""
        with self._lock:
            now = time.monotonic()
            if self.read_at < max(since, now - fresh_s):
                found, self.read_at = self._look(), now
                # The same object as long as it says the same: every desk compares it.
                if found != self._found:
                    self._found = found
            return self._found

    def put(self, news: News) -> None:
        """Somebody came, went, or has more or less to do; the hub tells it once a process."""
        self.moved = time.monotonic()

    @property
    def pace_s(self) -> float:
        """How often one desk looks; for few colleagues once a second."""
        return FRESH_S * max(1.0, len(self._found) / AT_ONE_DESK)

    def one(self, member: str) -> Colleague | None:
        """Somebody who is there now."""
        return next(
            (one for one in self.there(since=time.monotonic()) if one.member == member), None
        )

    def serving(self, queue: str, lane: str) -> list[Colleague]:
        """Who is there now for this line."""
        there = self.there(since=time.monotonic())
        return [one for one in there if one.serves(queue, lane)]

    def answer_in(self, lang: str, queue: str, lane: str) -> bool:
        """Whether somebody is there for this line who answers in that language."""
        return any(
            lang in one.choice.langs and one.choice.status != BREAK and one.serves(queue, lane)
            for one in self.there()
        )

    def _look(self) -> tuple[Colleague, ...]:
        args = ["", "", "", PRESENT_S * 1000]
        members = [found.decode() for found in THERE(self._redis, [keys.PRESENT], args)]
        pipe = self._redis.pipeline(transaction=False)
        for member in members:
            pipe.hgetall(keys.shift_key(member))
            pipe.zcount(keys.chats_key(member), "+inf", "+inf")
        answers = pipe.execute()
        found = [
            _colleague(member, chosen, chats)
            for member, chosen, chats in zip(members, answers[::2], answers[1::2], strict=True)
        ]
        return tuple(sorted(found, key=lambda one: (one.name, int(one.member))))


def _colleague(member: str, chosen: dict[bytes, bytes], chats: Any) -> Colleague:
    allowed: Sequence[str] = chosen.get(b"allowed", b"").decode().split()
    name = chosen.get(b"name", b"").decode()
    return Colleague(member, name, ShiftChoices.choice(chosen, allowed), int(chats))
