"""The news folder of each language: its pieces and figures are read, every fault in them is told.

A piece is `<news folder>/<year>/<name>.md`. A broken file is left out: it never takes another page
down.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ..article_files import NEXT_STEPS, SECTION_FILE, is_folder
from ..articles import Library, plain_address
from ..front_matter import NAME_RULE, BadFile, Fault, FrontMatter, is_name, quoted
from ..markdown import DeadLink, Renderer
from ..plain_language import FOR_EVERYONE, Text
from . import spoken
from .figures import NUMBERS_FILE, WORDS_FILE, WORDS_KEYS, Figures, read_charts, read_numbers
from .news import News
from .piece_facts import facts_of
from .pieces import KINDS, Event, Interview, Magazine, Newsletter, Piece, Vacancy

NOT_IN_A_MAGAZINE = ("magazine", "newsletter", "vacancy")


def load_news(content: Path, library: Library, languages: Sequence[str] = ("nl", "en")) -> News:
    """The pieces below the sections with the id `news`; none where a centre has no such section."""
    reading = _Reading(content, library)
    for lang in languages:
        reading.read(lang)
    reading.check()
    reading.read_figures(languages)
    return News(
        reading.roots,
        reading.pieces,
        reading.figures,
        sorted(set(reading.faults)),
        sorted(reading.notes),
        reading.texts,
    )


class _Reading:
    def __init__(self, content: Path, library: Library) -> None:
        self._content = content
        self._library = library
        self._renderer = Renderer()
        self.roots: dict[str, str] = {}
        self.pieces: dict[str, list[Piece]] = {}
        self.figures: dict[str, Figures] = {}
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.texts: list[Text] = []
        self._folders: dict[str, Path] = {}
        self._sources: dict[Piece, FrontMatter] = {}
        self._by_id: dict[tuple[str, str], Piece] = {}
        # Every id that was seen, those of broken files too: see article_files.
        self._seen: set[tuple[str, str]] = set()

    def read(self, lang: str) -> None:
        section = self._library.news(lang)
        if section is None:
            return
        self.roots[lang] = plain_address("section", section, lang)
        self.pieces[lang] = []
        folder = self._folders[lang] = self._content / lang / section.slug
        for entry in _entries(folder):
            if is_folder(entry) and entry.name.isdecimal() and len(entry.name) == 4:
                for path in _entries(entry):
                    self._read_piece(lang, int(entry.name), path)
            elif entry.name not in (SECTION_FILE, WORDS_FILE):
                self._misplaced(entry)

    def _read_piece(self, lang: str, year: int, path: Path) -> None:
        if path.suffix != ".md" or is_folder(path):
            return self._misplaced(path)
        matter = self._open(path)
        if matter is None:
            return None
        kind, facts = facts_of(matter)
        if not is_name(path.stem):
            matter.fault("id", f"the file's name cannot stand in an address: {NAME_RULE}.")
        if facts["date"].year not in (1, year):
            text = f"'date' is in {facts['date'].year}: move the file to that folder."
            matter.fault("date", text)
        if not matter.body.strip():
            matter.fault("id", "has no text: write it below the front matter.")
        self._note(matter, lang)
        key = (lang, facts["id"])
        if key in self._by_id:
            other = self._sources[self._by_id[key]].path.relative_to(self._content)
            matter.fault("id", f"'id' is {facts['id']!r}, as in {other}: give this piece another.")
        self._seen.add(key)
        self.faults += matter.faults
        if kind and not matter.faults:
            url = f"{self.roots[lang]}{year}/{path.stem}"
            piece = KINDS[kind](lang=lang, slug=path.stem, url=url, body=matter.body, **facts)
            self.pieces[lang].append(piece)
            self._sources[piece] = matter
            self._by_id[key] = piece
        return None

    def check(self) -> None:
        """What can be seen only when all are there; and then the texts, with their links."""
        for piece, matter in self._sources.items():
            self._check_twins(piece, matter)
            self._check_issue(piece, matter)
            self._check_next(piece, matter)
            if isinstance(piece, Magazine):
                self._check_stories(piece, matter)
            if isinstance(piece, Interview):
                for line, text in spoken.faults(matter.body, piece.form, piece.people):
                    whole = matter.line("form")
                    self._fault(matter, whole if line is None else matter.body_line + line, text)
        for piece, matter in self._sources.items():
            address = partial(self._address, piece.lang)
            rendered = self._renderer.render(matter.body, matter.body_line, address)
            piece.draw = rendered.draw
            for line, text in rendered.faults:
                self._fault(matter, line, text)

    def _check_twins(self, piece: Piece, matter: FrontMatter) -> None:
        for lang in self.roots:
            twin = self._by_id.get((lang, piece.id))
            if (lang, piece.id) not in self._seen:
                text = f"has no twin in {lang!r}: write the piece there with id: {piece.id}"
                self._fault(matter, matter.line("id"), text)
            elif twin and lang == next(iter(self.roots)) and _terms(twin) != _terms(piece):
                text = f"its twin in {lang!r} has another kind or other dates: make them the same."
                self._fault(matter, matter.line("date"), text)

    def _check_issue(self, piece: Piece, matter: FrontMatter) -> None:
        numbers = [p.number for p in self.pieces[piece.lang] if isinstance(p, Newsletter)]
        if piece.issue is not None and piece.issue not in numbers:
            text = f"there is no newsletter with number {piece.issue}: correct it, or write that."
            self._fault(matter, matter.line("issue"), text)
        if isinstance(piece, Newsletter):
            if numbers.count(piece.number) > 1:
                text = f"number {piece.number} stands on another newsletter too: give it its own."
                self._fault(matter, matter.line("number"), text)
            if all(p.issue != piece.number for p in self.pieces[piece.lang]):
                text = f"no piece belongs to it: write 'issue: {piece.number}' in at least one."
                self._fault(matter, matter.line("number"), text)

    def _check_stories(self, magazine: Magazine, matter: FrontMatter) -> None:
        for line, id in matter.texts("stories"):
            story = self._by_id.get((magazine.lang, id))
            if story is None and (magazine.lang, id) not in self._seen:
                text = f"no piece in {magazine.lang!r} has the id {quoted(id)}: correct it."
                self._fault(matter, line, text)
            elif story and story.kind in NOT_IN_A_MAGAZINE:
                self._fault(matter, line, f"{id!r} is a {story.kind}: name a story instead.")
            elif magazine.stories.count(id) > 1:
                self._fault(matter, line, f"{id!r} stands here twice: remove one.")

    def _check_next(self, piece: Piece, matter: FrontMatter) -> None:
        if piece.next in ("", *NEXT_STEPS):
            return
        try:
            self._library.address(piece.lang, piece.next)
        except DeadLink as dead:
            self._fault(matter, matter.line("next"), f"'next': {dead}")
            piece.next = "phone"

    def read_figures(self, languages: Sequence[str]) -> None:
        """The numbers once, and their words in each language."""
        path = self._content / NUMBERS_FILE
        there = [lang for lang in self._folders if (self._folders[lang] / WORDS_FILE).exists()]
        if not there:
            return
        numbers = read_numbers(path, languages, self.faults)
        charts: dict[str, list[str]] = {}
        for lang, folder in self._folders.items():
            matter = self._open(folder / WORDS_FILE)
            if matter is None:
                continue
            matter.allow(WORDS_KEYS)
            found = read_charts(matter, numbers, lang)
            title, summary = matter.text("title"), matter.text("summary")
            address = partial(self._address, lang)
            rendered = self._renderer.render(matter.body, matter.body_line, address)
            for line, text in rendered.faults:
                matter.faults.append(Fault(matter.path, line, text))
            self._note(matter, lang)
            self.faults += matter.faults
            self.figures[lang] = Figures(lang, title, summary, found, rendered.draw)
            charts[lang] = [chart.name for chart in found]
            if charts[lang] != charts[next(iter(charts))]:
                text = "'charts' are not the same as in the other language: name the same ones."
                self._fault(matter, matter.line("charts"), text)

    def _address(self, lang: str, link: str) -> str:
        """Where `kind:id` leads. Raises DeadLink."""
        kind, _, id = link.partition(":")
        if kind != "news":
            return self._library.address(lang, link)
        piece = self._by_id.get((lang, id))
        if piece is None:
            raise DeadLink(f"no piece in {lang!r} has the id {quoted(id)}: correct the link.")
        return piece.url

    def _open(self, path: Path) -> FrontMatter | None:
        try:
            return FrontMatter.read(path)
        except BadFile as bad:
            self.faults.append(Fault(path, bad.line, bad.text))
            return None

    def _note(self, matter: FrontMatter, lang: str) -> None:
        """What is told about a file though it is no fault."""
        self.texts.append(Text(matter.path, matter.body_line, lang, matter.body, FOR_EVERYONE))
        for line, text in matter.texts("unverified", may_be_absent=True):
            self.notes.append(Fault(matter.path, line, f"to be verified: {text}"))

    def _misplaced(self, path: Path) -> None:
        text = "is in the wrong place: news is <year>/<name>.md, with the year in four digits."
        self.faults.append(Fault(path, 1, text))

    def _fault(self, matter: FrontMatter, line: int, text: str) -> None:
        self.faults.append(Fault(matter.path, line, text))


def _terms(piece: Piece) -> tuple[object, ...]:
    """What must be the same in each language."""
    own: tuple[object, ...] = ()
    if isinstance(piece, Event):
        own = (piece.starts, piece.ends, len(piece.programme))
    elif isinstance(piece, Vacancy):
        own = (piece.closes,)
    elif isinstance(piece, Magazine):
        own = tuple(piece.stories)
    elif isinstance(piece, Newsletter):
        own = (piece.number,)
    return (piece.kind, piece.date, piece.issue, *own)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return []
