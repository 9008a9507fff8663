"""One conversation: its words, its state, its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys, scripts
from .figures import Figures
from .seal import Box, Seal
from .store import replicas_of

# How long the last words wait for a visitor whose line is down when the advisor ends.
LINGER_S = 60
# And so long when they were sent: a line that was cut just then is back by that time.
SENT_S = 30
# An advisor who was silent for this long is no longer counted as present.
PRESENT_S = 45
CHATS_AT_ONCE = 2


class Gone(LookupError):
    """The conversation has ended, or never was."""


class NotYours(PermissionError):
    """Somebody else has this conversation now."""


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the store's; `sender` is visitor, advisor or system, whose `text` is a code."""

    id: str
    sender: str
    text: str
    key: str = ""
    name: str = ""

    @property
    def at(self) -> float:
        """When it was said, in seconds since 1970, by the store's clock."""
        return int(self.id.partition("-")[0]) / 1000


@dataclass(frozen=True, slots=True)
class State:
    """`state` is waiting, open or ended; `position` counts from 1 and is 0 when not waiting."""

    state: str
    position: int = 0
    estimate_s: int | None = None
    lane: str = "public"
    lang: str = "nl"
    region: str = ""
    danger: bool = False
    advisor: str = ""
    advisor_name: str = ""
    audience: str = "self"
    since: float = 0.0
    ended_by: str = ""
    reason: str = ""
    topic: str = ""
    away: bool = False
    returned: bool = False
    # What was agreed at the start, and whether it is time to ask for it: for the advisor alone.
    word: str = ""
    check: bool = False
    # The visitor is in danger, and from an address that was kept out.
    was_out: bool = False
    back: str = ""  # why they came back: line, colleague or code


class Conversation:
    """What one visitor and one advisor say to each other; both sides use this.

    Every open page has one, so it is small.
    """

    __slots__ = ("_figures", "_idle_s", "_redis", "_seal", "name", "queue")

    def __init__(
        self,
        redis: Redis,
        seal: Seal,
        name: str,
        *,
        idle_s: int,
        figures: Figures | None = None,
    ) -> None:
        """Raises Gone for what cannot be the name of a conversation."""
        try:
            self.queue = keys.queue_of(name)
        except ValueError:
            raise Gone(name) from None
        self.name = name
        self._redis = redis
        self._seal = seal
        self._idle_s = idle_s
        self._figures = figures

    def say(
        self, sender: str, text: str, key: str, *, by: str = "", name: str = ""
    ) -> tuple[str, bool]:
        """Add a message; returns its id and whether it is new: a repeated `key` changes nothing.

        `by` is the advisor's number, `name` what the visitor sees of them.
        Raises Gone, or NotYours when the conversation is another advisor's.
        """
        sealed = self.box.seal(text)
        held = int(replicas_of(self._redis) > 0)
        args = [sender, sealed, key, by, name, self._idle_s, held]
        number, is_new, news = self._run(scripts.SAY, args)
        if news:
            self._run(scripts.PUBLISH, [news])
        return number.decode(), bool(is_new)

    def messages(self, after: str = "") -> list[Message]:
        """All messages after the one with that id, in order."""
        first = f"({after}" if after else "-"
        entries: Any = self._redis.xrange(self._log, first)
        return [self._message(*entry) for entry in entries]

    def state(self) -> State:
        """Raises Gone."""
        place, estimate, *fields = self._run(scripts.STATE, [PRESENT_S * 1000, CHATS_AT_ONCE])
        return self.read_state(fields, position=int(place), estimate_s=int(estimate))

    def read_state(
        self, fields: Sequence[bytes], *, position: int = 0, estimate_s: int = -1
    ) -> State:
        """The state that the store's fields (name, value, name, value, ...) describe."""
        raw = dict(zip(fields[::2], fields[1::2], strict=True))
        topic, word = raw.pop(b"topic", b""), raw.pop(b"word", b"")
        was_out = raw.pop(b"was_out", b"")
        text = {name.decode(): value.decode() for name, value in raw.items()}
        return State(
            state=text["state"],
            position=position,
            estimate_s=estimate_s if estimate_s >= 0 else None,
            away="away" in text or text["state"] == "away",
            returned="returned" in text,
            back=text.get("returned", ""),
            lane=text["lane"],
            lang=text["lang"],
            region="" if self.queue == keys.NATIONAL else self.queue,
            danger=text["danger"] == "1",
            audience=text["audience"],
            advisor=text.get("advisor", ""),
            advisor_name=text.get("advisor_name", ""),
            since=int(text["joined"]) / 1000,
            ended_by=text.get("ended_by", ""),
            reason=text.get("reason", ""),
            topic=self.box.open(topic) if topic else "",
            word=self.box.open(word) if word else "",
            check="check" in text,
            was_out=bool(was_out),
        )

    def kept(self, name: str) -> str:
        """What was sealed under that name when the conversation began; "" if nothing was."""
        sealed: Any = self._redis.hget(self._key, name)
        return self.box.open(sealed) if sealed else ""

    def checked(self, member: str) -> None:
        """That advisor asked for the word, or is sure. Raises Gone or NotYours."""
        self._run(scripts.CHECKED, [member])

    def typing(self, sender: str) -> None:
        """Tell the other side that somebody types, never what. Raises Gone."""
        self._run(scripts.TYPING, [sender])

    def visitor_was_here(self, seconds: float) -> bool:
        """Whether the visitor gave a sign of life in the last `seconds`."""
        return 0 <= int(self._run(scripts.SEEN, [])) <= seconds * 1000

    def tell_fault(self, code: str) -> None:
        """Tell the visitor's page what was wrong with what they sent."""
        self._run(scripts.FAULT, [code])

    def last_of(self, sender: str) -> tuple[str, int] | None:
        """The last thing that side said, among the last few messages, and its age in ms."""
        answer = self._run(scripts.LAST_OF, [sender])
        if not answer or sender == "system":
            return None
        return self.box.open(answer[2]), int(answer[0])

    def keep(self) -> None:
        """The visitor is there: what they have is kept for another while. Raises Gone."""
        self._run(scripts.KEEP, [self._idle_s])

    def end(self, by: str, reason: str = "", *, member: str = "") -> str:
        """End it; returns the number of the advisor who had it, or "".

        When the visitor ends, every key is deleted in this step. When the advisor ends, the last
        words wait up to LINGER_S for the visitor, then they are gone too; see `forget`.
        With the advisor's number as `member`, only they can end it.
        Raises Gone, or NotYours.
        """
        linger = 0 if by == "visitor" else LINGER_S
        advisor, *told = self._run(scripts.END, [by, reason, linger, member])
        if self._figures:
            self._figures.happened(self.name, told, f"{by}.{reason}" if reason else by)
        return str(advisor.decode())

    def forget(self, after_s: int = 0) -> None:
        """The visitor has seen the end: delete what is left, now or in so many seconds."""
        self._run(scripts.FORGET, [after_s])

    def message_from(self, parts: list[bytes]) -> Message:
        """The message that a news carries: id, sender, key, name, body."""
        number, sender, key, name, body = parts
        return self._message(number, {b"f": sender, b"k": key, b"n": name, b"b": body})

    def _message(self, number: bytes, fields: dict[bytes, bytes]) -> Message:
        sender = fields[b"f"].decode()
        body = fields[b"b"]
        return Message(
            id=number.decode(),
            sender=sender,
            text=body.decode() if sender == "system" else self.box.open(body),
            key=fields.get(b"k", b"").decode(),
            name=fields.get(b"n", b"").decode(),
        )

    def _run(self, script: Script, args: list[Any]) -> Any:
        all_keys = [self._key, self._log, keys.seen_key(self.queue)]
        answer = script(
            self._redis, all_keys, [self.name, self.queue, keys.channel(self.queue), *args]
        )
        if answer == b"gone":
            raise Gone(self.name)
        if answer == b"not-yours":
            raise NotYours(self.name)
        return answer

    @property
    def box(self) -> Box:
        return self._seal.box(self.name)

    @property
    def _key(self) -> str:
        return keys.conversation_key(self.name)

    @property
    def _log(self) -> str:
        return keys.log_key(self.name)


Script = Callable[[Redis, list[str], list[Any]], Any]
