"""What an advisor chose for this shift: regions, lanes, languages, how many chats, and whether they
can be asked now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys, scripts
from .conversation import CHATS_AT_ONCE
from .scripts import Script

AVAILABLE, BUSY, BREAK = STATUSES = ("available", "busy", "break")
LANGUAGES = ("nl", "en")
MOST_CHATS = 4
LASTS_S = 12 * 3600

# KEYS 1 the choice (hash)  ARGV 4 seconds to keep  5... name, value, name, value, ...
CHOOSE = Script("""
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 'ok'
""")

# What the others may know of somebody who is there; that alone is no choice, and lasts no longer.
# KEYS 1 the choice (hash)  ARGV 4 seconds to keep  5 name  6 codes of regions that they may serve
APPEAR = Script("""
redis.call('HSET', KEYS[1], 'name', ARGV[5], 'allowed', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[4], 'NX')
return 'ok'
""")


@dataclass(frozen=True, slots=True)
class Choice:
    """One shift. `regions` are codes; the country's own queue is everybody's."""

    regions: tuple[str, ...]
    lanes: tuple[str, ...] = keys.LANES
    langs: tuple[str, ...] = LANGUAGES
    most: int = CHATS_AT_ONCE
    status: str = AVAILABLE
    chosen: bool = False

    @property
    def queues(self) -> tuple[str, ...]:
        return keys.all_queues(self.regions)


class ShiftChoices:
    """The shifts of everybody in one store. `regions` are all there are."""

    def __init__(self, redis: Redis, regions: Sequence[str]) -> None:
        self._redis = redis
        self._regions = tuple(regions)

    def allowed(self, regions: Iterable[str]) -> tuple[str, ...]:
        """The regions that a member of these regions may choose; none means all."""
        return tuple(regions) or self._regions

    def read(self, member: str, regions: Iterable[str]) -> Choice:
        """The shift of somebody who may serve these regions; the usual one if none was chosen."""
        found: Any = self._redis.hgetall(keys.shift_key(member))
        return self.choice(found, self.allowed(regions))

    def choose(self, member: str, choice: Choice) -> None:
        """Keep it, and let every desk know."""
        kept = {
            "chosen": 1,
            "regions": " ".join(choice.regions),
            "lanes": " ".join(choice.lanes),
            "langs": " ".join(choice.langs),
            "most": choice.most,
            "status": choice.status,
        }
        fields = [part for pair in kept.items() for part in pair]
        CHOOSE(self._redis, [keys.shift_key(member)], ["", "", "", LASTS_S, *fields])
        self.tell("shift", member)

    def appear(self, member: str, name: str, regions: Iterable[str]) -> None:
        """Somebody is at the desk."""
        args = ["", "", "", LASTS_S, name, " ".join(self.allowed(regions))]
        APPEAR(self._redis, [keys.shift_key(member)], args)

    def end(self, member: str) -> None:
        """The shift is over: all desks of this member close."""
        self._redis.delete(keys.shift_key(member))
        self.tell("left", member)

    def tell(self, kind: str, member: str) -> None:
        """Tell what happened to a member; it concerns no queue, so one of them carries it."""
        news = f"{kind}\0\0{member}"
        args = ["", keys.NATIONAL, keys.channel(keys.NATIONAL), news]
        scripts.PUBLISH(self._redis, [keys.quiet_key(keys.NATIONAL)], args)

    def statuses(self, members: Iterable[str]) -> dict[str, str]:
        """What each of these members chose to be: available, busy or break."""
        asked = list(members)
        pipe = self._redis.pipeline(transaction=False)
        for member in asked:
            pipe.hget(keys.shift_key(member), "status")
        found = zip(asked, pipe.execute(), strict=True)
        return {member: status.decode() if status else AVAILABLE for member, status in found}

    @staticmethod
    def choice(found: Mapping[bytes, bytes], allowed: Sequence[str]) -> Choice:
        """The choice as it is kept; what somebody may no longer serve is left out."""
        if b"chosen" not in found:
            return Choice(tuple(allowed))
        kept = {name.decode(): value.decode() for name, value in found.items()}
        regions = tuple(code for code in allowed if code in kept["regions"].split())
        return Choice(
            regions or tuple(allowed),
            tuple(kept["lanes"].split()),
            tuple(kept["langs"].split()),
            int(kept["most"]),
            kept["status"],
            chosen=True,
        )
