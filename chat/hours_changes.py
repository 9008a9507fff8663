"""What the office may change of the opening hours: each can be imagined first, then kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, TypeVar

from .hours import Hours
from .opening import COUNTRY, OtherDay, Plan, Reason, Switch
from .staff import Member
from .timetable import Spans, Week

K = TypeVar("K")
V = TypeVar("V")


def may_change(member: Member, region: str, regions: Collection[str]) -> bool:
    """Whether that coordinator may: of certain regions only those, the country who has all."""
    if not member.coordinates:
        return False
    if not member.regions or set(regions) <= set(member.regions):
        return True
    return region != COUNTRY and region in member.regions


class Change(Protocol):
    """One change of the rules."""

    @property
    def region(self) -> str: ...

    @property
    def act(self) -> str:
        """Its code in the audit trail."""

    @property
    def about(self) -> str:
        """What the audit trail says beside it."""

    def on(self, plan: Plan) -> Plan:
        """The rules as they would be."""

    def keep(self, hours: Hours) -> None:
        """Make it so."""


@dataclass(frozen=True)
class NewWeek:
    region: str
    week: Week
    act = "hours.week"

    @property
    def about(self) -> str:
        return place(self.region)

    def on(self, plan: Plan) -> Plan:
        return replace(plan, weeks={**plan.weeks, self.region: self.week})

    def keep(self, hours: Hours) -> None:
        hours.set_week(self.region, self.week)


@dataclass(frozen=True)
class NoWeek:
    """A region follows the country; the country is always open."""

    region: str
    act = "hours.week"

    @property
    def about(self) -> str:
        return place(self.region)

    def on(self, plan: Plan) -> Plan:
        return replace(plan, weeks=_without(plan.weeks, self.region))

    def keep(self, hours: Hours) -> None:
        hours.remove_week(self.region)


@dataclass(frozen=True)
class NewDay:
    region: str
    day: date
    spans: Spans
    reason: Reason = field(default_factory=dict)
    act = "hours.day"

    @property
    def about(self) -> str:
        return f"{place(self.region)} {self.day}"

    def on(self, plan: Plan) -> Plan:
        other = OtherDay(self.spans, self.reason)
        return replace(plan, days={**plan.days, (self.region, self.day): other})

    def keep(self, hours: Hours) -> None:
        hours.add_exception(self.region, self.day, self.spans, self.reason)


@dataclass(frozen=True)
class NoDay:
    region: str
    day: date
    act = "hours.day"

    @property
    def about(self) -> str:
        return f"{place(self.region)} {self.day}"

    def on(self, plan: Plan) -> Plan:
        return replace(plan, days=_without(plan.days, (self.region, self.day)))

    def keep(self, hours: Hours) -> None:
        hours.remove_exception(self.region, self.day)


@dataclass(frozen=True)
class Switched:
    region: str
    open: bool
    reason: Reason = field(default_factory=dict)
    until: datetime | None = None

    @property
    def act(self) -> str:
        return "hours.open" if self.open else "hours.close"

    @property
    def about(self) -> str:
        return place(self.region)

    def on(self, plan: Plan) -> Plan:
        switch = Switch(self.open, self.reason, self.until)
        return replace(plan, switches={**plan.switches, self.region: switch})

    def keep(self, hours: Hours) -> None:
        hours.switch(self.region, open=self.open, reason=self.reason, until=self.until)


@dataclass(frozen=True)
class NoSwitch:
    """The hours count again."""

    region: str
    act = "hours.scheme"

    @property
    def about(self) -> str:
        return place(self.region)

    def on(self, plan: Plan) -> Plan:
        return replace(plan, switches=_without(plan.switches, self.region))

    def keep(self, hours: Hours) -> None:
        hours.remove_switch(self.region)


def place(region: str) -> str:
    """A region, or the country, as the audit trail names it."""
    return region or "NL"


def _without(rules: Mapping[K, V], key: K) -> dict[K, V]:
    return {of: rule for of, rule in rules.items() if of != key}
