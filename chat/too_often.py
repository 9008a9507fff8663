"""What is said to somebody who may not go on just now: when they may, and whom they can call."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from flask import Flask, g, jsonify, make_response, render_template, request

from . import words
from .accept import wants_json
from .asking import Answer, DrawForm
from .conversation import Conversation
from .counts import counts
from .limits.entrance import ProofAsked, entrance
from .limits.limits import Limited, limits
from .texts import gettext as _
from .texts import ngettext

MINUTE_S = 60


def register(app: Flask) -> None:
    """One answer for each limit, wherever in the application it is met."""
    app.register_error_handler(Limited, _limited)
    app.register_error_handler(ProofAsked, _proof_asked)


def client() -> str:
    """What stands for whoever asks."""
    return limits().client(request.remote_addr or "")


def count_message(conversation: Conversation) -> None:
    """Count what a visitor is about to say. Raises Limited."""
    # The conversation is called by another name: what ended leaves nothing that could be it.
    name = hashlib.sha256(conversation.name.encode()).hexdigest()
    limits().count_all(("messages_of_one", name), ("messages", client()))


def sentence_for(error: Limited) -> str:
    """Why not, and what can be done meanwhile."""
    say = SENTENCES.get(error.what, _others)
    return say(_again(error.wait_s))


def _starts(again: str) -> str:
    return _(
        "Vanaf jouw internetadres zijn net veel chats gestart. Dat hoeft niet aan jou te liggen. "
        "%(again)s Of bel 0800-2000. Dat is gratis, dag en nacht. Ben je nu in gevaar? Bel 112, of "
        "kies in het formulier dat je nu in gevaar bent.",
        again=again,
    )


def _all_starts(again: str) -> str:
    return _(
        "Er vragen nu heel veel mensen tegelijk om een chat. Ben je nu in gevaar? Bel 112. Wil je "
        "met iemand praten? Bel 0800-2000. Dat is gratis, dag en nacht. %(again)s",
        again=again,
    )


def _messages(again: str) -> str:
    return _(
        "Er komen nu heel veel berichten tegelijk. Wat je schreef, blijft staan. %(again)s Kun je "
        "niet wachten? Bel 0800-2000. Dat is gratis, dag en nacht.",
        again=again,
    )


def _others(again: str) -> str:
    return _(
        "Vanaf jouw internetadres is net heel veel gezocht. Wat je typte, staat er nog. %(again)s "
        "Of bel 0800-2000. Dat is gratis, dag en nacht.",
        again=again,
    )


SENTENCES: dict[str, Callable[[str], str]] = {
    "starts": _starts,
    "all_starts": _all_starts,
    "messages": _messages,
    "messages_of_one": _messages,
}


def _again(wait_s: int) -> str:
    if wait_s < MINUTE_S:
        return ngettext(
            "Probeer het over %(num)d seconde opnieuw.",
            "Probeer het over %(num)d seconden opnieuw.",
            wait_s,
        )
    return ngettext(
        "Probeer het over %(num)d minuut opnieuw.",
        "Probeer het over %(num)d minuten opnieuw.",
        math.ceil(wait_s / MINUTE_S),
    )


def _limited(error: Limited) -> Answer:
    if (request.endpoint or "").endswith(".join"):
        counts.add("refused:limited")
    sentence, after = sentence_for(error), {"Retry-After": str(error.wait_s)}
    if wants_json():
        told = {"reason": "limited", "error": sentence, "field": None, "phone": words.PHONE}
        return make_response(jsonify(told), 429, after)
    draw: DrawForm | None = g.get("draw_form")
    if draw:
        return make_response(draw({"": sentence}), 429, after)
    page = render_template("error.html", code=429, title=_("Even wachten"), sentence=sentence)
    return make_response(page, 429, after)


def _proof_asked(error: ProofAsked) -> Answer:
    """For a script the work; for a page without one, a short wait and a button."""
    after = {"Retry-After": str(error.wait_s)}
    if wants_json():
        told = {
            "reason": "proof",
            "error": _(
                "Er vragen nu veel mensen tegelijk om een chat, en de controle vooraf is niet "
                "gelukt. Probeer het opnieuw, of bel 0800-2000. Dat is gratis, dag en nacht. Ben "
                "je nu in gevaar? Bel 112."
            ),
            "field": None,
            "phone": words.PHONE,
            "challenge": entrance().proof.challenge(),
        }
        return make_response(jsonify(told), 429, after)
    page = render_template(
        "chat/turn.html", form=request.form, ticket=error.ticket, wait_s=error.wait_s
    )
    return make_response(page, 429, after)
