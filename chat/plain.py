"""The chat without JavaScript: one page that goes on loading for as long as the chat lasts.

What is typed goes into a hidden frame that is answered 204 whatever happens: with any other answer
the browser would commit the frame and write the text to its session files. Faults are told in the
page that is still loading.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request, stream_with_context

from . import clean, personal, words
from .conversation import Conversation, Gone
from .events import Event, visitor_events
from .held import FAULT as HELD
from .held import Held, NothingHeld
from .helped import ANSWERS, TICKET_MOST
from .helps import helps
from .limits.limits import Limited
from .parts import chat
from .refusal import unavailable
from .store import UNREACHABLE
from .texts import gettext as _
from .too_often import SENTENCES, count_message, sentence_for
from .wire import visitor_event

# Where the template is cut: what comes before goes out at once, what comes after at the end.
CUT = "<!-- the conversation -->"
# Two taps on Send are one message.
TWO_TAPS_MS = 3000
# So long after a dropped line Reload brings the conversation back.
BACK_WITHIN_S = 60

HEADERS = {"Content-Type": "text/html; charset=utf-8", "X-Accel-Buffering": "no"}

blueprint = Blueprint("plain", __name__, template_folder="templates")


def page(conversation: Conversation, token: str, new: bool) -> Response:
    """The whole conversation as one page that is drawn while it happens.

    After a dropped line the browser's own Reload sends the start form again and so comes back.
    Raises Gone when that is long ago: whoever reopens a closed tab later gets nothing.
    """
    if not new and not conversation.visitor_was_here(BACK_WITHIN_S):
        raise Gone(conversation.name)
    ticket = chat().helped.ticket(conversation, conversation.state())
    whole = render_template("chat/plain.html", token=token, cut=CUT)
    head, _, tail = whole.partition(CUT)

    environ = request.environ

    def parts() -> Iterator[str]:
        yield head
        talked = False
        try:
            for event in visitor_events(conversation, chat().hub, environ=environ):
                talked = talked or bool(event.state and event.state.state == "open")
                yield _draw(event, token, ticket if talked and event.by != "system" else "")
        except UNREACHABLE:
            yield _draw(Event("fault", reason="unavailable"), token)
        yield tail

    return Response(stream_with_context(parts()), headers=HEADERS)


def _draw(event: Event, token: str, ticket: str = "") -> str:
    """With a `ticket` the end asks whether it helped."""
    if event.name == "beat":
        return "<!-- -->\n"
    if event.name == "typing":
        return ""
    sentence = _sentence(event)
    kinds, held = _held(event)
    data = {} if event.name == "fault" else visitor_event(event, whole=True)
    return render_template(
        "chat/_plain_event.html",
        event=event,
        data=data,
        token=token,
        sentence=sentence,
        ticket=ticket,
        kinds=kinds,
        held=held,
    )


def _held(event: Event) -> tuple[list[str], str]:
    """What was found in a message that waits for a "yes", and its id."""
    name, _colon, rest = event.reason.partition(":")
    if event.name != "fault" or name != HELD:
        return [], ""
    kinds, _colon, number = rest.partition(":")
    return kinds.split("+"), number


def _sentence(event: Event) -> str:
    if event.name != "fault":
        return ""
    if event.reason == "unavailable":
        return unavailable().sentence
    field, _colon, most = event.reason.partition(":")
    if field == "late":
        return _("Dat kan niet meer: het is te lang geleden. Verstuur je bericht opnieuw.")
    if field in SENTENCES:
        return sentence_for(Limited(field, int(most)))
    return words.fault(clean.BadInput("text", field, most=most))


@blueprint.post("/chat/plain/messages")
def say() -> tuple[str, int]:
    conversation = _mine()
    try:
        text = clean.message(request.form.get("text"))
        count_message(conversation)
    except clean.BadInput as fault:
        conversation.tell_fault(f"{fault.code}:{fault.details.get('most', '')}")
    except Limited as fault:
        conversation.tell_fault(f"{fault.what}:{fault.wait_s}")
    else:
        if kinds := personal.kinds_in(text, helps().numbers):
            Held(chat().redis, conversation).hold(text, kinds)
        else:
            _say_once(conversation, text)
    return "", 204


@blueprint.post("/chat/plain/anyway")
def send_anyway() -> tuple[str, int]:
    """The second step: the page sends no text again, only which one it was asked about."""
    conversation = _mine()
    try:
        text = Held(chat().redis, conversation).release(
            clean.key(request.form.get("held"), "held", required=True)
        )
    except NothingHeld:
        conversation.tell_fault("late:")
    else:
        conversation.say("visitor", text, "")
    return "", 204


def _say_once(conversation: Conversation, text: str) -> None:
    last = conversation.last_of("visitor")
    if last and last[0] == text and last[1] < TWO_TAPS_MS:
        return
    conversation.say("visitor", text, "")


@blueprint.post("/chat/plain/end")
def end() -> tuple[str, int]:
    conversation = _mine()
    advisor = conversation.end("visitor")
    if advisor:
        chat().release(advisor, conversation.name)
    return "", 204


@blueprint.post("/chat/plain/helped")
def helped() -> tuple[str, int]:
    answer = clean.one_of(request.form.get("answer"), "answer", ANSWERS)
    chat().helped.answer(request.form.get("ticket", "")[:TICKET_MOST], answer)
    return "", 204


@blueprint.errorhandler(Exception)
def nothing_is_committed(error: Exception) -> tuple[str, int]:
    # The page that goes on loading has said it, or says that the line is gone.
    return "", 204


def _mine() -> Conversation:
    """Raises Gone."""
    token = request.form.get("token", "")
    if not token:
        raise Gone("no token")
    return chat().waiting.of_token(token)
