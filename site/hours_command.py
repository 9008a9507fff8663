"""`luwte hours`: see and change when the chat is open."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from .chat.opening import COUNTRY, OtherDay, Plan, Switch
from .chat.timetable import Spans, Week, local, moment
from .cli import CannotDo
from .config import Settings
from .typed_week import CLOSED, DAYS, days_of, spans_of

if TYPE_CHECKING:
    from .chat.hours import Hours


def add_hours(hours: argparse.ArgumentParser) -> None:
    """Add what can be done with the hours to the parser of `luwte hours`."""
    hours.description = (
        "Closed now for all goes before a region's own switch, that before open now for all; then "
        "come other hours on a date (a region's before the country's), holidays, and the week. "
        "Without any week the chat is always open. All times are Dutch."
    )
    does = hours.add_subparsers(required=True, metavar="WHAT")
    show = does.add_parser("show", help="show what holds now, and all rules")
    week = does.add_parser(
        "set", help="set the week, for example: mon-fri=09:00-17:00 sat=10:00-14:00"
    )
    week.add_argument(
        "days",
        nargs="+",
        metavar="DAYS=HOURS",
        help="mon-fri=09:00-12:00,13:00-17:00; fri=22:00-02:00 ends on Saturday; others are closed",
    )
    week.add_argument("--closed-on-holidays", action="store_true", help="Dutch public holidays")
    other = does.add_parser("exception", help="other hours on one date, or closed")
    other.add_argument("date", type=_date, metavar="DATE", help="for example 2026-12-24")
    other.add_argument("hours", metavar="HOURS", help="09:00-12:00,13:00-15:00 or closed")
    remove = does.add_parser("remove", help="remove a date's other hours, the week or the switch")
    remove.add_argument("what", type=_removable, metavar="DATE|week|switch")
    close = does.add_parser("close", help="close now, whatever the hours say")
    opened = does.add_parser("open", help="open now, whatever the hours say")
    for parser in (close, opened):
        until = "a time, or a date and time: 17:30 or 2026-12-24T17:30; until changed if left out"
        parser.add_argument("--until", type=_until, metavar="WHEN", help=until)
    for parser in (other, close, opened):
        parser.add_argument("--reason", default="", help="what visitors are told, in Dutch")
        parser.add_argument("--reason-en", default="", help="and in English")
    for parser in (show, week, other, remove, close, opened):
        parser.add_argument("--region", default=COUNTRY, metavar="VT14", help="all when left out")
    show.set_defaults(command=_show)
    week.set_defaults(command=_set)
    other.set_defaults(command=_exception)
    remove.set_defaults(command=_remove)
    close.set_defaults(command=_switch, open=False)
    opened.set_defaults(command=_switch, open=True)


def _show(asked: argparse.Namespace, settings: Settings) -> int:
    with _hours(settings) as hours:
        plan = hours.plan()
        print(_state(hours, plan, asked.region))
    if settings.always_open:
        print("LUWTE_ALWAYS_OPEN is set: the service ignores the hours.")
    for line in _rules(plan, asked.region):
        print(line)
    return 0


def _set(asked: argparse.Namespace, settings: Settings) -> int:
    week = Week(days_of(asked.days), asked.closed_on_holidays)
    with _hours(settings) as hours:
        hours.set_week(asked.region, week)
        print(_state(hours, hours.plan(), asked.region))
    return 0


def _exception(asked: argparse.Namespace, settings: Settings) -> int:
    with _hours(settings) as hours:
        hours.add_exception(asked.region, asked.date, spans_of(asked.hours), _reason(asked))
        print(_state(hours, hours.plan(), asked.region))
    return 0


def _remove(asked: argparse.Namespace, settings: Settings) -> int:
    with _hours(settings) as hours:
        if asked.what == "week":
            hours.remove_week(asked.region)
        elif asked.what == "switch":
            hours.remove_switch(asked.region)
        else:
            hours.remove_exception(asked.region, asked.what)
        print(_state(hours, hours.plan(), asked.region))
    return 0


def _switch(asked: argparse.Namespace, settings: Settings) -> int:
    with _hours(settings) as hours:
        until = _moment(asked.until, hours.now()) if asked.until else None
        hours.switch(asked.region, open=asked.open, reason=_reason(asked), until=until)
        print(_state(hours, hours.plan(), asked.region))
        print("`luwte hours remove switch` lets the hours count again.")
    return 0


@contextmanager
def _hours(settings: Settings) -> Iterator[Hours]:
    """The hours, in a database that is up to date; what is wrong is said with its remedy."""
    from .chat.database import engine_for, migrate
    from .chat.hours import Hours, NoSuchRegion, NothingThere
    from .regions import read_regions

    codes = [region.code for region in read_regions(settings.content)]
    migrate(settings.sql_url)
    engine = engine_for(settings.sql_url)
    try:
        yield Hours(engine, region_codes=codes)
    except NoSuchRegion as fault:
        raise CannotDo(f"{fault}: give one of {' '.join(sorted(codes))}.") from fault
    except NothingThere as fault:
        raise CannotDo("There is nothing to remove: `luwte hours show` shows the rules.") from fault
    finally:
        engine.dispose()


def _reason(asked: argparse.Namespace) -> dict[str, str]:
    return {"nl": asked.reason, "en": asked.reason_en}


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError("write a date like 2026-12-24") from None


def _removable(typed: str) -> str | date:
    return typed if typed in ("week", "switch") else _date(typed)


def _until(typed: str) -> time | datetime:
    for read in (time.fromisoformat, datetime.fromisoformat):
        try:
            found = read(typed)
        except ValueError:
            continue
        if found.tzinfo is None:
            return found
    raise argparse.ArgumentTypeError("write a time like 17:30, or 2026-12-24T17:30")


def _moment(typed: time | datetime, now: datetime) -> datetime:
    """The next time that a Dutch clock shows that."""
    if isinstance(typed, datetime):
        return moment(typed.date(), typed.hour * 60 + typed.minute)
    minutes, today = typed.hour * 60 + typed.minute, local(now).date()
    at = moment(today, minutes)
    return at if at > now else moment(today + timedelta(days=1), minutes)


def _state(hours: Hours, plan: Plan, region: str) -> str:
    state = plan.state(region.upper(), hours.now())
    word, until = ("open", state.closes_at) if state.open else ("closed", state.opens_at)
    end = f" until {local(until):%A %Y-%m-%d %H:%M}" if until else ""
    return f"{_name(region)} is {word} now{end}."


def _name(region: str) -> str:
    return f"The region {region.upper()}" if region else "The country"


def _rules(plan: Plan, region: str) -> Iterator[str]:
    """All rules, or those of one region and of the country."""
    shown = {region.upper(), COUNTRY} if region else None
    for code, week in sorted(plan.weeks.items()):
        if not shown or code in shown:
            yield from _week(code, week)
    if COUNTRY not in plan.weeks:
        yield "The country has no week: without other rules the chat is always open."
    for (code, day), other in sorted(plan.days.items(), key=lambda item: (item[0][1], item[0][0])):
        if not shown or code in shown:
            yield f"{_name(code)} on {day:%A %Y-%m-%d}: {_written(other.spans)}{_why(other)}"
    for code, switch in sorted(plan.switches.items()):
        if not shown or code in shown:
            end = f" until {local(switch.until):%Y-%m-%d %H:%M}" if switch.until else ""
            word = "open" if switch.open else "closed"
            yield f"{_name(code)} was switched by hand: {word}{end}{_why(switch)}"


def _week(region: str, week: Week) -> Iterator[str]:
    yield f"{_name(region)} has this week{', closed on holidays' * week.closed_on_holidays}:"
    for name, spans in zip(DAYS, week.days, strict=True):
        yield f"  {name}  {_written(spans)}"


def _written(spans: Spans) -> str:
    return ", ".join(map(str, spans)) or CLOSED


def _why(rule: OtherDay | Switch) -> str:
    return f" ({' / '.join(rule.reason.values())})" if rule.reason else ""
