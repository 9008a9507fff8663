"""The lists beside the conversations on a desk: each is told whole, and only when it changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .colleagues import FRESH_S
from .conversation import Conversation, Gone, State
from .events import Event
from .floor import Floor
from .handover import Offer
from .looking import INVITED, Watcher
from .waiting import Shift

# What runs out by itself is looked at again while it is shown.
RUNS_OUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation that a member was asked to look along in."""

    conversation: str
    state: State


@dataclass(frozen=True, slots=True)
class OnOffer:
    """What a member may accept, and what they offered themselves."""

    offers: tuple[Offer, ...]
    made: tuple[Offer, ...]


class DeskLists:
    """Reads each list when it may have changed."""

    def __init__(self, floor: Floor, shift: Shift) -> None:
        self._floor = floor
        self.shift = shift
        self._moved = self._looked = 0.0
        self._due: dict[str, float] = {}
        self._shown: dict[str, object] = {}
        self._conversations: dict[str, Conversation] = {}
        self._readers: dict[str, Callable[[], tuple[object, bool]]] = {
            "shift": lambda: (self._floor.choice(), False),
            "offer": self._offers,
            "look": self._asked,
            "colleagues": self._colleagues,
        }

    def all_changed(self) -> None:
        self.floor_changed()
        for name in ("shift", "offer", "look", *self._conversations):
            self.changed(name)

    def floor_changed(self) -> None:
        """Somebody may have gone without a word: colleagues are looked at again."""
        self._moved = time.monotonic()

    def changed(self, name: str, in_s: float = 0.0) -> None:
        """That list must be read again, now or in so many seconds; a conversation's name means
        those who look along in it.
        """
        at = time.monotonic() + in_s
        self._due[name] = min(at, self._due.get(name, at))

    def watch(self, conversation: Conversation) -> None:
        """Tell who looks along in this conversation."""
        self._conversations[conversation.name] = conversation
        self.changed(conversation.name)

    def drop(self, name: str) -> None:
        """That conversation is not on this desk any more."""
        self._conversations.pop(name, None)
        self._due.pop(name, None)
        self._shown.pop(name, None)

    def wait_s(self, most: float) -> float:
        """How long there is nothing to read."""
        first = min(self._due.values(), default=float("inf"))
        return max(0.0, min(most, first - time.monotonic()))

    def events(self) -> Iterator[Event]:
        """What changed, of the lists that are due."""
        now = time.monotonic()
        for name in [name for name, at in self._due.items() if at <= now]:
            del self._due[name]
            if name == "colleagues":
                # They come, go and take visitors all day: it is told at most this often.
                self.changed(name, self._floor.colleagues.pace_s)
                if self._last_moved <= self._looked:
                    continue
            found, runs_out = self._read(name)
            if runs_out:
                self.changed(name, RUNS_OUT_S)
            if name not in self._shown or self._shown[name] != found:
                self._shown[name] = found
                yield self._event(name, found)

    @property
    def _last_moved(self) -> float:
        return max(self._moved, self._floor.colleagues.moved)

    def _colleagues(self) -> tuple[object, bool]:
        colleagues = self._floor.colleagues
        # Of few, what has moved is read at once; of many, one reads for all desks of this process,
        # and who was told of a moment before the last move looks again.
        since = self._last_moved if colleagues.pace_s <= FRESH_S else 0.0
        found = colleagues.there(since=since, fresh_s=colleagues.pace_s)
        self._looked = colleagues.read_at
        return found, False

    def _read(self, name: str) -> tuple[object, bool]:
        if name in self._readers:
            return self._readers[name]()
        watchers: tuple[Watcher, ...] = self._floor.looking.watchers(self._conversations[name])
        return watchers, bool(watchers)

    def _event(self, name: str, found: object) -> Event:
        if name in self._readers:
            return Event(name, told=found)
        return Event("watchers", conversation=name, told=found)

    def _offers(self) -> tuple[OnOffer, bool]:
        every = tuple(self._floor.offers.everywhere())
        mine = tuple(offer for offer in every if offer.by == self.shift.member)
        to_me = tuple(offer for offer in every if offer.is_for(self.shift))
        return OnOffer(to_me, mine), bool(mine or to_me)

    def _asked(self) -> tuple[tuple[Asked, ...], bool]:
        found = []
        looking, member = self._floor.looking, self.shift.member
        for name in looking.of(member):
            conversation = self._floor.conversation(name)
            if looking.still(conversation, member) == INVITED:
                try:
                    found.append(Asked(name, conversation.state()))
                except Gone:
                    continue
        return tuple(found), bool(found)
