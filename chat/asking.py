"""How the chat's pages are asked and how they answer: bodies, languages of answer, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from . import words
from .accept import wants_json
from .clean import BadInput
from .conversation import Gone, NotYours
from .counts import counts
from .refusal import Refusal, full, unavailable
from .return_code import WrongCode
from .store import UNREACHABLE
from .texts import gettext as _
from .tries import TooManyTries, TriesUnavailable
from .waiting import AtLimit, Full, NobodyWaiting, OnBreak, OtherLanguage, Taken

# Why somebody who wanted to take a visitor has not got one.
NO_TAKE = (
    (AtLimit, "at-limit"),
    (NobodyWaiting, "none"),
    (Taken, "taken"),
    (OnBreak, "on-break"),
    (OtherLanguage, "language"),
)

Answer = Response | tuple[Response, int]
DrawForm = Callable[[dict[str, str]], str]


def fields() -> dict[str, object]:
    """What was sent, form-encoded or as JSON. Raises 400 or 415."""
    if request.mimetype == "application/json":
        sent = json_body()
        if sent is None:
            raise BadRequest(_("Dit is geen geldige JSON."))
        return sent
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        # Bytes that are no UTF-8 arrive as replacement characters: nobody typed those.
        return dict(request.form.items())
    if not request.content_length and not request.mimetype:
        return {}
    raise UnsupportedMediaType(_("Stuur een formulier of JSON."))


def json_body() -> dict[str, Any] | None:
    """The object that was sent; None for anything else."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # lists in lists in lists
        return None
    return sent if isinstance(sent, dict) else None


def refused(refusal: Refusal, status: int = 503) -> Answer:
    """No chat now: why, whom to call, and when to try again."""
    if (request.endpoint or "").endswith(".join"):
        counts.add(f"refused:{refusal.reason}")
    if wants_json():
        return jsonify(phone=str(words.PHONE), **refusal.told()), status
    draw: DrawForm | None = g.get("draw_form")
    if draw and refusal.field:
        errors = {"": refusal.sentence, refusal.field: _("Kies hier iets anders.")}
        return make_response(draw(errors), status)
    page = render_template("chat/unavailable.html", refusal=refusal)
    return make_response(page, status)


def _bad_input(error: BadInput) -> Answer:
    draw: DrawForm | None = g.get("draw_form")
    sentence = words.fault(error)
    if draw and not wants_json():
        return make_response(draw({error.field: sentence}), 422)
    return jsonify(error=sentence, field=error.field), 422


def _gone(error: Gone) -> Answer:
    return _plain(_("Dit gesprek is afgelopen."), 410)


def _wrong_code(error: WrongCode) -> Answer:
    sentence = _(
        "Met deze woorden vinden we geen gesprek. Kijk ze na. Na 30 minuten is het gewist."
    )
    return _plain(sentence, 410)


def _too_many_tries(error: TooManyTries) -> Answer:
    answer, status = _plain(
        _("Dit is te vaak geprobeerd. Wacht een kwartier, of begin een nieuw gesprek."), 429
    )
    answer.headers["Retry-After"] = str(error.wait_s)
    return answer, status


def _plain(sentence: str, status: int) -> tuple[Response, int]:
    if wants_json():
        return jsonify(error=sentence, field=None), status
    page = render_template("error.html", code=status, title=sentence, sentence="")
    return make_response(page), status


def _unreachable(error: Exception) -> Answer:
    counts.add("store errors")
    current_app.logger.error("the store does not answer: %s", type(error).__name__)
    return refused(unavailable())


def handle_faults(blueprint: Blueprint) -> None:
    """Map each named error of the chat to its answer, once."""
    blueprint.register_error_handler(BadInput, _bad_input)
    blueprint.register_error_handler(Gone, _gone)
    blueprint.register_error_handler(NotYours, _gone)
    blueprint.register_error_handler(WrongCode, _wrong_code)
    blueprint.register_error_handler(TooManyTries, _too_many_tries)
    blueprint.register_error_handler(TriesUnavailable, _unreachable)
    blueprint.register_error_handler(Full, lambda error: refused(full(error.queue)))
    for kind, reason in NO_TAKE:
        blueprint.register_error_handler(kind, _no_take(reason))
    for unreachable in UNREACHABLE:
        blueprint.register_error_handler(unreachable, _unreachable)


def _no_take(reason: str) -> Callable[[Exception], Answer]:
    return lambda error: (jsonify(reason=reason), 409)
