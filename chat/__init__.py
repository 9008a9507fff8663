"""The chat: waiting, conversation, live delivery, desk. `register` puts it into an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from redis import Redis

    from .helps import Content
    from .limits.proof import Asking


def register(
    app: Flask,
    redis: Redis,
    sql_url: str,
    secrets: Sequence[str],
    regions: dict[str, str],
    *,
    queue_cap: int,
    content: Content,
    factor_secrets: Sequence[str],
    keep_out_hours: int,
    limits: Mapping[str, str],
    proof: Asking,
    always_open: bool,
) -> None:
    """Add the visitor's chat (Dutch and under /en), the desk and its sign-in to `app`.

    `secrets` sign and seal, `factor_secrets` seal the second factors of staff; the first one of
    each writes. `regions` are the codes and names of the centre's regions; with `always_open` the
    opening hours are ignored. `limits` are rates by name ("60 per 10 minutes"), of which the site's
    settings tell what they limit. Nothing is connected yet.
    """
    from . import (
        account_pages,
        desk,
        desk_answers,
        desk_cards,
        desk_drafts,
        desk_floor,
        desk_sound,
        desk_together,
        helps,
        office_figures,
        office_hours,
        office_now,
        office_texts,
        plain,
        too_often,
        visitor,
    )
    from .audit import Audit
    from .database import engine_for
    from .figure_report import Sheets
    from .figure_store import FigureStore, Moving
    from .hours import Hours
    from .limits import entrance
    from .parts import put_together

    engine = engine_for(sql_url)
    app.extensions["luwte.audit"] = Audit(engine)
    figure_store = FigureStore(engine)
    app.extensions["luwte.figures"] = Sheets(figure_store)
    hours = Hours(engine, region_codes=tuple(regions), always_open=always_open)
    app.extensions["luwte.chat"] = put_together(
        redis,
        secrets,
        regions,
        cap=queue_cap,
        words=content.code_words,
        hours=hours,
        returns=limits["returns"],
        chores=[Moving(redis, figure_store).take_turn],
    )
    app.extensions["luwte.helps"] = helps.put_together(
        engine, redis, secrets, content, keep_out_s=keep_out_hours * 3600
    )
    entrance.register(app, redis, secrets, limits, proof)
    too_often.register(app)
    for part in (visitor.blueprint, plain.blueprint):
        app.register_blueprint(part, name=f"{part.name}_nl")
        app.register_blueprint(part, name=f"{part.name}_en", url_prefix="/en")
    account_pages.register(
        app,
        engine,
        redis,
        secrets[0],
        factor_secrets,
        tuple(regions),
        app.extensions["luwte.chat"],
        tries=limits["sign_ins"],
    )
    for part in (desk.blueprint, desk_floor.blueprint, desk_together.blueprint):
        app.register_blueprint(part)
    app.register_blueprint(desk_drafts.blueprint)
    app.register_blueprint(desk_sound.blueprint)
    app.register_blueprint(office_now.blueprint)
    app.register_blueprint(office_hours.blueprint)
    app.register_blueprint(desk_answers.blueprint)
    app.register_blueprint(desk_cards.blueprint)
    app.register_blueprint(office_texts.blueprint)
    app.register_blueprint(office_figures.blueprint)
    for said in (helps.chat_text, helps.keep_out_hours, helps.own_numbers):
        app.add_template_global(said)
