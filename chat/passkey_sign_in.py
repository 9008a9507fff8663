"""Signing in with a passkey, over HTTP: the page's script asks, the browser's key answers."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from . import desk_session
from .account_parts import account_parts
from .asking import json_body
from .audit import audit
from .database import DatabaseUnusable
from .passkeys import Site, credential_of
from .staff import WrongSignIn
from .store import UNREACHABLE
from .texts import gettext as _
from .texts import ngettext
from .tries import TooManyTries, TriesUnavailable

MOST_BYTES = 16 * 1024

bp = Blueprint("passkey_sign_in", __name__, url_prefix="/desk/passkey")


def site() -> Site:
    """Where this request's browser must say that it is."""
    return Site(urlsplit(request.host_url).hostname or "", request.host_url.rstrip("/"))


def sent() -> dict[str, Any]:
    """What a script of ours sent. Raises 400."""
    body = json_body() if (request.content_length or 0) <= MOST_BYTES else None
    if body is None:
        raise BadRequest(_("Deze vraag kwam niet goed aan."))
    return body


@bp.post("/ask")
def ask() -> Response:
    return Response(account_parts().passkeys.ask_who(site()), mimetype="application/json")


@bp.post("")
def enter() -> ResponseReturnValue:
    answer, parts = sent(), desk_session.sign_in()
    # By the key's own number, which only its owner's browser tells: nobody locks out a colleague.
    name = f"passkey {credential_of(answer)}"
    parts.tries.count(name)
    member = account_parts().passkeys.sign_in(site(), answer)
    parts.tries.forget(name)
    audit().note(member.id, "desk.sign_in")
    desk_session.begin(member)
    return jsonify(to=url_for("desk.home"))


@bp.errorhandler(WrongSignIn)
def wrong(_error: WrongSignIn) -> ResponseReturnValue:
    sentence = _("Met deze passkey lukt het niet. Log in met je wachtwoord en de code.")
    return jsonify(error=sentence, field=None), 422


@bp.errorhandler(TooManyTries)
def too_many(error: TooManyTries) -> ResponseReturnValue:
    sentence = ngettext(
        "Er is te vaak geprobeerd om in te loggen. Probeer het over %(num)d minuut opnieuw.",
        "Er is te vaak geprobeerd om in te loggen. Probeer het over %(num)d minuten opnieuw.",
        math.ceil(error.wait_s / 60),
    )
    return jsonify(error=sentence, field=None), 429, {"Retry-After": str(error.wait_s)}


@bp.errorhandler(BadRequest)
def malformed(error: BadRequest) -> ResponseReturnValue:
    return jsonify(error=error.description, field=None), 400


def not_now(_error: Exception) -> ResponseReturnValue:
    sentence = _("Inloggen lukt op dit moment niet. Probeer het over een minuut opnieuw.")
    return jsonify(error=sentence, field=None), 503


for unreachable in (*UNREACHABLE, TriesUnavailable, DatabaseUnusable):
    bp.register_error_handler(unreachable, not_now)
