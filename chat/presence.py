"""Which advisors are there, and which lines they serve."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from redis import Redis

from . import keys

# Signs of life that follow each other faster than this say nothing new.
SELDOM_S = 5.0
SERVING_S = 3600


class Presence:
    """Signs of life of the advisors. Without one for a while, their visitors go to a colleague."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._told: dict[str, float] = {}

    def here(self, member: str) -> None:
        """This advisor did something just now."""
        if time.monotonic() - self._told.get(member, -SELDOM_S) < SELDOM_S:
            return
        self._told[member] = time.monotonic()
        self._redis.zadd(keys.PRESENT, {member: self._now()})
        self._redis.expire(keys.PRESENT, SERVING_S)

    def serves(self, member: str, lines: Iterable[tuple[str, str]]) -> None:
        """This advisor is at the desk and takes visitors from these lines."""
        at = self._now()
        pipe = self._redis.pipeline(transaction=False)
        pipe.zadd(keys.PRESENT, {member: at})
        pipe.expire(keys.PRESENT, SERVING_S)
        for queue, lane in lines:
            pipe.zadd(keys.serving_key(queue, lane), {member: at * 1000})
            pipe.expire(keys.serving_key(queue, lane), SERVING_S)
        pipe.execute()

    def leaves(self, member: str, lines: Iterable[tuple[str, str]]) -> None:
        """This advisor signed out."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.zrem(keys.PRESENT, member)
        for queue, lane in lines:
            pipe.zrem(keys.serving_key(queue, lane), member)
        pipe.execute()

    def _now(self) -> float:
        clock: Any = self._redis.time()
        return float(clock[0] + clock[1] / 1e6)
