"""What one member's desk sees beside its own conversations: the shift, colleagues, offers."""

from __future__ import annotations

from collections.abc import Sequence

from . import keys
from .colleagues import Colleagues
from .conversation import Conversation
from .handover import Offers
from .looking import Looking
from .parts import Chat
from .presence import AtDesk
from .shift_choice import AVAILABLE, Choice
from .waiting import Shift


class Floor:
    """The office floor, as seen from one desk."""

    def __init__(self, chat: Chat, member: str, name: str, regions: Sequence[str]) -> None:
        self._chat = chat
        self.member = member
        self.name = name
        self._regions = tuple(regions)

    @property
    def colleagues(self) -> Colleagues:
        return self._chat.colleagues

    @property
    def looking(self) -> Looking:
        return self._chat.looking

    @property
    def offers(self) -> Offers:
        return self._chat.offers

    @property
    def allowed(self) -> tuple[str, ...]:
        """The regions that this member may choose."""
        return self._chat.choices.allowed(self._regions)

    def conversation(self, name: str) -> Conversation:
        """Raises Gone for what cannot be the name of a conversation."""
        return self._chat.waiting.conversation(name)

    def mine(self, name: str) -> Conversation:
        """One of the member's own. Raises Gone: nobody learns of another's chats."""
        # Whose it is has nothing to do with what was chosen for the shift, so that is not read.
        return self._chat.shift(self.member, self.name, self._regions).mine(name)

    def says(self, conversation: Conversation, text: str, key: str) -> tuple[str, bool]:
        """Say that to the visitor; returns as `Conversation.say`.

        Raises Gone, or NotYours: whose conversation it is, the same step checks.
        """
        self._chat.presence.here(self.member)
        return conversation.say("advisor", text, key, by=self.member, name=self.name)

    def choice(self) -> Choice:
        """What the member chose, as it is now."""
        return self._chat.choices.read(self.member, self._regions)

    def shift(self, choice: Choice) -> Shift:
        """The member at work, with that choice."""
        return self._chat.shift(self.member, self.name, self._regions, choice)

    def at_work(self) -> Shift:
        """The member at work, as they chose."""
        return self.shift(self.choice())

    def choose(self, choice: Choice) -> Shift:
        """Work like that from now on."""
        self._chat.choices.appear(self.member, self.name, self._regions)
        self._chat.choices.choose(self.member, choice)
        shift = self.shift(choice)
        self.is_here(shift)
        serves = shift.lines if choice.status == AVAILABLE else []
        every = ((queue, lane) for queue in self._queues() for lane in keys.LANES)
        self._chat.presence.quits(self.member, [line for line in every if line not in serves])
        return shift

    def comes(self) -> None:
        """The desk was opened: the others may know."""
        self._chat.choices.appear(self.member, self.name, self._regions)
        self.is_here(self.at_work())
        self._chat.choices.tell("came", self.member)

    def is_here(self, shift: Shift) -> None:
        """A sign of life; who is busy or on a break is not counted on for those who wait."""
        self._chat.presence.all_serve([self.at_desk(shift)])

    def still_here(self, shift: Shift) -> None:
        """As `is_here`, unless there was such a sign a moment ago."""
        self._chat.presence.still(self.at_desk(shift))

    def at_desk(self, shift: Shift) -> AtDesk:
        """Who is at this desk, and for which lines."""
        serves = shift.lines if shift.status == AVAILABLE else ()
        return AtDesk(self.member, tuple(serves), shift.most)

    def leaves(self) -> None:
        """The shift ends: open conversations go back to the head of their queues at once."""
        for conversation in self.at_work().conversations():
            self._chat.care.hand_back(conversation.name, self.member, said="left")
        for name in self.looking.of(self.member):
            self.looking.leave(self._chat.waiting.conversation(name), self.member)
        every = [(queue, lane) for queue in self._queues() for lane in keys.LANES]
        self._chat.presence.leaves(self.member, every)
        self._chat.choices.end(self.member)

    def _queues(self) -> tuple[str, ...]:
        return keys.all_queues(list(self._chat.regions))
