"""Somebody is out, or may do something else from now on: their open pages learn it at once."""

from __future__ import annotations

import logging
from collections.abc import Callable

from .floor import Floor
from .parts import Chat
from .staff import Member
from .store import UNREACHABLE

log = logging.getLogger(__name__)


class Dismissal:
    """Lets nobody sit at a desk that is theirs no more, and no visitor with somebody who left."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def changed(self, member: Member) -> bool:
        """What this member may do has changed: their open pages must ask again.

        Returns whether they were told; otherwise they find out at their next sign of life.
        """
        return _done(lambda: self._chat.choices.tell("account", str(member.id)))

    def out(self, member: Member) -> bool:
        """This member is out: the desk closes, and a colleague gets the conversations.

        Returns whether all of that was done; otherwise care does it when they were silent a while.
        """
        floor = Floor(self._chat, str(member.id), member.name, member.regions)
        steps = (
            self.changed(member),
            _done(floor.leaves),
            # Those too that a process which was killed had not put on the member's list.
            self._chat.care.give_back(str(member.id)),
        )
        return all(steps)


def _done(step: Callable[[], None]) -> bool:
    try:
        step()
    except UNREACHABLE as error:
        log.warning("somebody is out, and not all could be told: %s", type(error).__name__)
        return False
    return True
