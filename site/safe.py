"""The page "safe on this site": read once at start from Markdown that a centre may change."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from .article_files import PAGES
from .articles import plain_address
from .config import CONTENT, Settings
from .front_matter import BadFile, Fault, FrontMatter
from .markdown import DeadLink, Renderer
from .organisation import Organisation

FOLDER = Path("_pages/safe")
# What `devices` may say, and on which systems those steps work; own-browser.js asks for a system.
DEVICES = {"phone": "android ios", "android": "android", "ios": "ios", "computer": "computer"}

_HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)


@dataclass(eq=False)
class Piece:
    """One text of the page."""

    title: str
    # Cleaning every text at start would take longer than the start may: see `html`.
    draw: Callable[[], str] = field(repr=False)

    @cached_property
    def html(self) -> str:
        """Sanitised; drawn when somebody first reads it, then kept."""
        return self.draw()


@dataclass(eq=False)
class Recipe(Piece):
    """How to take one line out of one browser's history, on one kind of device."""

    # The file's name: "chrome", "edge", "firefox", "safari" or "samsung".
    browser: str
    # One or more of "android", "ios" and "computer", with spaces between them.
    devices: str


@dataclass(eq=False)
class SafePage:
    lang: str
    # One sentence.
    summary: str
    # The day on which somebody last held the text against its sources.
    checked: date
    sources: list[str]
    # The exit, and what a browser keeps; its title is the page's.
    opening: Piece
    # Why and how to remove single lines; the recipes follow it.
    clearing: Piece
    recipes: list[Recipe]
    # What the site cannot hide; `more` says what one can do then.
    limits: Piece
    more: list[Piece]
    # Who to talk to.
    talk: Piece
    # What was wrong in the files; those pieces were left out.
    faults: list[Fault]
    # Statements that somebody must still look up.
    notes: list[Fault]


def load_safe(
    content: Path,
    *,
    title: str = Settings.title,
    exit_url: str = Settings.exit_url,
    languages: Sequence[str] = ("nl", "en"),
    organisation: Organisation | None = None,
) -> dict[str, SafePage]:
    """The page in each language. In the texts {title} and {exit} stand for those settings, and the
    centre's names take the place of the first one's.

    When `content` has no such page, or cannot be used, the product's own takes its place: a
    visitor who must clear their traces never finds nothing.
    """
    words = {"{title}": escape(title), "{exit}": escape(_site_name(exit_url))}
    own = (organisation or Organisation()).in_our_texts
    renderer = Renderer()
    return {lang: _page(_Reader(renderer, words, own(lang)), content, lang) for lang in languages}


def _page(reader: _Reader, content: Path, lang: str) -> SafePage:
    fault = None
    if (content / lang / FOLDER).is_dir():
        try:
            return reader.page(content / lang / FOLDER, lang)
        except _Unusable as broken:
            fault = broken.fault
    page = reader.page(CONTENT / lang / FOLDER, lang)
    if fault:
        page.faults.insert(0, fault)
    return page


def _site_name(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


class _Unusable(ValueError):
    """A file without which there is no page."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.path}:{fault.line}: {fault.text}")
        self.fault = fault


class _Reader:
    """Reads one folder at a time; what it finds wrong it keeps until the page is made."""

    def __init__(
        self, renderer: Renderer, words: dict[str, str], own: Callable[[str], str]
    ) -> None:
        self._renderer = renderer
        self._words = words
        self._own = own
        self._faults: list[Fault] = []
        self._notes: list[Fault] = []

    def page(self, folder: Path, lang: str) -> SafePage:
        """Raises _Unusable."""
        self._faults, self._notes = [], []
        first = self._read(folder / "page.md", ("title", "summary", "checked", "sources"))
        clearing = self._read(folder / "clearing.md", ("title",))
        limits = self._read(folder / "limits.md", ("title",))
        talk = self._read(folder / "talk.md", ("title",))
        more = self._ordered(folder / "more", ("title", "order"))
        return SafePage(
            lang=lang,
            summary=first.text("summary"),
            checked=first.day("checked"),
            sources=[text for _, text in first.texts("sources")],
            opening=self._piece(first, lang),
            clearing=self._piece(clearing, lang),
            recipes=list(self._recipes(folder / "browsers", lang)),
            limits=self._piece(limits, lang),
            more=[self._piece(matter, lang) for matter in more],
            talk=self._piece(talk, lang),
            faults=self._faults,
            notes=self._notes,
        )

    def _piece(self, matter: FrontMatter, lang: str) -> Piece:
        return Piece(matter.text("title"), self._drawing(matter, lang))

    def _recipes(self, folder: Path, lang: str) -> Iterator[Recipe]:
        for matter in self._ordered(folder, ("title", "order", "devices")):
            devices = matter.choices("devices", DEVICES)
            headings = list(_HEADING.finditer(matter.body))
            if len(headings) != len(devices):
                text = f"has {len(headings)} headings (##): write one for each of 'devices'."
                self._faults.append(Fault(matter.path, matter.line("devices"), text))
                continue
            ends = [*(heading.start() for heading in headings[1:]), len(matter.body)]
            for device, heading, end in zip(devices, headings, ends, strict=True):
                draw = self._drawing(matter, lang, heading.end(), end)
                yield Recipe(heading[1], draw, matter.path.stem, DEVICES[device])

    def _ordered(self, folder: Path, keys: Collection[str]) -> list[FrontMatter]:
        found = []
        for path in sorted(folder.glob("*.md")):
            try:
                found.append(self._read(path, keys))
            except _Unusable as broken:
                self._faults.append(broken.fault)
        return sorted(found, key=lambda matter: matter.number("order"))

    def _read(self, path: Path, keys: Collection[str]) -> FrontMatter:
        try:
            matter = FrontMatter.read(path)
        except BadFile as bad:
            raise _Unusable(Fault(path, bad.line, bad.text)) from None
        _check(matter, keys)
        if matter.faults:
            raise _Unusable(matter.faults[0])
        for line, text in matter.texts("unverified", may_be_absent=True):
            self._notes.append(Fault(path, line, f"to be verified: {text}"))
        return matter

    def _drawing(
        self, matter: FrontMatter, lang: str, start: int = 0, end: int | None = None
    ) -> Callable[[], str]:
        line = matter.body_line + matter.body.count("\n", 0, start)
        rendered = self._renderer.render(matter.body[start:end], line, partial(_address, lang))
        self._faults += [Fault(matter.path, at, text) for at, text in rendered.faults]
        return lambda: self._filled(rendered.draw())

    def _filled(self, html: str) -> str:
        for word, value in self._words.items():
            html = html.replace(word, value)
        return self._own(html)


def _check(matter: FrontMatter, keys: Collection[str]) -> None:
    matter.allow((*keys, "unverified"))
    for key in keys:
        if key == "devices":
            matter.choices(key, DEVICES)
        elif key == "sources":
            matter.texts(key)
        elif key == "order":
            matter.number(key)
        elif key == "checked":
            matter.day(key)
        else:
            matter.text(key)
    if not matter.body.strip():
        matter.fault("title", "has no text: write it below the front matter.")


def _address(lang: str, link: str) -> str:
    """Where a page's own link leads. Raises DeadLink."""
    kind, _, name = link.partition(":")
    if kind == "page" and name in PAGES:
        return plain_address("page", name, lang)
    known = ", ".join(f"page:{page}" for page in PAGES)
    raise DeadLink(
        f"the link {link!r} leads nowhere from here: use {known}, https://... or tel:..."
    )
