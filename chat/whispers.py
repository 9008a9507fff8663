"""What colleagues say to each other beside a conversation; the visitor never sees it.

It has a stream of its own, sealed like the conversation, which lives no longer than that: nothing
that draws the visitor's page ever reads it.
"""

from __future__ import annotations

from typing import Any

from redis import Redis

from . import keys
from .conversation import PRESENT_S, Conversation, Gone, Message, NotYours
from .scripts import Script

# KEYS 1 conversation
# ARGV 4 member  5 name  6 the client's key  7 sealed text  8 a watcher's patience in ms
WHISPER = Script(
    """
local kept = 'w:' .. ARGV[4] .. ':' .. ARGV[6]
local c = redis.call('HMGET', KEYS[1], 'state', 'advisor', kept)
if not c[1] or c[1] == 'ended' then return 'gone' end
if c[1] ~= 'open' or (c[2] ~= ARGV[4] and not looks_along(KEYS[1], ARGV[4], ARGV[8])) then
  return 'not-yours'
end
if c[3] then return {c[3], 0} end
local id = whisper(KEYS[1], c[2], ARGV[4], ARGV[6], ARGV[5], ARGV[7])
redis.call('HSET', KEYS[1], kept, id)
return {id, 1}
"""
)


class Whispers:
    """What is whispered beside one conversation; reads like a conversation."""

    def __init__(self, redis: Redis, conversation: Conversation) -> None:
        self._redis = redis
        self._conversation = conversation

    def say(self, text: str, key: str, *, by: str, name: str) -> tuple[str, bool]:
        """Add a whisper; returns its id and whether it is new: a repeated `key` changes nothing.

        Raises Gone, or NotYours for who neither has the conversation nor looks along.
        """
        talk = self._conversation
        args = [talk.name, talk.queue, keys.channel(talk.queue), by, name, key]
        answer: Any = WHISPER(
            self._redis,
            [keys.conversation_key(talk.name)],
            [*args, talk.box.seal(text), PRESENT_S * 1000],
        )
        if answer == b"gone":
            raise Gone(talk.name)
        if answer == b"not-yours":
            raise NotYours(talk.name)
        return answer[0].decode(), bool(answer[1])

    def messages(self, after: str = "") -> list[Message]:
        """All whispers after the one with that id, in order; `sender` is a member's number."""
        first = f"({after}" if after else "-"
        entries: Any = self._redis.xrange(keys.whisper_key(self._conversation.name), first)
        return [
            self.message_from([number, *(fields[name] for name in (b"f", b"k", b"n", b"b"))])
            for number, fields in entries
        ]

    def message_from(self, parts: list[bytes]) -> Message:
        """The whisper that a news carries: id, member, key, name, body."""
        number, sender, key, name, body = parts
        return Message(
            number.decode(),
            sender.decode(),
            self._conversation.box.open(body),
            key.decode(),
            name.decode(),
        )
