"""What the content folder holds for the desk: ready answers, and words of acute danger.

A centre may do without either. A faulty one is left out: it never takes the others down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .chat.answers import LANGUAGES, PLACEHOLDERS, TEXT_MOST, TITLE_MOST, Shipped
from .front_matter import BadFile, Fault, FrontMatter, line_of, quoted
from .yaml_files import composed

ANSWERS = "answers"
DANGER_WORDS = "danger-words.yml"
ANSWER_KEYS = ("id", "title", "text")
# Many small changes to one list need room in between.
STEP = 10

_PLACEHOLDER = re.compile(r"\{[^}]*\}?|\}")
# Words with a space between them; at the end of one of four letters or more, `*` for any ending.
_LETTERS = r"[^\W\d_]+(?:'[^\W\d_]+)*(?:(?<=\w{4})\*)?"
_PHRASE = re.compile(f"{_LETTERS}(?: {_LETTERS})*")
SHORTEST = 3


@dataclass
class DeskFiles:
    """What was read, and what was wrong with the rest."""

    answers: list[Shipped] = field(default_factory=list)
    danger_words: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_desk_files(content: Path) -> DeskFiles:
    """Everything that can be used of it."""
    read = DeskFiles()
    folder = content / ANSWERS
    if folder.exists():
        for lang in LANGUAGES:
            read.answers += _answers(folder / f"{lang}.yml", lang, read.faults)
        read.faults += _missing_twins(folder, read.answers)
    words = content / DANGER_WORDS
    if words.exists():
        read.danger_words = _danger_words(words, read.faults)
    read.faults.sort()
    return read


def _answers(path: Path, lang: str, faults: list[Fault]) -> Iterator[Shipped]:
    seen: set[str] = set()
    for number, node in enumerate(_listed(path, faults), start=1):
        matter = FrontMatter.of(path, node)
        matter.allow(ANSWER_KEYS)
        one = Shipped(
            matter.name("id"), lang, matter.text("title"), matter.text("text"), number * STEP
        )
        _check_answer(matter, one, seen)
        faults += matter.faults
        if not matter.faults:
            yield one


def _check_answer(matter: FrontMatter, one: Shipped, seen: set[str]) -> None:
    if one.id in seen:
        matter.fault("id", f"'id' is {quoted(one.id)} a second time: give this answer another one.")
    seen.add(one.id)
    for name, text, most in (("title", one.title, TITLE_MOST), ("text", one.text, TEXT_MOST)):
        if len(text) > most:
            matter.fault(name, f"{name!r} has over {most} characters: shorten it.")
    for found in _PLACEHOLDER.findall(one.title + one.text):
        if found not in PLACEHOLDERS:
            known = ", ".join(PLACEHOLDERS)
            matter.fault("text", f"{quoted(found)} is filled in by nobody: use {known}.")


def _missing_twins(folder: Path, answers: list[Shipped]) -> Iterator[Fault]:
    there = {(one.lang, one.id) for one in answers}
    for one in answers:
        for lang in LANGUAGES:
            if (lang, one.id) not in there:
                text = f"has no sound answer {one.id!r}, as {one.lang}.yml has: write it here."
                yield Fault(folder / f"{lang}.yml", 1, text)


def _danger_words(path: Path, faults: list[Fault]) -> list[str]:
    try:
        root = composed(path)
        if not isinstance(root, yaml.MappingNode):
            raise BadFile(1, "has no lists: write nl: and en:, each with words below it.")
    except BadFile as bad:
        faults.append(Fault(path, bad.line, bad.text))
        return []
    matter = FrontMatter.of(path, root)
    matter.allow(LANGUAGES)
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        for line, phrase in matter.texts(lang):
            if text := phrase_fault(phrase, lang, found):
                faults.append(Fault(path, line, text))
            else:
                found[phrase] = lang
    faults += matter.faults
    return list(found)


def phrase_fault(phrase: str, lang: str, found: Mapping[str, str]) -> str:
    """Why such a word or phrase cannot be looked for; `found` are those before it, by language."""
    if len(phrase) < SHORTEST or phrase != phrase.lower() or not _PHRASE.fullmatch(phrase):
        return (
            f"{quoted(phrase)} cannot be looked for: use small letters and spaces, at least "
            f"{SHORTEST}, and * only behind four letters or more."
        )
    # A word that both languages have is looked for in both anyway.
    return f"{quoted(phrase)} stands here twice: remove one." if found.get(phrase) == lang else ""


def _listed(path: Path, faults: list[Fault]) -> list[yaml.MappingNode]:
    try:
        root = composed(path)
        if not isinstance(root, yaml.SequenceNode):
            raise BadFile(1, "is no list: begin each answer with a line '- id: ...'.")
    except BadFile as bad:
        faults.append(Fault(path, bad.line, bad.text))
        return []
    found = []
    for node in root.value:
        if isinstance(node, yaml.MappingNode):
            found.append(node)
        else:
            faults.append(Fault(path, line_of(node), "is no answer: give it id, title and text."))
    return found
