"""Signing in and out at the desk and the office, and the guards for what lies behind."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec

from flask import (
    Blueprint,
    Flask,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from werkzeug.wrappers import Response

from . import clean, desk_session, passkey_sign_in, second_factor
from .accept import wants_json
from .audit import audit, record
from .database import DatabaseUnusable
from .desk_session import SignIn, current_member, is_for_staff
from .staff import BadEmail, WrongSignIn, tidy_email
from .tries import TooManyTries, TriesUnavailable

__all__ = ["coordinator_only", "current_member", "register", "signed_in"]

View = ParamSpec("View")

FIELDS = ("email", "password", "code")
MOST = 1_000  # characters in a field
FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data")

bp = Blueprint("sign_in", __name__, url_prefix="/desk", template_folder="templates")


class Malformed(ValueError):
    """No page of ours sends such a form."""


def register(app: Flask, parts: SignIn) -> None:
    """Add signing in to the application, and guard every post to the pages of staff."""
    csrf = desk_session.set_up(app, parts)

    @app.before_request
    def only_from_our_pages() -> None:
        if request.endpoint and is_for_staff(request.path):
            csrf.protect()

    app.register_error_handler(CSRFError, _not_from_our_page)
    app.register_error_handler(DatabaseUnusable, _unavailable)
    app.register_blueprint(bp)
    app.register_blueprint(passkey_sign_in.bp)


def signed_in(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Only for staff; a page leads others to the sign-in, a call answers 401."""

    @wraps(view)
    def guarded(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if current_member() else _sign_in_first()

    return guarded


def coordinator_only(
    view: Callable[View, ResponseReturnValue],
) -> Callable[View, ResponseReturnValue]:
    """Only for coordinators: as `signed_in`, and 403 for an advisor."""

    @wraps(view)
    def guarded(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        member = current_member()
        if member is None:
            return _sign_in_first()
        if not member.coordinates:
            return refuse(Forbidden(_("Dit kan alleen een coördinator doen.")))
        return view(*args, **kwargs)

    return guarded


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    if current_member():
        return redirect(url_for("desk.home"))
    return _form(200, {})


@bp.post("/sign-in")
def enter() -> ResponseReturnValue:
    typed = _typed()
    if errors := _faults(typed):
        return _form(422, errors)
    parts, email = desk_session.sign_in(), tidy_email(typed["email"])
    parts.tries.count(email)
    member = parts.staffing.sign_in(email, typed["password"], typed["code"])
    parts.tries.forget(email)
    audit().note(member.id, "desk.sign_in")
    desk_session.begin(member)
    return redirect(url_for("desk.home"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    with suppress(DatabaseUnusable):  # whoever wants to leave is let go
        if current_member():
            record("desk.sign_out")
    desk_session.end()
    return redirect(url_for("sign_in.sign_in"), 303)


@bp.errorhandler(Malformed)
@bp.errorhandler(UnsupportedMediaType)
def malformed(error: Exception) -> ResponseReturnValue:
    status = 415 if isinstance(error, UnsupportedMediaType) else 400
    return _form(status, {"form": _("Dit formulier kwam niet goed aan. Vul het opnieuw in.")})


@bp.errorhandler(WrongSignIn)
def wrong(_error: WrongSignIn) -> ResponseReturnValue:
    sentence = _(
        "Dit klopt niet. Controleer je e-mailadres, je wachtwoord en de code. "
        "Elke code werkt maar één keer."
    )
    return _form(422, {"form": sentence})


@bp.errorhandler(TooManyTries)
def too_many(error: TooManyTries) -> ResponseReturnValue:
    sentence = ngettext(
        "Er is te vaak geprobeerd om in te loggen. Probeer het over %(num)d minuut opnieuw.",
        "Er is te vaak geprobeerd om in te loggen. Probeer het over %(num)d minuten opnieuw.",
        math.ceil(error.wait_s / 60),
    )
    answer = _form(429, {"form": sentence})
    answer.headers["Retry-After"] = str(error.wait_s)
    return answer


@bp.errorhandler(TriesUnavailable)
@bp.errorhandler(DatabaseUnusable)
def not_now(_error: Exception) -> ResponseReturnValue:
    sentence = _("Inloggen lukt op dit moment niet. Probeer het over een minuut opnieuw.")
    return _form(503, {"form": sentence})


def _typed() -> dict[str, str]:
    """What was filled in. Raises Malformed or UnsupportedMediaType."""
    if request.mimetype not in FORMS:
        raise UnsupportedMediaType
    typed = {}
    for field in FIELDS:
        values = request.form.getlist(field) or [""]
        if len(values) > 1:
            raise Malformed(field)
        try:
            typed[field] = clean.secret(values[0], field, most=MOST)
        except clean.BadInput as fault:
            raise Malformed(field) from fault
    return typed


def _faults(typed: dict[str, str]) -> dict[str, str]:
    """What is wrong with the fields themselves, before anybody is looked up."""
    errors = {}
    try:
        tidy_email(typed["email"])
    except BadEmail:
        errors["email"] = _("Vul hier je e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.")
    if not typed["password"]:
        errors["password"] = _("Vul hier je wachtwoord in.")
    if not second_factor.is_code(typed["code"]):
        errors["code"] = _("Vul hier de zes cijfers uit je app in.")
    return errors


def _form(status: int, errors: dict[str, str]) -> Response:
    """The sign-in form, or for a script what is wrong with it. The secrets are never repeated."""
    if wants_json() and errors:
        field, sentence = next(iter(errors.items()))
        return json_fault(status, sentence, None if field == "form" else field)
    form = {"email": request.form.get("email", "")[:MOST]}
    return make_response(render_template("desk/sign-in.html", errors=errors, form=form), status)


def _sign_in_first() -> ResponseReturnValue:
    if wants_json():
        return json_fault(401, _("Log eerst in."))
    return redirect(url_for("sign_in.sign_in"))


def _not_from_our_page(_error: CSRFError) -> ResponseReturnValue:
    if request.endpoint == "sign_in.enter":
        return _form(400, {"form": _("Deze pagina was verlopen. Vul alles nog een keer in.")})
    if request.endpoint == "invitation.accept":  # whoever has a link has no session to come back to
        return redirect(url_for("invitation.show", **(request.view_args or {})), 303)
    try:
        if current_member() is None:
            return _sign_in_first()
    except DatabaseUnusable as error:
        return _unavailable(error)
    return refuse(BadRequest(_("Deze pagina is verlopen. Laad de pagina opnieuw.")))


def _unavailable(_error: DatabaseUnusable) -> ResponseReturnValue:
    return refuse(ServiceUnavailable(_("Dit werkt op dit moment niet. Probeer het zo opnieuw.")))


def refuse(error: HTTPException) -> ResponseReturnValue:
    """As JSON for a script, else as the application's page for this status."""
    if wants_json():
        return json_fault(error.code or 500, error.description or "")
    return current_app.make_response(current_app.handle_http_exception(error))


def json_fault(status: int, sentence: str, field: str | None = None) -> Response:
    """What is wrong, for a script."""
    return make_response(jsonify(error=sentence, field=field), status)
