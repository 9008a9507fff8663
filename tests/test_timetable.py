"""Times of a day, summer time, holidays, and what all rules together say: against a slow clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from luwte.chat.opening import AHEAD_DAYS, ALWAYS_OPEN, OtherDay, Plan, Switch
from luwte.chat.timetable import (
    ALWAYS,
    DAY_MIN,
    BadHours,
    Span,
    Spans,
    Week,
    holiday,
    local,
    read_spans,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HALF_HOUR = timedelta(minutes=30)


def at(written: str, *, second: bool = False) -> datetime:
    """A moment as a Dutch clock shows it; `second` of the hour that happens twice."""
    wall = datetime.fromisoformat(written)
    return wall.replace(tzinfo=AMSTERDAM, fold=int(second)).astimezone(UTC)


def every_day(*spans: str, closed_on_holidays: bool = False) -> Plan:
    return Plan({"": Week((read_spans(spans),) * 7, closed_on_holidays)})


def on(*weekdays: int, spans: tuple[str, ...]) -> Plan:
    return Plan({"": Week(tuple(read_spans(spans) if n in weekdays else () for n in range(7)))})


@pytest.mark.parametrize(
    ("typed", "minutes", "written"),
    [
        ("09:00-17:00", (540, 1020), "09:00-17:00"),
        ("9:00-17:30", (540, 1050), "09:00-17:30"),
        ("00:00-24:00", (0, 1440), "00:00-24:00"),
        ("22:00-02:00", (1320, 1560), "22:00-02:00"),
        ("22:00-00:00", (1320, 1440), "22:00-24:00"),
    ],
)
def test_hours_are_read_and_written(typed: str, minutes: tuple[int, int], written: str) -> None:
    assert Span.read(typed) == Span(*minutes)
    assert str(Span.read(typed)) == written


@pytest.mark.parametrize(
    "typed", ["", "9-17", "09:00", "09:60-17:00", "24:00-08:00", "09:00-24:01", "09:00-09:00", "x"]
)
def test_what_are_no_hours_is_said(typed: str) -> None:
    with pytest.raises(BadHours):
        Span.read(typed)


def test_hours_of_a_day_may_touch_but_not_overlap() -> None:
    assert read_spans(["13:00-17:00", "09:00-13:00"]) == (Span(540, 780), Span(780, 1020))
    with pytest.raises(BadHours, match="overlap"):
        read_spans(["09:00-13:00", "12:59-17:00"])


def test_several_times_a_day() -> None:
    plan = every_day("09:00-12:00", "13:00-17:00")

    assert plan.state("", at("2026-11-23 09:00")).closes_at == at("2026-11-23 12:00")
    lunch = plan.state("", at("2026-11-23 12:00"))
    assert (lunch.open, lunch.opens_at) == (False, at("2026-11-23 13:00"))
    evening = plan.state("", at("2026-11-23 17:00:59"))
    assert (evening.open, evening.opens_at) == (False, at("2026-11-24 09:00"))


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    plan = on(4, spans=("22:00-02:00",))  # Friday

    assert plan.state("", at("2026-11-28 01:59")).closes_at == at("2026-11-28 02:00")
    assert not plan.state("", at("2026-11-28 02:00")).open
    assert not plan.state("", at("2026-11-27 01:00")).open
    assert plan.state("", at("2026-11-28 02:00")).opens_at == at("2026-12-04 22:00")


def test_days_that_touch_at_midnight_are_one_opening() -> None:
    plan = on(0, 1, spans=("00:00-24:00",))

    assert plan.state("", at("2026-11-23 12:00")).closes_at == at("2026-11-25 00:00")


def test_without_any_week_the_chat_is_always_open() -> None:
    assert Plan().state("VT14", at("2026-11-23 03:00")) == ALWAYS_OPEN
    assert Plan({"": ALWAYS}).state("", at("2026-11-23 03:00")) == ALWAYS_OPEN


def test_what_lies_further_away_than_two_weeks_is_not_told() -> None:
    shut = OtherDay(())
    days = {("", date(2026, 11, 24) + timedelta(days=n)): shut for n in range(20)}
    plan = Plan({"": every_day("09:00-17:00").week("")}, days)

    assert plan.state("", at("2026-11-23 20:00")).opens_at is None
    assert plan.state("", at("2026-12-01 20:00")).opens_at == at("2026-12-14 09:00")


def test_when_the_clock_goes_forward_a_leapt_over_time_comes_at_the_leap() -> None:
    plan = every_day("02:30-08:00")
    leap = at("2026-03-29 03:00")

    assert plan.state("", leap - timedelta(minutes=1)).opens_at == leap
    assert plan.state("", leap).closes_at == at("2026-03-29 08:00")
    night = every_day("22:00-02:30")
    assert night.state("", at("2026-03-28 23:00")).closes_at == leap
    assert every_day("02:10-02:50").state("", at("2026-03-29 00:00")).opens_at == at(
        "2026-03-30 02:10"
    )


def test_when_the_clock_goes_back_nobody_is_put_out_in_the_hour_that_happens_twice() -> None:
    plan = every_day("02:30-08:00")
    first = at("2026-10-25 02:30")

    assert plan.state("", at("2026-10-25 01:00")).opens_at == first
    assert plan.state("", at("2026-10-25 02:10", second=True)).open
    night = every_day("22:00-02:30")
    assert night.state("", at("2026-10-25 01:00")).closes_at == at("2026-10-25 02:30", second=True)
    assert every_day("09:00-17:00").state("", at("2026-10-25 08:59")).opens_at == at(
        "2026-10-25 09:00"
    )


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-04-26", "Koningsdag"),  # the 27th is a Sunday
        ("2026-04-27", "Koningsdag"),
        ("2026-04-05", "Eerste paasdag"),
        ("2027-03-29", "Tweede paasdag"),
        ("2025-05-05", "Bevrijdingsdag"),
        ("2026-12-26", "Tweede kerstdag"),
        ("2027-01-01", "Nieuwjaarsdag"),
    ],
)
def test_holidays_have_a_name(day: str, name: str) -> None:
    assert holiday(date.fromisoformat(day))["nl"] == name
    assert holiday(date.fromisoformat(day))["en"]


@pytest.mark.parametrize("day", ["2025-04-27", "2026-05-05", "2029-05-05", "2026-12-24"])
def test_other_days_are_none(day: str) -> None:
    assert holiday(date.fromisoformat(day)) == {}


def test_holidays_are_closed_where_the_week_says_so() -> None:
    christmas = at("2026-12-25 10:00")

    assert every_day("09:00-17:00").state("", christmas).open
    state = every_day("09:00-17:00", closed_on_holidays=True).state("", christmas)
    assert (state.open, state.opens_at) == (False, at("2026-12-27 09:00"))
    assert state.reason == {
        "nl": "Het is vandaag Eerste kerstdag.",
        "en": "Today is Christmas Day.",
    }


def test_other_hours_on_a_date_count_on_a_holiday_too() -> None:
    week = every_day("09:00-17:00", closed_on_holidays=True).week("")
    plan = Plan({"": week}, {("", date(2026, 12, 25)): OtherDay(read_spans(["10:00-12:00"]))})

    assert plan.state("", at("2026-12-25 09:00")).opens_at == at("2026-12-25 10:00")


def test_a_region_follows_the_country_until_it_has_a_week_of_its_own() -> None:
    country = every_day("09:00-17:00").week("")
    own = every_day("20:00-22:00").week("")
    plan = Plan({"": country, "VT14": own})

    assert plan.state("VT01", at("2026-11-23 10:00")).open
    assert not plan.state("VT14", at("2026-11-23 10:00")).open
    assert plan.state("VT14", at("2026-11-23 20:00")).open


def test_the_countrys_other_hours_are_everybodys_but_a_regions_own_go_before() -> None:
    day = date(2026, 11, 23)
    own = Week((read_spans(["08:00-20:00"]),) * 7)
    plan = Plan(
        {"VT14": own},
        {
            ("", day): OtherDay((), {"nl": "Studiedag."}),
            ("VT01", day): OtherDay(read_spans(["10:00-12:00"])),
        },
    )

    assert plan.state("VT14", at("2026-11-23 10:00")).reason == {"nl": "Studiedag."}
    assert not plan.state("VT14", at("2026-11-23 10:00")).open
    assert plan.state("VT01", at("2026-11-23 10:00")).open
    assert not plan.state("VT02", at("2026-11-23 10:00")).open


def test_the_switch_goes_before_the_hours_and_ends_by_itself() -> None:
    week = every_day("09:00-17:00").week("")
    shut = Switch(False, {"nl": "Storing."}, at("2026-11-23 11:00"))
    plan = Plan({"": week}, {}, {"": shut})

    state = plan.state("VT14", at("2026-11-23 10:00"))
    assert (state.open, state.opens_at, state.reason) == (
        False,
        at("2026-11-23 11:00"),
        {"nl": "Storing."},
    )
    assert plan.state("VT14", at("2026-11-23 11:00")).open
    evening = Plan({"": week}, {}, {"": Switch(True, {}, at("2026-11-23 21:00"))})
    assert evening.state("", at("2026-11-23 20:00")).closes_at == at("2026-11-23 21:00")
    assert Plan({"": week}, {}, {"": Switch(True)}).state("", at("2026-11-23 20:00")).open


def test_closed_for_all_goes_before_a_regions_switch_and_that_before_open_for_all() -> None:
    def state(country: bool, own: bool) -> bool:
        plan = Plan({}, {}, {"": Switch(country), "VT14": Switch(own)})
        return plan.state("VT14", at("2026-11-23 10:00")).open

    assert [state(False, True), state(False, False)] == [False, False]
    assert [state(True, True), state(True, False)] == [True, False]


# ---- all rules together, against a clock that walks through every half hour

HALF_HOURS = some.integers(0, 47)


@some.composite
def days(draw: some.DrawFn) -> Spans:
    """Up to three times of a day that do not overlap; the last one may end on the next day."""
    points = sorted(draw(some.sets(HALF_HOURS, max_size=6)))
    spans = [Span(a * 30, b * 30) for a, b in zip(points[::2], points[1::2], strict=False)]
    if len(points) % 2:
        begin = points[-1] * 30
        spans.append(Span(begin, begin + 30 * draw(some.integers(1, 47))))
    return tuple(spans)


WEEKS = some.builds(Week, some.tuples(*[days()] * 7), some.booleans())
REGIONS = ("", "VT14")
# Both changes of the clock, Christmas, Easter, and a quiet month.
AROUND = [
    date(2026, 3, 27),
    date(2026, 10, 23),
    date(2026, 12, 20),
    date(2026, 4, 2),
    date(2026, 6, 1),
]


@some.composite
def worlds(draw: some.DrawFn) -> tuple[Plan, datetime]:
    first = draw(some.sampled_from(AROUND))
    asked = at(f"{first} 00:00") + HALF_HOUR * draw(some.integers(0, 5 * 48))
    near = some.builds(lambda n: first + timedelta(days=n), some.integers(-1, 20))
    until = some.builds(lambda n: asked + HALF_HOUR * n, some.integers(-10, 300))
    switch = some.builds(Switch, some.booleans(), some.just({}), some.none() | until)
    plan = Plan(
        draw(some.dictionaries(some.sampled_from(REGIONS), WEEKS)),
        draw(
            some.dictionaries(
                some.tuples(some.sampled_from(REGIONS), near),
                some.builds(OtherDay, days()),
                max_size=6,
            )
        ),
        draw(some.dictionaries(some.sampled_from(REGIONS), switch)),
    )
    return plan, asked + timedelta(seconds=draw(some.integers(0, 59)))


def is_open(plan: Plan, region: str, moment: datetime) -> bool:
    """The rules once more, as one would say them, for one moment."""
    holds = {
        who: switch.open
        for who, switch in plan.switches.items()
        if who in ("", region) and (switch.until is None or moment < switch.until)
    }
    if holds.get("") is False:
        return False
    if holds:
        return holds.get(region, True)
    wall = local(moment)
    return any(_covers(span, wall, ago) for ago, span in _hours_around(plan, region, wall.date()))


def _hours_around(plan: Plan, region: str, today: date) -> Iterator[tuple[int, Span]]:
    for ago in (0, 1):
        day = today - timedelta(days=ago)
        week = plan.weeks.get(region) or plan.weeks.get("") or ALWAYS
        other = plan.days.get((region, day)) or plan.days.get(("", day))
        shut = week.closed_on_holidays and holiday(day)
        spans = other.spans if other else () if shut else week.days[day.weekday()]
        yield from ((ago, span) for span in spans)


def _covers(span: Span, wall: datetime, ago: int) -> bool:
    shown = wall.hour * 60 + wall.minute
    begin, end = span.begin - ago * DAY_MIN, span.end - ago * DAY_MIN
    twice = range(0)
    if wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset():
        twice = range(120, 180)
    has_begun = begin <= shown or (wall.fold == 1 and begin in twice)
    goes_on = shown < end or (wall.fold == 0 and end in twice)
    return has_begun and goes_on


@settings(max_examples=150, deadline=None)
@given(worlds(), some.sampled_from([*REGIONS, "VT01"]))
def test_what_opens_is_open_and_nothing_before_it(
    world: tuple[Plan, datetime], region: str
) -> None:
    plan, asked = world
    state = plan.state(region, asked)
    end = asked + timedelta(days=AHEAD_DAYS)

    assert state.open == is_open(plan, region, asked)
    assert (state.closes_at if not state.open else state.opens_at) is None
    changes_at = state.closes_at if state.open else state.opens_at
    moment = asked.replace(second=0) + HALF_HOUR
    while moment < (changes_at or end):
        assert is_open(plan, region, moment) == state.open
        moment += HALF_HOUR
    if changes_at:
        assert asked < changes_at <= end
        assert is_open(plan, region, changes_at) != state.open
        assert plan.state(region, changes_at).open != state.open
