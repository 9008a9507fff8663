"""The parts of the chat that its views share, put together once per application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from flask import current_app
from redis import Redis

from . import keys
from .care import Care, Patience
from .conversation import CHATS_AT_ONCE, LINGER_S
from .hours import Hours
from .hub import Hub
from .opening import ALWAYS_OPEN, COUNTRY, OpenState
from .presence import Presence
from .return_code import ReturnCodes
from .seal import Seal
from .tries import Tries
from .waiting import Shift, Waiting

# A conversation is kept for this long after the last sign of life from its visitor.
KEEP_S = 30 * 60


@dataclass(frozen=True)
class Chat:
    """What a view needs: the waiting, the hub, and who may come in now."""

    redis: Redis
    waiting: Waiting
    hub: Hub
    presence: Presence
    care: Care
    codes: ReturnCodes
    guesses: Tries
    regions: dict[str, str]  # code -> name
    hours: Hours | None  # None: always open

    def opening(self, region: str = COUNTRY) -> OpenState:
        """Whether the queue of that region, or of those who name none, lets visitors in now."""
        return self.hours.state(region) if self.hours else ALWAYS_OPEN

    def opening_anywhere(self) -> OpenState:
        """The chat as a whole: closed when all queues are, until the first of them opens."""
        states = [self.opening(region) for region in (COUNTRY, *self.regions)]
        if found := next((state for state in states if state.open), None):
            return found
        opens_at = min((state.opens_at for state in states if state.opens_at), default=None)
        return replace(states[0], opens_at=opens_at)

    def shift(self, member: str, name: str, regions: Sequence[str]) -> Shift:
        """An advisor at work; no regions means all of them, and the national queue."""
        return Shift(
            self.redis,
            self.waiting,
            member,
            name,
            queues=keys.all_queues(regions or list(self.regions)),
            most=CHATS_AT_ONCE,
            idle_s=KEEP_S,
        )

    def release(self, member: str, conversation: str) -> None:
        """That advisor's place is free again."""
        self.redis.zrem(keys.chats_key(member), conversation)


def chat() -> Chat:
    return cast(Chat, current_app.extensions["luwte.chat"])


def put_together(
    redis: Redis,
    secrets: Sequence[str],
    regions: dict[str, str],
    *,
    cap: int,
    words: Sequence[str] = (),
    hours: Hours | None = None,
) -> Chat:
    """The chat on one store; connects to nothing yet. `words` are those of the return codes."""
    queues = keys.all_queues(list(regions))
    return Chat(
        redis,
        Waiting(redis, Seal(secrets), secrets, cap=cap, idle_s=KEEP_S),
        Hub(redis, queues),
        Presence(redis),
        Care(redis, queues, Patience(), linger_s=LINGER_S),
        ReturnCodes(redis, secrets[0], queues, words, keep_s=KEEP_S),
        Tries(redis, secrets[0], purpose="return"),
        regions,
        hours,
    )
