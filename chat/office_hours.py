"""The office's opening hours: of the country and of each region, with what visitors would see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from .accept import wants_json
from .audit import record
from .desk_session import me
from .hours import Hours, NothingThere
from .hours_changes import Change, NewDay, NoDay, NoSwitch, NoWeek, may_change
from .hours_forms import Typed, WrongForm, day_form, read_removed, switch_form, week_form
from .hours_page import RegionPage, day_names, rows, state_words
from .office import office_blueprint
from .opening import COUNTRY
from .parts import chat
from .texts import gettext as _

COUNTRY_PATH = "landelijk"

blueprint = office_blueprint("office_hours", __name__, "/office/hours")


@dataclass(frozen=True)
class Draft:
    """What somebody typed in one of the page's forms and has not kept yet."""

    subject: str = ""
    typed: Typed = field(default_factory=dict)
    change: Change | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date | None:
        """The day that it is about."""
        return self.change.day if isinstance(self.change, NewDay) else None

    def value(self, subject: str, name: str, kept: str = "") -> str:
        """What stands in a field: what was typed, else what is kept."""
        return self.typed.get(name, "") if subject == self.subject else kept

    def errors(self, subject: str) -> Mapping[str, str]:
        return self.faults if subject == self.subject else {}


@blueprint.get("")
def overview() -> str:
    plan, now = _hours().plan(), _hours().now()
    return render_template(
        "office/hours.html",
        rows=rows(plan, now, chat().regions, mine=_mine),
        path_of=_path,
        always_open=_hours().always_open,
    )


@blueprint.get("/<path>")
def region(path: str) -> ResponseReturnValue:
    return _page(_region(path))


@blueprint.post("/<path>/week")
def week(path: str) -> ResponseReturnValue:
    code, typed = _changeable(path), _typed()
    if typed.get("own") == "no":
        return _do(code, "week", typed, lambda: NoWeek(code))
    return _do(code, "week", typed, lambda: week_form(code, typed))


@blueprint.post("/<path>/day")
def day(path: str) -> ResponseReturnValue:
    code, typed = _changeable(path), _typed()
    return _do(code, "day", typed, lambda: day_form(code, typed, _hours().now()))


@blueprint.post("/<path>/day/remove")
def remove_day(path: str) -> ResponseReturnValue:
    code, which = _changeable(path), read_removed(_typed())
    if which is None:
        abort(400)
    return _keep(NoDay(code, which))


@blueprint.post("/<path>/switch")
def switch(path: str) -> ResponseReturnValue:
    code, typed = _changeable(path), _typed()
    return _do(code, "switch", typed, lambda: switch_form(code, typed, _hours().now()))


@blueprint.post("/<path>/switch/remove")
def remove_switch(path: str) -> ResponseReturnValue:
    return _keep(NoSwitch(_changeable(path)))


def _do(code: str, subject: str, typed: Typed, read: Callable[[], Change]) -> ResponseReturnValue:
    """Keep what was typed, show what it would do, or say what is wrong with it."""
    try:
        change = read()
    except WrongForm as fault:
        if wants_json():
            name, sentence = next(iter(fault.errors.items()))
            return {"error": sentence, "field": name}, 422
        return _page(code, Draft(subject, typed, faults=fault.errors), 422)
    if typed.get("do") == "preview":
        return _page(code, Draft(subject, typed, change))
    return _keep(change)


def _keep(change: Change) -> ResponseReturnValue:
    plan = _hours().plan()
    if change.on(plan) == plan:
        flash(_("Dit was al zo. Er is niets veranderd."))
    else:
        record(change.act, change.about)
        with suppress(NothingThere):  # a colleague was first
            change.keep(_hours())
        flash(_("Bewaard. Bezoekers zien het binnen twee seconden."))
    return redirect(url_for("office_hours.region", path=_path(change.region)), 303)


def _page(code: str, draft: Draft | None = None, status: int = 200) -> ResponseReturnValue:
    plan, now, draft = _hours().plan(), _hours().now(), draft or Draft()
    imagined = None
    if draft.change:
        imagined = RegionPage(draft.change.on(plan), code, now, chat().regions)
    answer = render_template(
        "office/hours_region.html",
        page=RegionPage(plan, code, now, chat().regions),
        path=_path(code),
        draft=draft,
        imagined=imagined,
        # A link beside a holiday fills in its date.
        day=request.args.get("day", "")[:10],
        changeable=_mine(code),
        always_open=_hours().always_open,
        day_names=day_names(),
        state_words=state_words,
    )
    return make_response(answer, status)


def _hours() -> Hours:
    hours = chat().hours
    assert hours is not None, "the service always has hours"  # noqa: S101 - for the type checker
    return hours


def _typed() -> Typed:
    return request.form.to_dict()


def _path(code: str) -> str:
    return code or COUNTRY_PATH


def _region(path: str) -> str:
    if path == COUNTRY_PATH:
        return COUNTRY
    if path not in chat().regions:
        abort(404)
    return path


def _mine(code: str) -> bool:
    return may_change(me(), code, chat().regions)


def _changeable(path: str) -> str:
    code = _region(path)
    if not _mine(code):
        abort(403, _("Je kunt alleen de openingstijden van je eigen regio’s veranderen."))
    return code
