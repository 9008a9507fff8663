"""The names of things in the store, and of the conversations themselves.

All keys of one queue share a hash tag (`{VT14}`), so that each atomic step works unchanged on a
Redis Cluster.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

NATIONAL = "NL"  # the queue of visitors who named no region
LANES = ("public", "professional")

PRESENT = "{staff}:present"  # when each advisor was last there
ROUND = "{staff}:round"  # held by the process that goes the round of care
LOOKED = "{staff}:looked"  # when the last round was
PARDON = "{staff}:pardon"  # there while nobody's silence counts
OUT = "{out}:marks"  # who is kept out, and until when

_QUEUE = r"(?:NL|VT[0-9]{2})"
_CONVERSATION = re.compile(rf"({_QUEUE})\.[A-Za-z0-9_-]{{22}}")
_TOKEN = re.compile(rf"({_QUEUE})\.[A-Za-z0-9_-]{{43}}")
# Of somebody who came back: its conversation is looked up, not made from it.
_RETURN_TOKEN = re.compile(rf"({_QUEUE})~[A-Za-z0-9_-]{{43}}")


def queue_of(conversation: str) -> str:
    """The queue that a conversation stands in. Raises ValueError for what is no such name."""
    found = _CONVERSATION.fullmatch(conversation)
    if not found:
        raise ValueError("not the name of a conversation")
    return found[1]


def make_token(queue: str, key: str, secret: str) -> str:
    """The visitor's token; the same `key` always makes the same one, so a repeated start is safe.

    It is made, not stored: only the visitor has it.
    """
    digest = hmac.digest(
        secret.encode(), b"luwte:token:" + queue.encode() + b":" + key.encode(), hashlib.sha256
    )
    return f"{queue}.{_base64(digest)}"


def conversation_of(token: str) -> str:
    """The conversation that a token opens. Raises ValueError for what is no token."""
    found = _TOKEN.fullmatch(token)
    if not found:
        raise ValueError("not a token")
    return f"{found[1]}.{_base64(hashlib.sha256(token.encode()).digest()[:16])}"


def make_return_token(queue: str) -> str:
    """A new token for a conversation that goes on."""
    return f"{queue}~{_base64(secrets.token_bytes(32))}"


def is_return_token(token: str) -> bool:
    return bool(_RETURN_TOKEN.fullmatch(token))


def alias_key(token: str) -> str:
    """Where the conversation of a return token is looked up."""
    queue = token.partition("~")[0]
    return f"{{{queue}}}:alias:{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def waiting_key(queue: str, lane: str) -> str:
    return f"{{{queue}}}:waiting:{lane}"


def seen_key(queue: str) -> str:
    """When each visitor of the queue was last there."""
    return f"{{{queue}}}:seen"


def quiet_key(queue: str) -> str:
    """When the last word was said in each open conversation of the queue."""
    return f"{{{queue}}}:quiet"


def serving_key(queue: str, lane: str) -> str:
    """When each advisor who serves this line was last there."""
    return f"{{{queue}}}:serving:{lane}"


def conversation_key(conversation: str) -> str:
    return f"{{{queue_of(conversation)}}}:conversation:{conversation}"


def log_key(conversation: str) -> str:
    return f"{{{queue_of(conversation)}}}:log:{conversation}"


def whisper_key(conversation: str) -> str:
    """What colleagues say to each other in one conversation."""
    return f"{{{queue_of(conversation)}}}:whisper:{conversation}"


def watchers_key(conversation: str) -> str:
    """Who looks along in one conversation, and who was asked to."""
    return f"{{{queue_of(conversation)}}}:watchers:{conversation}"


def offers_key(queue: str) -> str:
    """Until when each conversation of the queue is offered to a colleague."""
    return f"{{{queue}}}:offers"


def channel(queue: str) -> str:
    """Where the news of a queue is published."""
    return f"{{{queue}}}:news"


def chats_key(member: str) -> str:
    """The open conversations of one advisor, over all queues."""
    return f"{{staff:{member}}}:chats"


def shift_key(member: str) -> str:
    """What one advisor chose for this shift."""
    return f"{{staff:{member}}}:shift"


def looks_key(member: str) -> str:
    """The conversations that one member looks along in, or was asked to."""
    return f"{{staff:{member}}}:looks"


def salt_key(day: str) -> str:
    """What makes that day's marks of clients different from every other day's."""
    return f"{{out}}:salt:{day}"


def starts_key(minute: int) -> str:
    """How many wanted to start a chat in that minute, counted from 1970."""
    return f"{{starts}}:{minute}"


def used_key(digest: str) -> str:
    """That something which is good once has been used."""
    return f"used:{digest}"


def sessions_key(member: int) -> str:
    """When each session of one member was last used; beside their open chats."""
    return f"{{staff:{member}}}:sessions"


def challenge_key(digest: str) -> str:
    """A challenge that a passkey has to sign; each is good once."""
    return f"{{staff}}:challenge:{digest}"


def all_queues(regions: Sequence[str]) -> tuple[str, ...]:
    return (NATIONAL, *regions)
