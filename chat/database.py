"""The store that keeps: how the SQL database is opened, used, and brought up to date."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

CONNECT_S = 3  # what does not answer in this time counts as down
BUSY_MS = 5_000  # how long SQLite waits for another writer
MIGRATION_MS = 60_000  # and for others who bring the tables up to date
# A network that goes away silently must not leave anybody waiting for an answer.
SILENCE = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
MIGRATING = 0x6C757774  # the number of our advisory lock in PostgreSQL


class DatabaseUnusable(RuntimeError):
    """The database cannot be used; the text says what and how to mend it, without a password."""


class Base(DeclarativeBase):
    """What all tables share: names for constraints, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone; SQLite forgets the zone, so all are kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def engine_for(url: str) -> Engine:
    """A new engine for SQLite or PostgreSQL; nothing is opened yet. Make one per process.

    Raises DatabaseUnusable for an address that no driver here understands.
    """
    return _engine(url)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only looks. Raises DatabaseUnusable."""
    with _session(engine, writes=False) as session:
        yield session


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """For a look that is taken often: half of what a session costs. Raises DatabaseUnusable."""
    with _plainly(engine.url), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that is kept whole when the block ends, or not at all. Raises DatabaseUnusable.

    Nothing slow may stand in the block: SQLite has one writer at a time.
    """
    with _session(engine, writes=True) as session:
        yield session


def reach(where: Engine | str) -> None:
    """Ask the database for a sign of life. Raises DatabaseUnusable."""
    engine = _engine(where) if isinstance(where, str) else where
    try:
        with _plainly(engine.url), engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    finally:
        if isinstance(where, str):
            engine.dispose()


def reachable(where: Engine | str) -> bool:
    """Whether the database answers."""
    try:
        reach(where)
    except DatabaseUnusable:
        return False
    return True


def migrate(url: str) -> None:
    """Bring the tables up to date; several processes may do so at once. Raises DatabaseUnusable."""
    # Rebuilding a table in SQLite drops the old one: with foreign keys on, its children go too.
    engine = _engine(url, migrating=True)
    try:
        with _plainly(engine.url), _for_writing(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATING})
            _upgrade(connection)
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnusable(
            f"The database was made by another version of Luwte ({error}): "
            "install that version, or set LUWTE_DATABASE_URL to another database."
        ) from error


def _engine(url: str, *, migrating: bool = False) -> Engine:
    try:
        address = _with_driver(make_url(url))
        sqlite = address.get_backend_name() == "sqlite"
        engine = create_engine(
            address,
            pool_pre_ping=not sqlite,
            pool_timeout=10,
            # Neither a name nor a password's hash belongs in an error that is logged.
            hide_parameters=True,
            connect_args={} if sqlite else {"connect_timeout": CONNECT_S} | SILENCE,
        )
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnusable(
            "LUWTE_DATABASE_URL is not a database's address: give one like "
            "postgresql://user:password@host/name, or leave it out for a SQLite file."
        ) from error
    except ImportError as error:
        raise DatabaseUnusable(
            f"The Python package {error.name} is missing for the database in LUWTE_DATABASE_URL: "
            "for PostgreSQL install luwte[postgresql]."
        ) from error
    if sqlite:
        _prepare_sqlite(engine, migrating)
    _stay_in_process(engine)
    return engine


def _with_driver(url: URL) -> URL:
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ArgumentError("neither SQLite nor PostgreSQL")
    return url


def _prepare_sqlite(engine: Engine, migrating: bool) -> None:
    @event.listens_for(engine, "do_connect")
    def keep_private(*_: object) -> None:
        if engine.url.database and engine.url.database != ":memory:":
            _make_private(Path(engine.url.database))

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        # The driver would begin on its own, too late for a read and never for a CREATE TABLE.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {MIGRATION_MS if migrating else BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # What was deleted, or replaced by something sealed, must not stay in the file.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A read that turns into a write fails at once when somebody else wrote meanwhile.
        writes = connection.get_execution_options().get("luwte_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_private(path: Path) -> None:
    """The file holds password hashes: it is for our own eyes. Raises DatabaseUnusable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            # By its name: opening and closing it here would drop the locks of this process.
            path.chmod(0o600)
    except OSError as error:
        raise DatabaseUnusable(
            f"The database {path} cannot be used ({error.strerror}): make it writable for this "
            "user, or set LUWTE_DATA_DIR to a folder that is."
        ) from error


def _stay_in_process(engine: Engine) -> None:
    """Used on both sides of a fork, a connection garbles SQLite's locks, PostgreSQL's words."""

    @event.listens_for(engine, "connect")
    def note(_: object, record: Any) -> None:
        record.info["pid"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def refuse_the_parents(_: object, record: Any, proxy: Any) -> None:
        if record.info["pid"] != os.getpid():
            record.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("this connection belongs to the parent process")


def _for_writing(engine: Engine) -> Engine:
    return engine.execution_options(luwte_writes=True)


@contextmanager
def _session(engine: Engine, *, writes: bool) -> Iterator[Session]:
    bound = _for_writing(engine) if writes else engine
    with _plainly(engine.url), Session(bound, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def _plainly(url: URL) -> Iterator[None]:
    """Turn the many ways in which a database is not there into one plain sentence."""
    try:
        yield
    except (OperationalError, InterfaceError, NoConnectionFree) as error:
        raise _unusable(url, error) from error
    except DBAPIError as error:
        # "file is not a database" has no class of its own.
        if type(error.orig).__name__ != "DatabaseError":
            raise
        raise _unusable(url, error) from error


def _unusable(url: URL, error: Exception) -> DatabaseUnusable:
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    where = url.render_as_string(hide_password=True)
    return DatabaseUnusable(
        f"The database {where} cannot be used ({reason}): start or mend it, "
        "or set LUWTE_DATABASE_URL to another one."
    )
