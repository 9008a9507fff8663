"""A week of opening hours as it is typed: "mon-fri=09:00-17:00 sat=10:00-12:00"."""

from __future__ import annotations

from collections.abc import Sequence

from .chat.timetable import BadHours, Spans, read_spans

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED = "closed"


def days_of(typed: Sequence[str]) -> tuple[Spans, ...]:
    """The hours from Monday to Sunday that stand in such words. Raises BadHours."""
    week: list[Spans | None] = [None] * 7
    for word in typed:
        names, equals, hours = word.lower().partition("=")
        first, _, last = names.partition("-")
        if not equals or first not in DAYS or (last or first) not in DAYS:
            raise BadHours(f"{word!r} is no day with hours: write it like mon-fri=09:00-17:00")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        for number in range(begin, end + 1 if begin <= end else end + 8):
            if week[number % 7] is not None:
                raise BadHours(f"{DAYS[number % 7]} is there twice: write all its hours once")
            week[number % 7] = spans_of(hours)
    return tuple(day or () for day in week)


def spans_of(typed: str) -> Spans:
    return () if typed.lower() == CLOSED else read_spans(typed.split(","))
