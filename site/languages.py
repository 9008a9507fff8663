"""Dutch at the root, English under /en/: which language an address speaks, and its texts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, has_request_context, request, url_for
from flask_babel import Babel, get_domain

LANGUAGES = ("nl", "en")
CATALOGUES = Path(__file__).resolve().parent / "translations"


def register(app: Flask) -> None:
    """Texts through Flask-Babel, and the addresses of both languages in templates."""
    Babel(
        app,
        default_locale="nl",
        default_timezone="Europe/Amsterdam",
        locale_selector=language,
    )
    with app.app_context():
        get_domain().cache["en", "messages"] = _catalogue("en")
    app.context_processor(lambda: {"lang": language(), "other_lang": other(language()), "to": to})


def _catalogue(lang: str) -> Translations:
    # Compiled here and now, so that no compiled file can be older than its text.
    path = CATALOGUES / lang / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    if path.is_file():
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=lang))
        compiled.seek(0)
        return Translations(compiled)
    return Translations()


def language() -> str:
    """The language of the page that is asked for."""
    if not has_request_context():
        return "nl"
    if request.path == "/en" or request.path.startswith("/en/"):
        return "en"
    if request.path.startswith(("/desk/", "/office/")):
        return request.accept_languages.best_match(LANGUAGES) or "nl"
    return "nl"


def other(lang: str) -> str:
    return "en" if lang == "nl" else "nl"


def to(endpoint: str, lang: str = "", **values: Any) -> str:
    """The address of a public page ("pages.home") in that language, or in the present one."""
    part, _, view = endpoint.partition(".")
    return url_for(f"{part}_{lang or language()}.{view}", **values)
