"""What people call things: phrases that lead to a page, and words that mean the same to them.

The file is `synonyms.yml` in the content folder. A centre may do without; then search knows the
words of the pages themselves. A faulty line is left out: it never takes the others down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from rapidfuzz import process

from .desk_files import phrase_fault
from .front_matter import BadFile, Fault, FrontMatter, quoted
from .search_words import words_of
from .yaml_files import composed

FILE = "synonyms.yml"
KEYS = ("suggested", "suicide", "words", "pages")
LONGEST_PHRASE = 80
# From this score of likeness on (0 to 100), a link may be meant for another one.
NEAR = 80


@dataclass
class Synonyms:
    """Those of one language."""

    # Links ("article:stalking") that the page offers before anything was typed.
    suggested: list[str] = field(default_factory=list)
    # Words and phrases, as in danger-words.yml, by which 113 is named above the results.
    suicide: list[str] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)
    # By link, what people call that page.
    pages: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class SynonymsFile:
    """What was read, and what was wrong with the rest."""

    of: dict[str, Synonyms]
    faults: list[Fault] = field(default_factory=list)


def read_synonyms(
    content: Path,
    links: Mapping[str, Collection[str]],
    languages: Sequence[str] = ("nl", "en"),
) -> SynonymsFile:
    """Everything that can be used; `links` are those of the pages that there are, by language."""
    read = SynonymsFile({lang: Synonyms() for lang in languages})
    path = content / FILE
    if path.exists():
        for lang, node in _by_name(path, languages, read.faults):
            one = _Language(path, lang, node, links.get(lang, ()), read.faults)
            read.of[lang] = one.synonyms
    read.faults.sort()
    return read


def _by_name(
    path: Path, languages: Sequence[str], faults: list[Fault]
) -> Iterator[tuple[str, yaml.MappingNode]]:
    try:
        root = composed(path)
        if not isinstance(root, yaml.MappingNode):
            raise BadFile(1, f"has no parts: write {_colons(languages)}, each with lists below it.")
    except BadFile as bad:
        faults.append(Fault(path, bad.line, bad.text))
        return
    matter = FrontMatter.of(path, root)
    matter.allow(languages)
    for key, value in root.value:
        if str(key.value) in languages:
            if isinstance(value, yaml.MappingNode):
                yield str(key.value), value
            else:
                matter.fault(str(key.value), f"has no lists: write {_colons(KEYS)} below it.")
    faults += matter.faults


def _colons(names: Sequence[str]) -> str:
    return ", ".join(f"{name}:" for name in names)


class _Language:
    """One language's part of the file."""

    def __init__(
        self,
        path: Path,
        lang: str,
        node: yaml.MappingNode,
        links: Collection[str],
        faults: list[Fault],
    ) -> None:
        self._path = path
        self._links = links
        self._faults = faults
        matter = FrontMatter.of(path, node)
        matter.allow(KEYS)
        self.synonyms = Synonyms(
            suggested=[
                link for line, link in self._list(matter, "suggested") if self._is(line, link)
            ],
            suicide=list(self._suicide(matter, lang)),
            words=[
                group
                for line, text in self._list(matter, "words")
                if (group := self._group(line, text))
            ],
            pages=dict(self._pages(node)),
        )
        self._faults += matter.faults

    def _suicide(self, matter: FrontMatter, lang: str) -> Iterator[str]:
        found: dict[str, str] = {}
        for line, phrase in self._list(matter, "suicide"):
            if text := phrase_fault(phrase, lang, found):
                self._fault(line, text)
            else:
                found[phrase] = lang
        yield from found

    def _list(self, matter: FrontMatter, name: str) -> list[tuple[int, str]]:
        return matter.texts(name, may_be_absent=True)

    def _is(self, line: int, link: str) -> bool:
        if link not in self._links:
            self._fault(line, f"{quoted(link)} is no page in this language: {self._remedy(link)}.")
        return link in self._links

    def _remedy(self, link: str) -> str:
        near = process.extractOne(link, sorted(self._links), score_cutoff=NEAR)
        if near:
            return f"is {near[0]} meant? Or remove the line"
        return "write article:<id>, tool:<id>, section:<id> or page:<name>, or remove the line"

    def _group(self, line: int, text: str) -> list[str]:
        group = [word.strip() for word in text.split(",")]
        if len(group) < 2 or any(len(words_of(word)) != 1 for word in group):
            self._fault(line, f"{quoted(text)} is no row of words: write 'one, another, third'.")
            return []
        return group

    def _pages(self, node: yaml.MappingNode) -> Iterator[tuple[str, list[str]]]:
        for key, value in node.value:
            if str(key.value) != "pages":
                continue
            if not isinstance(value, yaml.MappingNode):
                self._fault(
                    1 + key.start_mark.line, "'pages' holds no pages: write links below it."
                )
                continue
            matter = FrontMatter.of(self._path, value)
            for link in (str(each.value) for each, _ in value.value):
                if self._is(matter.line(link), link):
                    yield link, list(self._phrases(matter, link))
            self._faults += matter.faults

    def _phrases(self, matter: FrontMatter, link: str) -> Iterator[str]:
        for line, phrase in matter.texts(link):
            if words_of(phrase) and len(phrase) <= LONGEST_PHRASE:
                yield phrase
            else:
                remedy = f"write words, at most {LONGEST_PHRASE} characters"
                self._fault(line, f"{quoted(phrase)} cannot be looked for: {remedy}.")

    def _fault(self, line: int, text: str) -> None:
        self._faults.append(Fault(self._path, line, text))
