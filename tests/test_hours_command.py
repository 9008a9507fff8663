"""`luwte hours`: what an operator types, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from luwte.chat.timetable import local
from luwte.cli import main
from luwte.hours_command import _moment
from tests.test_timetable import at

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `luwte hours` on a data folder of the test's own; what it says, or the one fault."""
    monkeypatch.setenv("LUWTE_DATA_DIR", str(tmp_path / "data"))

    def run(words: str, *more: str, refused: bool = False) -> str:
        try:
            status = main(["hours", *words.split(), *more])
        except SystemExit as left:
            status = int(left.code or 0)
        said = capsys.readouterr()
        assert bool(status) == refused, said.err
        assert "Traceback" not in said.err
        return said.err.splitlines()[-1] if refused else said.out

    return run


def test_a_week_is_set_shown_and_removed(run: Run) -> None:
    assert "always open" in run("show")

    run("set mon-fri=9:00-12:00,13:00-17:00 fri-fri=x", refused=True)
    run("set mon-thu=9:00-12:00,13:00-17:00 fri=22:00-02:00 --closed-on-holidays")
    run("set sat-mon=00:00-24:00 --region vt14")

    shown = run("show")
    assert "The country has this week, closed on holidays:" in shown
    assert "  thu  09:00-12:00, 13:00-17:00\n  fri  22:00-02:00\n  sat  closed\n" in shown
    assert "The region VT14 has this week:\n  mon  00:00-24:00\n  tue  closed\n" in shown
    assert "VT14" not in run("show --region VT01")

    run("remove week")
    assert "The country has no week" in run("show")


def test_another_day_is_set_shown_and_removed(run: Run) -> None:
    day = f"{local(datetime.now(UTC)) + timedelta(days=3):%Y-%m-%d}"

    run(f"exception {day} 09:00-12:00 --region VT14", "--reason", "Studiedag")
    run(f"exception {day} closed", "--reason", "Feest", "--reason-en", "Party!")

    shown = run("show")
    assert f"{day}: closed (Feest. / Party!)" in shown
    assert f"{day}: 09:00-12:00 (Studiedag.)" in shown
    run(f"remove {day}")
    assert "closed" not in run("show")


def test_the_chat_is_closed_and_opened_by_hand(run: Run) -> None:
    closed = run("close --until 2099-01-01T12:00", "--reason", "Storing")
    assert closed.startswith("The country is closed now.")
    assert "closed until 2099-01-01 12:00 (Storing.)" in run("show")
    assert "The region VT14 is closed now" in run("open --region VT14")
    run("remove switch")
    assert "The region VT14 is open now" in run("show --region VT14")
    assert "is closed now" in run("close --region VT14")
    assert "The country is open now" in run("show")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("set mon=9-17", "09:00-17:00"),
        ("set monday=09:00-17:00", "mon-fri=09:00-17:00"),
        ("set mon=09:00-12:00,11:00-13:00", "overlap"),
        ("set mon=closed mon-fri=09:00-12:00", "twice"),
        ("set mon=09:00-12:00 --region VT99", "give one of VT01"),
        ("exception 2020-01-01 closed", "is over"),
        ("exception 24-12-2026 closed", "2026-12-24"),
        ("remove 2099-01-01", "luwte hours show"),
        ("remove switch --region VT01", "luwte hours show"),
        ("close --until tomorrow", "17:30"),
        ("close --until 2020-01-01T12:00", "is over"),
        ("close --until 2099-01-01T12:00+01:00", "17:30"),
        ("", "WHAT"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_remedy(run: Run, words: str, says: str) -> None:
    assert says in run(words, refused=True)


def test_a_time_is_the_next_time_that_the_clock_shows_it() -> None:
    now = at("2026-11-23 17:30")

    assert _moment(time(18), now) == at("2026-11-23 18:00")
    assert _moment(time(17, 30), now) == at("2026-11-24 17:30")
    assert _moment(datetime(2026, 3, 29, 2, 30), now) == at("2026-03-29 03:00")
