"""Flask-Babel's texts, with types: Dutch sentences in, the page's language out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import flask_babel


def gettext(text: str, **values: Any) -> str:
    """The sentence in the page's language, with %(name)s filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The sentence for that number, which fills in %(num)d."""
    return str(flask_babel.ngettext(one, many, num, **values))


def lazy_gettext(text: str) -> Any:
    """A sentence that chooses its language when it is shown."""
    return flask_babel.lazy_gettext(text)


def language() -> str:
    """The language of the page that is asked for: nl or en."""
    return str(flask_babel.get_locale() or "nl")


def in_language(lang: str) -> AbstractContextManager[None]:
    """What is said inside is said in that language, whatever the page speaks."""
    force: AbstractContextManager[None] = flask_babel.force_locale(lang)
    return force
