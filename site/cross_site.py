"""Refuses what another site's page sends in a visitor's or a colleague's name."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden

from .chat.desk_session import is_for_staff

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def register(app: Flask) -> None:
    """Look at every request that may change something, before anything else does."""
    app.before_request(_only_from_our_own_pages)


def _only_from_our_own_pages() -> None:
    """Raises 403.

    Our pages send no referrer, so a form's Origin is "null" and says nothing; browsers that have
    Sec-Fetch-Site (all since 2023) always send it.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    foreign = site not in ("same-origin", "none") if site else _origin_is_foreign()
    if foreign:
        raise Forbidden(_("Deze vraag kwam van een andere website."))


def _origin_is_foreign() -> bool:
    # Nobody may be kept in: behind a proxy that tells us the wrong name an old browser's own
    # Origin looks foreign, and must not close the exit. Staff have a token in each form.
    if (request.blueprint or "").startswith("leave_") or is_for_staff(request.path):
        return False
    own = request.host_url.rstrip("/")
    return request.headers.get("Origin", "null") not in ("null", own)
