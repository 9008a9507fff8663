"""What an advisor shows a visitor besides words: 112, an article, and the question for the word."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from . import clean
from .asking import fields, handle_faults
from .audit import record
from .cards import KINDS, Card
from .conversation import Conversation
from .helps import helps
from .parts import chat
from .shelf import Reading
from .sign_in import current_member, signed_in
from .staff import Member
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
    found = helps().shelf.search(typed, _mine(name).state().lang)
    return jsonify(articles=[_told(one) for one in found])


@blueprint.post("/conversations/<name>/card")
@signed_in
def show(name: str) -> ResponseReturnValue:
    sent = fields()
    kind = clean.one_of(sent.get("card"), "card", KINDS)
    key = clean.key(sent.get("key"))
    conversation = _mine(name)
    if kind == "112":
        card = Card(kind)
    else:
        article = _article(sent.get("article"), conversation.state().lang)
        card = Card(kind, article.lang, article.id)
    number, new = _say(conversation, card.written(), key)
    if new:
        record("chat.card_112" if kind == "112" else "chat.article")
    return jsonify(id=number), 201 if new else 200


@blueprint.post("/conversations/<name>/word")
@signed_in
def ask_word(name: str) -> ResponseReturnValue:
    """Ask the visitor for the word that was agreed (`ask`), or be sure without (`sure`)."""
    sent = fields()
    step = clean.one_of(sent.get("step"), "step", ("ask", "sure"))
    conversation = _mine(name)
    conversation.checked(str(_me().id))
    if step == "ask":
        # In the visitor's language, whatever the desk speaks.
        with in_language(conversation.state().lang):
            question = _("Ben jij het nog? Welk woord hebben we afgesproken?")
        _say(conversation, question, clean.key(sent.get("key")))
    record("chat.code_ask" if step == "ask" else "chat.code_right")
    return "", 204


def _mine(name: str) -> Conversation:
    """One of this advisor's own. Raises Gone: nobody learns of another's chats."""
    member = _me()
    return chat().shift(str(member.id), member.name, member.regions).mine(name)


def _say(conversation: Conversation, text: str, key: str) -> tuple[str, bool]:
    """Raises Gone, or NotYours: whose conversation it is, the same step checks."""
    member = _me()
    chat().presence.here(str(member.id))
    return conversation.say("advisor", text, key, by=str(member.id), name=member.name)


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


def _me() -> Member:
    member = current_member()
    assert member is not None, "only behind signed_in"  # noqa: S101 - for the type checker
    return member
