"""The exit for browsers without JavaScript."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, request

# For this long after the exit, Back leads to the neutral page too. Then the browser forgets it.
GUARD = "weg"
GUARD_S = 60

# What goes into the hidden frame of a chat in another tab is no page: it must still arrive.
NO_PAGES = ("leave_", "plain_")

blueprint = Blueprint("leave", __name__)


@blueprint.post("/weg")
def leave() -> Response:
    answer = _neutral_page()
    # Not "Strict": Back to the page that a link on another site led to is that site's request.
    answer.set_cookie(GUARD, "1", max_age=GUARD_S, httponly=True, samesite="Lax")
    return answer


def _neutral_page() -> Response:
    # 303: the browser asks for the neutral page with GET, so nothing posted is in its history.
    return Response(status=303, headers={"Location": current_app.config["LUWTE"].exit_url})


def _leave_again() -> Response | None:
    """Whoever presses Back after the exit sees the neutral page, not what was read.

    Posts too: a browser that comes back to an answered form offers to send it again.
    """
    for_page = request.accept_mimetypes["text/html"] > 0
    if for_page and GUARD in request.cookies and not (request.blueprint or "").startswith(NO_PAGES):
        return _neutral_page()
    return None


def register(app: Flask) -> None:
    """Add the exit in both languages."""
    app.before_request(_leave_again)
    app.register_blueprint(blueprint, name="leave_nl")
    app.register_blueprint(blueprint, name="leave_en", url_prefix="/en")
