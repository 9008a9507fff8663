"""The page with other helplines: who they are for, whether they answer now, what they cost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Flask, current_app, render_template

from .chat.moments import open_from
from .chat.opening import OpenState
from .chat.texts import gettext as _
from .chat.timetable import ALWAYS, Week, local
from .helplines import Helpline, Helplines, link_of
from .languages import language, to

blueprint = Blueprint("helplines", __name__)


def register(app: Flask, helplines: Helplines) -> None:
    """Add the page in both languages."""
    app.extensions["luwte.helplines"] = helplines
    app.register_blueprint(blueprint, name="helplines_nl")
    app.register_blueprint(blueprint, name="helplines_en", url_prefix="/en")


@blueprint.get("/hulplijnen")
def show() -> str:
    found = cast(Helplines, current_app.extensions["luwte.helplines"])
    now = datetime.now(UTC)
    groups = [
        (title[language()], [(line, line.words[language()], *_open(line, now)) for line in lines])
        for title, lines in found.grouped()
    ]
    return render_template(
        "helplines.html", groups=groups, link_of=link_of, back_url=to("pages.home")
    )


def _open(line: Helpline, now: datetime) -> tuple[str, str]:
    """Whether it answers now ("open", "closed" or "unknown"), and what to say of that."""
    state = line.state(now)
    if state is None:
        return "unknown", _("De tijden weten we niet zeker")
    return ("open" if state.open else "closed"), when(line.hours, state, now)


def when(hours: Week | None, state: OpenState, now: datetime) -> str:
    """The hours as they matter at that moment: "Nu open, tot 21.00 uur"."""
    if hours == ALWAYS:
        return _("Dag en nacht open")
    if state.open and state.closes_at:
        end = local(state.closes_at)
        time = _("%(hour)s.%(minute)s uur", hour=end.hour, minute=f"{end.minute:02}")
        return _("Nu open, tot %(time)s", time=time)
    if state.open:
        return _("Nu open")
    return open_from(state.opens_at, now) if state.opens_at else _("Nu gesloten")
