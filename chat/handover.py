"""Handing over warm: a conversation is offered, and stays where it is until a colleague accepts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys
from .conversation import Conversation, Gone, NotYours, State
from .scripts import Script
from .seal import SealBroken
from .shift_choice import BREAK
from .waiting import Shift, Waiting

LASTS_S = 120

# KEYS 1 conversation
# ARGV 4 the advisor who has it  5 name  6 to whom: a member's number, or a line as `queue:lane`
#      7 sealed note, or ''  8 ms that it lasts
OFFER = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
if c[1] ~= 'open' or c[2] ~= ARGV[4] then return 'not-yours' end
withdraw(KEYS[1], 'withdrawn')
local untill = now() + ARGV[8]
redis.call('HSET', KEYS[1], 'offer_by', ARGV[4], 'offer_name', ARGV[5], 'offer_to', ARGV[6],
  'offer_note', ARGV[7], 'offer_until', string.format('%.0f', untill))
local offers = '{' .. ARGV[2] .. '}:offers'
redis.call('ZADD', offers, untill, ARGV[1])
redis.call('PEXPIRE', offers, ARGV[8])
tell('offer', ARGV[1], ARGV[4], ARGV[6], 'made')
return 'ok'
""")

# KEYS 1 conversation  ARGV 4 the advisor who made it
WITHDRAW = Script("""
if redis.call('HGET', KEYS[1], 'offer_by') == ARGV[4] then withdraw(KEYS[1], 'withdrawn') end
return 'ok'
""")

# One who says no ends an offer to that person; one to a line stays open for the others.
# KEYS 1 conversation  ARGV 4 member  5 to whom it was made
DECLINE = Script("""
local o = redis.call('HMGET', KEYS[1], 'offer_to', 'offer_by', 'offer_declined')
if o[1] ~= ARGV[5] then return 'ok' end
if o[1] == ARGV[4] then
  withdraw(KEYS[1], 'declined')
else
  redis.call('HSET', KEYS[1], 'offer_declined', (o[3] or ' ') .. ARGV[4] .. ' ')
  tell('offer', ARGV[1], ARGV[4], ARGV[4], 'hidden')
end
return 'ok'
""")

# The whole step from one advisor to the other; done again by the same one it changes nothing.
# KEYS 1 conversation  2 log
# ARGV 4 member  5 name  6 to whom the offer was made  7 seconds to keep  8 the lane, if it changes
ACCEPT = Script(
    """
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor', 'offer_by', 'offer_to', 'offer_until',
  'offer_note', 'offer_name')
if not c[1] or c[1] == 'ended' then return 'gone' end
if c[1] == 'open' and c[2] == ARGV[4] then
  -- A write, however small: WAIT then waits for what the first try wrote too.
  redis.call('EXPIRE', KEYS[1], ARGV[7])
  return 'ok'
end
if c[1] ~= 'open' or c[2] ~= c[3] or c[4] ~= ARGV[6] or tonumber(c[5]) < now() then
  return 'over'
end
withdraw(KEYS[1], 'accepted')
redis.call('HSET', KEYS[1], 'advisor', ARGV[4], 'advisor_name', ARGV[5])
redis.call('HDEL', KEYS[1], 'listed')
if ARGV[8] ~= '' then redis.call('HSET', KEYS[1], 'lane', ARGV[8]) end
redis.call('HDEL', beside(KEYS[1], 'watchers'), ARGV[4], 'i' .. ARGV[4])
redis.call('HDEL', KEYS[1], 'warned')
touched()
tell('moved', ARGV[1], c[3], ARGV[4], ARGV[5])
tell('state', ARGV[1], ARGV[4])
if c[6] ~= '' then whisper(KEYS[1], ARGV[4], c[3], '', c[7], c[6]) end
add(KEYS[1], KEYS[2], ARGV[4], 'system', '', ARGV[5], 'handed')
for _, key in ipairs({KEYS[1], KEYS[2]}) do redis.call('EXPIRE', key, ARGV[7]) end
with_its_keys(KEYS[1], 'EXPIRE', ARGV[7])
return 'ok'
""",
    promised=True,
)

# KEYS 1 conversation. Answers the offer and what is known of the visitor, or nothing.
READ = Script("""
local names = {'state', 'lane', 'lang', 'danger', 'joined', 'topic', 'audience', 'returned'}
local c = redis.call('HMGET', KEYS[1], 'offer_by', 'offer_name', 'offer_to', 'offer_until',
  'offer_note', 'offer_declined', unpack(names))
if not c[1] or c[7] ~= 'open' or tonumber(c[4]) < now() then return {} end
if redis.call('HGET', KEYS[1], 'advisor') ~= c[1] then return {} end
local answer = {c[1], c[2], c[3], c[4], c[5], c[6] or ''}
for i, name in ipairs(names) do
  if c[i + 6] then answer[#answer + 1] = name; answer[#answer + 1] = c[i + 6] end
end
return answer
""")


class OfferOver(LookupError):
    """A colleague took it, it was withdrawn, or it ran out."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A conversation that an advisor (`by`) wants to hand over.

    `to` is a member's number, or a line as `queue:lane`; `until` is Unix time by the store's clock.
    """

    conversation: str
    by: str
    by_name: str
    to: str
    until: float
    note: str
    declined: tuple[str, ...]
    state: State

    def is_for(self, shift: Shift) -> bool:
        """Whether this advisor may accept it."""
        if shift.member in (self.by, *self.declined):
            return False
        if self.to == shift.member:
            return True
        queue, _, lane = self.to.partition(":")
        return (queue, lane) in shift.lines and shift.status != BREAK


class Offers:
    """What is offered in all queues of one store."""

    def __init__(
        self, redis: Redis, waiting: Waiting, queues: Sequence[str], *, idle_s: int
    ) -> None:
        self._redis = redis
        self._waiting = waiting
        self._queues = tuple(queues)
        self._idle_s = idle_s

    def make(
        self, conversation: Conversation, by: str, by_name: str, to: str, note: str = ""
    ) -> None:
        """Offer it; an earlier offer of it is withdrawn. Raises Gone, or NotYours."""
        sealed = conversation.box.seal(note) if note else b""
        self._run(OFFER, conversation, by, by_name, to, sealed, LASTS_S * 1000)

    def withdraw(self, conversation: Conversation, by: str) -> None:
        """Take it back; nothing happens when it is over."""
        self._run(WITHDRAW, conversation, by)

    def decline(self, conversation: Conversation, shift: Shift) -> None:
        """Say no; nothing happens when it is over, or was not made to this advisor."""
        offer = self.read(conversation.name)
        if offer and offer.is_for(shift):
            self._run(DECLINE, conversation, shift.member, offer.to)

    def accept(self, conversation: Conversation, shift: Shift) -> Conversation:
        """Take it over, at once and whole. Raises OfferOver, Gone or AtLimit."""
        if conversation.name in {mine.name for mine in shift.conversations()}:
            return conversation
        offer = self.read(conversation.name)
        if not offer or not offer.is_for(shift):
            raise OfferOver(conversation.name)
        taken = shift.hold(lambda: self._accept(conversation, shift, offer))
        self._redis.zrem(keys.chats_key(offer.by), conversation.name)
        return taken

    def _accept(self, conversation: Conversation, shift: Shift, offer: Offer) -> str:
        lane = offer.to.partition(":")[2]
        changed = lane if lane != offer.state.lane else ""
        args = (shift.member, shift.name, offer.to, self._idle_s, changed)
        if self._run(ACCEPT, conversation, *args) == b"over":
            raise OfferOver(conversation.name)
        return conversation.name

    def read(self, name: str) -> Offer | None:
        """The offer of that conversation, if there is one."""
        conversation = self._waiting.conversation(name)
        answer = self._run(READ, conversation)
        if not answer:
            return None
        by, by_name, to, until, note, declined, *fields = answer
        try:
            told = conversation.box.open(note) if note else ""
        except SealBroken:
            told = ""
        return Offer(
            name,
            by.decode(),
            by_name.decode(),
            to.decode(),
            int(until) / 1000,
            told,
            tuple(declined.decode().split()),
            conversation.read_state(fields),
        )

    def everywhere(self) -> Iterator[Offer]:
        """All offers that stand now."""
        pipe = self._redis.pipeline(transaction=False)
        for queue in self._queues:
            pipe.zrange(keys.offers_key(queue), 0, -1)
        for names in pipe.execute():
            for name in names:
                if offer := self.read(name.decode()):
                    yield offer

    def _run(self, script: Script, conversation: Conversation, *args: str | int | bytes) -> Any:
        queue, name = conversation.queue, conversation.name
        answer = script(
            self._redis,
            [keys.conversation_key(name), keys.log_key(name)],
            [name, queue, keys.channel(queue), *args],
        )
        if answer == b"gone":
            raise Gone(name)
        if answer == b"not-yours":
            raise NotYours(name)
        return answer
