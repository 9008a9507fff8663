"""What a coordinator sees of all accounts, and changes about one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .database import reading, writing
from .passkey_row import PasskeyRow
from .staff import (
    Member,
    NoSuchMember,
    OfAccounts,
    Role,
    Staff,
    known_regions,
    member_of,
    role_of,
    tidy_name,
)


class NotYourself(PermissionError):
    """Nobody shuts themselves out: a colleague must do this."""


class LastCoordinator(PermissionError):
    """Without this coordinator nobody could open the office any more."""


class State(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"  # nobody has chosen a password yet, or since the last reset
    DISABLED = "disabled"


@dataclass(frozen=True)
class Account:
    """One line of the list of accounts."""

    member: Member
    state: State
    passkeys: int
    link_until: datetime | None  # until when the link can be used; it may have passed


@dataclass(frozen=True)
class Change:
    """What a coordinator wants an account to be from now on."""

    name: str
    role: str
    regions: tuple[str, ...]


class Accounts(OfAccounts):
    """All accounts, as the office sees them."""

    def everybody(self) -> list[Account]:
        """All accounts, by name; the disabled ones last."""
        with reading(self._engine) as session:
            passkeys = _passkeys(session)
            rows = session.scalars(select(Staff))
            found = [_account(row, passkeys.get(row.id, 0)) for row in rows]
        return sorted(
            found, key=lambda one: (one.state is State.DISABLED, one.member.name.casefold())
        )

    def one(self, number: int) -> Account:
        """Raises NoSuchMember."""
        with reading(self._engine) as session:
            row = _row(session, number)
            return _account(row, _passkeys(session).get(number, 0))

    def change(self, actor: Member, number: int, change: Change) -> tuple[Member, Member]:
        """Give an account another name, role or regions; returns what it was and what it is.

        Raises NoSuchMember, BadName, UnknownRole, UnknownRegion, NotYourself or LastCoordinator.
        """
        name, role = tidy_name(change.name), role_of(change.role)
        regions = known_regions(change.regions, self._region_codes)
        with self._changing(number) as (session, row):
            before = member_of(row)
            if before.coordinates and role is not Role.COORDINATOR:
                _may_lose(session, actor, row)
            row.name, row.role, row.regions = name, role, regions
            return before, member_of(row)

    def disable(self, actor: Member, number: int) -> Member:
        """Close an account and end its sessions. Raises what `change` may raise of people."""
        with self._changing(number) as (session, row):
            _may_lose(session, actor, row)
            row.epoch += 1
            row.disabled_at = row.disabled_at or datetime.fromtimestamp(self._now(), UTC)
            return member_of(row)

    def enable(self, number: int) -> Member:
        """Open a closed account again, as it was. Raises NoSuchMember."""
        with self._changing(number) as (_, row):
            row.disabled_at = None
            return member_of(row)

    @contextmanager
    def _changing(self, number: int) -> Iterator[tuple[Session, Staff]]:
        with writing(self._engine) as session:
            # One at a time: two coordinators at once must not remove each other, the last two.
            session.execute(
                select(Staff.id)
                .where(Staff.role == Role.COORDINATOR)
                .order_by(Staff.id)
                .with_for_update()
            )
            yield session, _row(session, number)


def _may_lose(session: Session, actor: Member, row: Staff) -> None:
    if actor.id == row.id:
        raise NotYourself
    if row.role != Role.COORDINATOR:
        return
    others = select(func.count(Staff.id)).where(
        Staff.role == Role.COORDINATOR,
        Staff.disabled_at.is_(None),
        Staff.invitation_hash.is_(None),
        Staff.id != row.id,
    )
    if not session.scalar(others):
        raise LastCoordinator


def _row(session: Session, number: int) -> Staff:
    row = session.get(Staff, number, populate_existing=True)
    if row is None:
        raise NoSuchMember("there is no account with this number")
    return row


def _passkeys(session: Session) -> dict[int, int]:
    query = select(PasskeyRow.member, func.count(PasskeyRow.id).label("many")).group_by(
        PasskeyRow.member
    )
    return {row.member: row.many for row in session.execute(query)}


def _account(row: Staff, passkeys: int) -> Account:
    if row.disabled_at:
        state = State.DISABLED
    else:
        state = State.INVITED if row.invitation_hash else State.ACTIVE
    return Account(member_of(row), state, passkeys, row.invitation_until)
