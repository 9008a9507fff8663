"""When the chat is open by the clock: times of a day, weeks, holidays, in Dutch time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY_MIN = 24 * 60

_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")

# From a moment up to another one, both in UTC: arithmetic in one zone ignores summer time.
Stretch = tuple[datetime, datetime]


class BadHours(ValueError):
    """These opening hours cannot be kept; the text says why."""


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """From a time of the day up to another one, in minutes after midnight.

    One that ends on the next day ends after DAY_MIN; it belongs to the day on which it begins.
    """

    begin: int
    end: int

    @classmethod
    def read(cls, typed: str) -> Span:
        """Reads "09:00-17:00", "22:00-02:00" or "00:00-24:00". Raises BadHours."""
        found = _SPAN.fullmatch(typed.strip())
        if not found:
            raise BadHours(f"{typed!r} are no opening hours: write them like 09:00-17:00")
        hour, minute, end_hour, end_minute = map(int, found.groups())
        begin, end = hour * 60 + minute, end_hour * 60 + end_minute
        if max(minute, end_minute) > 59 or begin >= DAY_MIN or end > DAY_MIN:
            raise BadHours(f"{typed!r} has a time that no day has: a day is 00:00-24:00")
        if begin == end:
            raise BadHours(f"{typed!r} begins when it ends: write 00:00-24:00 for the whole day")
        return cls(begin, end if end > begin else end + DAY_MIN)

    def __str__(self) -> str:
        end = self.end if self.end <= DAY_MIN else self.end - DAY_MIN
        return f"{_written(self.begin)}-{_written(end)}"


Spans = tuple[Span, ...]
WHOLE_DAY: Spans = (Span(0, DAY_MIN),)


def read_spans(typed: Iterable[str]) -> Spans:
    """The opening hours of one day, in order; none at all is a closed day. Raises BadHours."""
    spans = tuple(sorted(map(Span.read, typed)))
    for one, following in pairwise(spans):
        if following.begin < one.end:
            raise BadHours(f"{one} and {following} overlap: write them as one")
    return spans


@dataclass(frozen=True, slots=True)
class Week:
    """The opening hours from Monday to Sunday, and whether public holidays are closed."""

    days: tuple[Spans, ...]
    closed_on_holidays: bool = False

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise BadHours("a week has seven days, from Monday to Sunday")


ALWAYS = Week((WHOLE_DAY,) * 7)


def stretches_of(day: date, spans: Iterable[Span]) -> list[Stretch]:
    """When those hours of that day begin and end.

    In the night in which the clock is put back an hour happens twice. Then the first time opens and
    the second one closes: whoever comes in between finds us open.
    """
    found = [(moment(day, s.begin), moment(day, s.end, second=True)) for s in spans]
    return [(begin, end) for begin, end in found if begin < end]


def moment(day: date, minutes: int, *, second: bool = False) -> datetime:
    """The moment, in UTC, at which a Dutch clock shows so many minutes after that midnight."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    # A time that the change to summer time leaps over comes when the clock has leapt.
    while not _on_the_clock(wall):
        wall += timedelta(minutes=1)
    return wall.replace(tzinfo=AMSTERDAM, fold=int(second)).astimezone(UTC)


def local(at: datetime) -> datetime:
    """The same moment with the date and time that a Dutch clock shows."""
    return at.astimezone(AMSTERDAM)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, those that touch as one."""
    whole: list[Stretch] = []
    for begin, end in sorted(stretches):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return whole


def without(stretches: Iterable[Stretch], until: datetime) -> list[Stretch]:
    """What of them lies after that moment."""
    return [(max(begin, until), end) for begin, end in stretches if end > until]


def holiday(day: date) -> dict[str, str]:
    """What a Dutch public holiday is called in each language; empty for any other day."""
    return _holidays(day.year).get(day, {})


@lru_cache(maxsize=8)
def _holidays(year: int) -> dict[date, dict[str, str]]:
    # Loading it takes a fifth of a second, and few need it.
    from holidays import country_holidays

    dutch = country_holidays("NL", years=year, language="nl")
    english = country_holidays("NL", years=year, language="en_US")
    return {
        day: {
            "nl": " en ".join(dutch.get_list(day)),
            "en": " and ".join(english.get_list(day)),
        }
        for day in dutch
    }


def _on_the_clock(wall: datetime) -> bool:
    there = wall.replace(tzinfo=AMSTERDAM).astimezone(UTC)
    return there.astimezone(AMSTERDAM).replace(tzinfo=None) == wall


def _written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
