"""The advisor's desk over HTTP: the waiting list, taking, answering, ending."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from . import clean
from .asking import fields, handle_faults
from .audit import record
from .conversation import Conversation
from .desk_floor import my_floor, my_reader
from .desk_page import desk_events
from .desk_session import by_itself, goes_on
from .helps import helps
from .parts import chat
from .sign_in import current_member, signed_in
from .staff import Member
from .waiting import Shift
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
        member=_me(),
        shift_regions=[(code, names[code]) for code in my_floor().allowed if code in names],
        transfer_regions=list(names.items()),
        all_regions=len(names),
    )


@blueprint.get("/events")
@by_itself
@signed_in
def events() -> Response:
    cursor = request.headers.get("Last-Event-ID", "")
    environ, floor = request.environ, my_floor()
    heard = desk_events(
        _shift(), chat().hub, cursor, environ=environ, floor=floor, goes_on=goes_on()
    )
    return event_stream(heard, my_reader().draw)


@blueprint.post("/take")
@signed_in
def take() -> ResponseReturnValue:
    wanted = clean.line(fields().get("conversation"), "conversation", most=64)
    conversation = _shift().take(wanted)
    chat().presence.here(str(_me().id))
    record("chat.take", conversation.queue)
    me = _me().name
    messages = [message_data(message, "advisor", me=me) for message in conversation.messages()]
    return jsonify(conversation=conversation.name, messages=messages)


@blueprint.post("/conversations/<name>/messages")
@signed_in
def say(name: str) -> ResponseReturnValue:
    sent = fields()
    text = clean.message(sent.get("text"))
    key = clean.key(sent.get("key"), required=True)
    member = _me()
    chat().presence.here(str(member.id))
    # Whose conversation it is, the same step checks.
    conversation = chat().waiting.conversation(name)
    number, new = conversation.say("advisor", text, key, by=str(member.id), name=member.name)
    return jsonify(id=number), 201 if new else 200


@blueprint.post("/conversations/<name>/typing")
@signed_in
def typing(name: str) -> ResponseReturnValue:
    _mine(name).typing("advisor")
    return "", 204


@blueprint.post("/conversations/<name>/end")
@signed_in
def end(name: str) -> ResponseReturnValue:
    sent = fields()
    reason = clean.one_of(sent.get("reason") or "", "reason", REASONS)
    keep_out = clean.one_of(sent.get("keep_out") or "no", "keep_out", ("yes", "no"))
    conversation = _mine(name)
    origin = conversation.kept("origin") if (reason, keep_out) == ("abuse", "yes") else ""
    conversation.end("advisor", reason)
    _shift().release(name)
    record("chat.end", conversation.queue)
    if origin:
        helps().keeping_out.keep_out(origin)
        record("chat.keep_out")
    return "", 204


@blueprint.post("/beat")
@by_itself
@signed_in
def beat() -> ResponseReturnValue:
    my_floor().is_here(_shift())
    return "", 204


def _me() -> Member:
    member = current_member()
    assert member is not None, "only behind signed_in"  # noqa: S101 - for the type checker
    return member


def _shift() -> Shift:
    return my_floor().at_work()


def _mine(name: str) -> Conversation:
    return _shift().mine(name)
