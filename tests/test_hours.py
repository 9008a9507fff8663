"""Opening hours as the office keeps them, on both databases; and when the database is not there."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from luwte.chat.database import MIGRATIONS, engine_for, migrate, writing
from luwte.chat.hours import BadReason, Hours, NoSuchRegion, NothingThere
from luwte.chat.opening import ALWAYS_OPEN, Plan
from luwte.chat.staff import Staffing
from luwte.chat.timetable import ALWAYS, BadHours, Span, Week, read_spans
from tests.servers import free_port
from tests.test_timetable import at

if TYPE_CHECKING:
    from tests.databases import PostgresServer

pytest_plugins = ["tests.databases"]

REGIONS = ("VT01", "VT14")
OFFICE_HOURS = Week((read_spans(["09:00-17:00"]),) * 7)
TODAY = date(2026, 11, 23)  # a Monday


class Clock:
    """A clock that shows what it is told to."""

    def __init__(self, shows: str) -> None:
        self.shows(shows)

    def shows(self, written: str) -> None:
        self.now = at(written).timestamp()

    def passes(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-23 10:00")


@pytest.fixture
def hours(engine: Engine, clock: Clock) -> Hours:
    return Hours(engine, clock, region_codes=REGIONS)


def test_a_new_service_is_always_open(hours: Hours) -> None:
    assert hours.state() == hours.state("VT14") == ALWAYS_OPEN


def test_a_week_is_kept_and_changed_and_removed(hours: Hours, clock: Clock) -> None:
    clock.shows("2026-11-23 20:00")
    hours.set_week("", OFFICE_HOURS)
    hours.set_week("vt14", Week(ALWAYS.days, closed_on_holidays=True))

    assert hours.plan().weeks == {"": OFFICE_HOURS, "VT14": Week(ALWAYS.days, True)}
    assert hours.state("VT01").opens_at == at("2026-11-24 09:00")
    assert hours.state("VT14").open

    hours.set_week("VT14", OFFICE_HOURS)
    assert not hours.state("VT14").open
    hours.remove_week("VT14")
    hours.remove_week("")
    assert hours.state("VT14") == ALWAYS_OPEN


def test_a_date_has_other_hours_until_they_are_removed(hours: Hours) -> None:
    hours.add_exception("", TODAY, [], {"nl": " We hebben \n studiedag ", "en": ""})
    hours.add_exception("VT14", TODAY, read_spans(["09:00-12:00", "22:00-02:00"]))

    state = hours.state("VT01")
    assert (state.open, state.reason) == (False, {"nl": "We hebben studiedag."})
    assert state.opens_at == at("2026-11-24 00:00")
    assert hours.state("VT14").closes_at == at("2026-11-23 12:00")

    hours.add_exception("VT14", TODAY, [])
    assert not hours.state("VT14").open
    hours.remove_exception("VT14", TODAY)
    hours.remove_exception("", TODAY)
    assert hours.state("VT14").open


def test_yesterdays_night_still_counts_and_what_is_over_is_not_read(
    hours: Hours, clock: Clock
) -> None:
    hours.add_exception("", TODAY, read_spans(["22:00-02:00"]))
    hours.add_exception("", TODAY + timedelta(days=1), [])

    clock.shows("2026-11-24 01:00")
    assert hours.state().closes_at == at("2026-11-24 02:00")
    clock.shows("2026-11-26 01:00")
    assert hours.plan().days == {}


def test_the_switch_holds_until_its_end_or_until_it_is_changed(hours: Hours, clock: Clock) -> None:
    hours.switch("", open=False, reason={"nl": "Storing"}, until=at("2026-11-23 10:29:30"))
    hours.switch("VT14", open=True)

    state = hours.state("VT14")
    assert (state.open, state.reason, state.opens_at) == (
        False,
        {"nl": "Storing."},
        at("2026-11-23 10:30"),
    )
    clock.shows("2026-11-23 10:30")
    assert hours.state("VT14").open
    assert list(hours.plan().switches) == ["VT14"]

    hours.switch("VT14", open=False)
    assert hours.state("VT14").opens_at is None
    hours.remove_switch("VT14")
    assert hours.state("VT14") == ALWAYS_OPEN


def test_always_open_ignores_all_of_it(engine: Engine, clock: Clock, hours: Hours) -> None:
    hours.switch("", open=False)

    assert not hours.state().open
    assert Hours(engine, clock, always_open=True).state() == ALWAYS_OPEN


def test_what_cannot_be_kept_is_refused_and_nothing_is_changed(hours: Hours) -> None:
    before = hours.plan()
    overlapping = Week(((Span(540, 700), Span(600, 800)),) * 7)
    for refused, what in (
        (NoSuchRegion, lambda: hours.set_week("VT99", ALWAYS)),
        (NoSuchRegion, lambda: hours.switch("NL", open=True)),
        (BadHours, lambda: hours.set_week("", overlapping)),
        (BadHours, lambda: hours.add_exception("", TODAY - timedelta(days=1), [])),
        (BadHours, lambda: hours.switch("", open=True, until=at("2026-11-23 10:00"))),
        (BadReason, lambda: hours.switch("", open=False, reason={"nl": "x" * 201})),
        (BadReason, lambda: hours.switch("", open=False, reason={"nl": "\u202e\0"})),
        (BadReason, lambda: hours.switch("", open=False, reason={"de": "zu"})),
        (NothingThere, lambda: hours.remove_week("VT14")),
        (NothingThere, lambda: hours.remove_exception("", TODAY)),
        (NothingThere, lambda: hours.remove_switch("")),
    ):
        with pytest.raises(refused):
            what()

    assert hours.plan() == before
    with pytest.raises(BadHours):
        Week(ALWAYS.days[:6])


def test_two_coordinators_may_change_the_same_thing_at_the_same_moment(
    engine: Engine, clock: Clock
) -> None:
    faults: list[BaseException] = []

    def change(open: bool) -> None:
        try:
            for _ in range(10):
                Hours(engine, clock, region_codes=REGIONS).switch("VT14", open=open)
        except BaseException as fault:
            faults.append(fault)

    together = [threading.Thread(target=change, args=(n % 2 == 0,)) for n in range(6)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    assert faults == []


def test_a_change_is_seen_by_another_process_within_a_second_and_by_oneself_at_once(
    engine: Engine, hours: Hours, clock: Clock
) -> None:
    elsewhere = Hours(engine, clock, region_codes=REGIONS)
    assert elsewhere.state().open and hours.state().open

    hours.switch("", open=False)

    assert not hours.state().open
    clock.passes(0.9)
    assert elsewhere.state().open
    clock.passes(0.2)
    assert not elsewhere.state().open


def test_a_clock_that_is_put_back_does_not_freeze_what_is_known(
    engine: Engine, hours: Hours, clock: Clock
) -> None:
    elsewhere = Hours(engine, clock, region_codes=REGIONS)
    assert elsewhere.state().open
    hours.switch("", open=False)
    clock.passes(-3600)

    assert not elsewhere.state().open


def test_the_database_is_asked_once_a_second_however_many_ask(
    hours: Hours, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    plan = hours.plan

    def read() -> Plan:
        asked.append(1)
        return plan()

    monkeypatch.setattr(hours._plan, "_read", read)

    together = [threading.Thread(target=hours.state) for _ in range(20)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert len(asked) == 1

    clock.passes(1)
    for region in ("", "VT01", "VT14"):
        hours.state(region)
    assert len(asked) == 2


def test_a_database_that_never_answered_leaves_the_chat_open(clock: Clock, tmp_path: Path) -> None:
    nowhere = engine_for(f"postgresql://luwte@127.0.0.1:{free_port()}/luwte")
    without_tables = engine_for(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    nonsense = tmp_path / "nonsense.sqlite3"
    nonsense.write_text("a letter to a friend, long enough to be read " * 50)

    for engine in (nowhere, without_tables, engine_for(f"sqlite:///{nonsense}")):
        assert Hours(engine, clock).state("VT14") == ALWAYS_OPEN
        engine.dispose()


def test_what_is_known_holds_while_the_database_hangs_and_nobody_waits_long(
    postgres_of_the_run: PostgresServer, clock: Clock
) -> None:
    postgres_of_the_run.empty()
    migrate(postgres_of_the_run.url)
    engine = engine_for(postgres_of_the_run.url)
    hours = Hours(engine, clock, region_codes=REGIONS)
    hours.set_week("", OFFICE_HOURS)
    hours.switch("VT14", open=False)
    assert not hours.state("VT14").open

    os.kill(postgres_of_the_run.process.pid, signal.SIGSTOP)
    for child in _children(postgres_of_the_run.process.pid):
        os.kill(child, signal.SIGSTOP)
    try:
        clock.shows("2026-11-23 16:59")
        began = time.monotonic()
        assert not hours.state("VT14").open
        assert hours.state("VT01").open
        assert time.monotonic() - began < 2
        # The clock goes on, and nobody waits any more.
        clock.shows("2026-11-23 17:00")
        began = time.monotonic()
        assert hours.state("VT01").opens_at == at("2026-11-24 09:00")
        assert time.monotonic() - began < 0.5
    finally:
        for child in _children(postgres_of_the_run.process.pid):
            os.kill(child, signal.SIGCONT)
        os.kill(postgres_of_the_run.process.pid, signal.SIGCONT)

    hours.remove_switch("VT14")
    clock.shows("2026-11-24 10:00")
    hours.state()
    deadline = time.monotonic() + 10
    while not hours.state("VT14").open and time.monotonic() < deadline:
        clock.passes(1)
        time.sleep(0.05)
    assert hours.state("VT14").open
    engine.dispose()


def _children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_database_of_the_previous_version_keeps_its_accounts(database_url: str) -> None:
    engine = engine_for(database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(luwte_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO staff (email, name, role, regions, password_hash, totp_secret, last_step,"
            " epoch, created_at) VALUES ('noor@example.org', 'Noor', 'advisor', '[]', 'x', 'y',"
            " 0, 0, '2026-01-01 00:00:00')"
        )

    migrate(database_url)

    assert [member.name for member in Staffing(engine).everybody()] == ["Noor"]
    hours = Hours(engine, region_codes=REGIONS)
    hours.set_week("", ALWAYS)
    assert hours.state().open
    engine.dispose()


def test_a_row_that_somebody_spoiled_closes_nothing(engine: Engine, hours: Hours) -> None:
    hours.set_week("", OFFICE_HOURS)
    with writing(engine) as session:
        session.connection().exec_driver_sql("UPDATE week SET days = '[[\"x\"]]'")

    fresh = Hours(engine, lambda: datetime(2026, 11, 23, 3, tzinfo=UTC).timestamp())
    assert fresh.state().open
