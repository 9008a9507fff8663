"""A little work that the page does for a chat, while more people ask for one than ever did.

ALTCHA's protocol: find the number whose hash begins as we say. Nobody has to solve a puzzle, and a
visitor hardly notices; whoever asks a thousand times has to do it a thousand times.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import altcha
from redis import Redis

from .. import keys
from ..scripts import Script

# The page finds the number after half of these tries on average, and never after more. A slow
# phone (Chromium, six times slowed down) does all of them in under two seconds.
MOST_TRIES = 60_000
GOOD_FOR_S = 10 * 60
# A payload of ours has about 600 characters; nobody else's is read.
MOST_CHARACTERS = 2_000
MINUTE_S = 60

# The last whole minute counts too: else the first ones of each minute would get in unasked.
# KEYS 1 the starts of this minute  2 of the one before  ARGV 1 seconds to keep
COUNT = Script("""
local starts = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return math.max(starts, tonumber(redis.call('GET', KEYS[2]) or '0'))
""")


class Asking(NamedTuple):
    """When it is asked for: always, off, or auto: from more than `calm` starts a minute."""

    mode: str
    calm: int


class Proof:
    """When a proof of work is asked for, and whether one is right; each is good once."""

    def __init__(
        self,
        redis: Redis,
        secrets: Sequence[str],
        asking: Asking,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.mode, self._calm = asking
        self._redis = redis
        self._secrets = [_derived(secret) for secret in secrets]
        self._clock = clock

    def is_asked(self) -> bool:
        """Count one more who wants to start, and say whether they have to do the work."""
        if self.mode != "auto":
            return self.mode == "always"
        minute = int(self._clock() // MINUTE_S)
        counts = [keys.starts_key(minute), keys.starts_key(minute - 1)]
        return int(COUNT(self._redis, counts, [2 * MINUTE_S])) > self._calm

    def challenge(self) -> dict[str, Any]:
        """What the page has to solve, as ALTCHA (version 2) writes it."""
        made = altcha.create_challenge(
            "SHA-256",
            1,
            counter=secrets.randbelow(MOST_TRIES),
            expires_at=int(self._clock()) + GOOD_FOR_S,
            hmac_secret=self._secrets[0],
        )
        return dict(made.to_dict())

    def accept(self, payload: str) -> bool:
        """Whether this is a right solution that nobody has sent before."""
        if not 0 < len(payload) <= MOST_CHARACTERS or not self._is_right(payload):
            return False
        signature = altcha.Payload.from_base64(payload).challenge.signature or ""
        return once(self._redis, signature, GOOD_FOR_S)

    def _is_right(self, payload: str) -> bool:
        return any(_verified(payload, secret) for secret in self._secrets)


def _verified(payload: str, secret: str) -> bool:
    try:
        return bool(altcha.verify_solution(payload, secret).verified)
    except (ValueError, TypeError, AttributeError):  # what the library does not expect
        return False


def once(redis: Redis, name: str, seconds: int) -> bool:
    """Whether this is the first time in so many seconds that it is used."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return bool(redis.set(keys.used_key(digest), 1, nx=True, ex=seconds))


def _derived(secret: str) -> str:
    return hmac.new(secret.encode(), b"luwte:proof", hashlib.sha256).hexdigest()
