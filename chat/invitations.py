"""A link that opens an account once: for somebody new, and for whoever lost password or phone."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import passwords, second_factor
from .database import reading, writing
from .factor_seal import FactorUnreadable
from .staff import (
    Member,
    NoSuchMember,
    OfAccounts,
    Staff,
    hash_of,
    keep_new,
    known_regions,
    member_of,
    role_of,
    start_afresh,
    tidy_email,
    tidy_name,
)

LASTS = timedelta(hours=72)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class NoInvitation(LookupError):
    """This link opens nothing: unknown, used, too old, or of an account that was closed."""


class WrongCode(ValueError):
    """The code is not the one that the phone shows."""


class IsDisabled(ValueError):
    """The account is closed: open it first."""


@dataclass(frozen=True)
class Invitation:
    """What the invited person sees. `uri` is the `otpauth://` address for their phone."""

    member: Member
    until: datetime
    secret: str = field(repr=False)
    uri: str = field(repr=False)


class Invitations(OfAccounts):
    """Only a link's hash is kept: whoever reads the database can open nothing with it."""

    def invite(
        self, email: str, name: str, role: str, regions: Iterable[str] = ()
    ) -> tuple[Member, str]:
        """Make an account that nobody can sign in to yet; returns the member and the link's token.

        Raises EmailTaken, BadEmail, BadName, UnknownRole, UnknownRegion or NoSecret.
        """
        row = Staff(
            email=tidy_email(email),
            name=tidy_name(name),
            role=role_of(role),
            regions=known_regions(regions, self._region_codes),
            password_hash=passwords.nobodys(),
            created_at=self._time(),
        )
        token = self._new_link(row)
        keep_new(self._engine, self._seal, row)
        return member_of(row), token

    def renew(self, number: int) -> tuple[Member, str]:
        """Close an account to whatever opened it, sessions too; returns the token of a new link.

        Raises NoSuchMember, IsDisabled or NoSecret.
        """
        with writing(self._engine) as session:
            row = session.get(Staff, number)
            if row is None:
                raise NoSuchMember("there is no account with this number")
            if row.disabled_at:
                raise IsDisabled
            start_afresh(session, self._seal, row, passwords.nobodys())
            token = self._new_link(row)
            return member_of(row), token

    def find(self, token: str) -> Invitation:
        """Whose link this is. Raises NoInvitation."""
        with reading(self._engine) as session:
            row = self._row(session, token)
        until = row.invitation_until or self._time()
        try:
            secret = self._seal.open(row.id, row.email, row.totp_secret)
        except FactorUnreadable as error:
            raise NoInvitation from error  # a new link brings a new one
        return Invitation(member_of(row), until, secret, second_factor.uri(secret, row.email))

    def accept(self, token: str, password: str, code: str) -> Member:
        """Open the account, once, for whoever has the link and the phone.

        Raises NoInvitation, PasswordTooShort, PasswordTooLong or WrongCode.
        """
        invitation = self.find(token)
        password_hash = hash_of(password)
        step = second_factor.step_of(invitation.secret, code, self._now())
        if step is None:
            raise WrongCode
        with writing(self._engine) as session:
            row = self._row(session, token, lock=True)
            row.password_hash = password_hash
            row.last_step = step
            row.epoch += 1
            row.invitation_hash = row.invitation_until = None
            return member_of(row)

    def _new_link(self, row: Staff) -> str:
        token = secrets.token_urlsafe(32)
        row.invitation_hash = _hash(token)
        row.invitation_until = self._time() + LASTS
        return token

    def _row(self, session: Session, token: str, *, lock: bool = False) -> Staff:
        query = select(Staff).where(
            Staff.invitation_hash == _hash(token),
            Staff.invitation_until > self._time(),
            Staff.disabled_at.is_(None),
        )
        found = session.scalar(query.with_for_update() if lock else query)
        if found is None:
            raise NoInvitation
        return found

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)


def _hash(token: str) -> str:
    """Raises NoInvitation for what is no token."""
    if not _TOKEN.fullmatch(token):
        raise NoInvitation
    return hashlib.sha256(token.encode()).hexdigest()
