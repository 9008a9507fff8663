"""The office's figures: how many were helped, when, and how long it took. Never of few people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from babel.dates import format_date
from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from .audit import record
from .charts import Column, columns
from .desk_session import me
from .figure_report import Quantile, Report, Sheets, Table, Wanted, as_cell, period
from .figure_sheets import Choice, Figure
from .figure_values import TITLES, VALUES, bucket, word
from .keys import NATIONAL
from .office import office_blueprint
from .parts import chat
from .sheet import safe_cell
from .texts import gettext as _
from .texts import language
from .timetable import local

PERIODS = ("day", "week", "month", "own")
CHOICES = ("lane", "lang", "topic")
DAYS_MOST = 2 * 366

blueprint = office_blueprint("office_figures", __name__, "/office/figures")


@dataclass(frozen=True)
class Asked:
    """What stands in the form, and what is wrong with it."""

    kind: str
    day: date
    wanted: Wanted
    errors: Mapping[str, str]


@blueprint.get("")
def overview() -> ResponseReturnValue:
    asked, today = _asked(), _today()
    report = None if asked.errors else Report(_sheets(), asked.wanted, today)
    page = render_template(
        "office/figures.html",
        asked=asked,
        typed=request.args,
        report=report,
        today=today,
        heading=_heading(asked.wanted),
        steps=_steps(asked, today),
        regions=_regions(),
        choices=_choices(),
        titles=TITLES,
        word=_word,
        cell=_cell,
        chart=_chart,
        spoken=_spoken,
        to_file=_address("export", request.args.to_dict()),
    )
    return page, 422 if asked.errors else 200


@blueprint.post("/export")
def export() -> ResponseReturnValue:
    asked = _asked()
    if asked.errors:
        return overview()
    wanted = asked.wanted
    report = Report(_sheets(), wanted, _today())
    about = [f"{wanted.first} {wanted.last}", wanted.region, "=".join(wanted.choice or ())]
    record("figures.export", " ".join(part for part in about if part))
    name = f"cijfers-{wanted.first}-{wanted.last}.csv"
    answer = Response("".join(_file(report)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sheets() -> Sheets:
    return cast(Sheets, current_app.extensions["luwte.figures"])


def _today() -> date:
    return local(datetime.now(UTC)).date()


def _asked() -> Asked:
    """What was asked for; what cannot be read is told, and the month of today stands in for it."""
    args, errors = request.args, dict[str, str]()
    kind = args.get("period", "month")
    if kind not in PERIODS:
        kind = "month"
    day = _date("date", errors) or _today()
    first, last = period(kind, day)
    if kind == "own":
        first, last = _own_dates(errors)
    region = args.get("region", "")
    if region and region not in dict(_regions()):
        errors["region"] = _("Kies een regio uit de lijst.")
    choice = _choice(args.get("choice", ""))
    if args.get("choice") and not choice:
        errors["choice"] = _("Kies iets uit de lijst.")
    return Asked(kind, day, Wanted(first, last, me().regions, region, choice), errors)


def _own_dates(errors: dict[str, str]) -> tuple[date, date]:
    first, last = _date("from", errors), _date("to", errors)
    for name, found in (("from", first), ("to", last)):
        if found is None:
            errors.setdefault(name, _("Vul een datum in."))
    if not first or not last:
        return period("month", _today())
    if last < first:
        errors["to"] = _("Deze dag ligt voor de eerste.")
    elif (last - first).days > DAYS_MOST:
        errors["to"] = _("Kies ten hoogste twee jaar.")
    return first, last


def _date(name: str, errors: dict[str, str]) -> date | None:
    typed = request.args.get(name, "")
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        found = date.min
    if not 2000 <= found.year < 2200:
        errors[name] = _("Vul een datum in, bijvoorbeeld 2026-05-31.")
        return None
    return found


def _choice(typed: str) -> Choice | None:
    kind, _colon, value = typed.partition(":")
    return (kind, value) if kind in CHOICES and value in VALUES[kind] else None


def _regions() -> list[tuple[str, str]]:
    """The regions that this coordinator may see."""
    mine, names = me().regions, chat().regions
    found = [(code, name) for code, name in names.items() if not mine or code in mine]
    return found if mine else [*found, (NATIONAL, _word("region", NATIONAL))]


def _choices() -> list[tuple[Any, list[tuple[str, str]]]]:
    return [
        (TITLES[kind], [(f"{kind}:{value}", _word(kind, value)) for value in VALUES[kind]])
        for kind in CHOICES
    ]


def _word(kind: str, value: str) -> str:
    if kind == "day":
        return str(format_date(date.fromisoformat(value), "EEE d MMM", locale=language()))
    if kind == "month":
        first = date.fromisoformat(f"{value}-01")
        return str(format_date(first, "MMMM y", locale=language()))
    return word(kind, value, chat().regions)


def _heading(wanted: Wanted) -> str:
    first, last = (
        format_date(day, "d MMMM y", locale=language()) for day in (wanted.first, wanted.last)
    )
    if first == last:
        return str(first)
    return _("%(first)s tot en met %(last)s", first=first, last=last)


def _steps(asked: Asked, today: date) -> dict[str, str]:
    """Where the period before, and the one after it if it has begun, stand."""
    if asked.kind == "own":
        return {}
    kept = {name: value for name, value in request.args.items() if name in ("region", "choice")}
    before, after = asked.wanted.first - timedelta(days=1), asked.wanted.last + timedelta(days=1)
    steps = {"prev": before, "next": after} if after < today else {"prev": before}
    return {
        name: _address("overview", kept | {"period": asked.kind, "date": day.isoformat()})
        for name, day in steps.items()
    }


def _address(view: str, asked: dict[str, Any]) -> str:
    return url_for(f"office_figures.{view}", **asked)


def _cell(figure: Figure) -> str:
    return as_cell(figure).replace("≥", "≥ ") or "–"


def _spoken(subject: str, quantile: Quantile) -> str:
    if quantile.bucket is None:
        return _("te weinig om te zeggen")
    return bucket(subject, quantile.bucket)


def _chart(table: Table) -> Markup:
    """The first two columns of a table; what is hidden has a mark of its own."""
    every = [
        Column(
            _short(table.name, row.value),
            [one.number if one.number or one.whole else None for one in row.figures[:2]],
        )
        for row in table.rows
    ]
    shown = ", ".join(str(TITLES[column]) for column in table.columns[:2])
    return columns(
        f"chart-{table.name}",
        str(TITLES[table.name]),
        _("%(what)s. De tabel hieronder zegt hetzelfde in getallen.", what=shown),
        every,
    )


def _short(kind: str, value: str) -> str:
    """What stands under a column: a day of the month, an hour, or a month."""
    return value if kind == "month" else str(int(value[-2:]))


def _file(report: Report) -> Iterator[str]:
    """The same tables for a spreadsheet; an empty cell is a hidden number."""
    # The mark tells spreadsheets that this is UTF-8.
    yield "\ufeff" + _line(_("Cijfers"), _heading(report.wanted))
    if report.wanted.region:
        yield _line(_("Regio"), _word("region", report.wanted.region))
    if report.wanted.choice:
        yield _line(str(TITLES[report.wanted.choice[0]]), _word(*report.wanted.choice))
    yield _line(
        _("Afgerond op vijf. Een lege cel is minder dan 5, of verborgen."),
    )
    yield _line()
    yield _line(_("Totaal"), *(str(TITLES[name]) for name in report.totals))
    yield _line("", *(as_cell(figure) for figure in report.totals.values()))
    for table in report.tables:
        yield _line()
        yield _line(str(TITLES[table.name]), *(_column(table, name) for name in table.columns))
        for row in table.rows:
            yield _line(_word(table.name, row.value), *(as_cell(one) for one in row.figures))


def _column(table: Table, name: str) -> str:
    return _("Aantal") if name == table.name else str(TITLES[name])


def _line(*cells: str) -> str:
    drawn = io.StringIO()
    csv.writer(drawn).writerow([safe_cell(cell) for cell in cells])
    return drawn.getvalue()
