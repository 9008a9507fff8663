"""The store that keeps: from empty, by many at once, and what it says when it is not there."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from luwte.chat.database import (
    Base,
    DatabaseUnusable,
    engine_for,
    migrate,
    reach,
    reachable,
    reading,
    writing,
)
from tests.servers import free_port

if TYPE_CHECKING:
    from tests.databases import PostgresServer

pytest_plugins = ["tests.databases"]


def test_the_migrations_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision()


def test_migrating_again_changes_nothing(engine: Engine, database_url: str) -> None:
    migrate(database_url)

    assert reachable(database_url)
    assert reachable(engine)


def test_six_processes_may_migrate_an_empty_database_at_once(database_url: str) -> None:
    program = "import sys; from luwte.chat.database import migrate; migrate(sys.argv[1])"
    starts = [
        subprocess.Popen([sys.executable, "-c", program, database_url], stderr=subprocess.PIPE)
        for _ in range(6)
    ]

    assert [(start.communicate()[1], start.returncode) for start in starts] == [(b"", 0)] * 6


def test_a_failing_write_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as session:
        session.execute(text("CREATE TABLE half (n INTEGER)"))
        session.execute(text("INSERT INTO half VALUES (1 / 1)"))
        raise ZeroDivisionError

    with engine.connect() as connection:
        assert not engine.dialect.has_table(connection, "half")


def test_writers_at_the_same_moment_wait_for_each_other(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))

    def count() -> None:
        for _ in range(10):
            with writing(engine) as session:
                session.execute(text("UPDATE counter SET n = n + 1"))

    together = [threading.Thread(target=count) for _ in range(8)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    with reading(engine) as session:
        assert session.scalar(text("SELECT n FROM counter")) == 80


def test_a_connection_of_the_parent_process_is_not_used_after_a_fork(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))

    child = os.fork()
    if child == 0:
        status = 1
        try:
            with engine.connect() as connection:
                if connection.info["pid"] == os.getpid() and connection.scalar(text("SELECT 1")):
                    status = 0
        finally:
            os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    assert reachable(engine)


def test_only_the_service_may_read_the_sqlite_file(tmp_path: Path) -> None:
    file = tmp_path / "data" / "luwte.sqlite3"
    migrate(f"sqlite:///{file}")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    file.chmod(0o644)
    assert reachable(f"sqlite:///{file}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_sqlite_writes_ahead_and_keeps_foreign_keys(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'luwte.sqlite3'}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) == 5000


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://host/name", "postgresql://host:port/x", "postgresql+nothing://h/x"],
)
def test_what_is_no_address_is_said_in_one_line_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseUnusable) as said:
        reach(url)

    assert "LUWTE_DATABASE_URL" in str(said.value)
    assert "\n" not in str(said.value)
    assert not reachable(url)


def test_a_database_that_does_not_answer_is_said_in_one_line_without_the_password() -> None:
    url = f"postgresql://luwte:geheim@127.0.0.1:{free_port()}/luwte"
    for ask in (reach, migrate):
        with pytest.raises(DatabaseUnusable) as said:
            ask(url)
        assert "refused" in str(said.value)
        assert "geheim" not in str(said.value)
        assert "\n" not in str(said.value)


def test_a_file_that_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "luwte.sqlite3").write_text("a letter to a friend, long enough to be read " * 50)

    with pytest.raises(DatabaseUnusable, match="not a database"):
        migrate(f"sqlite:///{tmp_path / 'luwte.sqlite3'}")


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(DatabaseUnusable, match="LUWTE_DATA_DIR"):
        migrate(f"sqlite:///{tmp_path / 'data' / 'luwte.sqlite3'}")


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine, database_url: str) -> None:
    with writing(engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnusable, match="another version"):
        migrate(database_url)


def test_a_server_that_hangs_counts_as_down_within_seconds(
    postgres_of_the_run: PostgresServer,
) -> None:
    os.kill(postgres_of_the_run.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert not reachable(postgres_of_the_run.url)
        assert time.monotonic() - began < 8
    finally:
        os.kill(postgres_of_the_run.process.pid, signal.SIGCONT)
