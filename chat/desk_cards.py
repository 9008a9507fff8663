"""What an advisor shows a visitor besides words: 112, an article, and the question for the word."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from . import clean
from .asking import fields, handle_faults
from .audit import record
from .cards import KINDS, Card
from .desk_floor import my_floor
from .helps import helps
from .shelf import Reading
from .sign_in import signed_in
from .texts import gettext as _
from .texts import in_language

SEARCH_MOST = 100
LANGUAGES = ("nl", "en")

blueprint = Blueprint("desk_cards", __name__, template_folder="templates", url_prefix="/desk")
handle_faults(blueprint)


@blueprint.post("/conversations/<name>/articles")
@signed_in
def articles(name: str) -> ResponseReturnValue:
    """The articles with these words. What is typed never stands in an address."""
    typed = clean.line(fields().get("q"), "q", most=SEARCH_MOST)
    found = helps().shelf.search(typed, my_floor().mine(name).state().lang)
    return jsonify(articles=[_told(one) for one in found])


@blueprint.post("/conversations/<name>/card")
@signed_in
def show(name: str) -> ResponseReturnValue:
    sent = fields()
    kind = clean.one_of(sent.get("card"), "card", KINDS)
    key = clean.key(sent.get("key"))
    floor = my_floor()
    conversation = floor.mine(name)
    if kind == "112":
        card = Card(kind)
    else:
        article = _article(sent.get("article"), conversation.state().lang)
        card = Card(kind, article.lang, article.id)
    number, new = floor.says(conversation, card.written(), key)
    if new:
        record("chat.card_112" if kind == "112" else "chat.article")
    return jsonify(id=number), 201 if new else 200


@blueprint.post("/conversations/<name>/word")
@signed_in
def ask_word(name: str) -> ResponseReturnValue:
    """Ask the visitor for the word that was agreed (`ask`), or be sure without (`sure`)."""
    sent = fields()
    step = clean.one_of(sent.get("step"), "step", ("ask", "sure"))
    floor = my_floor()
    conversation = floor.mine(name)
    conversation.checked(floor.member)
    if step == "ask":
        # In the visitor's language, whatever the desk speaks.
        with in_language(conversation.state().lang):
            question = _("Ben jij het nog? Welk woord hebben we afgesproken?")
        floor.says(conversation, question, clean.key(sent.get("key")))
    record("chat.code_ask" if step == "ask" else "chat.code_right")
    return "", 204


def _article(id: object, lang: str) -> Reading:
    """That article, in the visitor's language where it is there."""
    wanted = clean.line(id, "article", most=SEARCH_MOST)
    for one in (lang, *LANGUAGES):
        if found := helps().shelf.get(one, wanted):
            return found
    raise NotFound(_("Dit artikel staat niet op de site."))


def _told(article: Reading) -> dict[str, str]:
    return {
        "id": article.id,
        "lang": article.lang,
        "title": article.title,
        "summary": article.summary,
    }
