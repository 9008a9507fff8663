"""How loud the desk calls, over HTTP."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from . import clean
from .asking import fields, handle_faults
from .desk_session import me
from .parts import chat
from .sign_in import signed_in
from .sound import VOLUMES, keep_volume, volume_of

blueprint = Blueprint("desk_sound", __name__, url_prefix="/desk")
handle_faults(blueprint)


@blueprint.get("/sound")
@signed_in
def chosen() -> ResponseReturnValue:
    return jsonify(volume=volume_of(chat().redis, _member()))


@blueprint.post("/sound")
@signed_in
def choose() -> ResponseReturnValue:
    volume = clean.one_of(fields().get("volume"), "volume", VOLUMES)
    keep_volume(chat().redis, _member(), volume)
    return "", 204


def _member() -> str:
    return str(me().id)
