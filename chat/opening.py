"""The rules for when the chat is open, and what they say of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from . import timetable
from .timetable import ALWAYS, Spans, Stretch, Week, local

# How far we look ahead for the next opening or closing.
AHEAD_DAYS = 14

COUNTRY = ""  # what stands for the country where a region's code may stand
WHENEVER = datetime.max.replace(tzinfo=UTC)

Reason = Mapping[str, str]  # language -> sentence


@dataclass(frozen=True, slots=True)
class OtherDay:
    """The hours of one date instead of those of the week; none: closed."""

    spans: Spans
    reason: Reason = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Switch:
    """Open or closed now, whatever the hours say, until that moment or until it is changed."""

    open: bool
    reason: Reason = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a queue lets visitors in. The moments are in UTC; see `timetable.local`.

    `opens_at` is the next opening while it is closed, `closes_at` the next closing while it is
    open; None when that is not within AHEAD_DAYS. `reason` is what made the day another than
    usual, in each language in which it was given.
    """

    open: bool
    reason: Reason = field(default_factory=dict)
    opens_at: datetime | None = None
    closes_at: datetime | None = None


ALWAYS_OPEN = OpenState(True)


@dataclass
class Plan:
    """All rules together, each by region ("": the country).

    What counts, from strong to weak: closed now for all; the region's own switch; open now for
    all; the region's other hours on that date; the country's; holidays, where the week says that
    they are closed; the week. A region without a week of its own has the country's. Without any
    week the chat is always open.
    """

    weeks: Mapping[str, Week] = field(default_factory=dict)
    days: Mapping[tuple[str, date], OtherDay] = field(default_factory=dict)
    switches: Mapping[str, Switch] = field(default_factory=dict)
    _said: dict[tuple[str, datetime], OpenState] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def state(self, region: str, at: datetime) -> OpenState:
        """What holds for a region at a moment."""
        # Rules are kept to the minute, so that what was worked out holds for the rest of it.
        asked = (region if self._has_own(region) else COUNTRY), _minute(at)
        if asked not in self._said:
            if len(self._said) > 1000:
                self._said.clear()
            self._said[asked] = self._work_out(*asked)
        return self._said[asked]

    def week(self, region: str) -> Week:
        """The week that a region has, its own or the country's."""
        return self.weeks.get(region) or self.weeks.get(COUNTRY) or ALWAYS

    def _has_own(self, region: str) -> bool:
        return (
            region in self.weeks
            or region in self.switches
            or any(of == region for of, _ in self.days)
        )

    def _work_out(self, region: str, at: datetime) -> OpenState:
        switches = self._switches(region, at)
        if not switches and not self.days and self.week(region) == ALWAYS:
            return ALWAYS_OPEN
        end = at + timedelta(days=AHEAD_DAYS)
        reason = switches[0].reason if switches else self._reason(region, at)
        for begin, closes_at in self._stretches(region, at, switches):
            if begin <= at < closes_at:
                return OpenState(True, reason, closes_at=closes_at if closes_at <= end else None)
            if at < begin <= end:
                return OpenState(False, reason, opens_at=begin)
        return OpenState(False, reason)

    def _stretches(self, region: str, at: datetime, switches: list[Switch]) -> list[Stretch]:
        today = local(at).date()
        # Yesterday's last hours may end today, and those of the last day begin before its end.
        days = [today + timedelta(days=n) for n in range(-1, AHEAD_DAYS + 2)]
        found = [
            stretch for day in days for stretch in timetable.stretches_of(day, self.on(region, day))
        ]
        for switch in reversed(switches):
            until = switch.until or WHENEVER
            found = timetable.without(found, until)
            if switch.open:
                found.append((at, until))
        return timetable.merged(found)

    def _switches(self, region: str, at: datetime) -> list[Switch]:
        """Those that hold now, the strongest first."""
        country, own = self.switches.get(COUNTRY), self.switches.get(region)
        order = [own, country] if country and country.open else [country, own]
        if region == COUNTRY:
            order = [country]
        return [switch for switch in order if switch and (switch.until or WHENEVER) > at]

    def on(self, region: str, day: date) -> Spans:
        """The hours that begin on a date, by the rules for days and weeks."""
        if other := self.other(region, day):
            return other.spans
        week = self.week(region)
        if week.closed_on_holidays and timetable.holiday(day):
            return ()
        return week.days[day.weekday()]

    def other(self, region: str, day: date) -> OtherDay | None:
        """What makes that date another than usual."""
        return self.days.get((region, day)) or self.days.get((COUNTRY, day))

    def _reason(self, region: str, at: datetime) -> Reason:
        """Why the day is another than usual."""
        day = local(at).date()
        if other := self.other(region, day):
            return other.reason
        if self.week(region).closed_on_holidays and (names := timetable.holiday(day)):
            return {"nl": f"Het is vandaag {names['nl']}.", "en": f"Today is {names['en']}."}
        return {}


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)
