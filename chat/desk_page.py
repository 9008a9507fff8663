"""What an advisor's desk is told, as it happens: own conversations, and those looked along in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import events
from .conversation import Conversation, Gone
from .desk_lists import DeskLists
from .desk_talks import LOOK, MINE, Ears, Talk, Talks
from .events import NOWHERE, Event, Regularly, follow
from .floor import Floor
from .hub import (
    FLOOR,
    RESYNC,
    Ear,
    Hub,
    News,
    about_line,
    about_member,
    about_offers,
)
from .line import HUNG_UP
from .looking import LOOKS
from .presence import AtDesk
from .waiting import Shift

# Each look costs a question to both stores, for every desk.
RIGHTS_S = 60.0


def desk_events(
    shift: Shift,
    hub: Hub,
    cursor: str = "",
    alive: Callable[[], None] = lambda: None,
    environ: Mapping[str, Any] = NOWHERE,
) -> Iterator[Event]:
    """Everything that one advisor's desk must know, until they sign out; without colleagues."""
    return follow(lambda listener: DeskPage(shift, hub, listener, cursor, alive=alive), environ)


class DeskPage:
    """An advisor's desk, until they sign out.

    `cursor` is the last event id that the desk had: where it was in each of its conversations.
    `alive` is called now and then for as long as somebody listens. Without a `floor` there are no
    colleagues, and the shift stays what it is. `goes_on` is asked now and then whether the member's
    session does.
    """

    def __init__(
        self,
        shift: Shift,
        hub: Hub,
        listener: Ear,
        cursor: str = "",
        *,
        floor: Floor | None = None,
        alive: Callable[[], None] = lambda: None,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self.shift = shift
        self.over = False
        self._ears = Ears(hub, listener)
        self._floor = floor
        self._lists = DeskLists(floor, shift) if floor else None
        self._talks = Talks(self._ears, cursor)
        self._signs = Regularly()
        self._alive = alive
        self._goes_on = goes_on
        self._asked = time.monotonic()

    def begin(self) -> Iterator[Event]:
        self._ears.heed(about_member(self.shift.member))
        if self._floor:
            # Not every desk hears of every colleague's every step: it looks when it is time.
            self._ears.hub.heed(self._floor.colleagues, FLOOR)
        self._heed_lines()
        self._alive()
        if self._lists:
            self._lists.changed("shift")
            yield from self._lists.events()
        yield from self.look()
        yield self.line_up()
        if self._lists:
            self._lists.all_changed()
            self._lists.changed("colleagues")
            yield from self._lists.events()

    def answer(self, heard: list[News]) -> Iterator[Event]:
        if HUNG_UP in heard or self._is_closed_by(heard) or self._has_run_out(RESYNC in heard):
            self.over = True
            return
        if self._signs.are_due():
            self._alive()
            yield from self._regularly()
        yield from self._about_all(heard)

    def wait_s(self) -> float:
        return self._lists.wait_s(events.BEAT_S) if self._lists else events.BEAT_S

    def stays(self) -> str:
        return ""

    def at_desk(self) -> AtDesk | None:
        return self._floor.at_desk(self.shift) if self._floor else None

    def is_told(self) -> None:
        """Nothing is kept for a desk."""

    def close(self) -> None:
        self._ears.close()

    def _is_closed_by(self, heard: list[News]) -> bool:
        """Whether this member has signed out in any tab, or may do something else from now on."""
        closing = (news for news in heard if news.kind in ("left", "account"))
        return any(news.advisor == self.shift.member for news in closing)

    def _has_run_out(self, missed: bool) -> bool:
        """Whether the session is over in silence: that of somebody dismissed is news, above."""
        if not missed and time.monotonic() - self._asked < RIGHTS_S:
            return False
        self._asked = time.monotonic()
        return not self._goes_on()

    def _regularly(self) -> Iterator[Event]:
        """What nobody tells: that time has passed."""
        if self._floor and self._lists:
            self._floor.still_here(self.shift)
            self._lists.floor_changed()
            for name in self._talks.names(LOOK):
                yield from self._look_along(name)
            if self.shift.langs:
                # Whom a colleague was there for may be for this desk by now.
                yield self.line_up()

    def line_up(self) -> Event:
        mine, look = self._talks.names(MINE), self._talks.names(LOOK)
        return Event("waiting", waiting=tuple(self.shift.waiting()), mine=mine, look=look)

    def look(self) -> Iterator[Event]:
        """Read all that may have changed in all conversations on this desk."""
        found = self._all()
        for name in self._talks.names():
            if name not in found:
                yield self._put_away(name)
        # All of them before the first message: an event id tells the places in all.
        for talk in [self._open(conversation, role) for conversation, role in found.values()]:
            yield from self._talks.read(talk)

    def _all(self) -> dict[str, tuple[Conversation, str]]:
        """My conversations, and those I look along in. What the page knows is mine if it says so
        itself: a process that was killed while it took a visitor did not come to putting them on
        the list.
        """
        found = {one.name: (one, MINE) for one in self.shift.conversations()}
        for name in self._talks.known() - set(found):
            try:
                found[name] = self.shift.mine(name), MINE
            except Gone:
                continue
        for name in self._floor.looking.of(self.shift.member) if self._floor else ():
            if name not in found and (conversation := self._looks_along(name)):
                found[name] = conversation, LOOK
        return found

    def _looks_along(self, name: str) -> Conversation | None:
        """That conversation, if this member looks along in it; which is a sign of life."""
        if not self._floor:
            return None
        conversation = self._floor.conversation(name)
        still = self._floor.looking.still(conversation, self.shift.member)
        if not still:
            self._floor.looking.forget(self.shift.member, name)
        return conversation if still == LOOKS else None

    def _about_all(self, heard: list[News]) -> Iterator[Event]:
        line_up = False
        for news in heard:
            if news.kind == "waiting":
                line_up = True
            elif news.kind == "resync":
                line_up = True
                yield from self._renew()
                yield from self.look()
                if self._lists:
                    self._lists.all_changed()
            else:
                yield from self._about(news)
        if line_up:
            yield self.line_up()
        if self._lists:
            yield from self._lists.events()

    def _about(self, news: News) -> Iterator[Event]:
        name, me = news.conversation, self.shift.member
        if news.kind == "offer":
            if self._lists:
                self._lists.changed("offer")
        elif news.kind == "watchers":
            yield from self._about_watchers(news)
        elif news.kind == "shift":
            if news.advisor == me:
                yield from self._renew()
        elif news.advisor == me or name in self._talks:
            yield from self._about_talk(news)

    def _about_talk(self, news: News) -> Iterator[Event]:
        name = news.conversation
        talk = self._talks.get(name)
        if news.kind == "ended":
            yield from self._ended(news)
        elif news.kind == "moved":
            yield from self._moved(news)
        elif news.kind == "typing":
            if news.fields[0] != b"advisor" or (talk and talk.role == LOOK):
                yield Event("typing", conversation=name, by=news.fields[0].decode())
        elif talk and news.kind == "message":
            yield from self._talks.messages(talk, talk.reader.read(news))
        elif talk and news.kind == "whisper":
            yield from self._talks.whispers(talk, talk.whispers.read(news))
        elif talk and talk.role == LOOK and news.advisor != self.shift.member:
            yield from self._look_along(name)
            if still := self._talks.get(name):
                yield from self._talks.read(still)
        else:
            yield from self._look_at_mine(name)

    def _look_at_mine(self, name: str) -> Iterator[Event]:
        try:
            conversation = self.shift.mine(name)
        except Gone:
            # It ended, or went to somebody else, which is a news of its own; or it went back to
            # those who wait, which is none.
            if self._waits(name):
                yield self._put_away(name)
            return
        yield from self._talks.read(self._open(conversation, MINE))

    def _waits(self, name: str) -> bool:
        talk = self._talks.get(name)
        try:
            return bool(talk and talk.conversation.state().state in ("waiting", "away"))
        except Gone:
            return False

    def _ended(self, news: News) -> Iterator[Event]:
        by, reason = (part.decode() for part in news.fields)
        self._drop(news.conversation)
        yield Event("ended", conversation=news.conversation, by=by, reason=reason)

    def _moved(self, news: News) -> Iterator[Event]:
        to, name = (part.decode() for part in news.fields)
        talk = self._talks.get(news.conversation)
        if talk and talk.role == MINE:
            yield self._put_away(news.conversation, "moved", name)
        elif talk and to != self.shift.member:
            yield from self._talks.read(talk)

    def _about_watchers(self, news: News) -> Iterator[Event]:
        name = news.conversation
        if not self._lists:
            return
        if news.fields[0].decode() == self.shift.member:
            self._lists.changed("look")
            yield from self._look_along(name)
        if name in self._talks:
            self._lists.changed(name)

    def _look_along(self, name: str) -> Iterator[Event]:
        """Begin to look along in a conversation, go on, or stop."""
        talk = self._talks.get(name)
        if talk and talk.role == MINE:
            return
        conversation = self._looks_along(name)
        if talk and not conversation:
            yield self._put_away(name, "look-over")
        elif conversation and not talk:
            yield from self._talks.read(self._open(conversation, LOOK))

    def _open(self, conversation: Conversation, role: str) -> Talk:
        if self._lists and conversation.name not in self._talks:
            self._lists.watch(conversation)
        return self._talks.open(conversation, self.shift.whispers(conversation), role)

    def _put_away(self, name: str, reason: str = "gone", to: str = "") -> Event:
        self._drop(name)
        return Event("ended", conversation=name, by="system", reason=reason, told=to)

    def _drop(self, name: str) -> None:
        talk = self._talks.drop(name)
        if self._lists:
            self._lists.drop(name)
        if talk and talk.role == LOOK and self._floor:
            self._floor.looking.forget(self.shift.member, name)
        else:
            self.shift.release(name)

    def _renew(self) -> Iterator[Event]:
        """Work with what the member has chosen by now."""
        if not (self._floor and self._lists):
            return
        choice = self._floor.choice()
        new = self._floor.shift(choice)
        if new.is_like(self.shift):
            return
        self.shift = self._lists.shift = new
        self._heed_lines()
        for name in ("shift", "offer", "colleagues"):
            self._lists.changed(name)
        yield self.line_up()

    def _heed_lines(self) -> None:
        about = (about_line, about_offers) if self._floor else (about_line,)
        wanted = {topic(queue, lane) for queue, lane in self.shift.lines for topic in about}
        self._ears.heed_of_its_kind(wanted, ("w:", "o:"))
