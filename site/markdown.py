"""Markdown to safe HTML, with a fault for every link that leads nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import bleach
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .front_matter import quoted

# Everything an article may hold. What is not here does not reach a visitor's page.
TAGS = (
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "hr", "br", "a"),
    *("strong", "em", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"),
)
ATTRIBUTES = {
    "a": ["href", "rel"],
    "ol": ["start"],
    "th": ["scope"],
    **{f"h{level}": ["id"] for level in range(2, 7)},
}
PROTOCOLS = ("https", "tel")

_OUTSIDE = re.compile(r"https://[^/\s]+(/\S*)?|tel:\+?[0-9-]+")


class DeadLink(LookupError):
    """A link that leads nowhere; the text names the remedy."""


@dataclass
class Rendered:
    """What was found in a text; `draw` makes its HTML."""

    draw: Callable[[], str]
    # Whether a heading of the second level, with text, divides it.
    has_headings: bool = False
    # Each with its line in the file.
    faults: list[tuple[int, str]] = field(default_factory=list)


class Renderer:
    """One parser and one cleaner for all articles: making them costs more than using them."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        # The parser would show a link that it refuses as raw text; here it becomes a fault.
        self._parser.validateLink = lambda url: True  # type: ignore[method-assign]
        self._cleaner = bleach.Cleaner(
            tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True
        )

    def render(self, text: str, first_line: int, address_of: Callable[[str], str]) -> Rendered:
        """`text` begins on `first_line` of its file.

        `address_of` turns an internal link (`kind:id`) into an address, or raises DeadLink.
        """
        tokens = self._parser.parse(text)
        rendered = Rendered(partial(self._draw, tokens))
        _Walk(text, first_line, address_of, rendered).through(tokens)
        return rendered

    def _draw(self, tokens: list[Token]) -> str:
        raw = self._parser.renderer.render(tokens, self._parser.options, {})
        return str(self._cleaner.clean(raw))


class _Walk:
    """Once through the tokens of one text: heading ids, links, pictures."""

    def __init__(
        self, text: str, first_line: int, address_of: Callable[[str], str], rendered: Rendered
    ) -> None:
        self._lines = text.split("\n")
        self._first_line = first_line
        self._address_of = address_of
        self._ids: set[str] = set()
        self._rendered = rendered

    def through(self, tokens: Sequence[Token]) -> None:
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                self._heading(token, tokens[at + 1], tokens[at + 2])
            elif token.type == "th_open":
                token.attrSet("scope", "col")
            elif token.type == "inline" and token.children:
                token.children = list(self._inline(token, token.children))

    def _heading(self, opening: Token, inline: Token, closing: Token) -> None:
        line = opening.map[0] if opening.map else 0
        text = "".join(child.content for child in inline.children or ()).strip()
        if not text:
            self._fault(line, "a heading has no text: write it behind the ##, or remove it.")
        elif opening.tag == "h1":
            self._fault(line, "a heading has one #, but the title is that: begin with ##.")
            opening.tag = closing.tag = "h2"
        if text and opening.tag == "h2":
            self._rendered.has_headings = True
        opening.attrSet("id", self._free_id(text))

    def _free_id(self, text: str) -> str:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        # The prefix keeps a heading `Main` from taking an id that the page itself uses.
        base = found = "-".join(["at", *re.findall(r"[a-z0-9]+", plain)])
        count = 1
        while found in self._ids:
            count += 1
            found = f"{base}-{count}"
        self._ids.add(found)
        return found

    def _inline(self, block: Token, children: Sequence[Token]) -> Iterator[Token]:
        start, end = block.map or (0, len(self._lines))
        finder = _LineFinder(self._lines, start, end)
        alive: list[bool] = []
        for child in children:
            if child.type == "link_open":
                alive.append(self._link(child, finder))
                if alive[-1]:
                    yield child
            elif child.type == "link_close":
                if alive.pop():
                    yield child
            elif child.type == "image":
                line = finder.line_of(str(child.attrGet("src")))
                self._fault(line, "a picture cannot be shown: say in words what it shows.")
                yield Token("text", "", 0, content=child.content)
            else:
                yield child

    def _link(self, link: Token, finder: _LineFinder) -> bool:
        href = str(link.attrGet("href"))
        line = finder.line_of(href)
        try:
            link.attrSet("href", self._target(href))
        except DeadLink as dead:
            self._fault(line, str(dead))
            return False
        if href.startswith("https:"):
            link.attrSet("rel", "noreferrer")
        return True

    def _target(self, href: str) -> str:
        if href.startswith(("article:", "tool:", "section:", "page:", "news:")):
            return self._address_of(href)
        if not _OUTSIDE.fullmatch(href):
            raise DeadLink(
                f"the link {quoted(href)} is of no known kind: use article:<id>, tool:<id>, "
                "section:<id>, page:<name>, https://... or tel:<number>."
            )
        return href

    def _fault(self, line: int, text: str) -> None:
        self._rendered.faults.append((self._first_line + line, text))


class _LineFinder:
    """On which line a link's target stands: the parser only knows the lines of its block."""

    def __init__(self, lines: Sequence[str], start: int, end: int) -> None:
        self._lines = lines
        self._line, self._column = start, 0
        self._start, self._end = start, end

    def line_of(self, target: str) -> int:
        for line in range(self._line, self._end):
            column = self._lines[line].find(target, self._column if line == self._line else 0)
            if column >= 0:
                self._line, self._column = line, column + len(target)
                return line
        # A link by reference has its target elsewhere; one with odd characters was rewritten.
        definitions = (at for at, line in enumerate(self._lines) if _defines(line, target))
        return next(definitions, self._start)


def _defines(line: str, target: str) -> bool:
    label, found, rest = line.partition("]:")
    return bool(found) and label.lstrip().startswith("[") and rest.split()[:1] == [target]
