"""Who speaks in an interview's text.

A paragraph that begins with a name in bold and a colon (`**Noor:**`) is spoken by that person: one
of the front matter's `people`, by the whole name or its first word. A paragraph that is bold as a
whole is a question. A block quote that ends with a line `> — a reader` is a reaction of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..front_matter import quoted
from .pieces import Person

_SPEAKER = re.compile(r"^\*\*([^*\n]{1,60}):\*\*", re.MULTILINE)
_QUOTE = re.compile(r"(?:^>.*\n?)+", re.MULTILINE)
_SIGNED = re.compile(r"^>[ \t]*(?:—|–)[ \t]*\S", re.MULTILINE)


def faults(text: str, form: str, people: Sequence[Person]) -> Iterator[tuple[int | None, str]]:
    """Each with its line, counted from 0, or None for the whole text."""
    names = {name for person in people for name in (person.name, person.name.split()[0])}
    heard = set()
    for match in _SPEAKER.finditer(text):
        heard.add(match[1])
        if match[1] not in names:
            remedy = "add them to 'people', or correct the name."
            yield _line(text, match), f"{quoted(match[1])} speaks here, but is not there: {remedy}"
    if form == "one":
        return
    for person in people:
        if not heard & {person.name, person.name.split()[0]}:
            example = f"**{person.name.split()[0]}:**"
            yield None, f"{person.name} never speaks: begin what they say with {example}"
    if form == "voices":
        yield from _reaction_faults(text)


def _reaction_faults(text: str) -> Iterator[tuple[int | None, str]]:
    quotes = list(_QUOTE.finditer(text))
    if not quotes:
        yield None, "has no reaction: add a reader's words in lines that begin with >"
    for quote in quotes:
        if not _SIGNED.search(quote[0]):
            yield _line(text, quote), "a reaction is not signed: end it with a line '> — a parent'."


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start())
