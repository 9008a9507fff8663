"""The people who answer and plan: their accounts, and whether somebody is who they say."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    CursorResult,
    Engine,
    Row,
    String,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clean, passwords, second_factor
from .database import Base, Moment, looking, reading, writing
from .factor_seal import FactorSeal, FactorUnreadable
from .passkey_row import PasskeyRow

EMAIL_MOST = 254  # RFC 5321, 4.5.3.1.3
NAME_MOST = 100

_EMAIL = re.compile(r"[^\s@<>()\",;:\\]{1,64}@[^\s@<>()\",;:\\]+")


class Role(StrEnum):
    ADVISOR = "advisor"
    COORDINATOR = "coordinator"


class EmailTaken(ValueError):
    """There is an account with this address already."""


class NoSuchMember(LookupError):
    """There is no account with this address."""


class BadEmail(ValueError):
    """This is not an e-mail address."""


class BadName(ValueError):
    """A name has 1 to 100 characters on one line."""


class PasswordTooShort(ValueError):
    """A password has at least 12 characters."""


class PasswordTooLong(ValueError):
    """A password has at most 1,000 characters."""


class UnknownRole(ValueError):
    """A role is advisor or coordinator."""


class UnknownRegion(ValueError):
    """This region is not one of those that the service knows."""


class WrongSignIn(PermissionError):
    """Not let in; for whatever reason, since the reason would help somebody who guesses."""


class Staff(Base):
    """An account; never deleted, so that its number never means somebody else."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_MOST), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    role: Mapped[str] = mapped_column(String(16))
    regions: Mapped[list[str]] = mapped_column(JSON)  # codes; empty means all
    password_hash: Mapped[str] = mapped_column(String(255))
    totp_secret: Mapped[str] = mapped_column(String(255))  # sealed, see factor_seal.py
    # The time-step of the last code that was used: a code that was watched opens nothing.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    # A session carries the epoch it began in; raising it ends all of them at once.
    epoch: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    # Of a link that opens the account once; there while nobody has chosen a password yet.
    invitation_hash: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    invitation_until: Mapped[datetime | None] = mapped_column(Moment)


_BY_NUMBER = select(Staff.__table__).where(Staff.id == bindparam("number"))


@dataclass(frozen=True)
class Member:
    """One of the staff, as the rest of the service may know them."""

    id: int
    email: str
    name: str
    role: Role
    regions: tuple[str, ...]  # codes; empty means all
    epoch: int
    disabled_at: datetime | None
    created_at: datetime

    @property
    def coordinates(self) -> bool:
        return self.role is Role.COORDINATOR


class OfAccounts:
    """What everything about accounts works with: the database, the regions there are, the time.

    `region_codes` are the regions that somebody may be given, `secrets` seal the second factors:
    the first one writes, all are read.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        secrets: Sequence[str] = (),
        region_codes: Collection[str] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._seal = FactorSeal(secrets)
        self._region_codes = region_codes
        self._now = now


class Staffing(OfAccounts):
    """Who there is, and whether somebody is who they say."""

    def add(
        self, email: str, name: str, role: str, password: str, regions: Iterable[str] = ()
    ) -> tuple[Member, str]:
        """Make an account; returns the member and the `otpauth://` address of the second factor.

        Raises EmailTaken, BadEmail, BadName, UnknownRole, UnknownRegion, PasswordTooShort,
        PasswordTooLong or NoSecret.
        """
        row = Staff(
            email=tidy_email(email),
            name=tidy_name(name),
            role=role_of(role),
            regions=known_regions(regions, self._region_codes),
            password_hash=hash_of(password),
            created_at=datetime.fromtimestamp(self._now(), UTC),
        )
        secret = keep_new(self._engine, self._seal, row)
        return member_of(row), second_factor.uri(secret, row.email)

    def everybody(self) -> list[Member]:
        """All accounts, by address; the disabled ones too."""
        with reading(self._engine) as session:
            return [member_of(row) for row in session.scalars(select(Staff).order_by(Staff.email))]

    def nobody_yet(self) -> bool:
        """Whether there is no account at all: the service has never been used."""
        with reading(self._engine) as session:
            return session.scalar(select(Staff.id).limit(1)) is None

    def member(self, number: int, epoch: int) -> Member | None:
        """Whose session this is; None when it was ended or the account is disabled."""
        with looking(self._engine) as connection:
            row = connection.execute(_BY_NUMBER, {"number": number}).first()
        if row is None or row.epoch != epoch or row.disabled_at:
            return None
        return member_of(row)

    def sign_in(self, email: str, password: str, code: str) -> Member:
        """Let somebody in, once for each code. Raises WrongSignIn.

        Does the same work for an address that nobody has.
        """
        row = self._find(email)
        kept = row.password_hash if row else passwords.nobodys()
        right = passwords.matches(kept, password)
        step = second_factor.step_of(self._factor_of(row), code, self._now())
        if row is None or not right or step is None or not self._use(row, step):
            raise WrongSignIn
        if passwords.outdated(kept):
            self._keep_anew(row, password)
        return member_of(row)

    def _factor_of(self, row: Staff | None) -> str:
        if row is None:
            self._seal.seal(0, _NOBODYS_SECRET)  # as much work as to open one
            return _NOBODYS_SECRET
        try:
            return self._seal.open(row.id, row.email, row.totp_secret)
        except FactorUnreadable:
            # The start told the operator; who stands at the door is told no more than anybody.
            return _NOBODYS_SECRET

    def disable(self, email: str) -> Member:
        """Close an account and end its sessions at once. Raises NoSuchMember."""
        with writing(self._engine) as session:
            row = _row(session, email)
            row.epoch += 1
            row.disabled_at = row.disabled_at or datetime.fromtimestamp(self._now(), UTC)
            return member_of(row)

    def sign_out_everywhere(self, email: str) -> Member:
        """End the sessions of an account. Raises NoSuchMember."""
        with writing(self._engine) as session:
            row = _row(session, email)
            row.epoch += 1
            return member_of(row)

    def reset(self, email: str, password: str) -> tuple[Member, str]:
        """Give somebody a new password and second factor; returns its `otpauth://` address too.

        Ends the old sessions, and opens a disabled account again. Raises NoSuchMember,
        PasswordTooShort, PasswordTooLong or NoSecret.
        """
        password_hash = hash_of(password)
        with writing(self._engine) as session:
            row = _row(session, email)
            secret = start_afresh(session, self._seal, row, password_hash)
            row.disabled_at = None
            return member_of(row), second_factor.uri(secret, row.email)

    def has_password(self, member: Member, password: str) -> bool:
        """Whether this is the member's own password, asked again before something grave."""
        with reading(self._engine) as session:
            kept = session.scalar(select(Staff.password_hash).where(Staff.id == member.id))
        return passwords.matches(kept or passwords.nobodys(), password)

    def change_password(self, member: Member, password: str) -> Member:
        """Give somebody the password that they chose; ends all sessions, their own too.

        Raises PasswordTooShort, PasswordTooLong or NoSuchMember.
        """
        password_hash = hash_of(password)
        with writing(self._engine) as session:
            row = session.get(Staff, member.id)
            if row is None:
                raise NoSuchMember("there is no account with this number")
            row.password_hash = password_hash
            row.epoch += 1
            return member_of(row)

    def code(self, email: str) -> str:
        """The second factor's code that opens the account now.

        Only for trials: with it the second factor is none. Raises NoSuchMember, FactorUnreadable or
        NoSecret.
        """
        with reading(self._engine) as session:
            row = _row(session, email)
        secret = self._seal.open(row.id, row.email, row.totp_secret)
        return second_factor.next_code(secret, row.last_step, self._now())

    def _find(self, email: str) -> Staff | None:
        try:
            with reading(self._engine) as session:
                return _row(session, email)
        except NoSuchMember:
            return None

    def _use(self, row: Staff, step: int) -> bool:
        """Mark the code as used; one statement, so that of two at once only one gets in."""
        mark = (
            update(Staff)
            .where(Staff.id == row.id, Staff.epoch == row.epoch, Staff.disabled_at.is_(None))
            .where(Staff.last_step < step)
            .values(last_step=step)
        )
        with writing(self._engine) as session:
            return cast(CursorResult[Any], session.execute(mark)).rowcount == 1

    def _keep_anew(self, row: Staff, password: str) -> None:
        again = update(Staff).where(Staff.id == row.id, Staff.epoch == row.epoch)
        password_hash = passwords.hashed(password)
        with writing(self._engine) as session:
            session.execute(again.values(password_hash=password_hash))


_NOBODYS_SECRET = second_factor.new_secret()


def tidy_email(typed: str) -> str:
    """The address as it is kept. Raises BadEmail."""
    email = typed.strip().lower()
    if len(email) > EMAIL_MOST or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise BadEmail("this is not an e-mail address")
    return email


def _row(session: Session, email: str) -> Staff:
    try:
        row = session.scalar(select(Staff).where(Staff.email == tidy_email(email)))
    except BadEmail:
        row = None
    if row is None:
        raise NoSuchMember("there is no account with this address")
    return row


def member_of(row: Staff | Row[Any]) -> Member:
    return Member(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        regions=tuple(row.regions),
        epoch=row.epoch,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
    )


def tidy_name(typed: str) -> str:
    """The name as it is kept. Raises BadName."""
    try:
        name = clean.name(typed, "name", most=NAME_MOST)
    except clean.BadInput:
        name = ""
    if not name:
        raise BadName("a name has 1 to 100 characters on one line")
    return name


def role_of(role: str) -> Role:
    """Raises UnknownRole."""
    try:
        return Role(role)
    except ValueError:
        raise UnknownRole(f"{role!r} is not a role: give advisor or coordinator") from None


def hash_of(password: str) -> str:
    """The password as it is kept. Raises PasswordTooShort or PasswordTooLong."""
    if len(password) < passwords.LEAST:
        raise PasswordTooShort(f"a password has at least {passwords.LEAST} characters")
    if len(password) > passwords.MOST:
        raise PasswordTooLong(f"a password has at most {passwords.MOST} characters")
    return passwords.hashed(password)


def known_regions(regions: Iterable[str], known: Collection[str]) -> list[str]:
    """The codes as they are kept. Raises UnknownRegion."""
    codes = sorted({region.strip().upper() for region in regions})
    for code in codes:
        if code not in known:
            raise UnknownRegion(f"{code!r} is not the code of a region")
    return codes


def keep_new(engine: Engine, seal: FactorSeal, row: Staff) -> str:
    """Keep a new account; returns its second factor's secret. Raises EmailTaken or NoSecret."""
    row.totp_secret = ""  # it is sealed for a number that the database gives
    try:
        with writing(engine) as session:
            session.add(row)
            session.flush()
            return _new_factor(seal, row)
    except IntegrityError as error:
        raise EmailTaken(f"there is an account for {row.email} already") from error


def start_afresh(session: Session, seal: FactorSeal, row: Staff, password_hash: str) -> str:
    """Whatever opened the account opens it no more: password, phone, passkeys, links, sessions.

    Returns the secret of the new second factor. Raises NoSecret.
    """
    secret = _new_factor(seal, row)
    row.password_hash = password_hash
    row.last_step = 0
    row.epoch += 1
    row.invitation_hash = row.invitation_until = None
    session.execute(delete(PasskeyRow).where(PasskeyRow.member == row.id))
    return secret


def _new_factor(seal: FactorSeal, row: Staff) -> str:
    secret = second_factor.new_secret()
    row.totp_secret = seal.seal(row.id, secret)
    return secret
