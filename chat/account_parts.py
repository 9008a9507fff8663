"""The parts that the pages about accounts share, put together once per application."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis
from sqlalchemy import Engine

from .accounts import Accounts
from .desk_session import SignIn
from .dismissal import Dismissal
from .idle import Idle
from .invitations import Invitations
from .parts import Chat
from .passkeys import Passkeys
from .staff import Member, Staffing
from .tries import Tries


@dataclass(frozen=True)
class AccountParts:
    """What a view about accounts needs."""

    accounts: Accounts
    invitations: Invitations
    passkeys: Passkeys
    dismissal: Dismissal


def account_parts() -> AccountParts:
    return cast(AccountParts, current_app.extensions["luwte.accounts"])


def put_together(
    engine: Engine, redis: Redis, secrets: Sequence[str], codes: Collection[str], chat: Chat
) -> AccountParts:
    """The accounts in one database, with the desks of one chat; connects to nothing yet.

    `secrets` seal the second factors.
    """
    return AccountParts(
        Accounts(engine, region_codes=codes),
        Invitations(engine, secrets=secrets, region_codes=codes),
        Passkeys(engine, redis),
        Dismissal(chat),
    )


def sign_in_parts(staffing: Staffing, tries: Tries, redis: Redis, chat: Chat) -> SignIn:
    """Signing in to the desk of that chat: beside an open conversation nobody is signed out."""

    def has_chats(member: Member) -> bool:
        shift = chat.shift(str(member.id), member.name, member.regions)
        return bool(shift.conversations())

    return SignIn(staffing, tries, idle=Idle(redis), has_chats=has_chats)
