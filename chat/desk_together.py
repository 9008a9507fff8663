"""What advisors do together, over HTTP: whisper, look along, hand over."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from . import clean, keys
from .asking import fields, handle_faults
from .audit import record
from .clean import BadInput
from .conversation import Conversation, Gone
from .desk_floor import my_floor, my_reader
from .desk_wire import whisper_data
from .floor import Floor
from .handover import OfferOver
from .looking import LOOKS
from .open_talks import open_talks
from .parts import chat
from .sign_in import coordinator_only, current_member, signed_in
from .wire import message_data

NOTE_MOST = 1000

blueprint = Blueprint("desk_together", __name__, url_prefix="/desk")
handle_faults(blueprint)


class Absent(LookupError):
    """Nobody is there to whom this could go."""


blueprint.register_error_handler(Absent, lambda error: (jsonify(reason="absent"), 409))
blueprint.register_error_handler(OfferOver, lambda error: (jsonify(reason="over"), 409))


@blueprint.post("/conversations/<name>/whisper")
@signed_in
def whisper(name: str) -> ResponseReturnValue:
    sent = fields()
    text = clean.message(sent.get("text"))
    key = clean.key(sent.get("key"), required=True)
    floor = my_floor()
    whispers = chat().waiting.whispers(floor.conversation(name))
    number, new = whispers.say(text, key, by=floor.member, name=floor.name)
    if new:
        record("chat.whisper")
    return jsonify(id=number), 201 if new else 200


@blueprint.post("/conversations/<name>/invite")
@signed_in
def invite(name: str) -> ResponseReturnValue:
    """Ask a colleague to look along."""
    to = clean.line(fields().get("to"), "to", most=20)
    floor = my_floor()
    colleague = chat().colleagues.one(to)
    if to == floor.member:
        raise BadInput("to", "choose")
    if colleague is None:
        raise Absent(to)
    chat().looking.invite(floor.mine(name), floor.member, to, colleague.name)
    record("chat.ask")
    return "", 204


@blueprint.get("/look")
@coordinator_only
def open_conversations() -> ResponseReturnValue:
    """The open conversations that a coordinator may look along in."""
    queues = keys.all_queues(my_floor().allowed)
    reader = my_reader()
    found = [one.told(reader.regions) for one in open_talks(chat().redis, queues)]
    return jsonify(conversations=found)


@blueprint.post("/conversations/<name>/look")
@signed_in
def look(name: str) -> ResponseReturnValue:
    """Look along: who was asked to, or a coordinator of the region."""
    member = current_member()
    floor = my_floor()
    conversation = floor.conversation(name)
    unasked = bool(member and member.coordinates) and conversation.queue in keys.all_queues(
        floor.allowed
    )
    chat().looking.begin(conversation, floor.member, floor.name, unasked=unasked)
    record("chat.watch", conversation.queue)
    return jsonify(_read(floor, conversation))


@blueprint.get("/conversations/<name>/look")
@signed_in
def read(name: str) -> ResponseReturnValue:
    """What was said and whispered, for who looks along."""
    floor = my_floor()
    conversation = floor.conversation(name)
    if chat().looking.still(conversation, floor.member) != LOOKS:
        raise Gone(name)
    return jsonify(_read(floor, conversation))


@blueprint.post("/conversations/<name>/leave")
@signed_in
def leave(name: str) -> ResponseReturnValue:
    """Look along no more, or do not begin."""
    floor = my_floor()
    chat().looking.leave(floor.conversation(name), floor.member)
    record("chat.leave")
    return "", 204


@blueprint.post("/conversations/<name>/transfer")
@signed_in
def transfer(name: str) -> ResponseReturnValue:
    """Offer it to a person, a region or a lane; it stays here until somebody accepts."""
    sent = fields()
    wanted = clean.line(sent.get("to"), "to", most=20)
    note = clean.message(sent["note"], "note", most=NOTE_MOST) if sent.get("note") else ""
    floor = my_floor()
    conversation = floor.mine(name)
    to = _to_whom(floor, conversation, wanted)
    chat().offers.make(conversation, floor.member, floor.name, to, note)
    record("chat.offer" if ":" not in to else "chat.transfer", to if ":" in to else "")
    return "", 204


@blueprint.post("/conversations/<name>/withdraw")
@signed_in
def withdraw(name: str) -> ResponseReturnValue:
    floor = my_floor()
    chat().offers.withdraw(floor.conversation(name), floor.member)
    record("chat.withdraw")
    return "", 204


@blueprint.post("/conversations/<name>/decline")
@signed_in
def decline(name: str) -> ResponseReturnValue:
    floor = my_floor()
    chat().offers.decline(floor.conversation(name), floor.at_work())
    record("chat.decline")
    return "", 204


@blueprint.post("/conversations/<name>/accept")
@signed_in
def accept(name: str) -> ResponseReturnValue:
    """Take over what was offered; answers as for taking, with the whispers."""
    floor = my_floor()
    chat().presence.here(floor.member)
    conversation = chat().offers.accept(floor.conversation(name), floor.at_work())
    record("chat.accept")
    return jsonify(_read(floor, conversation))


def _read(floor: Floor, conversation: Conversation) -> dict[str, Any]:
    whispers = chat().waiting.whispers(conversation).messages()
    draw = partial(message_data, side="advisor", me=floor.name)
    return {
        "conversation": conversation.name,
        "messages": [draw(message) for message in conversation.messages()],
        "whispers": [whisper_data(message, floor.member) for message in whispers],
    }


def _to_whom(floor: Floor, conversation: Conversation, wanted: str) -> str:
    """The member or the line that is meant. Raises BadInput, or Absent when nobody is there."""
    lane = conversation.state().lane
    if wanted in keys.all_queues(list(chat().regions)):
        line = (wanted, lane)
    elif wanted in keys.LANES:
        line = (conversation.queue, wanted)
    elif not wanted.isdecimal() or wanted == floor.member:
        raise BadInput("to", "choose")
    elif chat().colleagues.one(wanted) is None:
        raise Absent(wanted)
    else:
        return wanted
    if all(one.member == floor.member for one in chat().colleagues.serving(*line)):
        raise Absent(wanted)
    return ":".join(line)
