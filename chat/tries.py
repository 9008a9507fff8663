"""A brake on guessing: counts the tries for one name, and says when to come back."""

from __future__ import annotations

import hashlib
import hmac

from limits import parse
from redis import Redis

from .store import UNREACHABLE

MOST = 5
WITHIN_S = 15 * 60

# A try is counted before it is made: else many at once would all be the first.
COUNT = """
-- KEYS 1 the tries for one name
-- ARGV 1 most tries            2 seconds until they are forgotten
local tries = tonumber(redis.call('GET', KEYS[1]) or '0')
if tries >= tonumber(ARGV[1]) then return math.max(1, redis.call('TTL', KEYS[1])) end
if tries == 0 then redis.call('SET', KEYS[1], 1, 'EX', ARGV[2])
else redis.call('INCR', KEYS[1]) end
return 0
"""


class TooManyTries(PermissionError):
    """No more tries for this name until `wait_s` seconds have passed."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many tries; wait {wait_s} s")
        self.wait_s = wait_s


class TriesUnavailable(ConnectionError):
    """The store of the tries does not answer; without it nobody may guess."""


class Tries:
    """The tries of one kind (`purpose`); who the names are cannot be read from the store."""

    def __init__(
        self,
        redis: Redis,
        secret: str,
        *,
        purpose: str = "sign-in",
        most: int = MOST,
        within_s: int = WITHIN_S,
    ) -> None:
        self._redis = redis
        self._secret = secret.encode()
        self._purpose = purpose
        self._limits = (most, within_s)
        self._count = redis.register_script(COUNT)

    @classmethod
    def at(cls, rate: str, redis: Redis, secret: str, *, purpose: str = "sign-in") -> Tries:
        """As many as `rate` says, for example "5 per 15 minutes"."""
        allowed = parse(rate)
        within_s = allowed.get_expiry()
        return cls(redis, secret, purpose=purpose, most=allowed.amount, within_s=within_s)

    def count(self, name: str) -> None:
        """Count one more try. Raises TooManyTries or TriesUnavailable."""
        try:
            wait_s = int(self._count(keys=[self._key(name)], args=self._limits))
        except UNREACHABLE as error:
            raise TriesUnavailable("the store of the tries does not answer") from error
        if wait_s:
            raise TooManyTries(wait_s)

    def forget(self, name: str) -> None:
        """The last try was right. Raises TriesUnavailable."""
        try:
            self._redis.delete(self._key(name))
        except UNREACHABLE as error:
            raise TriesUnavailable("the store of the tries does not answer") from error

    def _key(self, name: str) -> str:
        text = f"luwte:tries:{self._purpose}:{name}".encode()
        return f"tries:{self._purpose}:{hmac.new(self._secret, text, hashlib.sha256).hexdigest()}"
