"""The visitor's chat over HTTP: start, listen, say, end."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request

from . import clean, code_word, keys, plain, texts, words
from .accept import wants_json
from .asking import Answer, fields, handle_faults, refused
from .conversation import Conversation, Gone
from .events import VisitorPage
from .helped import ANSWERS, TICKET_MOST, TicketSpent
from .helps import helps
from .limits.entrance import Asked, entrance
from .parts import chat
from .pressure import STARTS, TYPING, pressure
from .refusal import closed, closed_everywhere, kept_out, too_busy
from .shown import on_the_list
from .texts import gettext as _
from .too_often import client, count_message
from .wire import event_stream, state_data, visitor_event

AUDIENCES = ("self", "other", "professional")
TOPIC_MOST = 100

blueprint = Blueprint("chat", __name__, template_folder="templates")
blueprint.before_request(lambda: chat().care.start())
handle_faults(blueprint)


@blueprint.get("/chat")
def start() -> Answer:
    return make_response(_draw_form({}))


@blueprint.get("/chat/talk")
def talk() -> str:
    """What shows a conversation: the same for everyone, and fetched when somebody begins one."""
    return render_template("chat/talk.html")


@blueprint.post("/chat")
def join() -> Answer:
    sent = fields()
    g.draw_form = _draw_form
    region = clean.one_of(sent.get("region") or "", "region", ("", *chat().regions))
    queue = region or keys.NATIONAL
    audience = clean.one_of(sent.get("audience"), "audience", AUDIENCES)
    danger = clean.one_of(sent.get("danger") or "no", "danger", ("yes", "no"))
    topic = clean.line(sent.get("topic"), "topic", most=TOPIC_MOST)
    key = clean.key(sent.get("key"))
    text = clean.message(sent["text"]) if sent.get("text") else ""
    word = clean.one_of(sent.get("word") or "", "word", ("", *helps().code_words))
    # Whoever waits or talks already is not turned away: a page whose answer was lost asks again.
    is_new = not chat().waiting.has(queue, key)
    if is_new and not chat().opening(region).open:
        return refused(closed(region))
    marks, was_out = _where_from()
    # Somebody in danger always gets in: she may share the address with whoever abused the chat.
    if is_new and was_out and danger == "no":
        return refused(kept_out(), 403)
    if is_new and pressure.level >= STARTS and danger == "no":
        return refused(too_busy())
    if is_new:
        entrance().admit(_asked(sent, danger == "yes"))
    also = {"word": word, "origin": next(iter(marks), ""), "was_out": "1" if was_out else ""}
    token, new = chat().waiting.join(
        queue=queue,
        audience=audience,
        danger=danger == "yes",
        topic=topic,
        lang=texts.language(),
        key=key,
        also={name: value for name, value in also.items() if value},
    )
    conversation = chat().waiting.of_token(token)
    if text:
        conversation.say("visitor", text, f"start:{key}"[:64])
    if not wants_json():
        return plain.page(conversation, token, new)
    return jsonify(_answer(token, conversation)), 201 if new else 200


@blueprint.get("/chat/events")
def events() -> Response:
    conversation = _mine()
    conversation.state()  # an ended conversation is told before the stream begins
    after = request.headers.get("Last-Event-ID", "")
    hub = chat().hub
    return event_stream(
        lambda listener: VisitorPage(conversation, hub, listener, after), visitor_event
    )


@blueprint.post("/chat/messages")
def say() -> Answer:
    sent = fields()
    conversation = _mine()
    text = clean.message(sent.get("text"))
    count_message(conversation)
    number, new = conversation.say("visitor", text, clean.key(sent.get("key"), required=True))
    return jsonify(id=number), 201 if new else 200


@blueprint.post("/chat/typing")
def typing() -> tuple[str, int]:
    if pressure.level < TYPING:
        _mine().typing("visitor")
    return "", 204


@blueprint.post("/chat/code")
def code() -> Answer:
    """Four words by which the visitor can come back after they dropped out."""
    return jsonify(code=chat().codes.make(_mine())), 200


@blueprint.post("/chat/return")
def come_back() -> Answer:
    typed = clean.line(fields().get("code"), "code", most=100)
    # Nobody can tell from the store who guessed, nor that it was the same one yesterday.
    who = client()
    chat().guesses.count(who)
    token = chat().codes.use(typed)
    chat().guesses.forget(who)
    conversation = chat().waiting.of_token(token)
    conversation.keep()
    return jsonify(_answer(token, conversation)), 200


@blueprint.post("/chat/end")
def end() -> tuple[str, int]:
    conversation = _mine()
    advisor = conversation.end("visitor")
    if advisor:
        chat().release(advisor, conversation.name)
    return "", 204


@blueprint.post("/chat/helped")
def helped() -> Answer | tuple[str, int]:
    """Whether it helped, after the end: counted, and kept of nobody."""
    sent = fields()
    answer = clean.one_of(sent.get("answer"), "answer", ANSWERS)
    ticket = clean.line(sent.get("ticket"), "ticket", most=TICKET_MOST)
    try:
        chat().helped.answer(ticket, answer)
    except TicketSpent:
        return jsonify(error=_("Deze vraag is al beantwoord, of te lang geleden."), field=None), 410
    return "", 204


def _answer(token: str, conversation: Conversation) -> dict[str, Any]:
    """What a page gets that begins, or comes back to, a conversation."""
    state = conversation.state()
    ticket = chat().helped.ticket(conversation, state)
    return {"token": token, "helped": ticket} | state_data(state)


def _asked(sent: dict[str, object], danger: bool) -> Asked:
    proof, ticket = (str(sent.get(name) or "") for name in ("altcha", "ticket"))
    return Asked(client(), danger, proof, ticket)


def _where_from() -> tuple[list[str], bool]:
    """What stands for the client's address, and whether it is kept out now."""
    marks = helps().keeping_out.marks_of(request.remote_addr or "")
    return marks, helps().keeping_out.keeps_out(marks)


def _mine() -> Conversation:
    """The conversation of the token that was sent. Raises Gone."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = str(fields().get("token", "")) if request.method == "POST" else ""
    if not token:
        raise Gone("no token")
    return chat().waiting.of_token(token.strip())


def _draw_form(errors: dict[str, str]) -> str:
    key = request.form.get("key") or secrets.token_urlsafe(16)
    return render_template(
        "chat/chat.html",
        errors=errors,
        form=request.form,
        key=key,
        words=code_word.offered(helps().code_words, key),
        regions=[(code, _shown(code, name)) for code, name in chat().regions.items()],
        topics=list(words.TOPICS.items()),
        closed=closed_everywhere(),
    )


def _shown(region: str, name: str) -> str:
    return on_the_list(name, chat().opening(region).open)
