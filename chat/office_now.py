"""The office's first screen: how many wait, how long, and who is there to help them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Response, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from . import keys
from .desk_session import by_itself, goes_on, me
from .events import Event
from .now import Now, Picture
from .now_stream import NowPage, Seen
from .office import office_blueprint
from .parts import chat
from .staff import Member
from .store import UNREACHABLE
from .texts import gettext as _
from .texts import ngettext
from .timetable import local
from .wire import event_stream

blueprint = office_blueprint("office", __name__, "/office")


@blueprint.get("/")
def now() -> ResponseReturnValue:
    try:
        picture = _now().look(_queues(me()))
    except UNREACHABLE as error:
        # The page stays: it shows the figures again as soon as there are any.
        current_app.logger.error("the store does not answer: %s", type(error).__name__)
        picture = None
    page = render_template("office/now.html", **_shown(me(), picture))
    return make_response(page, 200 if picture else 503)


@blueprint.get("/now/events")
@by_itself
def events() -> Response:
    member = me()
    queues, looks, may_see, hub = _queues(member), _now(), goes_on(), chat().hub
    return event_stream(
        lambda listener: NowPage(lambda: looks.look(queues), hub, listener, queues, may_see),
        partial(_drawn, member),
    )


def _queues(member: Member) -> tuple[str, ...]:
    """The queues that somebody coordinates: those that they would serve at the desk."""
    return keys.all_queues(member.regions or list(chat().regions))


def _now() -> Now:
    parts = chat()
    return Now(
        parts.redis,
        parts.regions,
        parts.colleagues,
        cap=parts.waiting.cap,
        is_open=lambda region: parts.opening(region).open,
    )


def _shown(member: Member, picture: Picture | None) -> dict[str, Any]:
    return {
        "picture": picture,
        "at": local(datetime.now(UTC)),
        "said": _said(picture),
        "everywhere": not member.regions,
    }


def _drawn(member: Member, event: Event) -> dict[str, Any]:
    """The data of an event as that member's page gets it, long after its request."""
    assert isinstance(event, Seen)  # noqa: S101 - for the type checker
    shown = _shown(member, event.picture)
    board = render_template("office/_now_board.html", **shown)
    return {"html": board.strip(), "said": shown["said"], "at": f"{shown['at']:%H.%M}"}


def _said(picture: Picture | None) -> str:
    """What a screen reader says when it changes: the counts, without the times."""
    if picture is None:
        return ""
    sentences = [
        ngettext("Er wacht %(num)d bezoeker.", "Er wachten %(num)d bezoekers.", picture.waiting)
        if picture.waiting
        else _("Er wacht nu niemand.")
    ]
    if picture.late:
        sentences.append(_("Langer dan 5 minuten: %(num)s.", num=picture.late))
    if picture.danger:
        sentences.append(_("Nu in gevaar: %(num)s.", num=picture.danger))
    return " ".join(sentences)
