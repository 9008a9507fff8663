"""What an advisor has typed and not sent, kept so that a reload does not lose it.

A draft is a field of the conversation itself: sealed like its words, readable only by the advisor
who has the conversation and wrote it, and gone with the conversation in the same step. Nobody is
told of it. The advisor's browser would write it to a disk; this store does not.
"""

from __future__ import annotations

from typing import Any

from redis import Redis

from . import keys
from .conversation import Conversation, Gone
from .scripts import Script
from .seal import SealBroken

# More than a message may have: what is still too long must survive too.
MOST_CHARACTERS = 8_000

# KEYS 1 conversation  ARGV 4 advisor  5 sealed draft, or '' for none
KEEP_DRAFT = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor')
if c[1] ~= 'open' or c[2] ~= ARGV[4] then return 'gone' end
-- The conversation's own expiry holds for its fields.
if ARGV[5] == '' then redis.call('HDEL', KEYS[1], 'draft:' .. ARGV[4])
else redis.call('HSET', KEYS[1], 'draft:' .. ARGV[4], ARGV[5]) end
return 'ok'
""")

# KEYS 1 conversation  ARGV 4 advisor
READ_DRAFT = Script("""
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor', 'draft:' .. ARGV[4])
if c[1] ~= 'open' or c[2] ~= ARGV[4] then return 'gone' end
return {c[3] or ''}
""")


class Drafts:
    """The unsent words of one advisor."""

    def __init__(self, redis: Redis, member: str) -> None:
        self._redis = redis
        self._member = member

    def keep(self, conversation: Conversation, text: str) -> None:
        """Keep this in place of what was kept; no text: forget it. Raises Gone."""
        sealed = conversation.box.seal(text) if text else b""
        self._run(KEEP_DRAFT, conversation, sealed)

    def read(self, conversation: Conversation) -> str:
        """Raises Gone for a conversation that is not this advisor's."""
        sealed = self._run(READ_DRAFT, conversation)[0]
        try:
            return conversation.box.open(sealed) if sealed else ""
        except SealBroken:
            # A secret that was withdrawn: the conversation itself says so; a draft is just gone.
            return ""

    def _run(self, script: Script, conversation: Conversation, *args: Any) -> Any:
        name, queue = conversation.name, conversation.queue
        told = [name, queue, keys.channel(queue), self._member, *args]
        answer = script(self._redis, [keys.conversation_key(name)], told)
        if answer == b"gone":
            raise Gone(name)
        return answer
