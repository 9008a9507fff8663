"""Whether it helped: the right to answer once, with nothing kept of whose answer it is.

After the end nothing of a conversation is left, so the right to answer cannot hang on it. It is a
sealed ticket that the visitor's page gets at the start and holds in memory: the hour, the queue,
the lane, the language, the topic's code, and a random number. It holds neither the conversation's
name nor its token, and two tickets of one conversation have nothing in common that could be seen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from redis import Redis

from .conversation import Conversation, State
from .figures import ANSWERS, Figures
from .seal import Seal, SealBroken

LASTS_S = 12 * 3600
HOUR_S = 3600
# All tickets are as long as each other: their length tells nothing either.
LONG = 120
# What tells the key of tickets from those of conversations, whose names begin with a queue.
PURPOSE = "luwte:helped"

TICKET_MOST = 400

__all__ = ["ANSWERS", "TICKET_MOST", "Helped", "TicketSpent"]


class TicketSpent(PermissionError):
    """This ticket was used, is too old, or was never given out."""


class Helped:
    """Gives out tickets and counts the answers."""

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        figures: Figures,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._box = seal.box(PURPOSE)
        self._figures = figures
        self._clock = clock

    def ticket(self, conversation: Conversation, state: State) -> str:
        """The right to say once whether this conversation helped."""
        inside = {
            "h": int(self._clock() // HOUR_S),
            "q": conversation.queue,
            "l": state.lane,
            "g": state.lang,
            "t": self._figures.topic(state.topic),
            "r": secrets.token_urlsafe(16),
        }
        text = json.dumps(inside, separators=(",", ":")).ljust(LONG)
        return base64.urlsafe_b64encode(self._box.seal(text)).rstrip(b"=").decode()

    def answer(self, ticket: str, answer: str) -> None:
        """Count an answer (one of ANSWERS). Raises TicketSpent."""
        inside = self._open(ticket)
        age_h = self._clock() // HOUR_S - inside["h"]
        # Whole hours are all that a ticket knows, so it lasts up to an hour longer.
        if not 0 <= age_h <= LASTS_S // HOUR_S:
            raise TicketSpent("too old")
        spent = hashlib.sha256(f"luwte:helped:{inside['r']}".encode()).hexdigest()[:32]
        keep_s = LASTS_S + 2 * HOUR_S
        if not self._redis.set(f"{{staff}}:helped:{spent}", "1", nx=True, ex=keep_s):
            raise TicketSpent("used before")
        self._figures.helped(answer, inside["q"], inside["l"], inside["g"], inside["t"])

    def _open(self, ticket: str) -> dict[str, Any]:
        try:
            sealed = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
            inside: dict[str, Any] = json.loads(self._box.open(sealed))
        except (SealBroken, binascii.Error, ValueError) as error:
            raise TicketSpent("not a ticket") from error
        return inside
