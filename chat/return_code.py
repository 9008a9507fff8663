"""Coming back to a conversation by four common words, without anything kept on the device."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis import Redis

from . import keys
from .conversation import Conversation, Gone
from .scripts import Script

WORDS_IN_A_CODE = 4

# The code's key lives as long as the conversation and goes with it: `END` deletes both.
# KEYS 1 conversation  2 the code's key  ARGV 4 seconds to keep
KEEP_CODE = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'code')
if not c[1] or c[1] == 'ended' then return 'gone' end
if c[2] then redis.call('DEL', c[2]) end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[4])
redis.call('HSET', KEYS[1], 'code', KEYS[2])
return 'ok'
""")

# A code opens once. The new token's name stands for the conversation from now on.
# KEYS 1 the code's key  2 the new token's key  ARGV 4 seconds to keep
USE_CODE = Script("""
local id = redis.call('GET', KEYS[1])
if not id then return 'gone' end
local conversation = '{' .. ARGV[2] .. '}:conversation:' .. id
local c = redis.call('HMGET', conversation, 'state', 'advisor')
if not c[1] or c[1] == 'ended' then return 'gone' end
local last = redis.call('HGET', conversation, 'alias')
if last then redis.call('DEL', last) end
redis.call('DEL', KEYS[1])
redis.call('HDEL', conversation, 'code')
redis.call('HSET', conversation, 'returned', 'code')
redis.call('SET', KEYS[2], id, 'EX', ARGV[4])
redis.call('HSET', conversation, 'alias', KEYS[2])
-- Whoever has the four words may be somebody else: the advisor is told to ask.
redis.call('HSET', conversation, 'check', '1')
tell('state', id, c[2] or '')
return {id}
""")


class WrongCode(LookupError):
    """No conversation waits behind these words, or it waited too long."""


def read_words(path: Path) -> tuple[str, ...]:
    """The words that codes are made of, one a line."""
    return tuple(path.read_text("utf-8").split())


class ReturnCodes:
    """The codes of all queues of one store; the store holds only their keyed hashes."""

    def __init__(
        self, redis: Redis, secret: str, queues: Sequence[str], words: Sequence[str], *, keep_s: int
    ) -> None:
        self._redis = redis
        self._secret = secret.encode()
        self._queues = tuple(queues)
        self._words = words
        self._keep_s = keep_s

    def make(self, conversation: Conversation) -> str:
        """A new code for this conversation; an earlier one opens nothing any more. Raises Gone."""
        code = " ".join(secrets.choice(self._words) for _ in range(WORDS_IN_A_CODE))
        answer = KEEP_CODE(
            self._redis,
            [keys.conversation_key(conversation.name), self._key(conversation.queue, code)],
            [conversation.name, conversation.queue, "", self._keep_s],
        )
        if answer == b"gone":
            raise Gone(conversation.name)
        return code

    def use(self, typed: str) -> str:
        """A new token for the conversation of this code. Raises WrongCode."""
        code = " ".join(re.findall(r"\w+", typed.lower()))
        queue = self._queue_of(code)
        token = keys.make_return_token(queue)
        answer: Any = USE_CODE(
            self._redis,
            [self._key(queue, code), keys.alias_key(token)],
            ["", queue, keys.channel(queue), self._keep_s],
        )
        if answer == b"gone":
            raise WrongCode
        return token

    def _queue_of(self, code: str) -> str:
        # The words do not tell the queue, so every queue is asked; there are few, and few codes.
        pipe = self._redis.pipeline(transaction=False)
        for queue in self._queues:
            pipe.exists(self._key(queue, code))
        for queue, found in zip(self._queues, pipe.execute(), strict=True):
            if found:
                return queue
        raise WrongCode

    def _key(self, queue: str, code: str) -> str:
        digest = hmac.digest(self._secret, f"luwte:code:{code}".encode(), hashlib.sha256)
        return f"{{{queue}}}:code:{digest.hex()[:32]}"
