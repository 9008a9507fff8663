"""The office's accounts: who works here, as what, and for which regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from .account_parts import account_parts
from .accounts import Change, LastCoordinator, NotYourself, State
from .audit import record
from .desk_session import me
from .invitations import LASTS, IsDisabled
from .office import office_blueprint, refused
from .parts import chat
from .staff import (
    BadEmail,
    BadName,
    EmailTaken,
    Member,
    NoSuchMember,
    Role,
    UnknownRegion,
    UnknownRole,
)
from .texts import gettext as _
from .texts import lazy_gettext as later

blueprint = office_blueprint("office_staff", __name__, "/office/staff")

MOST = 300  # characters in a field
ROLES = {Role.ADVISOR: later("adviseur"), Role.COORDINATOR: later("coördinator")}
STATES = {
    State.ACTIVE: later("actief"),
    State.INVITED: later("uitgenodigd"),
    State.DISABLED: later("gesloten"),
}
DONE = {
    "changed": later("De wijziging is opgeslagen en geldt meteen."),
    "disabled": later("Het account is gesloten. Open gesprekken gaan naar een collega."),
    "enabled": later("Het account is weer open."),
}


@blueprint.get("")
def overview() -> str:
    everybody = account_parts().accounts.everybody()
    return render_template("office/staff.html", everybody=everybody, **_words())


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    return _invite_page({"role": Role.ADVISOR, "regions": []})


@blueprint.post("/new")
def invite() -> ResponseReturnValue:
    typed = _typed()
    try:
        member, token = account_parts().invitations.invite(
            typed["email"], typed["name"], typed["role"], typed["regions"]
        )
    except (BadEmail, BadName, EmailTaken, UnknownRole, UnknownRegion) as error:
        return _invite_page(typed, _fault(error))
    record("staff.add", member.email)
    return _link(member, token, 201)


@blueprint.get("/<int(max=2147483647):number>")
def one(number: int) -> ResponseReturnValue:
    return _account_page(number)


@blueprint.post("/<int(max=2147483647):number>")
def change(number: int) -> ResponseReturnValue:
    typed = _typed()
    wanted = Change(typed["name"], typed["role"], tuple(typed["regions"]))
    try:
        before, after = account_parts().accounts.change(me(), number, wanted)
    except (BadName, UnknownRole, UnknownRegion, NotYourself, LastCoordinator) as error:
        return _account_page(number, typed, _fault(error))
    for what in ("role", "regions", "name"):
        if getattr(before, what) != getattr(after, what):
            record(f"staff.{what}", after.email)
    if (before.role, before.regions) != (after.role, after.regions):
        account_parts().dismissal.changed(after)
    return _back("changed", number)


@blueprint.post("/<int(max=2147483647):number>/link")
def link(number: int) -> ResponseReturnValue:
    if number == me().id:
        return _account_page(number, errors={"": _not_yourself()})
    try:
        member, token = account_parts().invitations.renew(number)
    except IsDisabled:
        sentence = _("Dit account is gesloten. Open het eerst weer.")
        return _account_page(number, errors={"": sentence})
    account_parts().dismissal.out(member)
    record("staff.reset", member.email)
    return _link(member, token, 200)


@blueprint.post("/<int(max=2147483647):number>/disable")
def disable(number: int) -> ResponseReturnValue:
    try:
        member = account_parts().accounts.disable(me(), number)
    except (NotYourself, LastCoordinator) as error:
        return _account_page(number, errors={"": _fault(error).popitem()[1]})
    account_parts().dismissal.out(member)
    record("staff.disable", member.email)
    return _back("disabled", number)


@blueprint.post("/<int(max=2147483647):number>/enable")
def enable(number: int) -> ResponseReturnValue:
    member = account_parts().accounts.enable(number)
    record("staff.enable", member.email)
    return _back("enabled", number)


@blueprint.errorhandler(NoSuchMember)
def no_such_member(_error: NoSuchMember) -> ResponseReturnValue:
    return refused(_("Dit account is er niet."), NotFound.code or 404)


def _typed() -> dict[str, Any]:
    form = request.form
    typed: dict[str, Any] = {
        name: form.get(name, "").replace("\0", "")[:MOST] for name in ("email", "name", "role")
    }
    typed["regions"] = [] if form.get("all") else form.getlist("regions")[:100]
    if not typed["regions"] and not form.get("all"):
        typed["regions"] = [""]  # none at all is nothing that can be meant
    return typed


def _fault(error: Exception) -> dict[str, str]:
    """The field that it is about, and the sentence."""
    found: dict[type[Exception], tuple[str, str]] = {
        BadEmail: ("email", _("Vul hier een e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.")),
        EmailTaken: ("email", _("Er is al een account met dit e-mailadres.")),
        BadName: ("name", _("Vul hier een naam in van hooguit 100 tekens.")),
        UnknownRole: ("role", _("Kies adviseur of coördinator.")),
        UnknownRegion: ("regions", _("Kies alle regio’s, of een of meer uit de lijst.")),
        NotYourself: ("role", _not_yourself()),
        LastCoordinator: (
            "role",
            _("Dit is de laatste coördinator. Maak eerst iemand anders coördinator."),
        ),
    }
    field, sentence = found[type(error)]
    return {field: sentence}


def _not_yourself() -> str:
    return _("Dit kun je niet bij jezelf doen. Vraag een andere coördinator.")


def _words() -> dict[str, Any]:
    return {"roles": ROLES, "states": STATES, "regions": chat().regions, "me": me()}


def _invite_page(
    typed: Mapping[str, Any], errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    hours = int(LASTS.total_seconds() // 3600)
    page = render_template(
        "office/staff-new.html", typed=typed, errors=errors or {}, hours=hours, **_words()
    )
    return make_response(page, 422 if errors else 200)


def _account_page(
    number: int, typed: Mapping[str, Any] | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    account = account_parts().accounts.one(number)
    member = account.member
    kept = {"name": member.name, "role": member.role, "regions": list(member.regions)}
    page = render_template(
        "office/staff-one.html",
        account=account,
        typed=typed or kept,
        errors=errors or {},
        done=DONE.get(request.args.get("done", "")),
        **_words(),
    )
    return make_response(page, 422 if errors else 200)


def _link(member: Member, token: str, status: int) -> ResponseReturnValue:
    """The link, this once: afterwards nobody can find it out, not even from the database."""
    address = url_for("invitation.show", token=token, _external=True)
    hours = int(LASTS.total_seconds() // 3600)
    page = render_template("office/staff-link.html", who=member, address=address, hours=hours)
    return make_response(page, status)


def _back(done: str, number: int) -> ResponseReturnValue:
    return redirect(url_for("office_staff.one", number=number, done=done), 303)
