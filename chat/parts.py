"""The parts of the chat that its views share, put together once per application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis

from . import keys
from .care import Care, Patience
from .colleagues import Colleagues
from .conversation import LINGER_S
from .doors import first_to_open
from .figures import Figures
from .handover import Offers
from .helped import Helped
from .hours import Hours
from .hub import Hub
from .looking import Looking
from .opening import ALWAYS_OPEN, COUNTRY, OpenState
from .presence import Presence
from .return_code import ReturnCodes
from .seal import Seal
from .shift_choice import LANGUAGES, Choice, ShiftChoices
from .tries import Tries
from .waiting import Shift, Waiting
from .words import TOPICS

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
    choices: ShiftChoices
    colleagues: Colleagues
    looking: Looking
    offers: Offers
    figures: Figures
    helped: Helped

    def opening(self, region: str = COUNTRY) -> OpenState:
        """Whether the queue of that region, or of those who name none, lets visitors in now."""
        return self.hours.state(region) if self.hours else ALWAYS_OPEN

    def doors_rest_on(self) -> object:
        """What the openings come from: while it is equal to what it was, so are they."""
        return self.hours.rest_on() if self.hours else None

    def opening_anywhere(self) -> OpenState:
        """The chat as a whole: closed when all queues are, until the first of them opens."""
        return first_to_open([self.opening(region) for region in (COUNTRY, *self.regions)])

    def shift(
        self, member: str, name: str, regions: Sequence[str], choice: Choice | None = None
    ) -> Shift:
        """An advisor at work; no regions means all of them, and the national queue."""
        choice = choice or Choice(self.choices.allowed(regions))
        every = set(LANGUAGES) <= set(choice.langs)
        return Shift(
            self.redis,
            self.waiting,
            member,
            name,
            queues=choice.queues,
            lanes=choice.lanes,
            most=choice.most,
            idle_s=KEEP_S,
            langs=() if every else choice.langs,
            status=choice.status,
            answered=self.colleagues.answer_in,
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
    returns: str = "5 per 15 minutes",
    chores: Sequence[Callable[[], None]] = (),
) -> Chat:
    """The chat on one store; connects to nothing yet. `words` are those of the return codes,
    `returns` says how often one client may be wrong with them.
    """
    queues = keys.all_queues(list(regions))
    figures = Figures(redis, Seal(secrets), TOPICS)
    waiting = Waiting(redis, Seal(secrets), secrets, cap=cap, idle_s=KEEP_S, figures=figures)
    return Chat(
        redis,
        waiting,
        Hub(redis, queues),
        Presence(redis),
        Care(redis, queues, Patience(), linger_s=LINGER_S, figures=figures, chores=chores),
        ReturnCodes(redis, secrets[0], queues, words, keep_s=KEEP_S),
        Tries.at(returns, redis, secrets[0], purpose="return"),
        regions,
        hours,
        ShiftChoices(redis, list(regions)),
        Colleagues(redis),
        Looking(redis),
        Offers(redis, waiting, queues, idle_s=KEEP_S),
        figures,
        Helped(redis, Seal(secrets), figures),
    )
