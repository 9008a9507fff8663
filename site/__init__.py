"""The public site of Luwte. `create_app` makes the whole service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config import Settings


def create_app(settings: Settings) -> Flask:
    """The whole service as a WSGI application; see `application`. Raises BadSetting."""
    # Imported late: `luwte serve` must patch the standard library before anything else loads.
    from .application import create_app as put_together

    return put_together(settings)
