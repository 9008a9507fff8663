"""Who is waiting, who is next, and who has whom."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys, scripts
from .conversation import Conversation, Gone, State
from .figures import Figures
from .seal import Seal
from .whispers import Whispers

# Somebody in danger goes before those who came up to this long before them. It is a bound and not
# an absolute rule, so that many in danger cannot make anybody else wait for ever.
HEAD_START_S = 30 * 60

# So long somebody waits for an advisor of their own language while there is one.
LANGUAGE_S = 5 * 60

# Between reserving a place at an advisor's desk and filling it only one step passes.
RESERVED_S = 10
# The list of an advisor's chats outlives any shift and is put right whenever it is read.
SHIFT_S = 12 * 3600

NOTHING: Mapping[str, str] = {}


Answered = Callable[[str, str, str], bool]  # (language, queue, lane)


class Full(RuntimeError):
    """As many visitors wait in this queue as may wait."""

    def __init__(self, queue: str) -> None:
        super().__init__(queue)
        self.queue = queue


class NobodyWaiting(LookupError):
    """There is nobody to take."""


class Taken(LookupError):
    """Somebody else took this visitor, or they left."""


class AtLimit(RuntimeError):
    """The advisor has as many open chats as they may have."""


class OnBreak(RuntimeError):
    """The advisor takes nobody now."""


class OtherLanguage(LookupError):
    """A colleague who is there answers in this visitor's language, and this advisor does not."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """One line of the waiting list."""

    conversation: str
    score: float
    state: State
    later: bool = False  # a colleague answers in their language


class Waiting:
    """The visitors of all queues: danger first, then the longest waiting."""

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        token_secrets: Iterable[str],
        *,
        cap: int,
        idle_s: int,
        figures: Figures | None = None,
    ) -> None:
        self.figures = figures
        self._redis = redis
        self._seal = seal
        self._secrets = list(token_secrets)
        self.cap = cap
        self._idle_s = idle_s

    def conversation(self, name: str) -> Conversation:
        """Raises Gone for what cannot be the name of a conversation."""
        return Conversation(
            self._redis, self._seal, name, idle_s=self._idle_s, figures=self.figures
        )

    def whispers(self, conversation: Conversation) -> Whispers:
        """What colleagues say beside it."""
        return Whispers(self._redis, conversation)

    def of_token(self, token: str) -> Conversation:
        """The conversation that a visitor's token opens. Raises Gone."""
        if keys.is_return_token(token):
            found: Any = self._redis.get(keys.alias_key(token))
            return self.conversation(found.decode() if found else "")
        try:
            return self.conversation(keys.conversation_of(token))
        except ValueError:
            raise Gone("no such token") from None

    def join(
        self,
        *,
        queue: str,
        audience: str,
        danger: bool,
        topic: str,
        lang: str,
        key: str,
        also: Mapping[str, str] = NOTHING,
    ) -> tuple[str, bool]:
        """Add a visitor; returns their token and whether they are new: a repeated `key` gives the
        same token. `also` is kept sealed with the conversation. Raises Full.
        """
        key = key or secrets.token_urlsafe(16)
        token = self._known_token(queue, key)
        conversation = self.of_token(token)
        lane = "professional" if audience == "professional" else "public"
        answer = scripts.START(
            self._redis,
            [
                keys.conversation_key(conversation.name),
                keys.log_key(conversation.name),
                keys.seen_key(queue),
                keys.waiting_key(queue, lane),
            ],
            [
                conversation.name,
                queue,
                keys.channel(queue),
                lane,
                lang,
                int(danger),
                conversation.box.seal(topic) if topic else b"",
                audience,
                self.cap,
                HEAD_START_S * 1000,
                self._idle_s,
                *(part for k, v in also.items() for part in (k, conversation.box.seal(v))),
            ],
        )
        if answer == b"full":
            raise Full(queue)
        if answer == b"new" and self.figures:
            self.figures.started(queue, lane, lang, topic)
        return token, bool(answer == b"new")

    def has(self, queue: str, key: str) -> bool:
        """Whether the conversation that was started with this key is still there."""
        if not key:
            return False
        conversation = keys.conversation_of(self._known_token(queue, key))
        return bool(self._redis.exists(keys.conversation_key(conversation)))

    def _known_token(self, queue: str, key: str) -> str:
        """The token of this key; one of an older secret while its conversation goes on."""
        tokens = [keys.make_token(queue, key, secret) for secret in self._secrets]
        for token in tokens[1:]:
            if self._redis.exists(keys.conversation_key(keys.conversation_of(token))):
                return token
        return tokens[0]

    def places(self, queue: str, lane: str) -> list[str]:
        """The conversations that wait in one lane, first to last."""
        places: Any = self._redis.zrange(keys.waiting_key(queue, lane), 0, -1)
        return [name.decode() for name in places]


class Shift:
    """One advisor at work: the queues they serve and the chats they hold."""

    def __init__(
        self,
        redis: Redis,
        waiting: Waiting,
        member: str,
        name: str,
        *,
        queues: Iterable[str],
        lanes: Iterable[str] = keys.LANES,
        most: int,
        idle_s: int,
        langs: Iterable[str] = (),
        status: str = "available",
        answered: Answered = lambda lang, queue, lane: False,
    ) -> None:
        """No `langs` means every language; `answered` tells whether anybody who is there has it."""
        self._redis = redis
        self._waiting = waiting
        self.status = status
        self.langs = tuple(langs)
        self._answered = answered
        self.member = member
        self.name = name
        self.queues = tuple(queues)
        self.lines = [(queue, lane) for queue in self.queues for lane in lanes]
        self.most = most
        self._idle_s = idle_s
        self._chats = keys.chats_key(member)

    def waiting(self) -> list[Waiter]:
        """Everybody whom this advisor may take, the next one first."""
        found = []
        for _, _, queue, lane in self._lined_up(0, 0):
            for name, score, *fields in scripts.LIST(
                self._redis, [keys.waiting_key(queue, lane)], ["", queue, ""]
            ):
                conversation = self._waiting.conversation(name.decode())
                state = conversation.read_state(fields)
                later = not self._may_take(queue, state)
                found.append(Waiter(conversation.name, float(score), state, later))
        return sorted(found, key=lambda one: (one.later, one.score, one.conversation))

    def take(self, conversation: str = "") -> Conversation:
        """Take that visitor, or the next one. Two advisors never get the same one.

        Raises OnBreak, AtLimit, NobodyWaiting, Taken, OtherLanguage or Gone.
        """
        if self.status == "break":
            raise OnBreak(self.member)
        return self.hold(
            lambda: self._take_one(conversation) if conversation else self._take_next()
        )

    def hold(self, take: Callable[[], str]) -> Conversation:
        """Fill a place at this desk with the conversation that `take` answers. Raises AtLimit."""
        place = self._reserve()
        try:
            name = take()
        except BaseException:
            self._redis.zrem(self._chats, place)
            raise
        pipe = self._redis.pipeline(transaction=True)
        pipe.zrem(self._chats, place)
        pipe.zadd(self._chats, {name: "+inf"})
        pipe.expire(self._chats, SHIFT_S)
        pipe.execute()
        return self._waiting.conversation(name)

    def conversations(self) -> list[Conversation]:
        """The open chats of this advisor; what is no longer theirs is dropped from the list."""
        mine = []
        held: Any = self._redis.zrangebyscore(self._chats, "+inf", "+inf")
        for name in held:
            conversation = self._waiting.conversation(name.decode())
            if self._is_mine(conversation):
                mine.append(conversation)
            else:
                self._redis.zrem(self._chats, name)
        return mine

    def mine(self, name: str) -> Conversation:
        """One of this advisor's open chats. Raises Gone: nobody learns of another's chats."""
        conversation = self._waiting.conversation(name)
        if not self._is_mine(conversation):
            raise Gone(name)
        return conversation

    def whispers(self, conversation: Conversation) -> Whispers:
        """What colleagues say beside it."""
        return self._waiting.whispers(conversation)

    def is_like(self, other: Shift) -> bool:
        """Whether it was chosen the same."""
        mine, theirs = ((one.lines, one.langs, one.most, one.status) for one in (self, other))
        return mine == theirs

    def release(self, name: str) -> None:
        """The chat is over: its place at the desk is free."""
        self._redis.zrem(self._chats, name)

    def _is_mine(self, conversation: Conversation) -> bool:
        state = self._state(conversation.name)
        return bool(state and state.state == "open" and state.advisor == self.member)

    def _reserve(self) -> str:
        # The limit counts over all queues, and queues may live on different nodes: a place is
        # reserved here first, then filled there. A reservation that nobody fills runs out.
        place = f"reserved:{secrets.token_urlsafe(8)}"
        for may_tidy in (True, False):
            args = [place, self.most, RESERVED_S * 1000, SHIFT_S]
            if scripts.RESERVE(self._redis, [self._chats], args) == b"ok":
                return place
            if may_tidy:
                self.conversations()
        raise AtLimit(self.member)

    def _may_take(self, queue: str, state: State) -> bool:
        """Whether this visitor is for this advisor, or for a colleague who speaks their language;
        after a while they are for everybody: nobody may wait for ever.
        """
        return (
            not self.langs
            or state.lang in self.langs
            or time.time() - state.since > LANGUAGE_S
            or not self._answered(state.lang, queue, state.lane)
        )

    def _take_next(self) -> str:
        if self.langs:
            return self._take_next_in_my_languages()
        while heads := sorted(self._lined_up(0, 0)):
            for _, _, queue, lane in heads:
                if name := self._run_take("", queue, lane):
                    return name
        raise NobodyWaiting

    def _take_next_in_my_languages(self) -> str:
        while for_me := [waiter for waiter in self.waiting() if not waiter.later]:
            for waiter in for_me:
                queue = self._waiting.conversation(waiter.conversation).queue
                if name := self._run_take(waiter.conversation, queue, waiter.state.lane):
                    return name
        raise NobodyWaiting

    def _take_one(self, conversation: str) -> str:
        queue = self._waiting.conversation(conversation).queue
        state = self._state(conversation)
        if not state or (queue, state.lane) not in self.lines:
            raise Taken(conversation)
        if not self._may_take(queue, state):
            raise OtherLanguage(conversation)
        if not (name := self._run_take(conversation, queue, state.lane)):
            raise Taken(conversation)
        return name

    def _run_take(self, conversation: str, queue: str, lane: str) -> str:
        answer = scripts.TAKE(
            self._redis,
            [keys.waiting_key(queue, lane), keys.seen_key(queue)],
            [conversation, queue, keys.channel(queue), self.member, self.name, self._idle_s],
        )
        if not isinstance(answer, list):
            return ""
        name: str = answer[0].decode()
        if self._waiting.figures:
            self._waiting.figures.happened(name, answer[1:])
        return name

    def _lined_up(self, first: int, last: int) -> Iterator[tuple[float, str, str, str]]:
        """(score, conversation, queue, lane) of those places in each line that I serve."""
        pipe = self._redis.pipeline(transaction=False)
        for queue, lane in self.lines:
            pipe.zrange(keys.waiting_key(queue, lane), first, last, withscores=True)
        for (queue, lane), places in zip(self.lines, pipe.execute(), strict=True):
            for name, score in places:
                yield float(score), name.decode(), queue, lane

    def _state(self, name: str) -> State | None:
        try:
            return self._waiting.conversation(name).state()
        except Gone:
            return None
