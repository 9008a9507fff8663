"""Who abused the chat stays out for some hours, without anybody knowing who it is.

A conversation keeps, sealed, one mark of where it came from (see `salts`). Only when an advisor
ends the conversation for abuse is the mark written down, for a few hours.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from redis import Redis

from . import keys
from .salts import Marks
from .scripts import Script

# KEYS 1 the marks, each with the moment at which it ends  ARGV 1 the mark  2 seconds
KEEP_OUT = Script("""
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now())
redis.call('ZADD', KEYS[1], 'GT', now() + ARGV[2] * 1000, ARGV[1])
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 'ok'
""")

# KEYS 1 the marks  ARGV the marks that are looked for
IS_OUT = Script("""
for _, mark in ipairs(ARGV) do
  local until_then = redis.call('ZSCORE', KEYS[1], mark)
  if until_then and tonumber(until_then) > now() then return 1 end
end
return 0
""")

# KEYS 1 the marks
COUNT = Script("return redis.call('ZCOUNT', KEYS[1], '(' .. now(), '+inf')")


class KeepingOut:
    """The marks of those who are out now. With `seconds` 0 nobody ever is."""

    def __init__(
        self,
        redis: Redis,
        secret: str,
        *,
        seconds: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._marks = Marks(redis, secret, "out", clock=clock)
        self.seconds = seconds

    def marks_of(self, address: str) -> list[str]:
        """What stands for this address: today, and yesterday. The first one is to be kept."""
        return self._marks.of(address) if self.seconds else []

    def keeps_out(self, marks: list[str]) -> bool:
        """Whether somebody with one of these marks is out now."""
        return bool(marks) and bool(IS_OUT(self._redis, [keys.OUT], marks))

    def keep_out(self, mark: str) -> None:
        """From now on, for some hours."""
        if mark and self.seconds:
            KEEP_OUT(self._redis, [keys.OUT], [mark, self.seconds])

    def count(self) -> int:
        return int(COUNT(self._redis, [keys.OUT], []))

    def let_all_in(self) -> None:
        self._redis.delete(keys.OUT)
