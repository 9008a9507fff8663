"""How an event looks on the wire: its JSON, and its lines in an event stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, render_template, request, stream_with_context
from jinja2 import Template
from markupsafe import Markup

from . import clean, words
from .card_view import CardView, view_of
from .cards import card_in
from .conversation import Message, State
from .events import Event, Opens, follow
from .helps import helps
from .streams import streams_here
from .texts import gettext as _
from .texts import language
from .waiting import Waiter

# The clock on the wall of everybody who reads or answers here.
CLOCK = ZoneInfo("Europe/Amsterdam")

TEMPLATE = "chat/_message.html"

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    # Proxies must pass every event on at once.
    "X-Accel-Buffering": "no",
}


def message_data(
    message: Message, side: str, *, whole: bool = False, me: str = ""
) -> dict[str, Any]:
    """A message as that side (visitor or advisor) gets it.

    `me`: what the visitor calls the advisor who reads; others may have spoken before.
    `whole`: an article that is a card comes along, for a page that cannot fetch it.
    """
    at = datetime.fromtimestamp(message.at, UTC)
    text = words.said_by_system(message) if message.sender == "system" else message.text
    found = card_in(text) if message.sender == "advisor" else None
    card = view_of(found, whole=whole) if found else None
    text = card.text if card else text
    data = {
        "id": message.id,
        "from": message.sender,
        "text": text,
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "name": message.name,
    }
    if message.key and message.sender == side:
        data["key"] = message.key
    html = _as_read_by(side, message.sender, text)
    own = message.sender == side and (not me or message.name == me)
    data["html"] = draw_message(data, html, at.astimezone(CLOCK), side, card, own=own)
    return data


def _as_read_by(side: str, sender: str, text: str) -> Markup:
    # A link that is followed leaves a trace on the visitor's device, so there it is only text.
    if side != "advisor":
        return clean.as_html(text)
    html = clean.with_links(text)
    marks = helps().danger_words
    return marks.mark(html, _("misschien gevaar")) if sender == "visitor" else html


def draw_message(
    data: dict[str, Any],
    html: Markup,
    at: datetime,
    side: str,
    card: CardView | None = None,
    *,
    own: bool = False,
) -> str:
    """The one way a message is drawn: in the first page, in the stream, without JavaScript."""
    message = {
        "id": data["id"],
        "sender": data["from"],
        "name": data["name"],
        "at": at,
        "html": html,
        "card": card,
        "own": own,
    }
    if card:  # it shows what every page knows
        return render_template(TEMPLATE, message=message).strip()
    # Flask's own way would put all of that together anew for each message.
    template: Template = current_app.jinja_env.get_template(TEMPLATE)
    return template.render(message=message).strip()


def state_data(state: State) -> dict[str, Any]:
    return {
        "state": "waiting" if state.state == "away" else state.state,
        "position": state.position or None,
        "estimate_s": state.estimate_s,
        "advisor": state.advisor_name or None,
        "danger": state.danger,
    }


def waiter_data(waiter: Waiter, region_names: dict[str, str]) -> dict[str, Any]:
    state = waiter.state
    return {
        "conversation": waiter.conversation,
        "lane": state.lane,
        "audience": state.audience,
        "region": state.region,
        "region_name": region_names.get(state.region, ""),
        "topic": str(words.TOPICS.get(state.topic, state.topic)),
        "danger": state.danger,
        "returned": state.returned,
        "was_out": state.was_out,
        "since": state.since,
        "lang": state.lang,
        "back": state.back,
        "later": waiter.later,
    }


def visitor_event(event: Event, *, whole: bool = False) -> dict[str, Any]:
    """The data of an event as the visitor gets it; for `whole` see `message_data`."""
    if event.state:
        return state_data(event.state)
    if event.message:
        return message_data(event.message, "visitor", whole=whole)
    if event.name == "typing":
        return {"from": event.by}
    return {"by": event.by, "reason": event.reason}


def desk_event(event: Event, region_names: dict[str, str], me: str = "") -> dict[str, Any]:
    """The data of an event as an advisor's desk gets it."""
    if event.name == "waiting":
        line = [waiter_data(waiter, region_names) for waiter in event.waiting]
        # `mine` tells a desk that was cut off which of its conversations ended meanwhile.
        return {"waiting": line, "mine": event.mine, "look": event.look}
    data: dict[str, Any] = {"conversation": event.conversation}
    if event.state:
        topic = str(words.TOPICS.get(event.state.topic, event.state.topic))
        return (
            data
            | state_data(event.state)
            | {
                "lane": event.state.lane,
                "region": event.state.region,
                "region_name": region_names.get(event.state.region, ""),
                "topic": topic,
                "danger": event.state.danger,
                "since": event.state.since,
                "lang": event.state.lang,
                "away": event.state.away,
                "returned": event.state.returned,
                "back": event.state.back,
                "role": event.role or "mine",
                "was_out": event.state.was_out,
                "word": event.state.word,
                "check": bool(event.state.word) and event.state.check,
            }
        )
    if event.message:
        return data | message_data(event.message, "advisor", me=me)
    if event.name == "typing":
        return data | {"from": event.by}
    return data | {"by": event.by, "reason": event.reason}


Draw = Callable[[Event], dict[str, Any]]


def event_stream(opens: Opens, draw: Draw) -> Response:
    """A response that goes on as long as the page listens."""
    streams, spoken = streams_here(), (language(), request.host_url)
    if streams is not None and streams.can_have(request.environ, spoken):
        begun = streams.taking(opens, draw, request.environ, spoken)
        return Response(stream_with_context(begun), headers=HEADERS)

    def lines() -> Iterator[bytes]:
        for event in follow(opens, request.environ):
            yield as_lines(event, draw)

    return Response(stream_with_context(lines()), headers=HEADERS)


def as_lines(event: Event, draw: Draw) -> bytes:
    """`draw` is not asked for what has no data."""
    if event.name == "fault":  # a script has its answer already
        return b""
    if event.name == "beat":
        return b": beat\n\n"
    number = f"id: {event.id}\n" if event.id else ""
    # JSON on one line holds no line break, so one data line is enough.
    body = json.dumps(draw(event), ensure_ascii=False, separators=(",", ":"))
    return f"{number}event: {event.name}\ndata: {body}\n\n".encode()
