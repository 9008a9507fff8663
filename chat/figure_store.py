"""The counts that are kept: how often each thing happened, per day and hour.

An hour is moved here when it is over. Moving is done exactly once: the counts get a batch number
before they are read, and the number is written in the same transaction as the counts. Whoever
crashes before has written nothing; whoever crashes after finds the number and only deletes.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from redis import Redis
from sqlalchemy import Date, Engine, SmallInteger, String, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, DatabaseUnusable, Moment, reading, writing
from .figures import KEEP_S, hour_key
from .scripts import Script
from .timetable import local

log = logging.getLogger(__name__)

TURN = "{staff}:figures:turn"
TURN_S = 60
# The clocks of web machines differ, and a step waits in line for a moment before it is counted.
GRACE = timedelta(minutes=2)
PORTION = 500  # rows in one statement

# Sets the counts of an hour apart under a batch number, and answers the number and the counts. What
# comes later begins a new hour, which is moved the next time.
# KEYS 1 the hour  2 the hour while it is moved  ARGV 1 a new number  2 seconds to keep
SET_APART = Script("""
if redis.call('EXISTS', KEYS[2]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[2], 'batch', ARGV[1])
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
return redis.call('HGETALL', KEYS[2])
""")

# KEYS 1 the hour while it is moved  ARGV 1 the number of what was moved
REMOVE = Script("""
if redis.call('HGET', KEYS[1], 'batch') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 'ok'
""")


class CountRow(Base):
    """How often one thing happened in one hour of one day, by the clock on the wall."""

    __tablename__ = "figures"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    region: Mapped[str] = mapped_column(String(8), primary_key=True)  # NL: none was named
    dimension: Mapped[str] = mapped_column(String(8), primary_key=True)  # "", lane, lang or topic
    value: Mapped[str] = mapped_column(String(20), primary_key=True)
    measure: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]


class BatchRow(Base):
    """A batch that was moved; its number is forgotten when the batch cannot be there any more."""

    __tablename__ = "figures_moved"

    batch: Mapped[str] = mapped_column(String(32), primary_key=True)
    moved_at: Mapped[datetime] = mapped_column(Moment)


class Count(NamedTuple):
    """How often `measure` happened; `day` and `hour` are None where they are added up."""

    day: date | None
    hour: int | None
    region: str
    dimension: str
    value: str
    measure: str
    number: int


class FigureStore:
    """The counts in the database that keeps."""

    def __init__(self, engine: Engine, *, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def add(self, batch: str, hour: datetime, counts: Mapping[str, int]) -> bool:
        """Add the counts of an hour (UTC); False if this batch was added before.

        Raises DatabaseUnusable.
        """
        at = local(hour)
        rows = [row for field, number in counts.items() if (row := _row(at, field, number))]
        try:
            with writing(self._engine) as session:
                moved_at = datetime.fromtimestamp(self._now(), UTC)
                session.execute(
                    delete(BatchRow).where(BatchRow.moved_at < moved_at - timedelta(days=7))
                )
                session.add(BatchRow(batch=batch, moved_at=moved_at))
                session.flush()
                for first in range(0, len(rows), PORTION):
                    _upsert(session, rows[first : first + PORTION])
        except IntegrityError:
            return False
        return True

    def counts(
        self,
        first: date,
        last: date,
        *,
        by_day: bool = False,
        by_hour: bool = False,
        measure: str = "",
    ) -> Iterable[Count]:
        """All that happened from `first` to `last`, both included, or one thing of it.

        Raises DatabaseUnusable.
        """
        row = CountRow
        keys = [row.region, row.dimension, row.value, row.measure]
        also: list[Any] = [row.day] if by_day else []
        also += [row.hour] if by_hour else []
        query = (
            select(*also, *keys, func.sum(row.number))
            .where(row.day >= first, row.day <= last)
            .group_by(*also, *keys)
        )
        if measure:
            query = query.where(row.measure == measure)
        with reading(self._engine) as session:
            found = session.execute(query).all()
        for parts in found:
            *moment, region, dimension, value, measure, number = parts
            day = moment[0] if by_day else None
            hour = moment[-1] if by_hour else None
            yield Count(day, hour, region, dimension, value, measure, int(number))

    def first_day(self) -> date | None:
        """The first day of which there are counts. Raises DatabaseUnusable."""
        with reading(self._engine) as session:
            return session.scalar(select(func.min(CountRow.day)))


class Moving:
    """A chore of the round of care: brings the hours that are over to the database that keeps."""

    def __init__(
        self, redis: Redis, store: FigureStore, *, now: Callable[[], float] = time.time
    ) -> None:
        self._redis = redis
        self._store = store
        self._now = now

    def take_turn(self) -> None:
        """Move what is over, once a minute, whichever process comes first."""
        if self._redis.set(TURN, "1", nx=True, ex=TURN_S):
            self.move()

    def move(self) -> None:
        """Move every hour that is over."""
        now = datetime.fromtimestamp(self._now(), UTC)
        last = (now - GRACE).replace(minute=0, second=0, microsecond=0)
        hours = [last - timedelta(hours=back) for back in range(1, KEEP_S // 3600 + 1)]
        for hour in self._waiting(hours):
            try:
                self._move(hour)
            except DatabaseUnusable:
                log.warning("the figures of an hour wait: the database is away")
                return

    def _waiting(self, hours: list[datetime]) -> list[datetime]:
        pipe = self._redis.pipeline(transaction=False)
        for hour in hours:
            pipe.exists(hour_key(hour))
            pipe.exists(_apart(hour))
        found = pipe.execute()
        return [hour for place, hour in enumerate(hours) if any(found[2 * place : 2 * place + 2])]

    def _move(self, hour: datetime) -> None:
        keys = [hour_key(hour), _apart(hour)]
        answer = SET_APART(self._redis, keys, [secrets.token_hex(16), KEEP_S])
        fields = {
            name.decode(): value.decode()
            for name, value in zip(answer[::2], answer[1::2], strict=True)
        }
        batch = fields.pop("batch", "")
        if not batch:
            return
        self._store.add(batch, hour, {name: int(number) for name, number in fields.items()})
        REMOVE(self._redis, [_apart(hour)], [batch])


def _apart(hour: datetime) -> str:
    return f"{hour_key(hour)}:moving"


def _row(at: datetime, field: str, number: int) -> dict[str, Any] | None:
    parts = field.split("|")
    if len(parts) != 4:
        log.warning("a count is not understood and left out")
        return None
    measure, region, dimension, value = parts
    return {
        "day": at.date(),
        "hour": at.hour,
        "region": region,
        "dimension": dimension,
        "value": value,
        "measure": measure,
        "number": number,
    }


def _upsert(session: Session, rows: list[dict[str, Any]]) -> None:
    on_postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = postgresql.insert if on_postgres else sqlite.insert
    statement = insert(CountRow).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["day", "hour", "region", "dimension", "value", "measure"],
            set_={"number": CountRow.number + statement.excluded.number},
        )
    )
