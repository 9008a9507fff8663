"""The conversations on one desk: one's own, and those that are looked along in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .clean import is_event_id
from .conversation import Conversation, Gone, Message
from .events import Event, Reader
from .hub import Ear, Hub, about_conversation, about_desks
from .whispers import Whispers

MINE, LOOK = "mine", "look"


class Ears:
    """What one page listens to, so that it can stop."""

    def __init__(self, hub: Hub, listener: Ear) -> None:
        self.hub = hub
        self._listener = listener
        self._topics: set[str] = set()

    def heed(self, topic: str) -> None:
        self._topics.add(topic)
        self.hub.heed(self._listener, topic)

    def ignore(self, topic: str) -> None:
        self._topics.discard(topic)
        self.hub.ignore(self._listener, topic)

    def heed_of_its_kind(self, wanted: set[str], kinds: tuple[str, ...]) -> None:
        """Of the topics that begin like that, listen to these and no other."""
        for topic in {topic for topic in self._topics if topic.startswith(kinds)} - wanted:
            self.ignore(topic)
        for topic in wanted:
            self.heed(topic)

    def close(self) -> None:
        for topic in set(self._topics):
            self.ignore(topic)


@dataclass
class Talk:
    """One conversation on the desk; `role` is mine or look."""

    conversation: Conversation
    role: str
    reader: Reader
    whispers: Reader

    @property
    def name(self) -> str:
        return self.conversation.name


class Talks:
    """All conversations on a desk, and where the page is in each. `cursor` is the last event id
    that the page had: "id conversation=id !conversation=id", the first the store's own, with the
    ! the place among the whispers.
    """

    def __init__(self, ears: Ears, cursor: str) -> None:
        self._ears = ears
        self._talks: dict[str, Talk] = {}
        pairs = (pair.partition("=") for pair in cursor.split()[1:])
        self._places = {name: number for name, _, number in pairs if is_event_id(number)}

    def __contains__(self, name: str) -> bool:
        return name in self._talks

    def get(self, name: str) -> Talk | None:
        return self._talks.get(name)

    def names(self, role: str = "") -> tuple[str, ...]:
        """Of all, or of those in that role."""
        return tuple(name for name, talk in self._talks.items() if role in ("", talk.role))

    def known(self) -> set[str]:
        """What is on the desk, or was when the page was there last."""
        return {*self._talks, *(name for name in self._places if name[0] != "!")}

    def open(self, conversation: Conversation, whispers: Whispers, role: str) -> Talk:
        """Put a conversation on the desk, or change the role in one that is there."""
        name = conversation.name
        talk = self._talks.get(name)
        if talk is None:
            talk = self._talks[name] = Talk(
                conversation,
                role,
                Reader(conversation, self._places.get(name, "")),
                Reader(whispers, self._places.get(f"!{name}", "")),
            )
        talk.role = role
        # News of one's own comes with one's number.
        act = self._ears.heed if role == LOOK else self._ears.ignore
        for topic in (about_conversation(name), about_desks(name)):
            act(topic)
        return talk

    def drop(self, name: str) -> Talk | None:
        """Take it off the desk."""
        talk = self._talks.pop(name, None)
        for topic in (about_conversation(name), about_desks(name)):
            self._ears.ignore(topic)
        for place in (name, f"!{name}"):
            self._places.pop(place, None)
        return talk

    def read(self, talk: Talk) -> Iterator[Event]:
        """How it stands, and what this page has not read of it."""
        try:
            state = talk.conversation.state()
        except Gone:
            return
        yield Event("state", conversation=talk.name, state=state, role=talk.role)
        yield from self.messages(talk, talk.reader.missed())
        yield from self.whispers(talk, talk.whispers.missed())

    def messages(self, talk: Talk, messages: Iterator[Message]) -> Iterator[Event]:
        return self._told("message", talk, messages)

    def whispers(self, talk: Talk, messages: Iterator[Message]) -> Iterator[Event]:
        return self._told("whisper", talk, messages)

    def _told(self, name: str, talk: Talk, messages: Iterator[Message]) -> Iterator[Event]:
        for message in messages:
            event = Event(name, conversation=talk.name, message=message)
            # The id tells where this desk is in all its conversations.
            yield replace(event, id=f"{message.id} {' '.join(self._where())}")

    def _where(self) -> Iterator[str]:
        for name, talk in self._talks.items():
            yield f"{name}={talk.reader.last}"
            if talk.whispers.last:
                yield f"!{name}={talk.whispers.last}"
