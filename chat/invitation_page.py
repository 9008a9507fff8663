"""The page behind an invitation's link: somebody chooses a password and scans the second factor.

The link itself is a key: it stands in no log, no session, no other page, and no referrer.
"""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from . import desk_session
from .account_parts import account_parts
from .audit import audit
from .invitations import Invitation, NoInvitation, WrongCode
from .passwords import LEAST
from .staff import PasswordTooLong, PasswordTooShort
from .texts import gettext as _

MOST = 1_100  # characters in a field; a password may have a thousand

bp = Blueprint("invitation", __name__, url_prefix="/desk/invitation", template_folder="templates")


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    return _page(account_parts().invitations.find(token))


@bp.post("/<token>")
def accept(token: str) -> ResponseReturnValue:
    invitations = account_parts().invitations
    invitation = invitations.find(token)
    typed = secrets_typed("password", "again", "code")
    if typed["password"] != typed["again"]:
        return _page(invitation, {"again": _("Dit is niet hetzelfde wachtwoord.")})
    try:
        member = invitations.accept(token, typed["password"], typed["code"])
    except (PasswordTooShort, PasswordTooLong) as error:
        return _page(invitation, {"password": password_fault(error)})
    except WrongCode:
        sentence = _("Deze code klopt niet. Vul de zes cijfers in die je app nu laat zien.")
        return _page(invitation, {"code": sentence})
    audit().note(member.id, "account.open")
    desk_session.end()
    return redirect(url_for("sign_in.sign_in", account="ready"), 303)


@bp.errorhandler(NoInvitation)
def gone(_error: NoInvitation) -> ResponseReturnValue:
    return make_response(render_template("desk/invitation-gone.html"), 410)


def secrets_typed(*names: str) -> dict[str, str]:
    """The form's secrets, exactly as they were typed; what is too long stays too long."""
    return {name: request.form.get(name, "")[:MOST] for name in names}


def password_fault(error: Exception) -> str:
    """What is wrong with a password that somebody chose."""
    if isinstance(error, PasswordTooShort):
        return _("Kies een wachtwoord van %(least)d tekens of meer.", least=LEAST)
    return _("Dit wachtwoord is te lang. Kies er een van hooguit 1.000 tekens.")


def _page(invitation: Invitation, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    page = render_template(
        "desk/invitation.html",
        invitation=invitation,
        picture=picture(invitation.uri),
        secret=in_groups(invitation.secret),
        least=LEAST,
        errors=errors or {},
    )
    return make_response(page, 422 if errors else 200)


def in_groups(secret: str) -> str:
    """Four by four, as somebody types it over."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def picture(uri: str) -> Markup:
    """The address as a QR code: an svg without style, which our policy would refuse."""
    drawn = io.BytesIO()
    code: Any = segno.make(uri, error="m", micro=False)
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=False, nl=False, border=3, omitsize=True,
        svgclass="qr", lineclass=None, dark="#000", light="#fff",
    )  # fmt: skip
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by the library from our own address
