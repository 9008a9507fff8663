"""The steps that must happen whole or not at all, as scripts that the store runs.

Every script gets the same first arguments: ARGV 1 the conversation, 2 its queue, 3 the channel of
the queue's news. Keys that a script builds itself carry the queue's hash tag, so they are always on
the node that runs it. The store's own clock is used: the clocks of web machines differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import AskError, MovedError, NoScriptError

from .store import REPLICA_MS, NotReplicated, look_again, node_of, replicas_of

# How often a cluster that has moved a queue elsewhere is asked where it is now.
TOPOLOGY_TRIES = 3

_COMMON = """
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
-- Finer than a millisecond: two visitors must never stand in the same place.
local function micros()
  local t = redis.call('TIME')
  return t[1] * 1000000 + t[2]
end
local function waiting(lane) return '{' .. ARGV[2] .. '}:waiting:' .. lane end
-- News travels as fields with a zero byte between them; what may hold any byte comes last.
local function tell(...)
  redis.call('SPUBLISH', ARGV[3], table.concat({...}, '\\0'))
end
local function message(advisor, previous, id, sender, key, name, body)
  return table.concat({'message', ARGV[1], advisor, previous, id, sender, key, name, body}, '\\0')
end
local function touched()
  local quiet = '{' .. ARGV[2] .. '}:quiet'
  redis.call('ZADD', quiet, now(), ARGV[1])
  redis.call('EXPIRE', quiet, 86400)
end
-- A sign of life from the visitor. Whoever had lost their place joins again, at the end; danger
-- keeps its head start. After an interruption it may be somebody else: the word is to be asked for.
local function here(conversation, seen, state, lane, away, advisor, seconds)
  redis.call('ZADD', seen, now(), ARGV[1])
  redis.call('EXPIRE', seen, seconds)
  if state == 'away' then
    redis.call('HSET', conversation, 'state', 'waiting', 'joined', string.format('%.0f', now()))
    -- Why somebody came back earlier says more.
    redis.call('HSETNX', conversation, 'returned', 'line')
    redis.call('HDEL', conversation, 'away')
    redis.call('HSET', conversation, 'check', '1')
    local head = tonumber(redis.call('HGET', conversation, 'head') or '0')
    redis.call('ZADD', waiting(lane), micros() - head * 1000, ARGV[1])
    redis.call('EXPIRE', waiting(lane), seconds)
    tell('waiting', lane)
  elseif away then
    redis.call('HDEL', conversation, 'away')
    redis.call('HSET', conversation, 'check', '1')
    touched()
    tell('state', ARGV[1], advisor or '')
  end
end
-- What stands beside a conversation, under the same tag and name.
local function beside(conversation, what)
  return (string.gsub(conversation, ':conversation:', ':' .. what .. ':', 1))
end
-- What colleagues write and who looks along: no longer there than the conversation is.
local function lives_with(conversation, what)
  redis.call('PEXPIRE', beside(conversation, what), redis.call('PTTL', conversation))
end
-- What else belongs to a conversation ends and lives with it.
local function with_its_keys(conversation, command, ...)
  redis.call(command, beside(conversation, 'whisper'), ...)
  redis.call(command, beside(conversation, 'watchers'), ...)
  local others = redis.call('HMGET', conversation, 'code', 'alias')
  for _, key in ipairs({others[1] or '', others[2] or ''}) do
    if key ~= '' then redis.call(command, key, ...) end
  end
end
local function forget(conversation, log)
  with_its_keys(conversation, 'DEL')
  redis.call('DEL', conversation, log, beside(conversation, 'held'))
end
-- Nobody can accept it any more; both who made it and those to whom it was made are told.
local function withdraw(conversation, how)
  local made = redis.call('HMGET', conversation, 'offer_by', 'offer_to')
  if not made[1] then return end
  redis.call('HDEL', conversation, 'offer_by', 'offer_name', 'offer_to', 'offer_until',
    'offer_note', 'offer_declined')
  redis.call('ZREM', '{' .. ARGV[2] .. '}:offers', ARGV[1])
  tell('offer', ARGV[1], made[1], made[2], how)
end
-- What there is to count of a conversation that stops, each only once: it left the queue before
-- anybody had taken it, or it is over. To be asked before the state changes.
local function leaves(conversation)
  local c = redis.call('HMGET', conversation, 'lane', 'lang', 'topic', 'began')
  local what = c[4] and 'over' or 'left'
  if not c[1] or redis.call('HSETNX', conversation, what, '1') == 0 then return {} end
  return {what, c[1], c[2], c[3] or '', c[4] and now() - c[4] or 0}
end
-- What colleagues have to do with it ends with it.
local function end_together(conversation)
  withdraw(conversation, 'ended')
  redis.call('DEL', beside(conversation, 'whisper'), beside(conversation, 'watchers'),
    beside(conversation, 'held'))
end
local function looks_along(conversation, member, patience)
  local kept = redis.call('HGET', beside(conversation, 'watchers'), member)
  return kept and tonumber(string.match(kept, '^%d+')) >= now() - patience
end
-- What only colleagues read has a stream of its own: no way of the visitor's leads there.
local function whisper(conversation, advisor, member, key, name, body)
  local previous = redis.call('HGET', conversation, 'last_whisper') or ''
  local id = redis.call('XADD', beside(conversation, 'whisper'), '*', 'f', member, 'k', key,
    'n', name, 'b', body)
  redis.call('HSET', conversation, 'last_whisper', id)
  lives_with(conversation, 'whisper')
  tell('whisper', ARGV[1], advisor, previous, id, member, key, name, body)
  return id
end
-- How long the visitor at that place will wait, by the last conversations and who is there.
local function estimated(lane, place, patience, most)
  local serving = '{' .. ARGV[2] .. '}:serving:' .. lane
  local there = redis.call('ZRANGEBYSCORE', serving, now() - patience, '+inf')
  local lengths = redis.call('LRANGE', '{' .. ARGV[2] .. '}:lengths:' .. lane, 0, -1)
  if #there == 0 or #lengths < 3 then return -1 end
  local sum, at_once = 0, 0
  for _, length in ipairs(lengths) do sum = sum + length end
  for _, chosen in ipairs(redis.call('HMGET', serving .. ':most', unpack(there))) do
    at_once = at_once + (chosen or most)
  end
  return math.ceil(place * (sum / #lengths) / at_once)
end
-- Answers the id and the news, which is told now, or by the caller when it is `held`.
local function add(conversation, log, advisor, sender, key, name, body, held)
  local previous = redis.call('HGET', conversation, 'last') or ''
  local id = redis.call('XADD', log, '*', 'f', sender, 'k', key, 'n', name, 'b', body)
  redis.call('HSET', conversation, 'last', id)
  local news = message(advisor, previous, id, sender, key, name, body)
  if not held then redis.call('SPUBLISH', ARGV[3], news) end
  return id, news
end
"""


class Script:
    """One script; it is sent whole only when the store does not know it yet.

    What a `promised` script wrote is on as many replicas as the store was opened with before its
    answer is believed, so that it survives the loss of the primary.
    """

    def __init__(self, body: str, *, promised: bool = False) -> None:
        self._text = _COMMON + body
        self._sha = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()
        self._promised = promised

    def __call__(self, redis: Redis, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """What the script answers. Raises what `store.UNREACHABLE` names."""
        if self._promised and replicas_of(redis):
            return self._replicated(redis, keys, args)
        try:
            return redis.evalsha(self._sha, len(keys), *keys, *args)
        except NoScriptError:
            return redis.eval(self._text, len(keys), *keys, *args)

    def _replicated(self, redis: Redis, keys: Sequence[str], args: Sequence[Any]) -> Any:
        for _ in range(TOPOLOGY_TRIES):
            answer, reached = self._with_wait(redis, keys, args)
            if not isinstance(answer, MovedError | AskError):
                break
            look_again(redis)
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(reached, int) or reached < replicas_of(redis):
            raise NotReplicated("too few replicas have it")
        return answer

    def _with_wait(self, redis: Redis, keys: Sequence[str], args: Sequence[Any]) -> Any:
        # WAIT counts what its own connection wrote, so both go through one.
        answer: Any = None
        for command in (("EVALSHA", self._sha), ("EVAL", self._text)):
            pipe: Any = node_of(redis, keys[0]).pipeline(transaction=False)
            pipe.execute_command(*command, len(keys), *keys, *args)
            pipe.execute_command("WAIT", replicas_of(redis), REPLICA_MS)
            answer = pipe.execute(raise_on_error=False)
            if not isinstance(answer[0], NoScriptError):
                break
        return answer


# KEYS 1 conversation (hash)  2 log (stream)  3 seen (sorted set)  4 waiting (sorted set)
# ARGV 4 lane  5 language  6 danger  7 sealed topic  8 audience  9 most that may wait
#      10 head start of danger in ms  11 seconds to keep
#      12, 13 and on: what else is kept with it, name and sealed value
START = Script(
    """
if redis.call('EXISTS', KEYS[1]) == 1 then
  -- A write, however small: WAIT then waits for what the first try wrote too.
  redis.call('EXPIRE', KEYS[1], ARGV[11])
  return 'again'
end
if redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[9]) then return 'full' end
local at = now()
local head = ARGV[6] == '1' and tonumber(ARGV[10]) or 0
redis.call('HSET', KEYS[1], 'state', 'waiting', 'lane', ARGV[4], 'lang', ARGV[5], 'danger', ARGV[6],
  'topic', ARGV[7], 'audience', ARGV[8], 'joined', string.format('%.0f', at), 'head', head)
for i = 12, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[11])
redis.call('ZADD', KEYS[4], micros() - head * 1000, ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[11])
redis.call('ZADD', KEYS[3], at, ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[11])
tell('waiting', ARGV[4])
return 'new'
""",
    promised=True,
)

# ARGV 4 sender  5 sealed text  6 the client's key  7 advisor's number  8 advisor's name  9 seconds
#      10 '1': do not tell it, but answer with the news, for PUBLISH when the replicas have it.
#      Otherwise a message that is lost with the primary, and said again, would be shown twice.
SAY = Script(
    """
local kept = 'k:' .. ARGV[4] .. ':' .. ARGV[6]
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor', kept, 'lane', 'away', 'warned')
if not c[1] or c[1] == 'ended' then return 'gone' end
if ARGV[4] == 'advisor' and c[2] ~= ARGV[7] then return 'not-yours' end
if ARGV[6] ~= '' and c[3] then
  -- A write, however small: WAIT then waits for what the first try wrote too.
  redis.call('EXPIRE', KEYS[2], ARGV[9])
  -- Nobody knows whether the first try came to telling; what was shown is not shown again.
  local news = message(c[2] or '', '?', c[3], ARGV[4], ARGV[6], ARGV[8], ARGV[5])
  return {c[3], 0, ARGV[10] == '1' and news or ''}
end
if ARGV[4] == 'visitor' then here(KEYS[1], KEYS[3], c[1], c[4], c[5], c[2], ARGV[9]) end
if c[1] == 'open' then touched() end
if c[6] then redis.call('HDEL', KEYS[1], 'warned') end
local held = ARGV[10] == '1'
local id, news = add(KEYS[1], KEYS[2], c[2] or '', ARGV[4], ARGV[6], ARGV[8], ARGV[5], held)
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], kept, id) end
redis.call('EXPIRE', KEYS[1], ARGV[9])
redis.call('EXPIRE', KEYS[2], ARGV[9])
redis.call('EXPIRE', beside(KEYS[1], 'whisper'), ARGV[9])
redis.call('EXPIRE', beside(KEYS[1], 'watchers'), ARGV[9])
return {id, 1, held and news or ''}
""",
    promised=True,
)

# ARGV 4 the news
PUBLISH = Script("redis.call('SPUBLISH', ARGV[3], ARGV[4]) return 'ok'")

# Answers the place (0: not waiting), the estimate in seconds (-1: not known) and the fields that
# both sides may need.
# ARGV 4 an advisor's silence that is still presence, in ms  5 chats that an advisor has at once
STATE = Script("""
local names = {'state', 'lane', 'lang', 'danger', 'joined', 'topic', 'audience', 'advisor',
  'advisor_name', 'ended_by', 'reason', 'away', 'returned', 'word', 'check', 'was_out'}
local found = redis.call('HMGET', KEYS[1], unpack(names))
if not found[1] then return 'gone' end
local place, estimate = 0, -1
if found[1] == 'waiting' then
  local rank = redis.call('ZRANK', waiting(found[2]), ARGV[1])
  if rank then place = rank + 1 end
  estimate = estimated(found[2], place, ARGV[4], ARGV[5])
end
local answer = {place, estimate}
for i, name in ipairs(names) do
  if found[i] then answer[#answer + 1] = name; answer[#answer + 1] = found[i] end
end
return answer
""")

# KEYS 1 waiting. Answers {conversation, score, fields of STATE ...} of each, first to last.
LIST = Script("""
local names = {'state', 'lane', 'lang', 'danger', 'joined', 'topic', 'audience', 'returned',
  'was_out'}
local answer = {}
local places = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #places, 2 do
  local found = redis.call('HMGET', '{' .. ARGV[2] .. '}:conversation:' .. places[i], unpack(names))
  if found[1] == 'waiting' then
    local one = {places[i], places[i + 1]}
    for j, name in ipairs(names) do
      if found[j] then one[#one + 1] = name; one[#one + 1] = found[j] end
    end
    answer[#answer + 1] = one
  end
end
return answer
""")

# How long ago the visitor gave the last sign of life, in ms; -1 when they are known to be gone.
SEEN = Script("""
local at = redis.call('ZSCORE', KEYS[3], ARGV[1])
if not at then return -1 end
return now() - at
""")

# ARGV 4 what is wrong
FAULT = Script("""
tell('fault', ARGV[1], '', ARGV[4])
return 'ok'
""")

# ARGV 4 sender
TYPING = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
tell('typing', ARGV[1], c[2] or '', ARGV[4])
return 'ok'
""")

# The advisor asked for the word that was agreed, or is sure.  ARGV 4 the advisor
CHECKED = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
if c[2] ~= ARGV[4] then return 'not-yours' end
redis.call('HDEL', KEYS[1], 'check')
tell('state', ARGV[1], c[2])
return 'ok'
""")

# ARGV 4 seconds to keep
KEEP = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'lane', 'away', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
with_its_keys(KEYS[1], 'EXPIRE', ARGV[4])
here(KEYS[1], KEYS[3], c[1], c[2], c[3], c[4], ARGV[4])
redis.call('EXPIRE', waiting(c[2]), ARGV[4])
return 'ok'
""")

# One sign of life for many visitors, between those that KEEP gives for each. Answers the places of
# those for whom it is not enough, counted from 0: they are not here any more, or somebody gave a
# sign for them in this very millisecond.
# KEYS 1... seen (sorted sets)  ARGV 4... for each sign of life: which of the keys, the conversation
STAY = Script("""
local at, lost = now(), {}
for i = 4, #ARGV, 2 do
  if redis.call('ZADD', KEYS[tonumber(ARGV[i])], 'XX', 'CH', at, ARGV[i + 1]) == 0 then
    lost[#lost + 1] = (i - 4) / 2
  end
end
return lost
""")

# ARGV 4 by whom  5 reason  6 seconds that the last words wait (0: delete all now)
#      7 the advisor who must have it, or '' for anybody
END = Script(
    """
local c = redis.call('HMGET', KEYS[1], 'state', 'lane', 'advisor', 'taken')
if not c[1] then return 'gone' end
if c[1] == 'ended' then
  if ARGV[6] == '0' then forget(KEYS[1], KEYS[2]) end
  return 'gone'
end
if ARGV[7] ~= '' and c[3] ~= ARGV[7] then return 'not-yours' end
if c[4] then
  local lengths = '{' .. ARGV[2] .. '}:lengths:' .. c[2]
  redis.call('LPUSH', lengths, math.ceil((now() - c[4]) / 1000))
  redis.call('LTRIM', lengths, 0, 19)
  redis.call('EXPIRE', lengths, 21600)
end
redis.call('ZREM', '{' .. ARGV[2] .. '}:quiet', ARGV[1])
end_together(KEYS[1])
local told = leaves(KEYS[1])
if tonumber(ARGV[6]) > 0 then
  redis.call('HSET', KEYS[1], 'state', 'ended', 'ended_by', ARGV[4], 'reason', ARGV[5])
  redis.call('EXPIRE', KEYS[1], ARGV[6])
  redis.call('EXPIRE', KEYS[2], ARGV[6])
  with_its_keys(KEYS[1], 'EXPIRE', ARGV[6])
else
  forget(KEYS[1], KEYS[2])
end
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('ZREM', waiting(c[2]), ARGV[1]) == 1 then tell('waiting', c[2]) end
tell('ended', ARGV[1], c[3] or '', ARGV[4], ARGV[5])
return {c[3] or '', unpack(told)}
""",
    promised=True,
)

# The visitor has seen the end. With seconds: it was sent to them, and they may still come back for
# it if their line was cut meanwhile.
# ARGV 4 seconds to keep, 0: delete all now
FORGET = Script("""
if ARGV[4] == '0' then
  forget(KEYS[1], KEYS[2])
else
  with_its_keys(KEYS[1], 'EXPIRE', ARGV[4], 'LT')
  redis.call('EXPIRE', KEYS[1], ARGV[4], 'LT')
  redis.call('EXPIRE', KEYS[2], ARGV[4], 'LT')
end
return 'ok'
""")

# KEYS 1 waiting  2 seen
# ARGV 1 the conversation, or '' for the next  4 advisor's number  5 name  6 seconds
# A conversation that ran out while it waited is passed over.
TAKE = Script(
    """
while true do
  local id = ARGV[1]
  if id == '' then
    local first = redis.call('ZRANGE', KEYS[1], 0, 0)
    if #first == 0 then return 'none' end
    id = first[1]
  end
  if redis.call('ZREM', KEYS[1], id) == 0 then return 'taken' end
  local conversation = '{' .. ARGV[2] .. '}:conversation:' .. id
  local log = '{' .. ARGV[2] .. '}:log:' .. id
  if redis.call('HGET', conversation, 'state') == 'waiting' then
    local c = redis.call('HMGET', conversation, 'lane', 'lang', 'topic', 'joined')
    local lane = c[1]
    local first = redis.call('HSETNX', conversation, 'began', string.format('%.0f', now()))
    redis.call('HSET', conversation, 'state', 'open', 'advisor', ARGV[4], 'advisor_name', ARGV[5],
      'taken', string.format('%.0f', now()))
    tell('state', id, ARGV[4])
    tell('waiting', lane)
    ARGV[1] = id
    touched()
    add(conversation, log, ARGV[4], 'system', '', ARGV[5], 'joined')
    redis.call('EXPIRE', conversation, ARGV[6])
    redis.call('EXPIRE', log, ARGV[6])
    -- Who is taken again after an advisor dropped out was counted.
    if first == 0 then return {id} end
    return {id, 'taken', lane, c[2], c[3] or '', now() - c[4]}
  end
  redis.call('ZREM', KEYS[2], id)
  if ARGV[1] ~= '' then return 'taken' end
end
""",
    promised=True,
)

# Another slot than the queue's, so its arguments are its own.
# KEYS 1 the advisor's chats  ARGV 1 a name for the place  2 most  3 reserved for, ms  4 seconds
RESERVE = Script("""
local at = now()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', at))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 'at-limit' end
redis.call('ZADD', KEYS[1], at + ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 'ok'
""")

# KEYS 1... who is there, or who serves a line (sorted sets)
# ARGV 4 seconds to keep  5... for each sign of life: which of the keys, the advisor, and their most
SERVE = Script("""
for i = 5, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i])]
  redis.call('ZADD', key, now(), ARGV[i + 1])
  redis.call('EXPIRE', key, ARGV[4])
  if string.find(key, ':serving:', 1, true) then
    redis.call('HSET', key .. ':most', ARGV[i + 1], ARGV[i + 2])
    redis.call('EXPIRE', key .. ':most', ARGV[4])
  end
end
return 'ok'
""")

# Who was silent for longer than that; they are taken off the list.
# KEYS 1 who is there (sorted set)  ARGV 4 patience in ms
SILENT = Script("""
local limit = '(' .. (now() - ARGV[4])
local silent = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', limit)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', limit)
return silent
""")

# Whether the last message of that side is younger than that; answers {age in ms, id, fields}.
# ARGV 4 sender
LAST_OF = Script("""
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 10)) do
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  if fields['f'] == ARGV[4] then
    return {now() - tonumber(string.match(entry[1], '^%d+')), entry[1], fields['b']}
  end
end
return {}
""")
