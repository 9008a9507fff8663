"""What a dated piece is, by kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(eq=False, kw_only=True)
class Piece:
    """A piece of news; the other kinds have more to say about themselves."""

    kind: ClassVar[str] = "news"

    id: str
    lang: str
    slug: str
    # The path of its page.
    url: str
    title: str
    # One sentence.
    summary: str
    # The day on which it comes out.
    date: Day
    # Whether people and places in it are made up; the page then says so.
    example: bool
    # The number of the newsletter that it belongs to, or None.
    issue: int | None
    # "chat", "phone", "danger", `article:<id>`, or nothing.
    next: str
    sources: list[str]
    # As it was written, in Markdown.
    body: str = field(default="", repr=False)
    # Drawn when somebody first reads it, then kept.
    draw: Callable[[], str] = field(default=lambda: "", repr=False)

    @cached_property
    def html(self) -> str:
        """The text, sanitised."""
        return self.draw()

    def is_out(self, today: Day) -> bool:
        return self.date <= today

    def is_over(self, today: Day) -> bool:
        """Whether it is no longer offered to readers at all."""
        return False


@dataclass(frozen=True)
class Person:
    """`about` is the text of the box about them, or nothing."""

    name: str
    role: str
    about: str


@dataclass(eq=False, kw_only=True)
class Interview(Piece):
    """`form` is one of FORMS in piece_files."""

    kind: ClassVar[str] = "interview"

    form: str
    people: Sequence[Person]
    # A box with background, or nothing.
    about_title: str
    about: str


@dataclass(eq=False, kw_only=True)
class Newsletter(Piece):
    kind: ClassVar[str] = "newsletter"

    number: int


@dataclass(eq=False, kw_only=True)
class Magazine(Piece):
    """A collection of pieces about one subject, with a cover and an edition to print."""

    kind: ClassVar[str] = "magazine"

    # A few words on the cover.
    theme: str
    # The pieces, by id, in their order.
    stories: Sequence[str]


@dataclass(eq=False, kw_only=True)
class Project(Piece):
    kind: ClassVar[str] = "project"

    partners: Sequence[str]
    running: bool


@dataclass(frozen=True)
class Item:
    """One line of a programme; of what is given more than once, `turn` is 1, 2 ... of `turns`."""

    at: str
    what: str
    turn: int
    turns: int


@dataclass(eq=False, kw_only=True)
class Event(Piece):
    kind: ClassVar[str] = "event"

    # Both with the time zone of the Netherlands.
    starts: datetime
    ends: datetime
    place: str
    # How to take part, or nothing.
    sign_up: str
    programme: Sequence[Item]

    def is_past(self, today: Day) -> bool:
        return self.ends.date() < today


@dataclass(eq=False, kw_only=True)
class Vacancy(Piece):
    kind: ClassVar[str] = "vacancy"

    # The last day on which one may apply.
    closes: Day
    hours: str
    place: str
    # How to apply.
    apply: str

    def is_over(self, today: Day) -> bool:
        return self.closes < today


KINDS = {
    kind.kind: kind for kind in (Piece, Interview, Newsletter, Magazine, Project, Event, Vacancy)
}
