"""The office's audit trail: who did what and when, to read and to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from .acts import ACTS
from .audit import audit, record
from .audit_trail import Line, Wanted
from .office import office_blueprint
from .sheet import safe_cell
from .texts import gettext as _
from .timetable import AMSTERDAM, local

blueprint = office_blueprint("office_audit", __name__, "/office/audit")

ON_A_PAGE = 50


@blueprint.get("")
def overview() -> ResponseReturnValue:
    wanted, errors = _wanted()
    trail = audit()
    count = trail.count(wanted)
    pages = max(1, -(-count // ON_A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    lines = trail.lines(wanted, first=(page - 1) * ON_A_PAGE, most=ON_A_PAGE)
    words = {
        "lines": [(local(line.at), line) for line in lines],
        "count": count,
        "page": page,
        "pages": pages,
        "people": trail.people(),
        "acts": ACTS,
        "wanted": wanted,
        "asked": request.args,
        "errors": errors,
        "to_page": lambda number: url_for("office_audit.overview", **_asked(page=str(number))),
        "to_file": url_for("office_audit.export", **_asked()),
    }
    return render_template("office/audit.html", **words), 422 if errors else 200


@blueprint.post("/export")
def export() -> ResponseReturnValue:
    wanted, _errors = _wanted()
    record("audit.export", wanted.day.isoformat() if wanted.day else "")
    name = f"logboek-{datetime.now(AMSTERDAM):%Y-%m-%d}.csv"
    answer = Response(stream_with_context(_sheet(audit().all_lines(wanted))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _wanted() -> tuple[Wanted, dict[str, str]]:
    """What was asked for; what cannot be read is told and left out."""
    asked, errors = request.args, {}
    day = None
    if typed := asked.get("day", ""):
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            day = date.min
        # At the ends of the calendar a day has no hours in another time zone.
        if not 2000 <= day.year < 2200:
            day = None
            errors["day"] = _("Vul een datum in, bijvoorbeeld 2026-05-31.")
    act = asked.get("act", "")
    member = asked.get("member", type=int)
    in_range = member is not None and 0 < member < 2**31
    return Wanted(member if in_range else None, act if act in ACTS else "", day), errors


def _asked(**more: str) -> dict[str, Any]:
    kept = {name: request.args.get(name, "") for name in ("member", "act", "day")}
    return {name: value for name, value in (kept | more).items() if value}


def _sheet(lines: Iterator[Line]) -> Iterator[str]:
    """The lines of a file that a spreadsheet opens."""
    # The mark tells spreadsheets that this is UTF-8.
    yield "\ufeff" + _row(_("Wanneer"), _("Wie"), _("Wat"), _("Waarover"), _("Code"))
    for line in lines:
        at = f"{local(line.at):%Y-%m-%d %H:%M:%S}"
        yield _row(at, line.name, str(line.sentence), line.about, line.act)


def _row(*cells: str) -> str:
    drawn = io.StringIO()
    csv.writer(drawn).writerow([safe_cell(cell) for cell in cells])
    return drawn.getvalue()
