"""What an open page is told, as it happens: here for the visitor, in `desk_page` for a desk.

Each page has its own last message id, so a lost wake-up costs a delay and never a message, and a
page that comes back gets exactly what it missed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from .clean import is_event_id
from .conversation import SENT_S, Conversation, Gone, Message, State
from .counts import STREAMS, counts
from .hub import RESYNC, Ear, Hub, Listener, News, about_conversation, about_line
from .line import HUNG_UP, watched
from .presence import AtDesk
from .waiting import Waiter

# A page that hears nothing for longer takes the line for dead, and so do proxies.
BEAT_S = 15.0
# What a visitor has is kept for much longer than this after each sign of life of their own.
KEPT_S = 5 * 60.0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell a page. `name` is state, message, typing, ended, waiting, fault
    or beat."""

    name: str
    conversation: str = ""
    state: State | None = None
    message: Message | None = None
    waiting: tuple[Waiter, ...] = ()
    mine: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    role: str = ""  # of a desk in the conversation: mine or look
    told: object = None  # what a list beside the conversations holds
    by: str = ""
    reason: str = ""
    id: str = ""


BEAT = Event("beat")
NOWHERE: Mapping[str, Any] = {}


class Page(Protocol):
    """One open page: what it is told at once, and what it is told when something is heard.

    It never waits: whoever drives it does (`follow`, or `streams` for very many).
    """

    @property
    def over(self) -> bool:
        """Whether there is nothing more to tell."""

    def begin(self) -> Iterator[Event]: ...

    def answer(self, heard: list[News]) -> Iterator[Event]:
        """Nothing heard means that time has passed."""

    def wait_s(self) -> float:
        """After so long it wants to be asked, though nothing was heard; at most BEAT_S."""

    def stays(self) -> str:
        """The conversation whose visitor gives a sign of life by being here, when one together with
        others is enough; else "", and it wants to be asked.
        """

    def at_desk(self) -> AtDesk | None:
        """Who gives a sign of life at a desk by being here."""

    def is_told(self) -> None:
        """All was sent, the end too, and the line is still there."""

    def close(self) -> None: ...


Opens = Callable[[Ear], Page]


def follow(opens: Opens, environ: Mapping[str, Any] = NOWHERE) -> Iterator[Event]:
    """Drive one page in the thread of its request, whose `environ` has the line to be watched."""
    listener = Listener()
    page, told_at = opens(listener), time.monotonic()
    counts.add(STREAMS)
    try:
        with watched(environ, listener):
            yield from page.begin()
            while not page.over:
                heard = listener.wait(page.wait_s())
                for event in page.answer(heard):
                    told_at = time.monotonic()
                    yield event
                if not page.over and time.monotonic() - told_at >= BEAT_S:
                    told_at = time.monotonic()
                    yield BEAT
            if HUNG_UP not in listener.wait(0):
                page.is_told()
    finally:
        counts.add(STREAMS, -1)
        page.close()


class Told(Protocol):
    """What can be read on from a place: a conversation, or the whispers beside it."""

    def messages(self, after: str = "") -> list[Message]: ...

    def message_from(self, parts: list[bytes]) -> Message: ...


class Reader:
    """Reads one conversation's messages in order, each once."""

    __slots__ = ("conversation", "last")

    def __init__(self, conversation: Told, after: str = "") -> None:
        self.conversation = conversation
        self.last = after

    def missed(self) -> Iterator[Message]:
        """All messages since the last one read."""
        for message in self.conversation.messages(self.last):
            self.last = message.id
            yield message

    def read(self, news: News) -> Iterator[Message]:
        """The message that came as news, and before it what was missed, if anything was."""
        previous, number = news.fields[0].decode(), news.fields[1].decode()
        if not _later(number, self.last):
            return
        if previous != self.last:
            yield from self.missed()
        if _later(number, self.last):
            self.last = number
            yield self.conversation.message_from(list(news.fields[1:]))


def _later(number: str, than: str) -> bool:
    return _parts(number) > _parts(than)


def _parts(number: str) -> tuple[int, int]:
    milliseconds, _, sequence = number.partition("-")
    return int(milliseconds or 0), int(sequence or 0)


def visitor_events(
    conversation: Conversation, hub: Hub, after: str = "", environ: Mapping[str, Any] = NOWHERE
) -> Iterator[Event]:
    """Everything that the visitor of a conversation must know, until it ends."""
    return follow(lambda listener: VisitorPage(conversation, hub, listener, after), environ)


class VisitorPage:
    """The visitor's page of a conversation, until it ends. Very many are open: it is small."""

    __slots__ = (
        "_ended",
        "_hub",
        "_line",
        "_listener",
        "_reader",
        "_shown",
        "_signs",
        "conversation",
        "over",
    )

    def __init__(
        self, conversation: Conversation, hub: Hub, listener: Ear, after: str = ""
    ) -> None:
        self.conversation = conversation
        self.over = self._ended = False
        self._hub = hub
        self._listener = listener
        self._line = ""
        self._reader = Reader(conversation, after if is_event_id(after) else "")
        # What was told last, and no more of it than tells whether it has changed.
        self._shown = 0
        self._signs = Regularly()

    def begin(self) -> Iterator[Event]:
        self._hub.heed(self._listener, about_conversation(self.conversation.name))
        with suppress(Gone):  # that it has ended is told below
            self.conversation.keep()
        yield from self._until_gone(self._look())

    def answer(self, heard: list[News]) -> Iterator[Event]:
        if self._signs.are_due(now=HUNG_UP in heard):
            self._sign_of_life()
        if HUNG_UP in heard:
            self.over = True
            return
        yield from self._until_gone(self._answer(heard))

    def wait_s(self) -> float:
        return BEAT_S

    def stays(self) -> str:
        return "" if self._signs.are_old(KEPT_S) else self.conversation.name

    def at_desk(self) -> None:
        """A visitor has none."""

    def is_told(self) -> None:
        # That it was sent does not mean that it arrived; on a line that was cut it was not even
        # sent.
        if self._ended:
            self.conversation.forget(SENT_S)

    def close(self) -> None:
        self._hub.ignore(self._listener, about_conversation(self.conversation.name))
        self._hub.ignore(self._listener, self._line)

    def _sign_of_life(self) -> None:
        try:
            self.conversation.keep()
        except Gone:
            # It has just ended: what was heard until then is told first, the last words too.
            self._listener.put(RESYNC)

    def _until_gone(self, events: Iterator[Event]) -> Iterator[Event]:
        try:
            yield from events
        except Gone:
            self.over = True
            yield Event("ended", by="system", reason="expired")

    def _look(self) -> Iterator[Event]:
        """Read all that may have changed."""
        state = self.conversation.state()
        if self._stand_in_line(state):
            # What changed before we listened was not heard.
            state = self.conversation.state()
        if state.state == "ended":
            yield from self._end(state.ended_by, state.reason)
            return
        if hash(state) != self._shown:
            yield Event("state", state=state)
        self._shown = hash(state)
        for message in self._reader.missed():
            yield Event("message", message=message, id=message.id)

    def _stand_in_line(self, state: State) -> bool:
        """Hear of the places in the queue for as long as this visitor waits; whether it began."""
        wanted = about_line(self.conversation.queue, state.lane) if state.state == "waiting" else ""
        if wanted == self._line:
            return False
        self._hub.ignore(self._listener, self._line)
        if wanted:
            self._hub.heed(self._listener, wanted)
        self._line = wanted
        return bool(wanted)

    def _end(self, by: str, reason: str) -> Iterator[Event]:
        """The last words, then the end."""
        for message in self._reader.missed():
            yield Event("message", message=message, id=message.id)
        self.over = self._ended = True
        yield Event("ended", by=by, reason=reason)

    def _answer(self, heard: list[News]) -> Iterator[Event]:
        moved = False
        for news in heard:
            if news.kind == "message":
                for message in self._reader.read(news):
                    yield Event("message", message=message, id=message.id)
            elif news.kind == "typing":
                if news.fields[0] != b"visitor":
                    yield Event("typing", by=news.fields[0].decode())
            elif news.kind == "fault":
                yield Event("fault", reason=news.fields[0].decode())
            elif news.kind == "ended":
                yield from self._end(*(part.decode() for part in news.fields))
                return
            elif news.kind == "waiting":
                moved = True
            else:
                yield from self._look()
        if moved and not self.over:
            yield from self._look()


class Regularly:
    """Signs of life that also come when there is much news, and so never a quiet moment."""

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given = time.monotonic()

    def are_old(self, seconds: float) -> bool:
        return time.monotonic() - self._given > seconds

    def are_due(self, *, now: bool = False) -> bool:
        """Whether it is time for one; then the next is due a while later."""
        if not now and time.monotonic() - self._given < BEAT_S / 2:
            return False
        self._given = time.monotonic()
        return True
