"""The office floor over HTTP: one's own shift, who is there, and leaving."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from . import clean, keys, shift_choice
from .accept import wants_json
from .asking import fields, handle_faults
from .audit import record
from .clean import BadInput
from .database import DatabaseUnusable
from .desk_session import me
from .desk_wire import DeskReader, colleagues_data, shift_data
from .floor import Floor
from .parts import chat
from .shift_choice import Choice
from .sign_in import current_member, signed_in
from .store import UNREACHABLE

blueprint = Blueprint("desk_floor", __name__, url_prefix="/desk", template_folder="templates")
handle_faults(blueprint)


def my_floor() -> Floor:
    """The floor as the member who asks sees it; only behind `signed_in`."""
    member = me()
    return Floor(chat(), str(member.id), member.name, member.regions)


def my_reader() -> DeskReader:
    """How the member who asks is told of things; only behind `signed_in`."""
    floor = my_floor()
    return DeskReader(floor.member, floor.name, chat().regions, floor.allowed)


@blueprint.get("/shift")
@signed_in
def shift() -> ResponseReturnValue:
    return jsonify(shift_data(my_reader(), my_floor().choice()))


@blueprint.post("/shift")
@signed_in
def choose() -> ResponseReturnValue:
    floor = my_floor()
    choice = _choice(floor, fields())
    floor.choose(choice)
    record("desk.status", choice.status)
    return jsonify(shift_data(my_reader(), choice))


@blueprint.get("/colleagues")
@signed_in
def colleagues() -> ResponseReturnValue:
    there = chat().colleagues.there(since=time.monotonic())
    return jsonify(colleagues_data(my_reader(), there))


@blueprint.before_app_request
def before_signing_out() -> ResponseReturnValue | None:
    """Whoever signs out ends their shift; with open conversations they are asked first."""
    if request.endpoint != "sign_in.sign_out":
        return None
    try:
        return _leave() if current_member() else None
    except (*UNREACHABLE, DatabaseUnusable) as error:
        # Nobody is kept in; care gives the conversations to others when this desk is silent.
        current_app.logger.error("a shift cannot be ended now: %s", type(error).__name__)
        return None


def _leave() -> ResponseReturnValue | None:
    floor = my_floor()
    open_chats = len(floor.at_work().conversations())
    if open_chats and request.form.get("sure") != "yes":
        return _ask_first(open_chats)
    floor.leaves()
    return None


def _ask_first(open_chats: int) -> ResponseReturnValue:
    if wants_json():
        return jsonify(reason="open-chats", chats=open_chats), 409
    return make_response(render_template("desk/sign-out.html", count=open_chats), 409)


def _choice(floor: Floor, sent: dict[str, object]) -> Choice:
    """What was chosen; what was not sent stays as it is. Raises BadInput."""
    now = floor.choice()
    regions = _some(sent, "regions", floor.allowed, now.regions)
    lanes = _some(sent, "lanes", keys.LANES, now.lanes)
    langs = _some(sent, "langs", shift_choice.LANGUAGES, now.langs)
    limits = tuple(str(most) for most in range(1, shift_choice.MOST_CHATS + 1))
    most = clean.one_of(str(sent.get("most", now.most)), "most", limits)
    status = clean.one_of(sent.get("status", now.status), "status", shift_choice.STATUSES)
    return Choice(regions, lanes, langs, int(most), status, chosen=True)


def _some(
    sent: dict[str, object], field: str, choices: tuple[str, ...], now: tuple[str, ...]
) -> tuple[str, ...]:
    """At least one of the choices, as a list or with spaces between them. Raises BadInput."""
    if field not in sent:
        return now
    if request.mimetype == "application/json":
        given: Any = sent[field]
    else:
        given = " ".join(request.form.getlist(field))
    wanted = given.split() if isinstance(given, str) else given
    if not isinstance(wanted, list) or not wanted:
        raise BadInput(field, "choose")
    for one in wanted:
        clean.one_of(one, field, choices)
    return tuple(one for one in choices if one in wanted)
