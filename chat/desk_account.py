"""One's own account: the password, and the passkeys."""

from __future__ import annotations

import math

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, ServiceUnavailable

from . import desk_session
from .account_parts import account_parts
from .audit import record
from .desk_session import me
from .invitation_page import MOST, password_fault, secrets_typed
from .passkey_sign_in import sent, site
from .passkeys import BadPasskey, BadPasskeyName, NoSuchPasskey, TooManyPasskeys, tidy
from .passwords import LEAST
from .sign_in import json_fault, refuse, signed_in
from .staff import Member, PasswordTooLong, PasswordTooShort
from .store import UNREACHABLE
from .texts import gettext as _
from .texts import lazy_gettext as later
from .texts import ngettext
from .tries import TooManyTries, TriesUnavailable

bp = Blueprint("desk_account", __name__, url_prefix="/desk/account", template_folder="templates")

DONE = {
    "password": later("Je wachtwoord is veranderd. Op andere apparaten ben je uitgelogd."),
    "added": later("De passkey is toegevoegd. Je kunt er nu mee inloggen."),
    "named": later("De passkey heeft een andere naam."),
    "removed": later("De passkey is verwijderd. Verwijder hem ook in je browser of telefoon."),
}


class WrongPassword(PermissionError):
    """This is not the password of whoever is signed in."""


@bp.get("")
@signed_in
def overview() -> ResponseReturnValue:
    return _page()


@bp.post("/password")
@signed_in
def change_password() -> ResponseReturnValue:
    member, parts = me(), desk_session.sign_in()
    typed = secrets_typed("current", "password", "again")
    if typed["password"] != typed["again"]:
        return _page({"again": _("Dit is niet hetzelfde wachtwoord.")})
    try:
        _check_password(member, typed["current"])
        changed = parts.staffing.change_password(member, typed["password"])
    except WrongPassword:
        return _page({"current": _("Dit is niet je wachtwoord van nu.")})
    except (PasswordTooShort, PasswordTooLong) as error:
        return _page({"password": password_fault(error)})
    record("account.password")
    desk_session.go_on_as(changed)
    account_parts().dismissal.changed(changed)
    return _back("password")


@bp.post("/passkeys/ask")
@signed_in
def ask_for_passkey() -> ResponseReturnValue:
    """What the browser needs to make one. The password is asked again: a desk that was left open
    must not give somebody else a key to it.
    """
    member, body = me(), sent()
    passkeys = account_parts().passkeys
    try:
        tidy(str(body.get("name", "")))
        _check_password(member, str(body.get("password", ""))[:MOST])
        options = passkeys.ask_for_new(member, site())
    except BadPasskeyName:
        return json_fault(422, _bad_name(), "name")
    except WrongPassword:
        return json_fault(422, _("Dit is niet je wachtwoord."), "password")
    except TooManyPasskeys:
        return json_fault(422, _("Je hebt al tien passkeys. Verwijder er eerst een."), "name")
    return Response(options, mimetype="application/json")


@bp.post("/passkeys")
@signed_in
def add_passkey() -> ResponseReturnValue:
    body = sent()
    answer, name = body.get("answer"), str(body.get("name", ""))
    if not isinstance(answer, dict):
        raise BadRequest(_("Deze vraag kwam niet goed aan."))
    try:
        account_parts().passkeys.add(me(), site(), answer, name)
    except BadPasskeyName:
        return json_fault(422, _bad_name(), "name")
    except BadPasskey:
        return json_fault(422, _("Deze passkey kunnen we niet gebruiken. Probeer het opnieuw."))
    record("account.passkey_add")
    return jsonify(to=url_for("desk_account.overview", done="added")), 201


@bp.post("/passkeys/<int(max=2147483647):number>/name")
@signed_in
def name_passkey(number: int) -> ResponseReturnValue:
    try:
        account_parts().passkeys.rename(me(), number, request.form.get("name", "")[:MOST])
    except BadPasskeyName:
        return _page({f"key-{number}-name": _bad_name()})
    record("account.passkey_name")
    return _back("named")


@bp.post("/passkeys/<int(max=2147483647):number>/remove")
@signed_in
def remove_passkey(number: int) -> ResponseReturnValue:
    account_parts().passkeys.remove(me(), number)
    record("account.passkey_remove")
    return _back("removed")


@bp.errorhandler(NoSuchPasskey)
def no_such_passkey(_error: NoSuchPasskey) -> ResponseReturnValue:
    return refuse(NotFound())


@bp.errorhandler(TooManyTries)
def too_many(error: TooManyTries) -> ResponseReturnValue:
    sentence = ngettext(
        "Dit wachtwoord was te vaak niet goed. Probeer het over %(num)d minuut opnieuw.",
        "Dit wachtwoord was te vaak niet goed. Probeer het over %(num)d minuten opnieuw.",
        math.ceil(error.wait_s / 60),
    )
    if request.is_json:
        answer = json_fault(429, sentence, "password")
    else:
        answer = make_response(_page({"current": sentence}), 429)
    answer.headers["Retry-After"] = str(error.wait_s)
    return answer


@bp.errorhandler(BadRequest)
def malformed(error: HTTPException) -> ResponseReturnValue:
    return json_fault(400, error.description or "") if request.is_json else error


def not_now(_error: Exception) -> ResponseReturnValue:
    return refuse(ServiceUnavailable(_("Dit werkt op dit moment niet. Probeer het zo opnieuw.")))


for unreachable in (*UNREACHABLE, TriesUnavailable):
    bp.register_error_handler(unreachable, not_now)


def _check_password(member: Member, typed: str) -> None:
    """Raises WrongPassword, or TooManyTries as at the sign-in: it is the same secret."""
    parts = desk_session.sign_in()
    parts.tries.count(member.email)
    if not parts.staffing.has_password(member, typed):
        raise WrongPassword
    parts.tries.forget(member.email)


def _bad_name() -> str:
    return _("Geef de passkey een naam van hooguit 60 tekens, bijvoorbeeld “mijn telefoon”.")


def _back(done: str) -> ResponseReturnValue:
    return redirect(url_for("desk_account.overview", done=done), 303)


def _page(errors: dict[str, str] | None = None) -> ResponseReturnValue:
    member = me()
    page = render_template(
        "desk/account.html",
        member=member,
        passkeys=account_parts().passkeys.of(member),
        least=LEAST,
        done=DONE.get(request.args.get("done", "")),
        errors=errors or {},
    )
    return make_response(page, 422 if errors else 200)
