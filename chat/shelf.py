"""The site's articles as the chat needs them: to be found by an advisor, and shown in a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

MOST_FOUND = 8
# Where a word stands tells how much the article is about it.
IN_TITLE, IN_SUMMARY, IN_TEXT = 12, 4, 1

# In Markdown: what a link leads to is no word of the text.
_TARGET = re.compile(r"\]\([^)]*\)")
_WORD = re.compile(r"\w+")
# A link that is followed is a trace, and leads away from the chat; a phone number is neither.
_LINK = re.compile(r'<a\b[^>]*\bhref="(?!tel:)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
# The same article may be shown twice on one page.
_ID = re.compile(r'(<h[2-6])\s+id="[^"]*"')


@dataclass(frozen=True)
class Reading:
    """One article: `text` is Markdown, `draw` makes sanitised HTML of it, `address` is its path."""

    id: str
    lang: str
    title: str
    summary: str
    address: str
    text: str = field(repr=False)
    draw: Callable[[], str] = field(repr=False)

    @property
    def html(self) -> str:
        """The text as it may stand inside a message."""
        return _ID.sub(r"\1", _LINK.sub(r"\1", self.draw()))


class Shelf:
    """Every article, in the order of the site."""

    def __init__(self, articles: Iterable[Reading] = ()) -> None:
        self._by_id = {(article.lang, article.id): article for article in articles}

    def get(self, lang: str, id: str) -> Reading | None:
        return self._by_id.get((lang, id))

    def search(self, typed: str, lang: str) -> list[Reading]:
        """The articles that have all these words, the best first; of twins the one in `lang`.

        Words may be of either language and need not be whole. No words at all: the first ones.
        """
        words = _words(typed)
        found: dict[str, int] = {}
        for key, index in self._indexes.items():
            if score := index.score(words):
                found[key[1]] = max(found.get(key[1], 0), score)
        best = sorted(found, key=lambda id: -found[id])[:MOST_FOUND]
        return [article for id in best if (article := self._in(lang, id))]

    def _in(self, lang: str, id: str) -> Reading | None:
        if article := self.get(lang, id):
            return article
        return next((one for (_, other), one in self._by_id.items() if other == id), None)

    @cached_property
    def _indexes(self) -> dict[tuple[str, str], _Index]:
        # Not at the service's start, which has no time for it; drawing them is never needed.
        return {key: _Index(article) for key, article in self._by_id.items()}


class _Index:
    def __init__(self, article: Reading) -> None:
        self._parts = [
            (IN_TITLE, _words(article.title)),
            (IN_SUMMARY, _words(article.summary)),
            (IN_TEXT, _words(_TARGET.sub(" ", article.text))),
        ]

    def score(self, wanted: frozenset[str]) -> int:
        """0 when any word is missing; 1 when none is wanted."""
        scores = [self._score_of(word) for word in wanted]
        return sum(scores, start=not scores) if all(scores) else 0

    def _score_of(self, wanted: str) -> int:
        return sum(
            weight
            for weight, words in self._parts
            if any(word.startswith(wanted) for word in words)
        )


def _words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    return frozenset(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))
