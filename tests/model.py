"""What the queue must be, in plain Python: the model that the property test compares with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from luwte.chat.conversation import Conversation

# Who goes first: those whose advisor dropped out, those in danger, then everybody else.
DROPPED, DANGER, CALM = range(3)

Line = tuple[str, str]  # queue, lane


@dataclass(eq=False)
class Talk:
    """One conversation as it should be."""

    token: str
    key: str
    conversation: Conversation
    line: Line
    danger: bool
    joined: int
    state: str = "waiting"
    urgency: int = CALM
    advisor: str = ""
    gone: bool = False  # nobody has seen the visitor for a while,
    noticed: bool = False  # and a round of care has seen that
    offer: str = ""  # a member's number, or a line as queue:lane
    note: str = ""
    said: list[str] = field(default_factory=list)
    whispered: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.conversation.name

    @property
    def place(self) -> tuple[int, int]:
        return self.urgency, self.joined


class Model:
    """All conversations; those that ended are only names, which nothing may remember."""

    def __init__(self) -> None:
        self.talks: list[Talk] = []
        self.ended: list[Talk] = []
        self._clock = count()

    def joins(self, token: str, key: str, talk: Conversation, line: Line, danger: bool) -> Talk:
        made = Talk(token, key, talk, line, danger, next(self._clock))
        made.urgency = DANGER if danger else CALM
        self.talks.append(made)
        return made

    def line_up(self, *lines: Line) -> list[Talk]:
        """Who waits in these lines, the next one first."""
        waiting = [talk for talk in self.talks if talk.state == "waiting" and talk.line in lines]
        return sorted(waiting, key=lambda talk: talk.place)

    def held_by(self, member: str) -> list[Talk]:
        return [talk for talk in self.talks if talk.state == "open" and talk.advisor == member]

    def is_taken(self, talk: Talk, member: str, name: str) -> None:
        talk.state, talk.advisor = "open", member
        talk.said.append(f"system:joined:{name}")

    def is_offered(self, talk: Talk, to: str, note: str) -> None:
        talk.offer, talk.note = to, note

    def may_accept(self, talk: Talk, member: str, lines: Iterable[Line]) -> bool:
        if talk.state != "open" or not talk.offer or talk.advisor == member:
            return False
        return talk.offer == member or any(talk.offer == ":".join(line) for line in lines)

    def is_accepted(self, talk: Talk, member: str, name: str) -> None:
        lane = talk.offer.partition(":")[2]
        if lane:
            talk.line = talk.line[0], lane
        talk.advisor, talk.offer = member, ""
        talk.said.append(f"system:handed:{name}")
        if talk.note:
            talk.whispered.append(talk.note)

    def is_handed_back(self, talk: Talk) -> None:
        talk.state, talk.advisor, talk.urgency, talk.offer = "waiting", "", DROPPED, ""
        talk.said.append("system:dropped:")
        # A visitor who was gone has a minute from now on: nobody may wait for ever in front.
        talk.gone, talk.noticed = talk.gone and not talk.noticed, False

    def is_noticed_gone(self, talk: Talk) -> None:
        if talk.state == "waiting":
            talk.state = "away"
        talk.noticed = True

    def is_here(self, talk: Talk) -> None:
        """A sign of life: who had lost the place joins again, at the end."""
        talk.gone = talk.noticed = False
        if talk.state == "away":
            talk.state, talk.joined = "waiting", next(self._clock)
            talk.urgency = DANGER if talk.danger else CALM

    def ends(self, talk: Talk) -> None:
        self.talks.remove(talk)
        self.ended.append(talk)
