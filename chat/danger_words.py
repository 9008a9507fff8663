"""Words of acute danger, shown to the advisor where a visitor wrote them.

A help for tired eyes and nothing more: what "not" does to a word is not understood, so nothing ever
follows from it by itself. It is worked out anew whenever a message is drawn; nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

# A tag with its attributes, whose values may hold anything; what people typed is escaped.
_TAG = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
_APOSTROPHE = "(?:'|’|&#39;)"


class DangerWords:
    """The words and phrases of both languages; `*` at a word's end stands for any ending."""

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        patterns = [_pattern(phrase) for phrase in sorted(phrases, key=len, reverse=True)]
        self._found = (
            re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
            if patterns
            else None
        )

    def stand_in(self, text: str) -> bool:
        """Whether one of them is in a plain text."""
        return bool(self._found and self._found.search(text))

    def without(self, text: str) -> str:
        """The plain text with each of them left out."""
        return self._found.sub(" ", text) if self._found else text

    def mark(self, html: Markup, meaning: str) -> Markup:
        """The same html with each such word marked; `meaning` says so to who cannot see it."""
        if not self._found:
            return html
        told = Markup('<span class="visually-hidden"> ({})</span>').format(meaning)
        pieces = _TAG.split(html)
        # Between the tags stands the text: every second piece, from the first.
        pieces[::2] = [
            self._found.sub(lambda found: f"<mark data-danger-word>{found[0]}{told}</mark>", text)
            for text in pieces[::2]
        ]
        return Markup("".join(pieces))  # noqa: S704 - the same html, and marks of our own


def _pattern(phrase: str) -> str:
    return r"\s+".join(_word(word) for word in phrase.split())


def _word(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace("'", _APOSTROPHE)
    return stem + (r"\w*" if word.endswith("*") else "")
