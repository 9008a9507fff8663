"""Looking along: a colleague reads a conversation that another has, and whispers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys
from .conversation import PRESENT_S, Conversation, Gone, NotYours
from .scripts import Script
from .shift_choice import LASTS_S

# Who looks along stands in a hash beside the conversation: `<member>` -> when they were last there,
# and their name; `i<member>` -> when they were asked to, and their name.

# KEYS 1 conversation  ARGV 4 the advisor who has it  5 whom they ask  6 that one's name
INVITE = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
if c[1] ~= 'open' or c[2] ~= ARGV[4] then return 'not-yours' end
if redis.call('HEXISTS', beside(KEYS[1], 'watchers'), ARGV[5]) == 0 then
  redis.call('HSET', beside(KEYS[1], 'watchers'), 'i' .. ARGV[5],
    string.format('%.0f', now()) .. ' ' .. ARGV[6])
  lives_with(KEYS[1], 'watchers')
end
tell('watchers', ARGV[1], ARGV[4], ARGV[5])
return 'ok'
""")

# KEYS 1 conversation  ARGV 4 member  5 name  6 '1': may without being asked
LOOK = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
local watchers = beside(KEYS[1], 'watchers')
local known = redis.call('HMGET', watchers, ARGV[4], 'i' .. ARGV[4])
local may = ARGV[6] == '1' or known[1] or known[2]
if c[1] ~= 'open' or c[2] == ARGV[4] or not may then return 'not-yours' end
redis.call('HSET', watchers, ARGV[4], string.format('%.0f', now()) .. ' ' .. ARGV[5])
redis.call('HDEL', watchers, 'i' .. ARGV[4])
lives_with(KEYS[1], 'watchers')
tell('watchers', ARGV[1], c[2], ARGV[4])
return 'ok'
""")

# KEYS 1 conversation  ARGV 4 member
LEAVE = Script("""
local gone = redis.call('HDEL', beside(KEYS[1], 'watchers'), ARGV[4], 'i' .. ARGV[4])
if gone > 0 then
  tell('watchers', ARGV[1], redis.call('HGET', KEYS[1], 'advisor') or '', ARGV[4])
end
return 'ok'
""")

# A sign of life of who looks along; answers '1' looks along, 'i' was asked to, or '0'.
# KEYS 1 conversation  ARGV 4 member  5 patience in ms
STILL = Script("""
local watchers = beside(KEYS[1], 'watchers')
if redis.call('HGET', KEYS[1], 'state') ~= 'open' then return '0' end
if redis.call('HEXISTS', watchers, 'i' .. ARGV[4]) == 1 then return 'i' end
if not looks_along(KEYS[1], ARGV[4], ARGV[5]) then return '0' end
local kept = redis.call('HGET', watchers, ARGV[4])
redis.call('HSET', watchers, ARGV[4],
  string.format('%.0f', now()) .. string.match(kept, '^%d+(.*)$'))
lives_with(KEYS[1], 'watchers')
return '1'
""")

# Who fell silent is taken off the list. Answers {member or i<member>, name, ...}.
# KEYS 1 conversation  ARGV 4 patience in ms
WATCHERS = Script("""
local watchers = beside(KEYS[1], 'watchers')
local found, answer = redis.call('HGETALL', watchers), {}
for i = 1, #found, 2 do
  local at, name = string.match(found[i + 1], '^(%d+) (.*)$')
  if string.sub(found[i], 1, 1) ~= 'i' and tonumber(at) < now() - ARGV[4] then
    redis.call('HDEL', watchers, found[i])
  else
    answer[#answer + 1] = found[i]
    answer[#answer + 1] = name
  end
end
return answer
""")

LOOKS, INVITED = "looks", "invited"


@dataclass(frozen=True, slots=True)
class Watcher:
    """A colleague who looks along in a conversation, or was asked to (`how`)."""

    member: str
    name: str
    how: str


class Looking:
    """Who looks along in the conversations of one store."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def invite(self, conversation: Conversation, by: str, to: str, name: str) -> None:
        """Ask a colleague to look along. Raises Gone, or NotYours."""
        self._index(to, conversation.name)
        self._run(INVITE, conversation, by, to, name)

    def begin(
        self, conversation: Conversation, member: str, name: str, *, unasked: bool = False
    ) -> None:
        """Look along from now on. Raises Gone, or NotYours for who was not asked."""
        self._index(member, conversation.name)
        self._run(LOOK, conversation, member, name, int(unasked))

    def leave(self, conversation: Conversation, member: str) -> None:
        """Look along no more, or say no."""
        self._run(LEAVE, conversation, member)
        self._redis.srem(keys.looks_key(member), conversation.name)

    def still(self, conversation: Conversation, member: str) -> str:
        """A sign of life: "looks", "invited", or "" when it is over."""
        answer = self._run(STILL, conversation, member, PRESENT_S * 1000)
        return {b"1": LOOKS, b"i": INVITED}.get(answer, "")

    def watchers(self, conversation: Conversation) -> tuple[Watcher, ...]:
        """Who looks along now, and who was asked to."""
        told = [part.decode() for part in self._run(WATCHERS, conversation, PRESENT_S * 1000)]
        return tuple(
            Watcher(member.lstrip("i"), name, INVITED if member[0] == "i" else LOOKS)
            for member, name in sorted(zip(told[::2], told[1::2], strict=True))
        )

    def of(self, member: str) -> list[str]:
        """The conversations in which this member looks along or was asked to, and perhaps more."""
        found: Any = self._redis.smembers(keys.looks_key(member))
        return sorted(name.decode() for name in found)

    def forget(self, member: str, name: str) -> None:
        """That is over."""
        self._redis.srem(keys.looks_key(member), name)

    def _index(self, member: str, name: str) -> None:
        # Before the step itself: what stands here and is not true is found out when it is read.
        pipe = self._redis.pipeline(transaction=True)
        pipe.sadd(keys.looks_key(member), name)
        pipe.expire(keys.looks_key(member), LASTS_S)
        pipe.execute()

    def _run(self, script: Script, conversation: Conversation, *args: str | int) -> Any:
        queue = conversation.queue
        common = [conversation.name, queue, keys.channel(queue)]
        key = keys.conversation_key(conversation.name)
        answer = script(self._redis, [key], [*common, *args])
        if answer == b"gone":
            raise Gone(conversation.name)
        if answer == b"not-yours":
            raise NotYours(conversation.name)
        return answer
