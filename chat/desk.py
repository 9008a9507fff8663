"""The advisor's desk over HTTP: the waiting list, taking, answering, ending."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from . import clean
from .asking import fields, handle_faults
from .conversation import Conversation
from .events import desk_events
from .parts import chat
from .sign_in import current_member, signed_in
from .staff import Member
from .waiting import Shift
from .wire import desk_event, event_stream, message_data

REASONS = ("done", "referred", "no-answer", "abuse", "")

blueprint = Blueprint("desk", __name__, template_folder="templates", url_prefix="/desk")
blueprint.before_request(lambda: chat().care.start())
handle_faults(blueprint)


@blueprint.get("/")
@signed_in
def home() -> str:
    return render_template("desk/desk.html", member=_me())


@blueprint.get("/events")
@signed_in
def events() -> Response:
    shift, presence = _shift(), chat().presence
    alive = partial(presence.serves, shift.member, shift.lines)
    cursor = request.headers.get("Last-Event-ID", "")
    heard = desk_events(shift, chat().hub, cursor, alive, request.environ)
    return event_stream(heard, partial(desk_event, region_names=chat().regions))


@blueprint.post("/take")
@signed_in
def take() -> ResponseReturnValue:
    wanted = clean.line(fields().get("conversation"), "conversation", most=64)
    conversation = _shift().take(wanted)
    chat().presence.here(str(_me().id))
    messages = [message_data(message, "advisor") for message in conversation.messages()]
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
    reason = clean.one_of(fields().get("reason") or "", "reason", REASONS)
    conversation = _mine(name)
    conversation.end("advisor", reason)
    _shift().release(name)
    return "", 204


@blueprint.post("/beat")
@signed_in
def beat() -> ResponseReturnValue:
    shift = _shift()
    chat().presence.serves(shift.member, shift.lines)
    return "", 204


def _me() -> Member:
    member = current_member()
    assert member is not None, "only behind signed_in"  # noqa: S101 - for the type checker
    return member


def _shift() -> Shift:
    member = _me()
    return chat().shift(str(member.id), member.name, member.regions)


def _mine(name: str) -> Conversation:
    return _shift().mine(name)
