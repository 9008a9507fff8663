"""The opening hours as the office keeps them: week, other days, the switch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Date, Engine, String, delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from . import clean
from .database import Base, DatabaseUnusable, Moment, reading, writing
from .opening import ALWAYS_OPEN, COUNTRY, OpenState, OtherDay, Plan, Switch
from .remembered import Remembered
from .timetable import BadHours, Span, Spans, Week, local, read_spans

LANGUAGES = ("nl", "en")
REASON_MOST = 200


class NoSuchRegion(LookupError):
    """This region is not one of those that the service knows."""


class NothingThere(LookupError):
    """There is nothing of the kind to remove."""


class BadReason(ValueError):
    """A reason is one line of at most 200 characters, in Dutch or English."""


class WeekRow(Base):
    __tablename__ = "week"

    region: Mapped[str] = mapped_column(String(8), primary_key=True)  # "": the country
    days: Mapped[list[list[str]]] = mapped_column(JSON)  # from Monday
    closed_on_holidays: Mapped[bool]


class OtherDayRow(Base):
    __tablename__ = "other_day"

    region: Mapped[str] = mapped_column(String(8), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    spans: Mapped[list[str]] = mapped_column(JSON)  # empty: closed
    reason: Mapped[dict[str, str]] = mapped_column(JSON)


class SwitchRow(Base):
    __tablename__ = "hours_switch"

    region: Mapped[str] = mapped_column(String(8), primary_key=True)  # "": all of them
    open: Mapped[bool]
    until: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[dict[str, str]] = mapped_column(JSON)


class Hours:
    """When the chat is open. `region_codes` are the regions that may have hours of their own.

    With `always_open` the chat is open whatever is kept here.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.time,
        *,
        region_codes: Collection[str] = (),
        always_open: bool = False,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._region_codes = region_codes
        self.always_open = always_open
        # While the database does not answer, what it said last holds; when it never answered, the
        # chat is open. A visitor who comes when nobody is there is told how long the others wait,
        # and the phone is always named; a chat that is closed by mistake leaves somebody alone.
        self._plan = Remembered(
            self.plan,
            at_first=Plan(),
            failures=(DatabaseUnusable, SQLAlchemyError, BadHours),
            clock=clock,
        )

    def state(self, region: str = COUNTRY, at: datetime | None = None) -> OpenState:
        """Whether that region, or the country, is open at a moment. Fails never."""
        if self.always_open:
            return ALWAYS_OPEN
        return self._plan.get().state(region, at or self.now())

    def rest_on(self) -> object:
        """What all states come from; equal as long as they are the same. Fails never."""
        # Rules are kept to the minute.
        return None if self.always_open else (self._plan.get(), int(self._clock()) // 60)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def plan(self) -> Plan:
        """All rules of today and later, read now. Raises DatabaseUnusable."""
        # Yesterday's hours may end today.
        yesterday = self._today() - timedelta(days=1)
        with reading(self._engine) as session:
            weeks = session.scalars(select(WeekRow)).all()
            days = session.scalars(select(OtherDayRow).where(OtherDayRow.day >= yesterday)).all()
            switches = session.scalars(select(SwitchRow)).all()
        return Plan(
            {row.region: _week(row) for row in weeks},
            {(row.region, row.day): OtherDay(_spans(row.spans), row.reason) for row in days},
            {
                row.region: Switch(row.open, row.reason, row.until)
                for row in switches
                if not row.until or row.until > self.now()
            },
        )

    def set_week(self, region: str, week: Week) -> None:
        """Give a region, or the country, its week. Raises NoSuchRegion or BadHours."""
        days = [_written(read_spans(_written(spans))) for spans in week.days]
        self._keep(
            WeekRow(
                region=self._known(region), days=days, closed_on_holidays=week.closed_on_holidays
            )
        )

    def remove_week(self, region: str) -> None:
        """A region follows the country again; the country is always open.

        Raises NoSuchRegion or NothingThere.
        """
        self._remove(WeekRow, region=self._known(region))

    def add_exception(
        self, region: str, day: date, spans: Iterable[Span], reason: Mapping[str, str] | None = None
    ) -> None:
        """Give one date other hours; none: closed. Raises NoSuchRegion, BadHours or BadReason."""
        if day < self._today():
            raise BadHours(f"{day:%Y-%m-%d} is over")
        self._keep(
            OtherDayRow(
                region=self._known(region),
                day=day,
                spans=_written(read_spans(_written(spans))),
                reason=tidy_reason(reason),
            )
        )

    def remove_exception(self, region: str, day: date) -> None:
        """Raises NoSuchRegion or NothingThere."""
        self._remove(OtherDayRow, region=self._known(region), day=day)

    def switch(
        self,
        region: str,
        *,
        open: bool,
        reason: Mapping[str, str] | None = None,
        until: datetime | None = None,
    ) -> None:
        """Open or close a region, or ("") all of them, now, until that moment or for good.

        Raises NoSuchRegion, BadHours or BadReason.
        """
        if until and until <= self.now():
            raise BadHours(f"{local(until):%Y-%m-%d %H:%M} is over")
        if until:  # rules are kept to the minute
            until = datetime.fromtimestamp(math.ceil(until.timestamp() / 60) * 60, UTC)
        self._keep(
            SwitchRow(
                region=self._known(region), open=open, until=until, reason=tidy_reason(reason)
            )
        )

    def remove_switch(self, region: str) -> None:
        """The hours count again. Raises NoSuchRegion or NothingThere."""
        self._remove(SwitchRow, region=self._known(region))

    def _today(self) -> date:
        return local(self.now()).date()

    def _known(self, region: str) -> str:
        code = region.strip().upper()
        if code and code not in self._region_codes:
            raise NoSuchRegion(f"{region!r} is not the code of a region")
        return code

    def _keep(self, row: Base) -> None:
        try:
            with writing(self._engine) as session:
                session.merge(row)
        except IntegrityError:  # somebody else made the same row at the same moment
            with writing(self._engine) as session:
                session.merge(row)
        self._plan.forget()

    def _remove(self, kind: type[Base], **which: Any) -> None:
        with writing(self._engine) as session:
            if not session.scalars(select(kind).filter_by(**which)).first():
                raise NothingThere("there is nothing of the kind")
            session.execute(delete(kind).filter_by(**which))
        self._plan.forget()


def _week(row: WeekRow) -> Week:
    return Week(tuple(map(_spans, row.days)), row.closed_on_holidays)


def _spans(written: Iterable[str]) -> Spans:
    return tuple(map(Span.read, written))


def _written(spans: Iterable[Span]) -> list[str]:
    return [str(span) for span in spans]


def tidy_reason(typed: Mapping[str, str] | None) -> dict[str, str]:
    """The reason as a sentence in each language. Raises BadReason."""
    reason = {}
    for lang, text in (typed or {}).items():
        try:
            sentence = clean.name(text, f"reason-{lang}", most=REASON_MOST)
        except clean.BadInput:
            lang = ""
        if lang not in LANGUAGES:
            raise BadReason(f"a reason is one line of at most {REASON_MOST} characters")
        if sentence:
            reason[lang] = sentence if sentence[-1] in ".!?" else f"{sentence}."
    return reason
