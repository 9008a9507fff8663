"""The second factor: a code of six digits from a phone, new every 30 seconds (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
import re

import pyotp

STEP_S = 30
EITHER_SIDE = 1  # steps that a phone's clock may be off, RFC 6238 section 5.2
ISSUER = "Luwte"

_SIX_DIGITS = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """The `otpauth://` address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def is_code(typed: str) -> bool:
    """Whether it looks like a code; apps show it with a space in the middle."""
    return bool(_SIX_DIGITS.fullmatch(_tidy(typed)))


def step_of(secret: str, typed: str, now: float) -> int | None:
    """The time-step whose code this is, of those that are valid now (a Unix time)."""
    code = _tidy(typed)
    if not _SIX_DIGITS.fullmatch(code):
        code = "none"
    found = None
    # No early way out: how long it takes must not tell which code was near.
    for step in _valid(now):
        if hmac.compare_digest(_code(secret, step), code):
            found = step
    return found


def next_code(secret: str, last_step: int, now: float) -> str:
    """The code of this moment, or the one after it when this one has been used."""
    first, *_, last = _valid(now)
    return _code(secret, min(max(first + EITHER_SIDE, last_step + 1), last))


def _valid(now: float) -> range:
    step = int(now // STEP_S)
    return range(step - EITHER_SIDE, step + EITHER_SIDE + 1)


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)


def _tidy(typed: str) -> str:
    return "".join(typed.split())
