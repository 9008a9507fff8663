"""Finds pages by what people type: whole sentences, misspelt, in words of their own.

Two things are counted. How well a page's words fit: SQLite's FTS5 with BM25, where a title
outweighs keywords, these a summary, and that the text. And how much of one of the phrases that
people call a page by ("mijn man slaat me") stands in what was typed. Nothing typed is kept.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from .search_spelling import Spelling
from .search_words import Roots, is_small, small_words, words_of

# What one word counts in each column, in the order of the table's columns.
TITLE, KEYWORDS, SUMMARY, TEXT = 4.0, 2.5, 1.5, 1.0
# A phrase that is there as a whole outweighs its words wherever else they stand.
PHRASE = 6.0
# What a small word counts in a phrase, next to the least that another word does.
SMALL_WORD = 0.25
# Of a phrase so much must be there: one word of four is no sign of anything.
LEAST_OF_PHRASE = 0.5
# A page with less than this of what was typed was not meant; nor one so far behind the first.
LEAST_OF_QUERY = 0.34
LEAST_OF_BEST = 0.15
MOST_RESULTS = 6
MOST_NEAR = 4
MOST_WORDS = 40
# So many unknown words are looked up as typing errors: each takes a comparison with all others.
MOST_MISSPELT = 6

_LINK = re.compile(r"\]\([^)]*\)")


@dataclass(frozen=True)
class Searchable:
    """One page that can be found, in one language."""

    # As links in the content name it: "article:stalking", "page:chat".
    link: str
    title: str
    # One sentence.
    summary: str
    url: str
    # "article", "section", "page", "tool", "region", "helpline" or "story".
    kind: str
    # Plain or Markdown.
    text: str = field(default="", repr=False)
    # What else people call it.
    keywords: Sequence[str] = ()


@dataclass(frozen=True)
class Found:
    """The answer to one search."""

    results: list[Searchable]
    # The words that were searched instead of misspelt ones, in the order in which they were typed.
    meant: list[str]
    # What may have been meant when there are no results.
    near: list[Searchable]


@dataclass
class _Asked:
    """What was typed, come down to roots."""

    # In order, small words too.
    roots: list[str] = field(default_factory=list)
    # Those that say something, each with its weight; an unknown word has no root in the content.
    weights: dict[str, float] = field(default_factory=dict)
    meant: list[str] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return sum(self.weights.values())


class Index:
    """The pages of one language, made once; searching is safe from several threads."""

    def __init__(
        self,
        lang: str,
        pages: Sequence[Searchable],
        groups: Iterable[Iterable[str]] = (),
        known: Iterable[str] = (),
    ) -> None:
        """`groups`: words that mean the same to who searches; `known`: words that no page may have,
        and that are no typing errors.
        """
        self._lang = lang
        self._pages = list(pages)
        self._lock = Lock()
        folded = [[word for text in group for word in words_of(text)] for group in groups]
        self._roots = Roots(lang, folded)
        texts = [_texts(page) for page in self._pages]
        counts = Counter(word for columns in texts for words in columns for word in words)
        counts.update(word for group in folded for word in group)
        counts.update(word for text in known for word in words_of(text))
        self._spelling = Spelling(counts | Counter(small_words(lang)))
        self._roots.learn(counts)
        self._fill(texts)
        self._learn_phrases()

    def _fill(self, texts: list[list[list[str]]]) -> None:
        self._table = sqlite3.connect(":memory:", check_same_thread=False)
        self._table.execute("CREATE VIRTUAL TABLE pages USING fts5(title, keywords, summary, text)")
        self._has: list[set[str]] = []
        for row, columns in enumerate(texts):
            roots = [list(self._all_roots(words)) for words in columns]
            self._has.append({root for column in roots for root in column})
            self._table.execute(
                "INSERT INTO pages(rowid, title, keywords, summary, text) VALUES (?, ?, ?, ?, ?)",
                (row, *map(" ".join, roots)),
            )
        self._in_pages = Counter(root for has in self._has for root in has)

    def _all_roots(self, words: Iterable[str]) -> Iterator[str]:
        """Of each word that says something, and of the parts of a compound."""
        for word in words:
            if not is_small(word, self._lang):
                yield self._roots.of(word)
                if self._lang == "nl":
                    yield from map(self._roots.of, self._spelling.parts(word))

    def _learn_phrases(self) -> None:
        """Titles and keywords, each as a whole."""
        # Each with its page and what all its words count.
        self._phrases: list[tuple[int, float]] = []
        self._named: dict[str, list[int]] = defaultdict(list)
        self._with_root: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, page in enumerate(self._pages):
            for text in (page.title, *page.keywords):
                weights: dict[str, float] = {}
                for word in words_of(text):
                    small, root = is_small(word, self._lang), self._root(word)
                    weights[root] = self._weight(root, small)
                    if not small:
                        self._named[word].append(row)
                for root, weight in weights.items():
                    self._with_root[root].append((len(self._phrases), weight))
                self._phrases.append((row, sum(weights.values())))

    def _root(self, word: str) -> str:
        # Small words are told apart as they stand: "ik" and "hij" are not alike.
        return word if is_small(word, self._lang) else self._roots.of(word)

    def _weight(self, root: str, small: bool = False) -> float:
        """The rarer, the more a word says."""
        rarity = math.log(1 + len(self._pages) / self._in_pages[root]) if not small else 1.0
        return SMALL_WORD if small else max(1.0, rarity)

    def search(self, text: str) -> Found:
        """The pages that fit best; none when nothing does."""
        with self._lock:
            asked = self._asked(text)
            scores = self._phrases_in(asked)
            for row, score in self._words_in(asked):
                scores[row] = scores.get(row, 0.0) + score
        best = max(scores.values(), default=0.0)
        rows = sorted(scores, key=lambda row: (-scores[row], row))[:MOST_RESULTS]
        results = [self._pages[row] for row in rows if scores[row] >= best * LEAST_OF_BEST]
        return Found(results, asked.meant, [] if results else self._near(text))

    def _asked(self, text: str) -> _Asked:
        asked, misspelt = _Asked(), 0
        for word in words_of(text)[:MOST_WORDS]:
            if is_small(word, self._lang):
                asked.roots.append(word)
                continue
            known = [self._roots.of(word)]
            if known[0] not in self._in_pages and misspelt < MOST_MISSPELT:
                misspelt += 1
                known = self._guessed(word, asked) or known
            for root in known:
                asked.roots.append(root)
                if not is_small(root, self._lang):
                    asked.weights[root] = self._weight_of_asked(root)
        return asked

    def _weight_of_asked(self, root: str) -> float:
        return self._weight(root) if root in self._in_pages else 1.0

    def _guessed(self, word: str, asked: _Asked) -> list[str]:
        """The roots of what an unknown word may stand for."""
        if parts := self._spelling.parts(word):
            return [self._root(part) for part in parts]
        meant = self._spelling.nearest(word) or self._spelling.holding(word)
        if not meant:
            return []
        if meant != word and not is_small(meant, self._lang):
            asked.meant.append(meant)
        return [self._root(meant)]

    def _phrases_in(self, asked: _Asked) -> dict[int, float]:
        """For each page the phrase of it that fits best."""
        there: dict[int, float] = defaultdict(float)
        for root in set(asked.roots):
            for phrase, weight in self._with_root.get(root, ()):
                there[phrase] += weight
        scores: dict[int, float] = {}
        for phrase, weight in there.items():
            row, whole = self._phrases[phrase]
            share = weight / whole
            if share >= LEAST_OF_PHRASE:
                scores[row] = max(scores.get(row, 0.0), PHRASE * weight * share**2)
        return scores

    def _words_in(self, asked: _Asked) -> Iterator[tuple[int, float]]:
        # Only roots that the table holds: nothing that was typed gets into a statement.
        known = [root for root in asked.weights if root in self._in_pages]
        if not known:
            return
        match = " OR ".join(f'"{root}"' for root in known)
        rows = self._table.execute(
            "SELECT rowid, bm25(pages, 1, 0, 0, 0), bm25(pages, 0, 1, 0, 0),"
            " bm25(pages, 0, 0, 1, 0), bm25(pages, 0, 0, 0, 1) FROM pages WHERE pages MATCH ?",
            (match,),
        )
        for row, *ranks in rows:
            share = sum(asked.weights[root] for root in known if root in self._has[row])
            if share >= LEAST_OF_QUERY * asked.weight:
                # BM25 as SQLite gives it is the better, the lower.
                weighed = zip((TITLE, KEYWORDS, SUMMARY, TEXT), ranks, strict=True)
                yield row, -sum(weight * rank for weight, rank in weighed)

    def _near(self, text: str) -> list[Searchable]:
        """Pages that are called something like a word that was typed."""
        rows: dict[int, None] = {}
        for word in words_of(text)[:MOST_MISSPELT]:
            if not is_small(word, self._lang):
                for like in self._spelling.like(word, list(self._named)):
                    rows |= dict.fromkeys(self._named[like])
        return [self._pages[row] for row in rows][:MOST_NEAR]


def _texts(page: Searchable) -> list[list[str]]:
    """The words of each column."""
    text = _LINK.sub("] ", page.text)
    return [
        words_of(column) for column in (page.title, " ".join(page.keywords), page.summary, text)
    ]


class Finder:
    """The indexes of all languages."""

    def __init__(self, indexes: Mapping[str, Index]) -> None:
        self._indexes = indexes

    def search(self, lang: str, text: str) -> tuple[str, Found]:
        """In that language, or in another one when it has nothing; and which one it was."""
        first = self._indexes[lang].search(text)
        if not first.results:
            for other, index in self._indexes.items():
                if other != lang and (found := index.search(text)).results:
                    return other, found
        return lang, first
