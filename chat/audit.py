"""What views write into the audit trail: who did it is whoever is signed in."""

from __future__ import annotations

from typing import cast

from flask import current_app

from .audit_trail import Audit
from .desk_session import current_member

__all__ = ["Audit", "audit", "record"]


def audit() -> Audit:
    """The application's audit trail."""
    return cast(Audit, current_app.extensions["luwte.audit"])


def record(act: str, about: str = "") -> None:
    """Note an act of the member who is signed in; see `Audit.note`.

    `about` is a region's code, a lane, an account's address or a date: never a word, a name or an
    id of a conversation.
    """
    member = current_member()
    audit().note(member.id if member else None, act, about)
