"""Which texts are measured for plain language, and how easily each must at least read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .front_matter import Fault
from .readability import read

# By the formula of readability.py: 60 is a text for everyone, 70 one for children of eleven or
# twelve, 45 one that a professional reads without effort.
FOR_EVERYONE, FOR_CHILDREN, FOR_PROFESSIONALS = 60, 70, 45


class Text(NamedTuple):
    """A text for readers, Markdown, which begins on `line` of the file `path`."""

    path: Path
    line: int
    lang: str
    markdown: str
    floor: int


def floor_for(audience: Collection[str]) -> int:
    """The lowest score of a text: that of the reader who needs it to be easiest."""
    if "young" in audience:
        return FOR_CHILDREN
    if set(audience) == {"professional"}:
        return FOR_PROFESSIONALS
    return FOR_EVERYONE


def measured(texts: Iterable[Text]) -> Iterator[tuple[Fault, bool]]:
    """One line for each text that says how it reads, and whether that is plain enough."""
    for path, line, lang, markdown, floor in texts:
        words, sentences, _, score = read(markdown, lang)
        if not words:
            continue
        figures = f"{score:.1f} ({floor} or more), {words / sentences:.1f} words a sentence"
        if score >= floor:
            yield Fault(path, line, f"reads at {figures}"), True
        else:
            remedy = "use shorter sentences and shorter words."
            yield Fault(path, line, f"is hard to read, at {figures}: {remedy}"), False
