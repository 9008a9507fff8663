"""Real databases for the tests: a SQLite file, and a PostgreSQL server of our own on loopback.

A test module takes part with `pytest_plugins = ["tests.databases"]`; whatever uses `database_url`
then runs once on each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from luwte.chat.database import engine_for, migrate, reachable
from tests.servers import free_port, until

DEBIAN = Path("/usr/lib/postgresql")


def postgres_programs() -> Path | None:
    """The folder with initdb and postgres; Debian keeps it out of the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return folders[-1].parent if folders else None


class PostgresServer:
    """A server that trusts this machine and forgets everything when it is removed."""

    def __init__(self, programs: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._programs = programs
        # The server refuses to run as root.
        self._user: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []}
            if os.geteuid() == 0
            else {}
        )
        self.folder = Path(tempfile.mkdtemp(prefix="luwte-postgres-"))
        if self._user:
            shutil.chown(self.folder, "postgres", "postgres")
        options = "-A trust -U postgres --no-sync --locale=C --encoding=UTF8"
        self._run("initdb", "-D", str(self.folder / "data"), *options.split()).wait(60)
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.process = self._run(
            "postgres",
            "-D",
            str(self.folder / "data"),
            *options.split(),
            "-c",
            "unix_socket_directories=",
        )
        until(lambda: reachable(self.url), "PostgreSQL answers")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(10)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def empty(self) -> None:
        empty(self.url)

    def _run(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._programs / program), *words],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._user,
        )


def empty(url: str) -> None:
    """Nothing of that database is left."""
    engine = engine_for(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Skips the test where PostgreSQL or its driver is not installed."""
    pytest.importorskip("psycopg")
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    server = PostgresServer(programs)
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_of_the_run() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'luwte.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres_of_the_run")
    server.empty()
    return server.url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with its tables."""
    migrate(database_url)
    opened = engine_for(database_url)
    yield opened
    opened.dispose()
