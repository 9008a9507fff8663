"""What the office's pages about opening hours say, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, get_day_names

from .moments import when
from .opening import COUNTRY, OpenState, Plan, Switch
from .shown import Shown, shown, telling_moment
from .texts import gettext as _
from .texts import language
from .timetable import WHOLE_DAY, Spans, holiday, local
from .typed_hours import written

COMING_DAYS = 14
HOLIDAYS_DAYS = 366


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the overview."""

    code: str
    name: str
    open: bool
    state: str
    week: str
    special: str
    mine: bool


@dataclass(frozen=True, slots=True)
class DayLine:
    """One date: its hours and why they are these."""

    day: date
    title: str
    hours: str
    why: str
    own: bool  # a rule of this region itself, which it may remove


@dataclass(frozen=True)
class RegionPage:
    """A region, or the country, under these rules."""

    plan: Plan
    code: str
    now: datetime
    regions: Mapping[str, str]

    @property
    def name(self) -> str:
        return name_of(self.code, self.regions)

    @property
    def seen(self) -> Shown:
        return shown(self.plan, self.code, self.now, self.regions)

    def seen_on(self, day: date) -> Shown:
        at = telling_moment(self.plan, self.code, day, self.now)
        return shown(self.plan, self.code, at, self.regions)

    @property
    def state(self) -> str:
        return state_words(self.seen.state, self.now)

    @property
    def own_week(self) -> bool:
        return self.code in self.plan.weeks

    @property
    def switch(self) -> str:
        """What was switched by hand here, and holds now."""
        return _switch_words(self.plan.switches.get(self.code), self.now)

    @property
    def stronger(self) -> str:
        """What was switched for the whole country and goes before the region's own rules."""
        country = self.plan.switches.get(COUNTRY)
        if not self.code or not country or (country.open and self.switch):
            return ""
        return _switch_words(country, self.now)

    @property
    def days(self) -> list[DayLine]:
        """The other hours that hold here, also those of the country."""
        kept = sorted({day for code, day in self.plan.days if code in (self.code, COUNTRY)})
        return [self._line(day) for day in kept if day >= local(self.now).date()]

    @property
    def coming(self) -> list[DayLine]:
        """The next days, as they are by day and week."""
        today = local(self.now).date()
        return [self._line(today + timedelta(days=n)) for n in range(COMING_DAYS)]

    @property
    def holidays(self) -> list[DayLine]:
        return [self._line(day) for day in _holidays(local(self.now).date())]

    def _line(self, day: date) -> DayLine:
        hours = hours_words(self.plan.on(self.code, day))
        own = (self.code, day) in self.plan.days
        return DayLine(day, long_day(day), hours, self._why(day), own)

    def _why(self, day: date) -> str:
        named = holiday(day).get(language(), "")
        if not (other := self.plan.other(self.code, day)):
            return named
        whose = _("Andere tijden, landelijk")
        if (self.code, day) in self.plan.days:
            whose = _("Andere tijden")
        reason = other.reason.get(language()) or other.reason.get("nl", "")
        return " · ".join(filter(None, (named, whose, reason)))


def rows(
    plan: Plan, now: datetime, regions: Mapping[str, str], mine: Callable[[str], bool]
) -> Iterator[Row]:
    """The country, then each region by name."""
    for code in (COUNTRY, *sorted(regions, key=regions.__getitem__)):
        state, page = plan.state(code, now), RegionPage(plan, code, now, regions)
        yield Row(
            code,
            name_of(code, regions),
            state.open,
            state_words(state, now),
            _week_words(plan, code),
            page.switch,
            mine(code),
        )


def name_of(code: str, regions: Mapping[str, str]) -> str:
    return regions[code] if code else _("Het hele land")


def state_words(state: OpenState, now: datetime) -> str:
    """Whether it is open, and until when."""
    if state.open:
        return (
            _("Open tot %(when)s", when=when(state.closes_at, now))
            if state.closes_at
            else (_("Open"))
        )
    if state.opens_at:
        return _("Gesloten, weer open %(when)s", when=when(state.opens_at, now))
    return _("Gesloten, zonder einde")


def hours_words(spans: Spans) -> str:
    return _("de hele dag") if spans == WHOLE_DAY else written(spans) or _("gesloten")


def long_day(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM y", locale=language()))


def day_names() -> list[str]:
    """From Monday on, as a week is planned."""
    names = get_day_names("wide", locale=language())
    return [names[n].capitalize() for n in range(7)]


def _week_words(plan: Plan, code: str) -> str:
    if code in plan.weeks:
        return _("Eigen week")
    if not code:
        return _("Geen week: altijd open")
    return _("Volgt het land")


def _switch_words(switch: Switch | None, now: datetime) -> str:
    if not switch or (switch.until and switch.until <= now):
        return ""
    if switch.until:
        until = when(switch.until, now)
        if switch.open:
            return _("Met de hand geopend tot %(when)s", when=until)
        return _("Met de hand gesloten tot %(when)s", when=until)
    return _("Met de hand geopend") if switch.open else _("Met de hand gesloten")


def _holidays(today: date) -> Iterator[date]:
    days = (today + timedelta(days=n) for n in range(HOLIDAYS_DAYS))
    return (day for day in days if holiday(day))
