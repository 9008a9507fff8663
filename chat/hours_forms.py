"""The office's forms for opening hours: what was typed becomes a change, or says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import TypeVar

from .hours import REASON_MOST, BadReason, tidy_reason
from .hours_changes import NewDay, NewWeek, Switched
from .opening import Reason
from .texts import gettext as _
from .timetable import Spans, Week, local
from .typed_hours import Unclear, read_date, read_day, read_until

T = TypeVar("T")
Typed = Mapping[str, str]


class WrongForm(ValueError):
    """Something in the form cannot be kept: what, as a sentence beside each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def week_form(region: str, typed: Typed) -> NewWeek:
    """The fields day-0 (Monday) to day-6 and holidays. Raises WrongForm."""
    errors: dict[str, str] = {}
    days = [_read(errors, f"day-{n}", typed, read_day) or () for n in range(7)]
    _refuse(errors)
    return NewWeek(region, Week(tuple(days), bool(typed.get("holidays"))))


def day_form(region: str, typed: Typed, now: datetime) -> NewDay:
    """The fields day, open (no or yes), hours, reason-nl and reason-en. Raises WrongForm."""
    errors: dict[str, str] = {}
    today = local(now).date()
    day = _read(errors, "day", typed, lambda text: read_date(text, today))
    spans: Spans | None = ()
    if typed.get("open") == "yes":
        spans = _read(errors, "hours", typed, read_day)
        if spans == ():
            errors["hours"] = _("Vul hier in van wanneer tot wanneer de chat open is.")
    elif typed.get("open") != "no":
        errors["open"] = _("Kies of de chat open of gesloten is.")
    reason = _reason(errors, typed)
    _refuse(errors)
    return NewDay(region, day or date.min, spans or (), reason)


def switch_form(region: str, typed: Typed, now: datetime) -> Switched:
    """The fields open (no or yes), until, reason-nl and reason-en. Raises WrongForm."""
    errors: dict[str, str] = {}
    opens = typed.get("open")
    if opens not in ("yes", "no"):
        errors["open"] = _("Kies of de chat open of gesloten is.")
    until = _read(errors, "until", typed, lambda text: read_until(text, now))
    reason = _reason(errors, typed)
    _refuse(errors)
    return Switched(region, opens == "yes", reason, until)


def read_removed(typed: Typed) -> date | None:
    """The day whose own hours go; None for what is no day."""
    with suppress(ValueError):
        return date.fromisoformat(typed.get("day", ""))
    return None


def _read(errors: dict[str, str], name: str, typed: Typed, read: Callable[[str], T]) -> T | None:
    try:
        return read(typed.get(name, ""))
    except Unclear as fault:
        errors[name] = _sentence(fault)
    return None


def _reason(errors: dict[str, str], typed: Typed) -> Reason:
    reason: dict[str, str] = {}
    for lang in ("nl", "en"):
        try:
            reason |= tidy_reason({lang: typed.get(f"reason-{lang}", "")})
        except BadReason:
            sentence = _("Een reden is één regel van hoogstens %(most)s tekens.", most=REASON_MOST)
            errors[f"reason-{lang}"] = sentence
    return reason


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise WrongForm(errors)


def _sentence(fault: Unclear) -> str:
    known = {
        "unclear": _("“%(typed)s” begrijpen we niet. Schrijf het als 9:00-17:00."),
        "no-time": _("“%(typed)s” heeft een tijd die niet bestaat. Een dag is 0:00-24:00."),
        "no-end": _("“%(typed)s” begint en eindigt tegelijk. De hele dag is 0:00-24:00."),
        "overlap": _("%(typed)s vallen over elkaar. Schrijf ze als één tijd."),
        "no-date": _("Vul hier een datum in."),
        "over": _("Dit is al voorbij. Kies een moment dat nog komt."),
        "far": _("Dit is te ver weg. Kies een dag binnen twee jaar."),
    }
    return known[fault.code] % {"typed": fault.typed}
