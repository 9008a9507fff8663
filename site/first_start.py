"""The very first start: a coordinator is made, and how to sign in is told once."""

from __future__ import annotations

import io
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import segno

from .chat.audit_trail import Audit
from .chat.database import engine_for
from .chat.staff import EmailTaken, Role, Staffing
from .config import Settings
from .staff_key import factor_secrets

EMAIL = "coordinator@luwte.local"

# Without those that look alike: the password is typed over from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Coordinator:
    """The account that was made; `uri` is the `otpauth://` address of its second factor."""

    email: str
    password: str
    uri: str


def make_coordinator(settings: Settings) -> Coordinator | None:
    """Make the first account; None when there is one. Raises DatabaseUnusable."""
    engine = engine_for(settings.sql_url)
    try:
        staffing = Staffing(engine, secrets=factor_secrets(settings))
        if not staffing.nobody_yet():
            return None
        password = new_password()
        _, uri = staffing.add(EMAIL, "Coördinator", Role.COORDINATOR, password)
        Audit(engine).note(None, "staff.add", EMAIL)
    except EmailTaken:  # by another machine that started at the same moment
        return None
    finally:
        engine.dispose()
    return Coordinator(EMAIL, password, uri)


def new_password() -> str:
    """Four groups of five: about 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def how_to_sign_in(coordinator: Coordinator, address: str, *, codes: bool) -> str:
    """What the operator is told; `codes` when this machine can tell the second factor's code."""
    lines = [
        "",
        "This is the first start: a coordinator was made. What follows is shown only once.",
        "",
        f"  Sign in at     {address}/desk/sign-in",
        f"  E-mail         {coordinator.email}",
        f"  Password       {coordinator.password}",
        f"  Second factor  {coordinator.uri}",
        "",
        "Scan this with an authenticator app:",
        "",
        _picture(coordinator.uri),
    ]
    if codes:
        lines += [
            f"No phone at hand? `{_own_name()} staff code {coordinator.email}` tells the code."
        ]
    return "\n".join(lines)


def _picture(uri: str) -> str:
    drawn = io.StringIO()
    segno.make(uri, error="l").terminal(out=drawn, compact=True, border=2)
    lines = drawn.getvalue().splitlines()
    if sys.stdout.isatty():
        # White on black, whatever the terminal's colours are: some phones read nothing else.
        lines = [f"\x1b[97;40m{line}\x1b[0m" for line in lines]
    return "\n".join(lines) + "\n"


def _own_name() -> str:
    typed = sys.argv[0]
    return typed if Path(typed).name == "luwte" else "luwte"
