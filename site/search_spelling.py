"""Typing errors: the word that was most likely meant, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# A shorter word has too many neighbours to tell which one was meant.
SHORTEST = 4
# From this length on two errors are forgiven.
LONG = 8
# In a compound written as one word, or one that the content does not know, each part has so many.
SHORTEST_PART = 4
# Shorter than this, a piece of a word may be a piece of any.
SHORTEST_PIECE = 5
# From this share of equal letters on, words look alike.
ALIKE = 0.6
# What Dutch puts between the parts of a compound: "meisje(s)besnijdenis", "kind(er)mishandeling".
BETWEEN = ("", "s", "en", "er", "e")


class Spelling:
    """Knows the words of the content; what visitors type is compared and forgotten."""

    def __init__(self, words: Mapping[str, int]) -> None:
        """`words`: each with how often it stands in the content."""
        self._words = words
        self._of_length: dict[int, list[str]] = defaultdict(list)
        for word in words:
            if word.isalpha() and len(word) >= SHORTEST:
                self._of_length[len(word)].append(word)

    def nearest(self, word: str) -> str:
        """The known word that differs so little that it must be meant; "" when there is none."""
        if not word.isalpha() or len(word) < SHORTEST:
            return ""
        errors = 1 if len(word) < LONG else 2
        found = [
            (distance, near[0] != word[0], -self._words[near], near)
            for near, distance in self._within(word, errors)
            # The first letter is seldom wrong, and in a short word never taken for wrong.
            if near[0] == word[0] or (len(word) > SHORTEST and distance == 1)
        ]
        return min(found)[-1] if found else ""

    def holding(self, word: str) -> str:
        """The most common word that begins so, or ends so: half typed, or a part of a compound."""
        if len(word) < SHORTEST_PIECE:
            return ""
        found = [known for known in self._words if known.startswith(word) or known.endswith(word)]
        return max(found, key=lambda known: (self._words[known], known), default="")

    def like(self, word: str, among: Iterable[str]) -> list[str]:
        """Those that look a little like it: to be offered, not to be taken for it."""
        if not word.isalpha() or len(word) < SHORTEST:
            return []
        found = process.extract(
            word, among, scorer=OSA.normalized_similarity, score_cutoff=ALIKE, limit=2
        )
        return [near for near, *_ in found]

    def parts(self, word: str) -> list[str]:
        """The two known words of a compound; none when it is no compound of such words."""
        for cut in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            last = word[cut:]
            if last not in self._words:
                continue
            for between in BETWEEN:
                first = word[:cut].removesuffix(between) if between else word[:cut]
                if len(first) >= SHORTEST_PART - 1 and first in self._words:
                    return [first, last]
        return []

    def _within(self, word: str, errors: int) -> Iterable[tuple[str, int]]:
        for length in range(len(word) - errors, len(word) + errors + 1):
            near = self._of_length.get(length, ())
            for found, distance, _ in process.extract(
                word, near, scorer=OSA.distance, score_cutoff=errors, limit=5
            ):
                yield found, int(distance)
