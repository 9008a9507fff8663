"""Who is let in at one moment: as it is, or as it would be with other opening hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from .moments import open_from
from .opening import COUNTRY, OpenState, Plan
from .texts import gettext as _


class Doors(Protocol):
    """The queues of all regions, each open or closed."""

    @property
    def regions(self) -> Mapping[str, str]: ...

    def opening(self, region: str = COUNTRY) -> OpenState:
        """Whether the queue of that region, or of those who name none, lets visitors in."""

    def opening_anywhere(self) -> OpenState:
        """The chat as a whole: closed when all queues are."""


@dataclass(frozen=True)
class Imagined:
    """The doors as these rules would have them at that moment."""

    plan: Plan
    at: datetime
    regions: Mapping[str, str]

    def opening(self, region: str = COUNTRY) -> OpenState:
        return self.plan.state(region, self.at)

    def opening_anywhere(self) -> OpenState:
        return first_to_open([self.opening(region) for region in (COUNTRY, *self.regions)])


def first_to_open(states: Sequence[OpenState]) -> OpenState:
    """All of them as one: open when any is, else closed until the first of them opens."""
    if found := next((state for state in states if state.open), None):
        return found
    opens_at = min((state.opens_at for state in states if state.opens_at), default=None)
    return replace(states[0], opens_at=opens_at)


def on_the_button(doors: Doors, now: datetime | None = None) -> tuple[bool, str]:
    """What stands on the home page's button to the chat, and whether it leads somewhere."""
    if doors.opening().open:
        return True, _("Nu open")
    state = doors.opening_anywhere()
    if state.open:
        return True, _("In sommige regio's nu open")
    return False, open_from(state.opens_at, now) if state.opens_at else _("Nu gesloten")
