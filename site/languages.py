"""Dutch at the root, English under /en/: which language an address speaks, and its texts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, has_request_context, request, url_for
from flask_babel import Babel, get_domain

from .organisation import Organisation

LANGUAGES = ("nl", "en")
CATALOGUES = Path(__file__).resolve().parent / "translations"


def register(app: Flask, organisation: Organisation | None = None) -> None:
    """Texts through Flask-Babel, in the centre's own names; the addresses of both languages."""
    Babel(
        app,
        default_locale="nl",
        default_timezone="Europe/Amsterdam",
        locale_selector=language,
    )
    with app.app_context():
        for lang in LANGUAGES:
            own = (organisation or Organisation()).in_our_texts(lang)
            get_domain().cache[lang, "messages"] = _catalogue(lang, own)
    app.context_processor(lambda: {"lang": language(), "other_lang": other(language()), "to": to})


def _catalogue(lang: str, own: Callable[[str], str]) -> Translations:
    # Compiled here and now, so that no compiled file can be older than its text.
    compiled = io.BytesIO()
    with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = read_po(file, locale=lang)
    for message in texts:
        if message.id:
            # The sentences in the code are the Dutch ones.
            said = message.id if lang == "nl" else message.string or ""
            message.string = own(said) if isinstance(said, str) else tuple(map(own, said))
    write_mo(compiled, texts)
    compiled.seek(0)
    return Translations(compiled)


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
