"""Puts signing in, one's own account, and the office's pages about accounts into an application."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Flask
from redis import Redis
from sqlalchemy import Engine

from . import (
    account_parts,
    desk_account,
    invitation_page,
    office_audit,
    office_staff,
    sign_in,
)
from .moments import day_and_time
from .parts import Chat
from .staff import Staffing
from .tries import Tries


def register(
    app: Flask,
    engine: Engine,
    redis: Redis,
    secret: str,
    factor_secrets: Sequence[str],
    codes: Collection[str],
    chat: Chat,
    *,
    tries: str,
) -> None:
    """`factor_secrets` seal the second factors, `codes` are the regions that somebody may be given,
    `chat` is what staff work in; `tries` says how often somebody may try to sign in, for example
    "5 per 15 minutes".
    """
    staffing = Staffing(engine, secrets=factor_secrets, region_codes=codes)
    app.add_template_filter(day_and_time, "moment")
    app.extensions["luwte.accounts"] = account_parts.put_together(
        engine, redis, factor_secrets, codes, chat
    )
    sign_in.register(
        app, account_parts.sign_in_parts(staffing, Tries.at(tries, redis, secret), redis, chat)
    )
    for blueprint in (
        invitation_page.bp,
        desk_account.bp,
        office_staff.blueprint,
        office_audit.blueprint,
    ):
        app.register_blueprint(blueprint)
