"""What kind of answer somebody can do something with: a page, or data for a script."""

from __future__ import annotations

from flask import request


def wants_json() -> bool:
    """Whether a script asks: it says so, or it makes a call that no page makes."""
    accept = request.accept_mimetypes
    page = accept["text/html"]
    asks = accept["application/json"] > page or accept["text/event-stream"] > page
    return asks or "Authorization" in request.headers
