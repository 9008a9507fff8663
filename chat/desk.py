"""The advisor's desk over HTTP: the waiting list, taking, answering, ending."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from . import clean
from .asking import fields, handle_faults
from .audit import record
from .desk_floor import my_floor, my_reader
from .desk_page import DeskPage
from .desk_session import by_itself, goes_on, me, often
from .helps import helps
from .parts import chat
from .pressure import TYPING, pressure
from .sign_in import signed_in
from .wire import event_stream, message_data

REASONS = ("done", "referred", "no-answer", "abuse", "")

blueprint = Blueprint("desk", __name__, template_folder="templates", url_prefix="/desk")
blueprint.before_request(lambda: chat().care.start())
handle_faults(blueprint)


@blueprint.get("/")
@signed_in
def home() -> str:
    names = chat().regions
    return render_template(
        "desk/desk.html",
        member=me(),
        shift_regions=[(code, names[code]) for code in my_floor().allowed if code in names],
        transfer_regions=list(names.items()),
        all_regions=len(names),
    )


@blueprint.get("/events")
@by_itself
@signed_in
def events() -> Response:
    cursor = request.headers.get("Last-Event-ID", "")
    floor, hub, may = my_floor(), chat().hub, goes_on()
    shift = floor.at_work()
    # Before the answer begins: without a store it must be another one.
    floor.comes()
    return event_stream(
        lambda listener: DeskPage(shift, hub, listener, cursor, floor=floor, goes_on=may),
        my_reader().draw,
    )


@blueprint.post("/take")
@signed_in
def take() -> ResponseReturnValue:
    wanted = clean.line(fields().get("conversation"), "conversation", most=64)
    floor = my_floor()
    conversation = floor.at_work().take(wanted)
    chat().presence.here(floor.member)
    record("chat.take", conversation.queue)
    draw = partial(message_data, side="advisor", me=floor.name)
    messages = [draw(message) for message in conversation.messages()]
    return jsonify(conversation=conversation.name, messages=messages)


@blueprint.post("/conversations/<name>/messages")
@often
@signed_in
def say(name: str) -> ResponseReturnValue:
    sent = fields()
    text = clean.message(sent.get("text"))
    key = clean.key(sent.get("key"), required=True)
    floor = my_floor()
    number, new = floor.says(floor.conversation(name), text, key)
    return jsonify(id=number), 201 if new else 200


@blueprint.post("/conversations/<name>/typing")
@signed_in
def typing(name: str) -> ResponseReturnValue:
    if pressure.level < TYPING:
        my_floor().mine(name).typing("advisor")
    return "", 204


@blueprint.post("/conversations/<name>/end")
@signed_in
def end(name: str) -> ResponseReturnValue:
    sent = fields()
    reason = clean.one_of(sent.get("reason") or "", "reason", REASONS)
    keep_out = clean.one_of(sent.get("keep_out") or "no", "keep_out", ("yes", "no"))
    floor = my_floor()
    conversation = floor.mine(name)
    origin = conversation.kept("origin") if (reason, keep_out) == ("abuse", "yes") else ""
    conversation.end("advisor", reason)
    chat().release(floor.member, name)
    record("chat.end", conversation.queue)
    if origin:
        helps().keeping_out.keep_out(origin)
        record("chat.keep_out")
    return "", 204


@blueprint.post("/beat")
@by_itself
@signed_in
def beat() -> ResponseReturnValue:
    floor = my_floor()
    floor.is_here(floor.at_work())
    return "", 204
