"""The session of somebody who works here: its cookie, how long it lasts, and who it belongs to.

The public side has no session at all: there, reading gives nothing and writing is a fault.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar, cast

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFProtect

from .database import DatabaseUnusable
from .idle import Idle
from .staff import Member, Staffing
from .tries import Tries

View = TypeVar("View", bound=Callable[..., object])

LASTS = timedelta(hours=12)
STAFF_FOLDERS = ("desk", "office")

# An advisor who writes is looked up once in so many seconds.
LATELY_S = 1.0
MOST_LATELY = 2000

_BEGAN = "began"  # Unix time of the sign-in
_NUMBER = "number"  # by which the store knows when this session was last used


@dataclass(frozen=True)
class Session:
    """What a browser's cookie says of a session."""

    member: int
    epoch: int
    began: float
    number: str


class Lately:
    """Whose session it was a moment ago."""

    def __init__(self) -> None:
        self._members: dict[Session, tuple[float, Member]] = {}

    def get(self, known: Session) -> Member | None:
        at, member = self._members.get(known, (0.0, None))
        return member if time.monotonic() - at < LATELY_S else None

    def keep(self, known: Session, member: Member) -> None:
        if len(self._members) >= MOST_LATELY:
            self._members.clear()
        self._members[known] = (time.monotonic(), member)

    def forget(self, known: Session) -> None:
        self._members.pop(known, None)


@dataclass(frozen=True)
class SignIn:
    """What signing in needs. Without `idle` a session lasts its time, used or not."""

    staffing: Staffing
    tries: Tries
    now: Callable[[], float] = time.time
    idle: Idle | None = None
    has_chats: Callable[[Member], bool] = lambda member: False
    lately: Lately = field(default_factory=Lately)


class SignedIn:
    """A member as the login library wants to see one."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, member: Member) -> None:
        self.member = member

    def get_id(self) -> str:
        return f"{self.member.id}.{self.member.epoch}"


class StaffSessions(SecureCookieSessionInterface):
    """A session for the pages of staff, and none for any other."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if is_for_staff(request.path) else None

    def get_cookie_secure(self, app: Flask) -> bool:
        # Plain http only happens on the machine itself; there a Secure cookie would get lost.
        return request.is_secure


def is_for_staff(path: str) -> bool:
    return path.split("/", 2)[1:2] in ([folder] for folder in STAFF_FOLDERS)


def set_up(app: Flask, parts: SignIn) -> CSRFProtect:
    """Give the application its sessions; returns what checks that a post came from our page."""
    app.extensions["luwte.sign_in"] = parts
    app.session_interface = StaffSessions()
    app.permanent_session_lifetime = LASTS
    app.config.update(
        SESSION_COOKIE_NAME="desk",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
        # Public posts have no session to compare with; `register` checks those of staff.
        WTF_CSRF_CHECK_DEFAULT=False,
        # A desk stays open for a whole shift: the token lasts as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        # We send no referrer anywhere, so none can be asked for.
        WTF_CSRF_SSL_STRICT=False,
        # There is no remember-me, and the library fails on a strange cookie of that name: this
        # is a name that no cookie can have.
        REMEMBER_COOKIE_NAME=";",
    )
    _set_up_login(app)
    csrf = CSRFProtect()
    csrf.init_app(app)
    return csrf


def sign_in() -> SignIn:
    return cast(SignIn, current_app.extensions["luwte.sign_in"])


def begin(member: Member) -> None:
    """From now on this browser is that member's; what it was before is forgotten."""
    session.clear()
    login_user(SignedIn(member))
    # The library's mark of the browser is made from its address: we keep none, in no form.
    session.pop("_id", None)
    session[_BEGAN] = int(sign_in().now())
    session[_NUMBER] = number = secrets.token_urlsafe(16)
    if idle := sign_in().idle:
        idle.begin(member.id, number)


def go_on_as(member: Member) -> None:
    """This one session goes on after its member's others were ended; open pages stay of use."""
    login_user(SignedIn(member))
    session.pop("_id", None)


def end() -> None:
    """Sign out: this session is over, also for a copy of its cookie."""
    idle, known = sign_in().idle, _session(session.get("_user_id", ""))
    sign_in().lately.forget(known)
    if idle and known.member:
        idle.end(known.member, known.number)
    session.clear()


def by_itself(view: View) -> View:
    """A view that open pages call by themselves: no sign that somebody sits there."""
    view.by_itself = True  # type: ignore[attr-defined]
    return view


def goes_on() -> Callable[[], bool]:
    """What an open stream asks now and then: whether its session still is one, with the same
    rights. While the stores cannot be asked nobody is thrown out.
    """
    parts, known = sign_in(), _session(session.get("_user_id", ""))
    before = _rights(current_member())

    def ask() -> bool:
        try:
            return _rights(_whose_is(parts, known, act=False)) == before
        except DatabaseUnusable:
            return True

    return ask


def current_member() -> Member | None:
    """Who asks; None when nobody is signed in."""
    return cast(Member | None, getattr(current_user, "member", None))


def me() -> Member:
    """Who asks, where a guard has let nobody else through."""
    member = current_member()
    assert member is not None, "only behind a guard"  # noqa: S101 - for the type checker
    return member


def _set_up_login(app: Flask) -> None:
    login = LoginManager()
    login.session_protection = None
    login.user_loader(_whose)
    # Instead of init_app, which would look into the session after each request, public ones too.
    app.login_manager = login  # type: ignore[attr-defined]


def often(view: View) -> View:
    """A view that is asked for so often that its member is not looked up each time. It must check
    by itself, in the step that writes, that what it changes is still theirs.
    """
    view.often = True  # type: ignore[attr-defined]
    return view


def _whose(text: str) -> SignedIn | None:
    view = current_app.view_functions.get(request.endpoint or "")
    parts, known = sign_in(), _session(text)
    if hasattr(view, "often"):
        member = parts.lately.get(known)
        if member is None and (member := _whose_is(parts, known, act=True)):
            parts.lately.keep(known, member)
    else:
        member = _whose_is(parts, known, act=not hasattr(view, "by_itself"))
    return SignedIn(member) if member else None


def _rights(member: Member | None) -> object:
    return member and (member.id, member.name, member.role, member.regions)


def _session(text: str) -> Session:
    number, _, epoch = text.partition(".")
    return Session(
        int(number or 0), int(epoch or 0), session.get(_BEGAN, 0), session.get(_NUMBER, "")
    )


def _whose_is(parts: SignIn, known: Session, *, act: bool) -> Member | None:
    if not 0 <= parts.now() - known.began < LASTS.total_seconds():
        return None
    member = parts.staffing.member(known.member, known.epoch)
    if member is None or parts.idle is None:
        return member
    has_chats = partial(parts.has_chats, member)
    is_in = parts.idle.is_in(member.id, known.number, act=act, has_chats=has_chats)
    return member if is_in else None
