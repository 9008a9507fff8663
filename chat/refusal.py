"""The three noes, each with whom to call and when to try again: closed, full, out of order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from . import keys
from .doors import Doors
from .moments import we_are_back
from .opening import COUNTRY, OpenState
from .parts import chat
from .texts import gettext as _
from .texts import language
from .timetable import local

FULL_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`field` is what somebody may choose otherwise in the form, to get a chat after all."""

    reason: str
    sentence: str
    opens_at: datetime | None = None
    field: str | None = None

    def told(self) -> dict[str, str | None]:
        """As a script is told it."""
        return {
            "reason": self.reason,
            "error": self.sentence,
            "opens_at": local(self.opens_at).isoformat() if self.opens_at else None,
            "field": self.field,
        }


def closed(region: str, doors: Doors | None = None, now: datetime | None = None) -> Refusal:
    """The queue of that region, or of those who name none, is closed."""
    doors = doors or chat()
    state = doors.opening(region)
    if region and doors.opening(COUNTRY).open:
        name = doors.regions[region]
        return _closed(
            state,
            now,
            _("In de regio %(region)s is de chat nu gesloten.", region=name),
            _("Je kunt wel chatten zonder een regio te kiezen."),
            field="region",
        )
    if not region and doors.opening_anywhere().open:
        return _closed(
            state,
            now,
            _("Zonder regio is de chat nu gesloten."),
            _("In sommige regio's is de chat wel open. Kies de regio waar je woont."),
            field="region",
        )
    return _closed(state, now, _("De chat is nu gesloten."))


def closed_everywhere() -> Refusal | None:
    """What to say at once, before anything is asked; None while anybody can be let in."""
    state = chat().opening_anywhere()
    return None if state.open else _closed(state, None, _("De chat is nu gesloten."))


def full(queue: str) -> Refusal:
    """As many wait as may wait. Who tries again must not find a closed door instead."""
    region = COUNTRY if queue == keys.NATIONAL else queue
    closes_at = chat().opening(region).closes_at
    hours = chat().hours
    if hours and closes_at and closes_at <= datetime.now(UTC) + FULL_FOR:
        opens_at = hours.state(region, closes_at).opens_at
        sentences = _("Er wachten nu al veel mensen."), _when(opens_at), _phone()
        return Refusal("full", " ".join(sentences), opens_at)
    sentence = _(
        "Er wachten nu al veel mensen. Probeer het over een kwartier opnieuw, of bel "
        "0800-2000. Dat is gratis, dag en nacht."
    )
    return Refusal("full", sentence)


def too_busy() -> Refusal:
    """Whoever came in now would be answered too slowly, and so would everybody who is in."""
    sentence = _(
        "We kunnen nu geen nieuwe chats beginnen. Probeer het over een paar minuten opnieuw, of "
        "bel 0800-2000. Dat is gratis, dag en nacht. Ben je nu in gevaar? Bel 112, of kies in het "
        "formulier dat je nu in gevaar bent. Dan kun je wel chatten."
    )
    return Refusal("full", sentence)


def unavailable() -> Refusal:
    """Something is broken at our side."""
    sentence = _(
        "De chat werkt op dit moment niet. Probeer het over een paar minuten opnieuw, of bel "
        "0800-2000. Dat is gratis, dag en nacht."
    )
    return Refusal("unavailable", sentence)


def kept_out() -> Refusal:
    """The chat was abused from this address; whoever asks now may be somebody else."""
    sentence = _(
        "Je kunt nu geen chat beginnen. Dat hoeft niet aan jou te liggen. Probeer het over een "
        "paar uur opnieuw, of bel 0800-2000. Dat is gratis, dag en nacht. Ben je nu in gevaar? "
        "Bel 112, of kies in het formulier dat je nu in gevaar bent. Dan kun je wel chatten."
    )
    return Refusal("kept-out", sentence)


def _closed(
    state: OpenState, now: datetime | None, *sentences: str, field: str | None = None
) -> Refusal:
    first, *others = sentences
    why = state.reason.get(language(), "")
    said = (first, why, _when(state.opens_at, now), *others, _phone())
    return Refusal("closed", " ".join(filter(None, said)), state.opens_at, field)


def _when(opens_at: datetime | None, now: datetime | None = None) -> str:
    if opens_at:
        return we_are_back(opens_at, now)
    return _("We weten nog niet wanneer de chat weer open is.")


def _phone() -> str:
    return _("Bellen kan altijd: 0800-2000, gratis, dag en nacht.")
