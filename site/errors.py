"""Error pages: a plain sentence, the phone and the exit. They need no store."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template
from flask.json.provider import DefaultJSONProvider
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from . import articles
from .chat.accept import wants_json
from .fault_line import fault_line

Sentences = tuple[str, str]


def sentences(code: int) -> Sentences:
    """The heading and the explanation for an error."""
    known = {
        404: (
            _("Deze pagina is er niet"),
            _("Misschien is het adres veranderd. Op de startpagina vind je alles terug."),
        ),
        413: (
            _("Dit is te groot om te versturen."),
            _("Maak het korter en probeer het opnieuw."),
        ),
        429: (
            _("Even wachten"),
            _("Je vroeg te snel achter elkaar iets. Wacht een minuut en probeer het dan opnieuw."),
        ),
        500: (
            _("Er ging iets mis bij ons"),
            _("Dit ligt niet aan jou. Probeer het zo nog eens. Heb je nu hulp nodig? Bel ons."),
        ),
        503: (
            _("Dit werkt nu even niet"),
            _("Dit ligt niet aan jou. Probeer het over een paar minuten opnieuw, of bel ons."),
        ),
    }
    otherwise = (_("Dit ging niet goed"), _("Ga terug en probeer het opnieuw."))
    return known.get(code, otherwise)


class Json(DefaultJSONProvider):
    """What nests deeper than anybody means it to is no JSON, and no fault of ours."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        try:
            return super().loads(s, **options)
        except RecursionError:
            raise ValueError("nested too deep") from None


# Faults whose own description is a sentence of ours.
OWN_WORDS = (400, 403, 404, 415)


def register(app: Flask) -> None:
    """One page for every error, and one line in the log for what we did not foresee."""
    # Flask's own line has the path, and its traceback may quote what was posted.
    app.log_exception = lambda exc_info: app.logger.error(  # type: ignore[method-assign]
        "%s", fault_line(*exc_info)
    )
    app.json = Json(app)
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(InternalServerError, _page)
    app.register_error_handler(articles.NotFound, lambda error: _page(NotFound()))


def _page(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    title, sentence = sentences(error.code)
    own = error.description if error.description != type(error).description else None
    if own and error.code in OWN_WORDS:
        title, sentence = (own, "") if wants_json() else (title, own)
    if wants_json():
        answer = jsonify(error=title, field=None)
    else:
        answer = make_response(
            render_template("error.html", code=error.code, title=title, sentence=sentence)
        )
    answer.status_code = error.code
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer
