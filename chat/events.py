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
from .hub import RESYNC, Hub, Listener, News, about_conversation, about_line
from .line import HUNG_UP, watched
from .waiting import Waiter

# A page that hears nothing for longer takes the line for dead, and so do proxies.
BEAT_S = 15.0


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


class Told(Protocol):
    """What can be read on from a place: a conversation, or the whispers beside it."""

    def messages(self, after: str = "") -> list[Message]: ...

    def message_from(self, parts: list[bytes]) -> Message: ...


class Reader:
    """Reads one conversation's messages in order, each once."""

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
    """Everything that the visitor of a conversation must know, until it ends.

    `environ` is the request's, whose connection is watched.
    """
    with (
        hub.listening(about_conversation(conversation.name)) as listener,
        watched(environ, listener),
    ):
        page = _VisitorPage(conversation, hub, listener, after)
        try:
            yield from page.events()
        finally:
            page.close()


class _VisitorPage:
    def __init__(
        self, conversation: Conversation, hub: Hub, listener: Listener, after: str
    ) -> None:
        self._conversation = conversation
        self._hub = hub
        self._listener = listener
        self._line = ""
        self._reader = Reader(conversation, after if is_event_id(after) else "")
        self._shown: State | None = None

    def events(self) -> Iterator[Event]:
        try:
            with suppress(Gone):  # that it has ended is told below
                self._conversation.keep()
            yield from self._look()
            signs = Regularly(self._sign_of_life)
            while self._shown:
                heard = self._listener.wait(BEAT_S)
                signs.give(now=HUNG_UP in heard)
                if HUNG_UP in heard:
                    return
                if not heard:
                    yield BEAT
                yield from self._answer(heard)
        except Gone:
            yield Event("ended", by="system", reason="expired")
            return
        # That it was sent does not mean that it arrived; on a line that was cut it was not even
        # sent.
        if HUNG_UP not in self._listener.wait(0):
            self._conversation.forget(SENT_S)

    def _sign_of_life(self) -> None:
        try:
            self._conversation.keep()
        except Gone:
            # It has just ended: what was heard until then is told first, the last words too.
            self._listener.put(RESYNC)

    def _look(self) -> Iterator[Event]:
        """Read all that may have changed."""
        state = self._conversation.state()
        if self._stand_in_line(state):
            # What changed before we listened was not heard.
            state = self._conversation.state()
        if state.state == "ended":
            yield from self._end(state.ended_by, state.reason)
            return
        if state != self._shown:
            yield Event("state", state=state)
        self._shown = state
        for message in self._reader.missed():
            yield Event("message", message=message, id=message.id)

    def _stand_in_line(self, state: State) -> bool:
        """Hear of the places in the queue for as long as this visitor waits; whether it began."""
        wanted = (
            about_line(self._conversation.queue, state.lane) if state.state == "waiting" else ""
        )
        if wanted == self._line:
            return False
        self._hub.ignore(self._listener, self._line)
        if wanted:
            self._hub.heed(self._listener, wanted)
        self._line = wanted
        return bool(wanted)

    def close(self) -> None:
        self._hub.ignore(self._listener, self._line)

    def _end(self, by: str, reason: str) -> Iterator[Event]:
        """The last words, then the end."""
        for message in self._reader.missed():
            yield Event("message", message=message, id=message.id)
        self._shown = None
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
        if moved:
            yield from self._look()


class Regularly:
    """Signs of life that also come when there is much news, and so never a quiet moment."""

    def __init__(self, give: Callable[[], None]) -> None:
        self._give = give
        self._given = time.monotonic()

    def give(self, *, now: bool = False) -> bool:
        """Give a sign, if it is time; returns whether it was."""
        if not now and time.monotonic() - self._given < BEAT_S / 2:
            return False
        self._given = time.monotonic()
        self._give()
        return True
