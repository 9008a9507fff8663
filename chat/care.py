"""Nobody is left alone: notices who fell silent, and puts it right.

Each web process runs the same round every few seconds; one of them does it, whichever comes first.
Every step is atomic and safe to repeat, so it does not matter if two do it at once.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys, scripts
from .counts import counts
from .figures import Figures
from .presence import SELDOM_S
from .scripts import Script
from .store import UNREACHABLE
from .waiting import SHIFT_S

log = logging.getLogger(__name__)

ROUND_S = 2.0
LISTED_AT_ONCE = 500
# So long without a round, and nobody could give a sign of life: not they were gone, but we were.
# Together with the time between two signs it is less than anybody's patience.
GAP_S = 20.0
# How often every open conversation is looked at, though no advisor fell silent: what was killed
# between two steps may have left one without.
EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a silence may last, in seconds, before something is done about it."""

    visitor_s: float = 60  # then a waiting visitor leaves the queue
    advisor_s: float = 45  # then their conversations go back to the head of the queue
    warn_s: float = 15 * 60  # then both sides of a quiet conversation are warned
    idle_s: float = 20 * 60  # then it is erased
    return_s: float = 30 * 60  # so long a visitor who dropped out may come back


# Who left the queue may come back for a while: the conversation stays, in the state "away".
# Answers what there is to count: a conversation and what `leaves` tells of it, one after the other.
# KEYS 1 seen  ARGV 4 a visitor's patience in ms  5 seconds to keep who left
GONE = Script("""
local limit = '(' .. (now() - ARGV[4])
local silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', limit, 'LIMIT', 0, 100)
local told = {}
for _, id in ipairs(silent) do
  local conversation = '{' .. ARGV[2] .. '}:conversation:' .. id
  local c = redis.call('HMGET', conversation, 'state', 'lane', 'advisor')
  redis.call('ZREM', KEYS[1], id)
  if c[1] == 'waiting' then
    told[#told + 1] = {id, unpack(leaves(conversation))}
    redis.call('ZREM', waiting(c[2]), id)
    redis.call('HSET', conversation, 'state', 'away')
    redis.call('EXPIRE', conversation, ARGV[5])
    redis.call('EXPIRE', '{' .. ARGV[2] .. '}:log:' .. id, ARGV[5])
    with_its_keys(conversation, 'EXPIRE', ARGV[5])
    tell('waiting', c[2])
  elseif c[1] == 'open' then
    redis.call('HSET', conversation, 'away', '1')
    tell('state', id, c[3] or '')
  elseif not c[1] then
    for _, lane in ipairs({'public', 'professional'}) do
      if redis.call('ZREM', waiting(lane), id) == 1 then tell('waiting', lane) end
    end
  end
end
return told
""")

# Answers what there is to count, as GONE.
# KEYS 1 quiet (conversation -> last word)  ARGV 4 warn after ms  5 erase after ms  6 linger in s
QUIET = Script("""
local at = now()
local quiet = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. (at - ARGV[4]), 'WITHSCORES',
  'LIMIT', 0, 100)
local told = {}
for i = 1, #quiet, 2 do
  local id, last = quiet[i], tonumber(quiet[i + 1])
  local conversation = '{' .. ARGV[2] .. '}:conversation:' .. id
  local log = '{' .. ARGV[2] .. '}:log:' .. id
  local c = redis.call('HMGET', conversation, 'state', 'advisor', 'warned', 'away')
  ARGV[1] = id
  if c[1] ~= 'open' then
    redis.call('ZREM', KEYS[1], id)
  elseif c[4] then
    -- Who dropped out may come back for longer than this; then the conversation runs out.
    redis.call('ZADD', KEYS[1], at - ARGV[4] + 60000, id)
    -- By the next look it is gone, and nothing is known of it any more.
    if redis.call('PTTL', conversation) < 75000 then
      told[#told + 1] = {id, unpack(leaves(conversation))}
    end
  elseif last < at - ARGV[5] then
    redis.call('ZREM', KEYS[1], id)
    redis.call('ZREM', '{' .. ARGV[2] .. '}:seen', id)
    end_together(conversation)
    told[#told + 1] = {id, unpack(leaves(conversation))}
    redis.call('HSET', conversation, 'state', 'ended', 'ended_by', 'system', 'reason', 'idle')
    redis.call('EXPIRE', conversation, ARGV[6])
    redis.call('EXPIRE', log, ARGV[6])
    with_its_keys(conversation, 'EXPIRE', ARGV[6])
    tell('ended', id, c[2] or '', 'system', 'idle')
  elseif not c[3] then
    redis.call('HSET', conversation, 'warned', '1')
    add(conversation, log, c[2] or '', 'system', '', '', 'quiet')
  end
end
return told
""")

# Back to the head of the queue, before everybody who waits but behind others who were dropped
# earlier; its words stay with it.
# KEYS 1 conversation  2 log
# ARGV 4 advisor  5 head start in microseconds  6 seconds to keep
#      7 the word to the visitor: dropped, or left when the advisor signed out
HAND_BACK = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor', 'lane', 'joined')
if c[1] ~= 'open' or c[2] ~= ARGV[4] then return 0 end
withdraw(KEYS[1], 'ended')
redis.call('HSET', KEYS[1], 'state', 'waiting', 'returned', 'colleague')
redis.call('HDEL', KEYS[1], 'advisor', 'advisor_name', 'listed')
redis.call('DEL', beside(KEYS[1], 'watchers'))
redis.call('ZADD', waiting(c[3]), c[4] * 1000 - ARGV[5], ARGV[1])
-- A visitor who was gone has a minute to come back: nobody may stand in front for ever.
local seen = '{' .. ARGV[2] .. '}:seen'
redis.call('ZADD', seen, 'NX', now(), ARGV[1])
redis.call('EXPIRE', seen, ARGV[6])
redis.call('EXPIRE', waiting(c[3]), ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[6])
redis.call('EXPIRE', KEYS[2], ARGV[6])
with_its_keys(KEYS[1], 'EXPIRE', ARGV[6])
redis.call('ZREM', '{' .. ARGV[2] .. '}:quiet', ARGV[1])
tell('state', ARGV[1], ARGV[4])
add(KEYS[1], KEYS[2], '', 'system', '', '', ARGV[7])
tell('waiting', c[3])
return 1
""")
# Taken together, no head start of danger reaches so far back.
DROPPED_HEAD_START_S = 24 * 3600

# Who has whom: answers {conversation, advisor, ms since it was taken} of each open conversation
# whose advisor is away, or may not have it on their list; with nobody present, of all.
# KEYS 1 quiet (every open conversation is in it)  ARGV 4 and on: who is present
OPEN = Script("""
local answer, present = {}, {}
for i = 4, #ARGV do present[ARGV[i]] = true end
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local c = redis.call('HMGET', '{' .. ARGV[2] .. '}:conversation:' .. id,
    'state', 'advisor', 'taken', 'listed')
  if c[1] == 'open' and not (present[c[2]] and c[4] == c[2]) then
    answer[#answer + 1] = {id, c[2], now() - c[3]}
  end
end
return answer
""")

# They are on their advisor's list, and need not be looked at again as long as they have that one.
# ARGV 4, 5 and on: conversation, advisor
LISTED = Script("""
for i = 4, #ARGV, 2 do
  local conversation = '{' .. ARGV[2] .. '}:conversation:' .. ARGV[i]
  if redis.call('HGET', conversation, 'advisor') == ARGV[i + 1] then
    redis.call('HSET', conversation, 'listed', ARGV[i + 1])
  end
end
return 'ok'
""")

# Answers whether silence must not count now, and whether it is time to look at every conversation.
# KEYS 1 when the last round was  2 there while silence does not count
# ARGV 1 ms without a round that are a gap  2 seconds in which all may come back after one
#      3 ms between two looks at every conversation
ROUND = Script("""
local last, at = redis.call('GET', KEYS[1]), now()
redis.call('SET', KEYS[1], string.format('%.0f', at), 'EX', 86400)
if last and at - last > tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], '1', 'EX', ARGV[2])
end
local every = not last or math.floor(at / ARGV[3]) ~= math.floor(last / ARGV[3])
return {redis.call('EXISTS', KEYS[2]), every and 1 or 0}
""")

# ARGV 4 the advisor, who must look at this conversation
POINT_OUT = Script("tell('state', ARGV[1], ARGV[4]) return 'ok'")


class Care:
    """The rounds that notice silence, for all queues of one store."""

    def __init__(
        self,
        redis: Redis,
        queues: Sequence[str],
        patience: Patience,
        *,
        linger_s: int,
        figures: Figures | None = None,
        chores: Sequence[Callable[[], None]] = (),
    ) -> None:
        """`chores` are done at the end of each round; what goes wrong in one is only logged."""
        self._figures = figures
        self._chores = tuple(chores)
        self._redis = redis
        self._queues = tuple(queues)
        self._patience = patience
        self._linger_s = linger_s
        self._pid = 0
        self._stopped = False

    def start(self) -> None:
        """Begin the rounds in this process, once."""
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        threading.Thread(target=_go_on, args=(weakref.ref(self),), name="care", daemon=True).start()

    def stop(self) -> None:
        self._stopped = True

    @property
    def goes_on(self) -> bool:
        return not self._stopped

    def try_turn(self) -> None:
        """Go the round, if no other process does; whatever goes wrong, the next one is tried."""
        try:
            if self._redis.set(keys.ROUND, "1", nx=True, px=int(ROUND_S * 900)):
                self.take_turn()
        except UNREACHABLE as error:
            counts.add("store errors")
            log.warning("nobody can be looked after now: %s", type(error).__name__)
        except Exception as error:
            # The round must go on: the next one finds what this one did not finish.
            log.error("a round of care failed: %s", type(error).__name__)

    def take_turn(self) -> None:
        """Go the round, but not right after the store or all of us were away: then everybody seems
        to have been silent, and would lose their place or their advisor.
        """
        patience = max(self._patience.visitor_s, self._patience.advisor_s)
        args = [_ms(GAP_S), int(patience), _ms(EVERY_S)]
        pardon, every = ROUND(self._redis, [keys.LOOKED, keys.PARDON], args)
        if not pardon:
            self.go_round(every=bool(every))

    def go_round(self, *, every: bool = True) -> None:
        """Look after everybody once. Without `every`, those who are talking are passed over, unless
        an advisor has just fallen silent: to look at each of very many costs the store's time.
        """
        silent, present = self._who_is_present()
        for queue in self._queues:
            try:
                if every or silent:
                    self._stand_by(queue, present)
                self._look_after(queue)
            except UNREACHABLE as error:
                # In a cluster the other queues may be on a server that is well.
                log.warning("a queue cannot be looked after now: %s", type(error).__name__)
        for chore in self._chores:
            try:
                chore()
            except Exception as error:
                log.warning("a chore of care was not done: %s", type(error).__name__)

    def _who_is_present(self) -> tuple[bool, set[str]]:
        """Whether anybody has fallen silent since the last look, and who is there."""
        patience = ["", "", "", _ms(self._patience.advisor_s)]
        silent = scripts.SILENT(self._redis, [keys.PRESENT], patience)
        present: Any = self._redis.zrange(keys.PRESENT, 0, -1)
        return bool(silent), {member.decode() for member in present}

    def _look_after(self, queue: str) -> None:
        patience, common = self._patience, ["", queue, keys.channel(queue)]
        left = GONE(
            self._redis,
            [keys.seen_key(queue)],
            [*common, _ms(patience.visitor_s), int(patience.return_s)],
        )
        over = QUIET(
            self._redis,
            [keys.quiet_key(queue)],
            [*common, _ms(patience.warn_s), _ms(patience.idle_s), self._linger_s],
        )
        for name, *told in (*left, *over):
            if self._figures:
                self._figures.happened(name.decode(), told, "system")

    def _stand_by(self, queue: str, present: set[str]) -> None:
        """See to it that each open conversation has an advisor, and that the advisor knows.

        It goes by the conversations and not by the advisors' lists: a process that was killed
        between two steps has left the one without the other.
        """
        held = []
        args = ["", queue, keys.channel(queue), *present]
        for name, advisor, for_ms in OPEN(self._redis, [keys.quiet_key(queue)], args):
            conversation, member = name.decode(), advisor.decode()
            if member in present:
                held.append((conversation, member))
            elif for_ms > _ms(self._patience.advisor_s - SELDOM_S):
                self.hand_back(conversation, member)
        for conversation, member in self._put_on_list(held):
            args = [conversation, queue, keys.channel(queue), member]
            POINT_OUT(self._redis, [keys.conversation_key(conversation)], args)
        for first in range(0, len(held), LISTED_AT_ONCE):
            pairs = [part for pair in held[first : first + LISTED_AT_ONCE] for part in pair]
            args = ["", queue, keys.channel(queue), *pairs]
            LISTED(self._redis, [keys.quiet_key(queue)], args)

    def _put_on_list(self, held: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those who were not on their advisor's list."""
        if not held:
            return []
        pipe = self._redis.pipeline(transaction=False)
        for conversation, member in held:
            pipe.zadd(keys.chats_key(member), {conversation: "+inf"}, nx=True)
            pipe.expire(keys.chats_key(member), SHIFT_S)
        added = pipe.execute()[::2]
        return [one for one, new in zip(held, added, strict=True) if new]

    def give_back(self, member: str) -> bool:
        """Give all conversations of somebody who is out back; whether every queue could be asked.

        It goes by the conversations, as `_stand_by` does.
        """
        all_asked = True
        for queue in self._queues:
            common = ["", queue, keys.channel(queue)]
            try:
                for name, advisor, _ in OPEN(self._redis, [keys.quiet_key(queue)], common):
                    if advisor == member.encode():
                        self.hand_back(name.decode(), member)
            except UNREACHABLE as error:
                log.warning("a queue cannot be looked after now: %s", type(error).__name__)
                all_asked = False
        return all_asked

    def hand_back(self, conversation: str, member: str, *, said: str = "dropped") -> None:
        """Give a conversation back to the head of the queue; `said` is the word to the visitor."""
        queue = keys.queue_of(conversation)
        HAND_BACK(
            self._redis,
            [keys.conversation_key(conversation), keys.log_key(conversation)],
            [
                conversation,
                queue,
                keys.channel(queue),
                member,
                DROPPED_HEAD_START_S * 1_000_000,
                int(self._patience.return_s),
                said,
            ],
        )
        self._redis.zrem(keys.chats_key(member), conversation)


def _go_on(care_of: weakref.ref[Care]) -> None:
    # It ends with its application, also when nobody stops it.
    while (care := care_of()) and care.goes_on:
        care.try_turn()
        del care
        time.sleep(ROUND_S)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
