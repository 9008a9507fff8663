"""The audit trail: who of the staff did what, and when. Never a word of a conversation."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, Select, String, delete, event, func, select
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from .acts import ACTS
from .database import Base, DatabaseUnusable, Moment, reading, writing
from .staff import NAME_MOST, Staff
from .timetable import AMSTERDAM

log = logging.getLogger(__name__)

ABOUT_MOST = 300
# The database itself refuses to remove what is younger than a year; a day more, so that two clocks
# that differ do not make the step fail.
KEEP = timedelta(days=366)
THE_MACHINE = "luwte"  # who typed a command on the machine itself
AROUND_A_CHAT = "chat."
PORTION = 500


class UnknownAct(ValueError):
    """This act does not stand in the table of acts."""


class OnlyGrows(RuntimeError):
    """The audit trail is written and read, never changed."""


class AuditRow(Base):
    """One act. The name stands here too: it is what the person was called at that time."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    member: Mapped[int | None] = mapped_column(index=True)  # none: the machine itself
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    act: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(ABOUT_MOST))


# The triggers of the migration say the same; this says it before anything is sent.
@event.listens_for(AuditRow, "before_update")
@event.listens_for(AuditRow, "before_delete")
def _refuse(_mapper: Mapper[AuditRow], _connection: Any, _row: AuditRow) -> None:
    raise OnlyGrows("the audit trail only grows")


@dataclass(frozen=True)
class Line:
    """One act, as it is read."""

    id: int
    at: datetime
    member: int | None
    name: str
    act: str
    about: str

    @property
    def sentence(self) -> Any:
        """What was done, in the page's language; the bare code for an act of an older version."""
        return ACTS.get(self.act, self.act)


@dataclass(frozen=True)
class Wanted:
    """Which lines somebody wants to see; what is left out does not count."""

    member: int | None = None
    act: str = ""
    day: date | None = None


class Audit:
    """The audit trail in the database that keeps."""

    def __init__(self, engine: Engine, *, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now
        self._tidied: date | None = None

    def note(self, member_id: int | None, act: str, about: str = "") -> None:
        """Write down that somebody did something; None is who typed a command on the machine.

        An act around a chat is never stopped by a database that is away: that is logged. For any
        other act raises DatabaseUnusable. Raises UnknownAct.
        """
        if act not in ACTS:
            raise UnknownAct(act)
        try:
            self._write(member_id, act, about)
        except DatabaseUnusable:
            if not act.startswith(AROUND_A_CHAT):
                raise
            log.error("the audit trail misses an act (%s): the database is away", act)
        self._tidy_daily()

    def lines(self, wanted: Wanted, *, first: int = 0, most: int = 50) -> list[Line]:
        """The acts that somebody wants to see, newest first."""
        query = _asked(select(AuditRow), wanted).order_by(AuditRow.id.desc())
        with reading(self._engine) as session:
            return [_line(row) for row in session.scalars(query.offset(first).limit(most))]

    def all_lines(self, wanted: Wanted) -> Iterator[Line]:
        """All of them, oldest first, in portions: a year of acts is much."""
        after = 0
        while True:
            query = _asked(select(AuditRow), wanted).where(AuditRow.id > after)
            with reading(self._engine) as session:
                rows = list(session.scalars(query.order_by(AuditRow.id).limit(PORTION)))
            yield from map(_line, rows)
            if len(rows) < PORTION:
                return
            after = rows[-1].id

    def count(self, wanted: Wanted) -> int:
        with reading(self._engine) as session:
            return session.scalar(_asked(select(func.count(AuditRow.id)), wanted)) or 0

    def people(self) -> list[tuple[int, str]]:
        """Everybody who stands in it, by the name of today."""
        query = select(Staff.id, Staff.name).where(
            Staff.id.in_(select(AuditRow.member).distinct().where(AuditRow.member.is_not(None)))
        )
        with reading(self._engine) as session:
            return [(number, name) for number, name in session.execute(query.order_by(Staff.name))]

    def forget_old(self) -> int:
        """Remove the acts of more than a year ago; nothing else ever removes one."""
        with writing(self._engine) as session:
            old = delete(AuditRow).where(AuditRow.at < self._time() - KEEP)
            return cast(CursorResult[Any], session.execute(old)).rowcount

    def _write(self, member_id: int | None, act: str, about: str) -> None:
        with writing(self._engine) as session:
            name = session.scalar(select(Staff.name).where(Staff.id == member_id))
            session.add(
                AuditRow(
                    at=self._time(),
                    member=member_id,
                    name=name or THE_MACHINE,
                    act=act,
                    about=about[:ABOUT_MOST],
                )
            )

    def _tidy_daily(self) -> None:
        today = self._time().date()
        if self._tidied == today:
            return
        self._tidied = today
        try:
            self.forget_old()
        except DatabaseUnusable:
            log.warning("the old acts stay another day: the database is away")

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)


def _asked(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.member is not None:
        query = query.where(AuditRow.member == wanted.member)
    if wanted.act:
        query = query.where(AuditRow.act == wanted.act)
    if wanted.day:
        begin = datetime.combine(wanted.day, datetime.min.time(), AMSTERDAM)
        end = datetime.combine(wanted.day + timedelta(days=1), datetime.min.time(), AMSTERDAM)
        query = query.where(AuditRow.at >= begin, AuditRow.at < end)
    return query


def _line(row: AuditRow) -> Line:
    return Line(row.id, row.at, row.member, row.name, row.act, row.about)
