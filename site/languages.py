"""Dutch at the root, English under /en/: which language an address speaks, and its texts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, has_request_context, request, url_for
from flask_babel import Babel, get_domain

from .organisation import Organisation

LANGUAGES = ("nl", "en")
CATALOGUES = Path(__file__).resolve().parent / "translations"

_NUMBER = re.compile(r"(?<!tel:)\+?\b\d{2,}(?:-\d{2,})+|%\(number\)s")


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
    app.context_processor(_seen_by_templates)


def _seen_by_templates() -> dict[str, Any]:
    lang = language()
    return {"lang": lang, "other_lang": other(lang), "text_direction": direction(lang), "to": to}


def direction(lang: str) -> str:
    """How that language is written: "ltr" or "rtl"."""
    found: str = Locale.parse(lang).text_direction
    return found


def _isolated(text: str) -> str:
    """The sentence with its phone numbers set apart: after an Arabic letter 0800-2000 would be
    shown as 2000-0800 (Unicode's bidirectional algorithm, rules W2 and W4).
    """
    return _NUMBER.sub("\u2066\\g<0>\u2069", text)


@cache
def _catalogue(lang: str, own: Callable[[str], str]) -> Translations:
    def shown(text: str) -> str:
        return _isolated(own(text)) if direction(lang) == "rtl" else own(text)

    # Compiled here and now, so that no compiled file can be older than its text.
    compiled = io.BytesIO()
    with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = read_po(file, locale=lang)
    for message in texts:
        if message.id:
            # The sentences in the code are the Dutch ones.
            said = message.id if lang == "nl" else message.string or ""
            message.string = shown(said) if isinstance(said, str) else tuple(map(shown, said))
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
