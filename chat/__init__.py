"""The chat: waiting, conversation, live delivery, desk. `register` puts it into an application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from redis import Redis


def register(
    app: Flask,
    redis: Redis,
    sql_url: str,
    secrets: Sequence[str],
    regions: dict[str, str],
    *,
    queue_cap: int,
    code_words: Sequence[str],
    always_open: bool,
) -> None:
    """Add the visitor's chat (Dutch and under /en), the desk and its sign-in to `app`.

    `regions` are the codes and names of the centre's regions; with `always_open` the opening hours
    are ignored. Nothing is connected yet.
    """
    from . import desk, plain, sign_in, visitor
    from .database import engine_for
    from .desk_session import SignIn
    from .hours import Hours
    from .parts import put_together
    from .staff import Staffing
    from .tries import Tries

    engine = engine_for(sql_url)
    hours = Hours(engine, region_codes=tuple(regions), always_open=always_open)
    app.extensions["luwte.chat"] = put_together(
        redis, secrets, regions, cap=queue_cap, words=code_words, hours=hours
    )
    for part in (visitor.blueprint, plain.blueprint):
        app.register_blueprint(part, name=f"{part.name}_nl")
        app.register_blueprint(part, name=f"{part.name}_en", url_prefix="/en")
    staffing = Staffing(engine, region_codes=tuple(regions))
    tries = Tries(redis, secrets[0])
    sign_in.register(app, SignIn(staffing, tries))
    app.register_blueprint(desk.blueprint)
