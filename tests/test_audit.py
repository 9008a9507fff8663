"""The audit trail, on both databases: it only grows, says who did what, and forgets in time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from luwte.chat.acts import ACTS
from luwte.chat.audit_trail import Audit, AuditRow, OnlyGrows, UnknownAct, Wanted
from luwte.chat.database import DatabaseUnusable, engine_for, writing
from luwte.chat.sheet import safe_cell
from luwte.chat.staff import Staffing
from tests.house import SECRETS, House, house_on, said
from tests.servers import RedisServer

pytest_plugins = ["tests.databases"]

DAY_S = 24 * 3600
NOW = datetime.now(UTC).timestamp()


@pytest.fixture
def noor(engine: Engine) -> int:
    staffing = Staffing(engine, secrets=SECRETS, region_codes={"VT14"})
    return staffing.add("noor@example.org", "Noor", "coordinator", "een kalme dag in mei")[0].id


def trail(engine: Engine, days_ago: float = 0) -> Audit:
    return Audit(engine, now=lambda: NOW - days_ago * DAY_S)


def test_an_act_is_kept_with_who_when_and_what(engine: Engine, noor: int) -> None:
    trail(engine).note(noor, "hours.week", "VT14")

    (line,) = trail(engine).lines(Wanted())

    assert (line.member, line.name, line.act, line.about) == (noor, "Noor", "hours.week", "VT14")
    assert abs(line.at.timestamp() - NOW) < 0.001


def test_the_name_stays_what_it_was_and_the_machine_has_one_too(engine: Engine, noor: int) -> None:
    trail(engine).note(noor, "hours.week")
    with writing(engine) as session:
        session.execute(text("UPDATE staff SET name = 'Nora'"))
    trail(engine).note(noor, "hours.week")
    trail(engine).note(None, "staff.add")

    assert [line.name for line in trail(engine).lines(Wanted())] == ["luwte", "Nora", "Noor"]
    assert trail(engine).people() == [(noor, "Nora")]


def test_an_act_that_is_not_in_the_table_is_refused(engine: Engine, noor: int) -> None:
    with pytest.raises(UnknownAct):
        trail(engine).note(noor, "chat.read")

    assert trail(engine).lines(Wanted()) == []


def test_nobody_changes_or_removes_an_act_by_mistake(engine: Engine, noor: int) -> None:
    trail(engine).note(noor, "hours.week")
    for change in (update(AuditRow).values(name="Sam"), delete(AuditRow)):
        with pytest.raises(DBAPIError, match="trail"), writing(engine) as session:
            session.execute(change)
    with pytest.raises(OnlyGrows), writing(engine) as session:
        session.scalars(select(AuditRow)).one().about = "iets anders"
    with pytest.raises(OnlyGrows), writing(engine) as session:
        session.delete(session.scalars(select(AuditRow)).one())
    if engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="trail"), writing(engine) as session:
            session.execute(text("TRUNCATE audit"))

    assert [line.name for line in trail(engine).lines(Wanted())] == ["Noor"]


def test_after_a_year_an_act_is_forgotten_by_the_one_step_that_does_so(
    engine: Engine, noor: int
) -> None:
    for days_ago in (10, 365, 367, 800):
        trail(engine, days_ago).note(noor, "hours.week", str(days_ago))

    assert trail(engine).forget_old() == 2
    assert [line.about for line in trail(engine).lines(Wanted())] == ["365", "10"]


def test_old_acts_are_forgotten_by_themselves_when_somebody_does_something(
    engine: Engine, noor: int
) -> None:
    trail(engine, 367).note(noor, "hours.week")

    trail(engine).note(noor, "hours.day")

    assert [line.act for line in trail(engine).lines(Wanted())] == ["hours.day"]


def test_around_a_chat_a_database_that_is_away_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nowhere = Audit(engine_for("postgresql://nobody@127.0.0.1:1/none"))

    nowhere.note(1, "chat.take", "VT14")

    assert "chat.take" in caplog.text
    with pytest.raises(DatabaseUnusable):
        nowhere.note(1, "hours.week")


def test_it_is_read_by_person_act_and_dutch_day(engine: Engine, noor: int) -> None:
    sam = (
        Staffing(engine, secrets=SECRETS)
        .add("sam@example.org", "Sam", "advisor", "een kalme dag in mei")[0]
        .id
    )
    # In the Netherlands it is the 1st of July then, and in UTC still the 30th of June.
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC).timestamp()
    Audit(engine, now=lambda: late).note(noor, "hours.week")
    Audit(engine, now=lambda: late - 3600).note(sam, "hours.day")

    def seen(wanted: Wanted) -> list[str]:
        return [line.name for line in trail(engine).lines(wanted)]

    assert seen(Wanted(member=sam)) == ["Sam"]
    assert seen(Wanted(act="hours.week")) == ["Noor"]
    assert seen(Wanted(day=date(2026, 7, 1))) == ["Noor"]
    assert seen(Wanted(day=date(2026, 6, 30))) == ["Sam"]
    assert seen(Wanted(member=sam, act="hours.week")) == []


def test_all_of_it_can_be_read_in_portions(
    engine: Engine, noor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luwte.chat.audit_trail.PORTION", 3)
    for number in range(7):
        trail(engine).note(noor, "hours.week", str(number))

    assert [line.about for line in trail(engine).all_lines(Wanted())] == list("0123456")
    assert [line.about for line in trail(engine).lines(Wanted(), first=2, most=2)] == ["4", "3"]
    assert trail(engine).count(Wanted()) == 7


def test_every_act_has_a_code_that_fits_and_a_sentence() -> None:
    for act in ACTS:
        assert len(act) <= 40 and act.count(".") == 1


@pytest.mark.parametrize("typed", ["=1+1", "+31", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_a_cell_is_never_a_formula(typed: str) -> None:
    assert safe_cell(typed) == "'" + typed
    assert safe_cell("a" + typed) == "a" + typed


@pytest.fixture
def house(
    database_url: str, redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path
) -> Iterator[House]:
    with house_on(database_url, redis, redis_of_the_run.url, tmp_path) as house:
        yield house


def test_a_coordinator_reads_who_did_what_and_may_choose(house: House) -> None:
    anna = house.hires("Anna", role="coordinator")
    sam = house.hires("Sam")

    page = anna.opens("/office/audit")
    assert "Anna logde in" in said(page) and "Sam logde in" in said(page)

    page = anna.opens(f"/office/audit?member={sam.member.id}&act=desk.sign_in")
    assert "Sam logde in" in said(page)
    assert "Anna logde in" not in said(page)

    page = anna.opens("/office/audit?day=morgen&member=x&act=y&page=0")
    assert page.status_code == 422
    assert "Vul een datum in" in said(page)


def test_many_acts_have_pages(house: House) -> None:
    anna = house.hires("Anna", role="coordinator")
    audit = Audit(house.engine)
    for number in range(60):
        audit.note(anna.member.id, "hours.week", f"nummer {number}.")

    first, last = anna.opens("/office/audit"), anna.opens("/office/audit?page=99")

    assert "nummer 59." in said(first) and "nummer 9." not in said(first)
    assert "nummer 9." in said(last) and "nummer 59." not in said(last)
    assert 'rel="next"' in first.text and 'rel="next"' not in last.text
    assert "Bladzijde 2 van 2" in said(last)


def test_it_is_taken_along_as_a_file_in_which_a_name_is_only_a_name(house: House) -> None:
    anna = house.hires("Anna", role="coordinator")
    eve = house.hires("=A1+B2", "VT14")
    eve.fills_in("/desk/sign-out", on="/desk/account")

    answer = anna.fills_in("/office/audit/export?act=desk.sign_out", on="/office/audit")

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[1:] for row in rows[1:]] == [["'=A1+B2", "logde uit", "", "desk.sign_out"]]
    assert house.acts()[-1] == "audit.export"
