"""Opening hours, days and moments as people type them at the office."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise

from .timetable import WHOLE_DAY, Span, Spans, local, moment

MOST = 100  # characters in a field
# Further ahead nobody plans; a year that was mistyped is noticed.
AHEAD = timedelta(days=2 * 366)

_CLOSED = ("", "-", "dicht", "gesloten", "closed")
_WHOLE = ("24 uur", "hele dag", "de hele dag", "dag en nacht", "24 hours", "all day", "0-24")
_BETWEEN = re.compile(r"\s*(?:,|;|&|\+|\ben\b|\band\b)\s*")
_UP_TO = re.compile(r"\s*(?:-|–|—|\btot\b|\bto\b|\btill\b|\buntil\b)\s*")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?:\s*(?:uur|u|h))?")


class Unclear(ValueError):
    """What was typed cannot be kept. `code` is why: unclear, no-time, no-end, overlap, no-date,
    over or far; `typed` the part that it is about.
    """

    def __init__(self, code: str, typed: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.typed = typed


def read_day(typed: str) -> Spans:
    """The hours of one day: "9-12.30 en 13:00-17:00", or nothing for closed. Raises Unclear."""
    text = " ".join(typed.lower().split())
    if len(text) > MOST:
        raise Unclear("unclear", text[:MOST])
    if text in _CLOSED:
        return ()
    if text in _WHOLE:
        return WHOLE_DAY
    spans = tuple(sorted(_span(part) for part in _BETWEEN.split(text)))
    for one, following in pairwise(spans):
        if following.begin < one.end:
            raise Unclear("overlap", f"{one}, {following}")
    return spans


def written(spans: Spans) -> str:
    """The same hours as they stand in the field."""
    return ", ".join(map(str, spans))


def read_date(typed: str, today: date) -> date:
    """A day from today on. Raises Unclear."""
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise Unclear("no-date", typed[:MOST]) from None
    return _soon(day, today)


def read_until(typed: str, now: datetime) -> datetime | None:
    """A Dutch date and time that lies ahead; nothing: no end. Raises Unclear."""
    if not typed.strip():
        return None
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise Unclear("no-date", typed[:MOST]) from None
    if found.tzinfo is not None:
        raise Unclear("no-date", typed[:MOST])
    _soon(found.date(), local(now).date())
    at = moment(found.date(), found.hour * 60 + found.minute)
    if at <= now:
        raise Unclear("over")
    return at


def _soon(day: date, today: date) -> date:
    if day < today:
        raise Unclear("over")
    if day > today + AHEAD:
        raise Unclear("far")
    return day


def _span(typed: str) -> Span:
    times = _UP_TO.split(typed)
    if len(times) != 2:
        raise Unclear("unclear", typed)
    begin, end = (_minutes(one, typed) for one in times)
    if begin == 24 * 60:
        raise Unclear("no-time", typed)
    if begin == end:
        raise Unclear("no-end", typed)
    return Span(begin, end if end > begin else end + 24 * 60)


def _minutes(typed: str, part: str) -> int:
    """Minutes after midnight; 24:00 is the end of a day."""
    found = _TIME.fullmatch(typed)
    if not found:
        raise Unclear("unclear", part)
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Unclear("no-time", part)
    return hour * 60 + minute
