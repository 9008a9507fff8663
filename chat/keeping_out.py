"""Who abused the chat stays out for some hours, without anybody knowing who it is.

A conversation keeps, sealed, one mark of where it came from: a keyed hash of the client's address,
under a salt that is another one each day and is forgotten soon after. Only when an advisor ends the
conversation for abuse is the mark written down, for a few hours. The address itself is never kept;
without the salt and our secret nobody can find out which one it was, and when the salt is gone we
cannot either.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from redis import Redis

from . import keys
from .scripts import Script

# Longer than any conversation and mark of that day together.
SALT_KEPT_S = 2 * 24 * 3600
# A household has a network of this size, and every device in it many addresses.
IPV6_NETWORK = 64

# KEYS 1 today's salt  2 yesterday's
# ARGV 1 a new one, if it is the first of the day  2 seconds to keep it
SALTS = Script("""
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
return redis.call('MGET', KEYS[1], KEYS[2])
""")

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
        self._secret = secret.encode()
        self.seconds = seconds
        self._clock = clock

    def marks_of(self, address: str) -> list[str]:
        """What stands for this address: today, and yesterday. The first one is to be kept."""
        network = _network(address)
        if not network or not self.seconds:
            return []
        return [self._mark(salt, network) for salt in self._salts()]

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

    def _salts(self) -> list[bytes]:
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        days = [keys.salt_key(str(day)) for day in (today, today - timedelta(days=1))]
        found = SALTS(self._redis, days, [secrets.token_bytes(32), SALT_KEPT_S])
        return [salt for salt in found if salt]

    def _mark(self, salt: bytes, network: str) -> str:
        text = b"luwte:out:" + salt + network.encode()
        return hmac.digest(self._secret, text, hashlib.sha256).hex()


def _network(address: str) -> str:
    """The address, or where it has many the network; "" for what is none."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))
    return str(found)
