"""For whom a page cannot do the work: a turn that comes after a short wait.

Without JavaScript nothing can be proved but patience. The ticket stands in the page and nowhere
else, and says nothing but when it was given.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Sequence

from itsdangerous import BadSignature, Signer
from redis import Redis

from .proof import once

WAIT_S = 10
GOOD_FOR_S = 15 * 60


class TooEarly(PermissionError):
    """The turn has not come yet: `wait_s` seconds more."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"wait {wait_s} s")
        self.wait_s = wait_s


class Turns:
    """Tickets for a turn; each is good once."""

    def __init__(
        self,
        redis: Redis,
        secrets: Sequence[str],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.wait_s = WAIT_S
        self._redis = redis
        # The last one signs.
        self._signer = Signer(list(reversed(secrets)), salt="luwte:turn")
        self._clock = clock

    def ticket(self) -> str:
        return self._signer.sign(f"{self._clock():.0f}-{secrets.token_hex(12)}").decode()

    def is_ours(self, ticket: str) -> bool:
        """Whether its turn has come. Raises TooEarly."""
        try:
            given_at = int(self._signer.unsign(ticket[:200]).partition(b"-")[0])
        except (BadSignature, ValueError):
            return False
        age_s = self._clock() - given_at
        if age_s < self.wait_s:
            raise TooEarly(max(1, math.ceil(self.wait_s - age_s)))
        return age_s <= GOOD_FOR_S

    def use(self, ticket: str) -> bool:
        """Whether nobody has used it before."""
        return once(self._redis, ticket, GOOD_FOR_S)
