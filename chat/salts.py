"""What stands for a client's address: a keyed hash under a salt that is another one each day.

The address itself is never kept. Without the salt and our secret nobody can find out which one it
was, and when the salt is gone we cannot either.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import secrets
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

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


class Marks:
    """The marks of clients for one `purpose`; those of two purposes cannot be told to be one's."""

    def __init__(
        self,
        redis: Redis,
        secret: str,
        purpose: str,
        *,
        remember_s: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """With `remember_s` the store is not asked for the salts again within so many seconds."""
        self._redis = redis
        self._secret = secret.encode()
        self._purpose = f"luwte:{purpose}:".encode()
        self._remember_s = remember_s
        self._clock = clock
        self._last: tuple[float, date, list[bytes]] = (-math.inf, date.min, [])

    def of(self, address: str) -> list[str]:
        """What stands for this address today, and what stood for it yesterday if that is known."""
        network = network_of(address)
        return [self._mark(salt, network) for salt in self._salts()] if network else []

    def _salts(self) -> list[bytes]:
        now = self._clock()
        today = datetime.fromtimestamp(now, UTC).date()
        asked_at, day, salts = self._last
        if day == today and now < asked_at + self._remember_s:
            return salts
        days = [keys.salt_key(str(day)) for day in (today, today - timedelta(days=1))]
        found = SALTS(self._redis, days, [secrets.token_bytes(32), SALT_KEPT_S])
        salts = [salt for salt in found if salt]
        self._last = (now, today, salts)
        return salts

    def _mark(self, salt: bytes, network: str) -> str:
        text = self._purpose + salt + network.encode()
        return hmac.digest(self._secret, text, hashlib.sha256).hex()


def network_of(address: str) -> str:
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
