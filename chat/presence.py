"""Which advisors are there, and which lines they serve."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from redis import Redis

from . import keys
from .conversation import CHATS_AT_ONCE
from .scripts import SERVE
from .store import together

# Signs of life that follow each other faster than this say nothing new.
SELDOM_S = 5.0
SERVING_S = 3600


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Somebody at a desk, who takes visitors from these lines if from any, `most` at once."""

    member: str
    lines: tuple[tuple[str, str], ...] = ()
    most: int = CHATS_AT_ONCE


class Presence:
    """Signs of life of the advisors. Without one for a while, their visitors go to a colleague."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # What was told last of each, and when.
        self._told: dict[str, tuple[AtDesk, float]] = {}

    def here(self, member: str) -> None:
        """This advisor did something just now."""
        self.still(AtDesk(member))

    def still(self, desk: AtDesk) -> None:
        """A sign of life, unless this process gave one a moment ago that said as much."""
        told, at = self._told.get(desk.member, (None, 0.0))
        says_more = desk.lines and desk != told
        if told is None or says_more or time.monotonic() - at >= SELDOM_S:
            self.all_serve([desk])

    def all_serve(self, desks: Iterable[AtDesk]) -> None:
        """Signs of life of many desks at once."""
        signs: dict[str, list[AtDesk]] = defaultdict(list)
        desks, now = tuple(desks), time.monotonic()
        for desk in desks:
            for key in (keys.PRESENT, *(keys.serving_key(*line) for line in desk.lines)):
                signs[key].append(desk)
        for served in together(self._redis, signs):
            told: list[str | int] = []
            for place, key in enumerate(served, 1):
                for desk in signs[key]:
                    told += (place, desk.member, desk.most)
            SERVE(self._redis, served, ["", "", "", SERVING_S, *told])
        # Only now: what did not come to the store is to be said again.
        self._told.update((desk.member, (desk, now)) for desk in desks)

    def quits(self, member: str, lines: Iterable[tuple[str, str]]) -> None:
        """This advisor takes nobody from these lines any more."""
        pipe = self._redis.pipeline(transaction=False)
        for queue, lane in lines:
            pipe.zrem(keys.serving_key(queue, lane), member)
        pipe.execute()

    def leaves(self, member: str, lines: Iterable[tuple[str, str]]) -> None:
        """This advisor signed out."""
        self.quits(member, lines)
        self._redis.zrem(keys.PRESENT, member)
