"""The coordinators' office: what all its pages share, and who may see them."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from .accept import wants_json
from .parts import chat
from .sign_in import coordinator_only, current_member
from .store import UNREACHABLE
from .texts import gettext as _
from .texts import lazy_gettext as later

# Each part of the office: where it begins, and what it is called. Those that are there are shown.
PARTS = (
    ("office.now", later("Nu")),
    ("office_hours.overview", later("Openingstijden")),
    ("office_staff.overview", later("Medewerkers")),
    ("office_figures.overview", later("Cijfers")),
    ("office_texts.overview", later("Antwoorden")),
    ("office_audit.overview", later("Logboek")),
)


class Part(NamedTuple):
    """One line of the office's menu."""

    title: str
    address: str
    here: bool


def office_blueprint(name: str, import_name: str, prefix: str) -> Blueprint:
    """A part of the office: for coordinators only, with the office's frame and its faults."""
    blueprint = Blueprint(name, import_name, template_folder="templates", url_prefix=prefix)
    blueprint.before_request(coordinator_only(_go_on))
    blueprint.before_request(lambda: chat().care.start())
    blueprint.context_processor(lambda: {"member": current_member(), "office_parts": _parts()})
    blueprint.register_error_handler(HTTPException, _http)
    for unreachable in UNREACHABLE:
        blueprint.register_error_handler(unreachable, _unreachable)
    return blueprint


def refused(sentence: str, status: int) -> ResponseReturnValue:
    """What is wrong, in one sentence: in the office's frame, or as JSON for a script."""
    if wants_json():
        return {"error": sentence, "field": None}, status
    return make_response(render_template("office/refused.html", sentence=sentence), status)


def _go_on() -> ResponseReturnValue:
    return None  # type: ignore[return-value]  # to Flask it means: nothing against it


def _parts() -> list[Part]:
    return [
        Part(str(title), url_for(endpoint), endpoint.partition(".")[0] == request.blueprint)
        for endpoint, title in PARTS
        if endpoint in current_app.view_functions
    ]


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    known = {
        403: _("Dit mag je hier niet doen."),
        404: _("Dit is er niet, of niet meer."),
        413: _("Dit is te groot om te versturen."),
    }
    own = error.description if error.description != type(error).description else None
    sentence = own or known.get(error.code) or _("Dit ging niet goed. Probeer het opnieuw.")
    answer = make_response(refused(sentence, error.code))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _unreachable(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("the store does not answer: %s", type(error).__name__)
    return refused(_("Dit werkt op dit moment niet. Probeer het zo opnieuw."), 503)
