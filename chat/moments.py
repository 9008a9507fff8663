"""When the chat opens again, in plain words of the page's language."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_date

from .texts import gettext as _
from .texts import language
from .timetable import local


def we_are_back(at: datetime, now: datetime | None = None) -> str:
    """When to try again: "Morgen om 9.00 uur zijn we er weer." """
    days, time = _days(at, now), _time(at)
    if days == 0:
        return _("Vandaag om %(time)s zijn we er weer.", time=time)
    if days == 1:
        return _("Morgen om %(time)s zijn we er weer.", time=time)
    sentence = _("%(day)s om %(time)s zijn we er weer.", day=_day(at, days), time=time)
    return sentence[0].upper() + sentence[1:]


def open_from(at: datetime, now: datetime | None = None) -> str:
    """The same in a few words, for a button: "Open vanaf maandag 9.00 uur"."""
    days, time = _days(at, now), _time(at)
    if days == 0:
        return _("Open vanaf %(time)s", time=time)
    if days == 1:
        return _("Open vanaf morgen %(time)s", time=time)
    return _("Open vanaf %(day)s %(time)s", day=_day(at, days), time=time)


def when(at: datetime, now: datetime | None = None) -> str:
    """The moment itself, for those who work here: "morgen 9.00 uur"."""
    days, time = _days(at, now), _time(at)
    if days == 0:
        return _("vandaag %(time)s", time=time)
    if days == 1:
        return _("morgen %(time)s", time=time)
    return f"{_day(at, days)} {time}"


def day_and_time(at: datetime) -> str:
    """The moment itself: "4 mei 2026, 9.00 uur"."""
    return f"{format_date(local(at), 'd MMMM y', locale=language())}, {_time(at)}"


def _days(at: datetime, now: datetime | None) -> int:
    """How many midnights lie between."""
    return (local(at).date() - local(now or datetime.now(UTC)).date()).days


def _day(at: datetime, days: int) -> str:
    # In a week's time the name of the day alone would mean today.
    return format_date(local(at), "EEEE" if days < 7 else "EEEE d MMMM", locale=language())


def _time(at: datetime) -> str:
    shown = local(at)
    return _("%(hour)s.%(minute)s uur", hour=shown.hour, minute=f"{shown.minute:02}")
