"""Passkeys (WebAuthn): a key in somebody's phone, computer or token that signs instead of them.

The authenticator itself asks for a finger, a face or a PIN, so a passkey counts as both factors.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from redis import Redis
from sqlalchemy import CursorResult, Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from . import clean, keys
from .database import reading, writing
from .passkey_row import CREDENTIAL_MOST, NAME_MOST, PasskeyRow
from .staff import Member, Staff, WrongSignIn, member_of

CHALLENGE_S = 5 * 60
MOST = 10  # passkeys of one account
HOUSE = "Luwte"


class BadPasskey(ValueError):
    """What the browser sent is no new passkey for this member, or came too late."""


class TooManyPasskeys(ValueError):
    """The account has as many passkeys as it may have."""


class NoSuchPasskey(LookupError):
    """This member has no such passkey."""


class BadPasskeyName(ValueError):
    """A passkey's name has 1 to 60 characters on one line."""


@dataclass(frozen=True)
class Site:
    """Where the browser says it is: the name that a passkey belongs to, and the exact origin."""

    host: str
    origin: str


@dataclass(frozen=True)
class Passkey:
    """One passkey, as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


class Passkeys:
    """The passkeys of all accounts; challenges are in the store that forgets, each good once."""

    def __init__(
        self, engine: Engine, redis: Redis, *, now: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._redis = redis
        self._now = now

    def of(self, member: Member) -> list[Passkey]:
        """Somebody's passkeys, the oldest first."""
        query = select(PasskeyRow).where(PasskeyRow.member == member.id).order_by(PasskeyRow.id)
        with reading(self._engine) as session:
            return [
                Passkey(row.id, row.name, row.created_at, row.used_at)
                for row in session.scalars(query)
            ]

    def ask_for_new(self, member: Member, site: Site) -> str:
        """What a browser needs to make a passkey, as JSON. Raises TooManyPasskeys."""
        query = select(PasskeyRow.credential).where(PasskeyRow.member == member.id)
        with reading(self._engine) as session:
            known = list(session.scalars(query))
        if len(known) >= MOST:
            raise TooManyPasskeys
        options = generate_registration_options(
            rp_id=site.host,
            rp_name=HOUSE,
            user_id=_handle(member.id),
            user_name=member.email,
            user_display_name=member.name,
            challenge=self._new_challenge(f"new:{member.id}"),
            timeout=CHALLENGE_S * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
            ],
        )
        return options_to_json(options)

    def add(self, member: Member, site: Site, answer: dict[str, Any], name: str) -> Passkey:
        """Keep what the browser made. Raises BadPasskey or BadPasskeyName."""
        name = tidy(name)
        try:
            found = verify_registration_response(
                credential=answer,
                expected_challenge=self._use_challenge(answer, f"new:{member.id}"),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except _NOT_RIGHT as error:
            raise BadPasskey(type(error).__name__) from error
        credential = bytes_to_base64url(found.credential_id)
        if len(credential) > CREDENTIAL_MOST:
            raise BadPasskey("credential")
        row = PasskeyRow(
            member=member.id,
            credential=credential,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            name=name,
            created_at=self._time(),
        )
        try:
            with writing(self._engine) as session:
                session.add(row)
        except IntegrityError as error:
            raise BadPasskey("known already") from error
        return Passkey(row.id, row.name, row.created_at, None)

    def rename(self, member: Member, number: int, name: str) -> None:
        """Raises NoSuchPasskey or BadPasskeyName."""
        self._touch(update(PasskeyRow).values(name=tidy(name)), member, number)

    def remove(self, member: Member, number: int) -> None:
        """Raises NoSuchPasskey."""
        self._touch(delete(PasskeyRow), member, number)

    def ask_who(self, site: Site) -> str:
        """What a browser needs to sign in whoever it has a passkey of, as JSON."""
        options = generate_authentication_options(
            rp_id=site.host,
            challenge=self._new_challenge("sign-in"),
            timeout=CHALLENGE_S * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def sign_in(self, site: Site, answer: dict[str, Any]) -> Member:
        """Let somebody in, once for each challenge. Raises WrongSignIn, whatever is wrong."""
        row, owner = self._find(credential_of(answer))
        try:
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=self._use_challenge(answer, "sign-in"),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )
        except _NOT_RIGHT as error:
            raise WrongSignIn from error
        handle = cast(dict[str, Any], answer["response"]).get("userHandle")
        if handle and handle != bytes_to_base64url(_handle(owner.id)):
            raise WrongSignIn
        self._count(row, found.new_sign_count)
        return member_of(owner)

    def _find(self, credential: str) -> tuple[PasskeyRow, Staff]:
        query = (
            select(PasskeyRow, Staff)
            .join(Staff, Staff.id == PasskeyRow.member)
            .where(PasskeyRow.credential == credential)
            .where(Staff.disabled_at.is_(None), Staff.invitation_hash.is_(None))
        )
        with reading(self._engine) as session:
            found = session.execute(query).first()
        if found is None:
            raise WrongSignIn
        return found[0], found[1]

    def _count(self, row: PasskeyRow, count: int) -> None:
        """Keep the signatures' count; of two with the same count one is a copy's."""
        kept = update(PasskeyRow).where(PasskeyRow.id == row.id)
        if count:  # many authenticators do not count
            kept = kept.where(PasskeyRow.sign_count < count)
        with writing(self._engine) as session:
            done = session.execute(kept.values(sign_count=count, used_at=self._time()))
            if cast(CursorResult[Any], done).rowcount != 1:
                raise WrongSignIn

    def _touch(self, change: Any, member: Member, number: int) -> None:
        with writing(self._engine) as session:
            done = session.execute(
                change.where(PasskeyRow.id == number, PasskeyRow.member == member.id)
            )
            if cast(CursorResult[Any], done).rowcount != 1:
                raise NoSuchPasskey

    def _new_challenge(self, purpose: str) -> bytes:
        challenge = secrets.token_bytes(32)
        self._redis.set(_challenge_key(challenge), purpose, ex=CHALLENGE_S)
        return challenge

    def _use_challenge(self, answer: dict[str, Any], purpose: str) -> bytes:
        """The challenge that this answers, used up. Raises what `_NOT_RIGHT` names."""
        told = base64url_to_bytes(answer["response"]["clientDataJSON"])
        challenge = parse_client_data_json(told).challenge
        if self._redis.getdel(_challenge_key(challenge)) != purpose.encode():
            raise BadPasskey("challenge")
        return challenge

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)


# The library's own faults, and those of reading what has not the shape of an answer.
_NOT_RIGHT = (WebAuthnException, BadPasskey, KeyError, TypeError, ValueError, AttributeError)


def credential_of(answer: dict[str, Any]) -> str:
    """Which passkey it says it is. Raises WrongSignIn for what cannot be one."""
    name = answer.get("id")
    known = isinstance(name, str) and 0 < len(name) <= CREDENTIAL_MOST
    # Browsers write it in base64url: whatever else there is has never been given to anybody.
    if not known or not re.fullmatch(r"[A-Za-z0-9_=-]+", str(name)):
        raise WrongSignIn
    return str(name)


def tidy(typed: str) -> str:
    """The name as it is kept. Raises BadPasskeyName."""
    try:
        name = clean.name(typed, "name", most=NAME_MOST)
    except clean.BadInput:
        name = ""
    if not name:
        raise BadPasskeyName("a passkey's name has 1 to 60 characters on one line")
    return name


def _handle(member: int) -> bytes:
    """By what an authenticator knows the account: nothing that says who it is."""
    return hashlib.sha256(f"luwte:passkey:{member}".encode()).digest()


def _challenge_key(challenge: bytes) -> str:
    return keys.challenge_key(hashlib.sha256(challenge).hexdigest()[:32])
