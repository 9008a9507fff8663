"""How easily a text reads, by its sentences and syllables: a floor, not a proof, of plain language.

Dutch: Flesch-Douma, 206.84 - 0.77 x syllables per 100 words - 0.93 x words per sentence (Douma,
1960). English: Flesch's reading ease, 206.835 - 0.846 x syllables per 100 words - 1.015 x words per
sentence (R. Flesch, 1948). 60 to 70 is normal, 70 to 80 fairly easy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from pyphen import Pyphen

# Of a language: the dictionary of its hyphenation points, and the formula's three numbers.
_FORMULAS = {"nl": ("nl_NL", 206.84, 0.77, 0.93), "en": ("en_US", 206.835, 0.846, 1.015)}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# A mark ends a sentence where white space, a closing quote or nothing comes after it.
_END = re.compile(r"[.!?…:;]+(?=[\s'’\"”)]|$)")
_ONE_LETTER_FIRST = re.compile(r"[aeiou][bcdfghjklmnpqrstvwxz][aeiouy]\w")


class Reading(NamedTuple):
    """What was counted in a text, and what the formula makes of it."""

    words: int
    sentences: int
    syllables: int
    score: float


def read(markdown: str, lang: str) -> Reading:
    """Count a Markdown text; one without words has a score of 100."""
    dictionary, base, per_syllable, per_word = _FORMULAS[lang]
    sentences = [found for text in _texts(markdown) for found in _sentences(text)]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return Reading(0, 0, 0, 100.0)
    syllables = sum(_syllables(word.lower(), dictionary) for word in words)
    score = (
        base - per_syllable * 100 * syllables / len(words) - per_word * len(words) / len(sentences)
    )
    return Reading(len(words), len(sentences), syllables, round(score, 1))


def _texts(markdown: str) -> Iterator[str]:
    """The text of each heading, paragraph, list item and cell: none runs on into the next."""
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "inline":
            yield "".join(
                child.content if child.type == "text" else " "
                for child in token.children or ()
                if child.type in ("text", "softbreak", "hardbreak", "code_inline")
            )


def _sentences(text: str) -> Iterator[list[str]]:
    for sentence in _END.split(text):
        words = _WORD.findall(sentence)
        if words:
            yield words


def _syllables(word: str, dictionary: str) -> int:
    # No line ends after one letter, so the dictionary does not part `o-ver`: two all the same.
    points = _hyphens(dictionary).positions(word)
    return 1 + len(points) + (1 not in points and _ONE_LETTER_FIRST.match(word) is not None)


@cache
def _hyphens(dictionary: str) -> Pyphen:
    return Pyphen(lang=dictionary, left=2, right=2)
