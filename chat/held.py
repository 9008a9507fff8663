"""A message that waits for its writer to say "yes, send this", where the page has no script.

Sealed like the conversation's words, beside it, for a minute; gone with it in the same step.
"""

from __future__ import annotations

import secrets
from typing import Any

from redis import Redis

from . import keys
from .conversation import Conversation, Gone
from .scripts import Script

HELD_S = 60
FAULT = "personal"  # the news by which the page learns of it: FAULT:kinds:id

# KEYS 1 conversation  ARGV 4 sealed text  5 its id  6 seconds  7 what the page is told
HOLD = Script("""
local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == 'ended' then return 'gone' end
redis.call('SET', beside(KEYS[1], 'held'), ARGV[5] .. ARGV[4], 'EX', ARGV[6])
tell('fault', ARGV[1], '', ARGV[7])
return 'ok'
""")

# KEYS 1 conversation  ARGV 4 id
RELEASE = Script("""
local held = redis.call('GET', beside(KEYS[1], 'held'))
if not held or string.sub(held, 1, #ARGV[4]) ~= ARGV[4] then return 'gone' end
redis.call('DEL', beside(KEYS[1], 'held'))
return {string.sub(held, #ARGV[4] + 1)}
""")


class NothingHeld(LookupError):
    """The minute is over, or it was sent or written anew."""


class Held:
    """What waits in one conversation: the last that was written."""

    def __init__(self, redis: Redis, conversation: Conversation) -> None:
        self._redis = redis
        self._conversation = conversation

    def hold(self, text: str, kinds: tuple[str, ...]) -> None:
        """Keep it, and ask in the page. Raises Gone."""
        number = secrets.token_hex(8)
        told = f"{FAULT}:{'+'.join(kinds)}:{number}"
        sealed = self._conversation.box.seal(text)
        if self._run(HOLD, sealed, number, HELD_S, told) == b"gone":
            raise Gone(self._conversation.name)

    def release(self, number: str) -> str:
        """The text; only once. Raises NothingHeld."""
        found = self._run(RELEASE, number)
        if found == b"gone":
            raise NothingHeld
        return self._conversation.box.open(found[0])

    def _run(self, script: Script, *args: Any) -> Any:
        name, queue = self._conversation.name, self._conversation.queue
        told = [name, queue, keys.channel(queue), *args]
        return script(self._redis, [keys.conversation_key(name)], told)
