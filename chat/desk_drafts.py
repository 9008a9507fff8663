"""An advisor's draft over HTTP: kept while they type, given back to them after a reload."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from . import clean
from .asking import fields, handle_faults
from .conversation import Conversation
from .desk_session import me
from .drafts import MOST_CHARACTERS, Drafts
from .parts import chat
from .sign_in import signed_in

blueprint = Blueprint("desk_drafts", __name__, url_prefix="/desk")
handle_faults(blueprint)


@blueprint.get("/conversations/<name>/draft")
@signed_in
def read(name: str) -> ResponseReturnValue:
    return jsonify(text=_drafts().read(_conversation(name)))


@blueprint.post("/conversations/<name>/draft")
@signed_in
def keep(name: str) -> ResponseReturnValue:
    text = clean.draft(fields().get("text"), most=MOST_CHARACTERS)
    _drafts().keep(_conversation(name), text)
    return "", 204


def _conversation(name: str) -> Conversation:
    """Whose it is, the same step checks."""
    return chat().waiting.conversation(name)


def _drafts() -> Drafts:
    return Drafts(chat().redis, str(me().id))
