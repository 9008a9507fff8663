"""The content folder: its sections and articles are read, and every fault in them is told.

A broken file is left out: it never takes another page down.

A section's `place` says where it is offered: `top`, in the navigation of every page and wherever
help is listed, or `foot`, only at the foot of every page, article by article (about the site), or
as one link where it lists none (news).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from pathlib import Path

from .access_audit import read_audit
from .front_matter import NAME_RULE, BadFile, Fault, FrontMatter, is_name, quoted
from .markdown import DeadLink, Renderer
from .plain_language import Text, floor_for
from .tools import SUFFIX, TOOL_KEYS, Tool, check_twin, read_tool
from .yaml_files import facts_of

SECTION_FILE = "_section.md"
# The section with this id holds dated pieces, which their own module reads: see stories.
NEWS = "news"
SECTION_KEYS = ("id", "title", "summary", "order", "place")
# Where a section is offered; the first one when it does not say.
PLACES = ("top", "foot")
ARTICLE_KEYS = (
    *("id", "title", "summary", "audience", "order", "next", "checked", "sources", "unverified"),
)
AUDIENCES = ("self", "other", "professional", "young", "hurting")
# What a reader can do after an article, besides going to another one (`article:<id>`, `tool:<id>`).
NEXT_STEPS = ("chat", "phone", "danger")
NEXT_PAGES = ("article", "tool")
# Pages that an article may link to as `page:<name>`, with their path.
PAGES = {
    "home": "",
    "chat": "chat",
    "safe": "veilig-internetten",
    "search": "zoeken",
    "region": "regio",
    "helplines": "hulplijnen",
}
# A section with such a name would hide a page of the site, or be hidden by it.
RESERVED = (
    *("chat", "weg", "zoeken", "regio", "hulplijnen", "veilig-internetten", "desk", "office"),
    *("static", "healthz", "readyz", "nl", "en"),
)


@dataclass(eq=False, kw_only=True)
class _Page:
    # The text as it was written, in Markdown.
    body: str = field(default="", repr=False)
    # Cleaning every text at start would take longer than the start may: see `html`.
    draw: Callable[[], str] = field(default=lambda: "", repr=False)

    @cached_property
    def html(self) -> str:
        """The text, sanitised; drawn when somebody first reads it, then kept."""
        return self.draw()


@dataclass(eq=False)
class Section(_Page):
    id: str
    lang: str
    slug: str
    title: str
    summary: str
    order: int
    # One of PLACES.
    place: str = PLACES[0]
    articles: list[Article] = field(default_factory=list, repr=False)


@dataclass(eq=False)
class Article(_Page):
    id: str
    lang: str
    section: Section
    slug: str
    title: str
    # One sentence.
    summary: str
    audience: list[str]
    order: int
    # One of NEXT_STEPS, `article:<id>` or `tool:<id>`.
    next: str
    # The day on which somebody last held the text against its sources.
    checked: date
    sources: list[str]
    # Statements that somebody must still look up.
    unverified: list[str]
    # What there is to fill in, when that is what the page is for.
    tool: Tool | None = None


Page = Article | Section
# kind ("article", "tool", "section" or "page"), what to link to (the name for a "page"), language.
LinkTo = Callable[[str, Page | str, str], str]


def is_folder(path: Path) -> bool:
    """Also when nobody may look: then it is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


class Reading:
    """One reading of the content folder."""

    def __init__(
        self, folder: Path, languages: Sequence[str], link_to: LinkTo, *, checked: bool = True
    ) -> None:
        self._folder = folder
        # Whether each text is looked through now, or when somebody first reads it.
        self._checked = checked
        self._languages = [lang for lang in languages if is_folder(folder / lang)]
        self._link_to = link_to
        self._renderer = Renderer()
        self.sections: dict[str, list[Section]] = {lang: [] for lang in languages}
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self._audit = read_audit(folder)
        self.faults += self._audit.faults
        self.notes += self._audit.notes
        # What `luwte check` measures; measuring takes too long for every start.
        self.texts: list[Text] = []
        # What can be linked to, by (kind, language, id).
        self._pages: dict[tuple[str, str, str], Page] = {}
        # Every id that was seen, those of broken files too: their faults are told once, not
        # again as missing twins.
        self._seen: set[tuple[str, str, str]] = set()
        self._sources: dict[Page, FrontMatter] = {}
        self._slugs: dict[tuple[str, str], Path] = {}
        self._read_all()

    def _read_all(self) -> None:
        for lang in self.sections:
            if lang in self._languages:
                self._read_language(lang)
            else:
                self._fault(
                    self._folder / lang, 1, "is missing: make this folder for the language's files."
                )
        self._check_strays()
        for page, matter in self._sources.items():
            self._check_twins(page, matter)
            if isinstance(page, Article):
                page.next = self._next(page.lang, page.next, matter, matter.line("next"))
                for outcome in page.tool.outcomes if page.tool else ():
                    outcome.next = self._next(page.lang, outcome.next, matter, outcome.next_line)
        for page, matter in self._sources.items():
            # A tool is drawn in pieces.
            if self._checked or (isinstance(page, Article) and page.tool):
                self._draw(page, matter)
            else:
                page.body = self._body_of(page, matter)
                page.draw = partial(self._draw_now, page, matter)
        for listed in self.sections.values():
            listed.sort(key=lambda section: (section.order, section.slug))
            for section in listed:
                section.articles.sort(key=lambda article: (article.order, article.slug))

    def _check_strays(self) -> None:
        for entry in self._entries(self._folder):
            if is_folder(entry):
                stray = len(entry.name) == 2 and entry.name not in self.sections
            else:
                stray = entry.suffix == ".md" and entry.name != "README.md"
            if stray:
                self._misplaced(entry)

    def _read_language(self, lang: str) -> None:
        for entry in self._entries(self._folder / lang):
            # Pages of their own kind stand there, and are read by their own module.
            if entry.name.startswith("_") and is_folder(entry):
                continue
            if not is_folder(entry):
                self._misplaced(entry)
                continue
            section, sound = self._read_section(lang, entry)
            if sound:
                self.sections[lang].append(section)
            if section.id == NEWS:
                continue
            for file in self._entries(entry):
                if file.name == SECTION_FILE:
                    continue
                if file.name.endswith(SUFFIX) and not is_folder(file):
                    self._read_article(section, sound, file, file.name.removesuffix(SUFFIX))
                elif file.suffix != ".md" or is_folder(file):
                    self._misplaced(file)
                else:
                    self._read_article(section, sound, file, file.stem)

    def _read_section(self, lang: str, folder: Path) -> tuple[Section, bool]:
        """The section, and whether it can be shown."""
        slug = folder.name
        matter = self._read(folder / SECTION_FILE)
        if matter is None:
            return Section("", lang, slug, "", "", 0), False
        matter.allow(SECTION_KEYS)
        section = Section(
            id=matter.name("id"),
            lang=lang,
            slug=slug,
            title=matter.text("title"),
            summary=matter.text("summary"),
            order=matter.number("order"),
            place=matter.choice("place", PLACES),
        )
        if not is_name(slug):
            matter.fault("id", f"the folder's name cannot stand in an address: {NAME_RULE}.")
        elif slug in RESERVED:
            matter.fault("id", f"the site itself uses the name {slug!r}: rename the folder.")
        return section, self._accept("section", section, matter, listed=True)

    def _read_article(self, section: Section, sound: bool, path: Path, slug: str) -> None:
        matter = self._read(path)
        if matter is None:
            return
        is_tool = path.name.endswith(SUFFIX)
        matter.allow((*ARTICLE_KEYS, *TOOL_KEYS) if is_tool else ARTICLE_KEYS)
        unverified = matter.texts("unverified", may_be_absent=True)
        article = Article(
            id=matter.name("id"),
            lang=section.lang,
            section=section,
            slug=slug,
            title=matter.text("title"),
            summary=matter.text("summary"),
            audience=matter.choices("audience", AUDIENCES),
            order=matter.number("order"),
            next=_next_step(matter),
            checked=matter.day("checked"),
            sources=[text for _, text in matter.texts("sources")],
            unverified=[text for _, text in unverified],
            tool=read_tool(matter) if is_tool else None,
        )
        if not is_name(article.slug):
            matter.fault("id", f"the file's name cannot stand in an address: {NAME_RULE}.")
        if article.tool:
            for outcome in article.tool.outcomes:
                check_step(outcome.next, matter, outcome.next_line)
        elif not matter.body.strip():
            matter.fault("id", "has no text: write it below the front matter.")
        self.notes += [Fault(path, line, f"to be verified: {text}") for line, text in unverified]
        if self._accept(_kind(article), article, matter, listed=sound):
            self._check_slug(article, matter)
            floor = floor_for(article.audience)
            told = "\n\n".join(article.tool.texts()) if article.tool else matter.body
            self.texts.append(Text(path, matter.body_line, article.lang, told, floor))
            section.articles.append(article)

    def _accept(self, kind: str, page: Page, matter: FrontMatter, *, listed: bool) -> bool:
        key = (kind, page.lang, page.id)
        # Articles and tools are looked up by their ids alone.
        rivals = [(k, page.lang, page.id) for k in (NEXT_PAGES if kind in NEXT_PAGES else (kind,))]
        taken = next((self._pages[rival] for rival in rivals if rival in self._pages), None)
        if page.id and taken:
            other = self._sources[taken].path.relative_to(self._folder)
            matter.fault("id", f"'id' is {page.id!r}, as in {other}: give this {kind} another one.")
        self._seen.add(key)
        self.faults += matter.faults
        if matter.faults:
            return False
        self._sources[page] = matter
        if listed:
            self._pages[key] = page
        return True

    def _check_slug(self, article: Article, matter: FrontMatter) -> None:
        """Two pages of one name have different addresses, but people mix them up."""
        first = self._slugs.setdefault((article.lang, article.slug), matter.path)
        if first != matter.path:
            other = first.relative_to(self._folder)
            self._fault(matter.path, 1, f"has the same name as {other}: rename one of the two.")

    def _check_twins(self, page: Page, matter: FrontMatter) -> None:
        kind = _kind(page)
        for lang in self._languages:
            if (kind, lang, page.id) not in self._seen:
                text = f"has no twin in {lang!r}: write the {kind} there with id: {page.id}"
                self._fault(matter.path, matter.line("id"), text)
            twin = self._pages.get((kind, lang, page.id))
            if not isinstance(page, Article) or not isinstance(twin, Article):
                continue
            if lang == self._languages[0] and twin.section.id != page.section.id:
                text = (
                    f"its twin in {lang!r} is in the section {twin.section.id!r}, this one in "
                    f"{page.section.id!r}: put both in the same section."
                )
                self._fault(matter.path, matter.line("id"), text)
            if page.tool and twin.tool and lang == self._languages[0]:
                self.faults += check_twin(page.tool, twin.tool, matter, lang)

    def _next(self, lang: str, step: str, matter: FrontMatter, line: int) -> str:
        """The step, when it leads somewhere."""
        if step in NEXT_STEPS:
            return step
        try:
            self.address(lang, step)
        except DeadLink as dead:
            self._fault(matter.path, line, f"'next': {dead}")
            # The phone is always a right next step: nobody is left at a dead end.
            return "phone"
        return step

    def _draw_now(self, page: Page, matter: FrontMatter) -> str:
        """For the first who reads it."""
        self._draw(page, matter)
        return page.draw()

    def _body_of(self, page: Page, matter: FrontMatter) -> str:
        if isinstance(page, Article) and page.tool:
            return "\n\n".join(page.tool.texts())
        return self._audit.filled_in(matter.body, page.lang)

    def _draw(self, page: Page, matter: FrontMatter) -> None:
        address = partial(self.address, page.lang)
        if isinstance(page, Article) and page.tool:
            for piece in page.tool.markdown():
                drawn = self._renderer.render(piece.markdown, piece.line, address)
                piece.draw = drawn.draw
                self.faults += [Fault(matter.path, line, text) for line, text in drawn.faults]
            page.body, page.draw = self._body_of(page, matter), page.tool.html
            return
        page.body = self._body_of(page, matter)
        rendered = self._renderer.render(page.body, matter.body_line, address)
        page.draw = rendered.draw
        for line, text in rendered.faults:
            self._fault(matter.path, line, text)
        if isinstance(page, Article) and not rendered.has_headings:
            text = "has no heading: divide the text with lines like '## What you can do'."
            self._fault(matter.path, matter.body_line, text)

    def address(self, lang: str, link: str) -> str:
        """Where `kind:id` leads. Raises DeadLink."""
        kind, _, name = link.partition(":")
        if kind == "page":
            if name not in PAGES:
                known = ", ".join(f"page:{page}" for page in PAGES)
                raise DeadLink(f"there is no page {quoted(name)}: use {known}.")
            return self._link_to(kind, name, lang)
        page = self._pages.get((kind, lang, name))
        if page is not None:
            return self._link_to(kind, page, lang)
        if (kind, lang, name) in self._seen:
            raise DeadLink(f"the {kind} {name!r} is left out for faults of its own: mend those.")
        for other in NEXT_PAGES:
            if (other, lang, name) in self._pages:
                raise DeadLink(f"{name!r} is no {kind}: write {other}:{name}.")
        raise DeadLink(f"no {kind} in {lang!r} has the id {quoted(name)}: correct the link.")

    def _read(self, path: Path) -> FrontMatter | None:
        try:
            return facts_of(path) if path.name.endswith(SUFFIX) else FrontMatter.read(path)
        except BadFile as bad:
            self._fault(path, bad.line, bad.text)
            return None

    def _entries(self, folder: Path) -> list[Path]:
        try:
            return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
        except OSError as error:
            self._fault(folder, 1, f"cannot be read ({error.strerror}): check its permissions.")
            return []

    def _misplaced(self, path: Path) -> None:
        text = "is in the wrong place: articles are <language>/<section>/<name>.md, nothing deeper."
        self._fault(path, 1, text)

    def _fault(self, path: Path, line: int, text: str) -> None:
        self.faults.append(Fault(path, line, text))


def _kind(page: Page) -> str:
    if isinstance(page, Section):
        return "section"
    return "tool" if page.tool else "article"


def _next_step(matter: FrontMatter) -> str:
    step = matter.text("next")
    check_step(step, matter, matter.line("next"))
    return step


def check_step(step: str, matter: FrontMatter, line: int) -> None:
    kind, _, name = step.partition(":")
    if step and step not in NEXT_STEPS and not (kind in NEXT_PAGES and is_name(name)):
        known = ", ".join(NEXT_STEPS)
        text = f"'next' is {quoted(step)}: choose from {known}, article:<id> or tool:<id>."
        matter.faults.append(Fault(matter.path, line, text))
