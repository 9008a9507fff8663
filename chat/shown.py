"""What visitors see of the opening hours, in each language: the office's preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .doors import Imagined, on_the_button
from .opening import OpenState, Plan
from .refusal import closed
from .texts import gettext as _
from .texts import in_language
from .timetable import local, moment

LANGUAGES = ("nl", "en")
NOON_MIN = 12 * 60


@dataclass(frozen=True, slots=True)
class InLanguage:
    """What stands where, in one language."""

    lang: str
    button: str  # on the home page
    choice: str  # in the list of regions; empty for the country
    sentence: str  # for who asks for a chat; empty when they are let in


@dataclass(frozen=True, slots=True)
class Shown:
    """What the visitors of one region, or those who name none, see at one moment."""

    at: datetime
    state: OpenState
    texts: tuple[InLanguage, ...]


def shown(plan: Plan, region: str, at: datetime, regions: Mapping[str, str]) -> Shown:
    """What these rules would show at that moment."""
    doors = Imagined(plan, at, regions)
    state = doors.opening(region)
    texts = []
    for lang in LANGUAGES:
        with in_language(lang):
            sentence = "" if state.open else closed(region, doors, at).sentence
            button = on_the_button(doors, at)[1]
            texts.append(InLanguage(lang, button, _choice(doors, region), sentence))
    return Shown(at, state, tuple(texts))


def on_the_list(name: str, is_open: bool) -> str:
    """A region in the list of the start form."""
    return name if is_open else _("%(region)s (nu gesloten)", region=name)


def telling_moment(plan: Plan, region: str, day: date, now: datetime) -> datetime:
    """When, on that day, visitors see most of what is special about it: while it is closed."""
    noon = moment(day, NOON_MIN)
    if day == local(now).date():
        return now
    state = plan.state(region, noon)
    closes_at = state.closes_at if state.open else None
    if closes_at and closes_at < moment(day + timedelta(days=1), 0):
        return closes_at
    return noon


def _choice(doors: Imagined, region: str) -> str:
    return on_the_list(doors.regions[region], doors.opening(region).open) if region else ""
