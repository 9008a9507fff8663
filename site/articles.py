"""The articles and their sections: read and checked once at start, then only looked up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .article_files import NEWS, PAGES, Article, LinkTo, Page, Reading, Section, is_folder
from .front_matter import Fault
from .plain_language import Text

__all__ = ["Article", "ContentMissing", "Fault", "Library", "NotFound", "Section"]


class ContentMissing(LookupError):
    """There is no content folder to read; the text names the remedy."""


class NotFound(LookupError):
    """No such section or article."""


def plain_address(kind: str, target: Page | str, lang: str) -> str:
    """The public address: Dutch at the root, every other language under its own name."""
    root = "/" if lang == "nl" else f"/{lang}/"
    if isinstance(target, Section):
        return f"{root}{target.slug}/"
    if isinstance(target, Article):
        return f"{root}{target.section.slug}/{target.slug}"
    return f"{root}{PAGES[target]}"


class Library:
    """Every section and article that can be shown, and what was wrong with the others."""

    def __init__(
        self,
        sections: dict[str, list[Section]],
        faults: list[Fault],
        notes: list[Fault],
        texts: list[Text],
        address: Callable[[str, str], str],
    ) -> None:
        self._sections = sections
        # What is measured for plain language.
        self.texts = texts
        # Where a link of a content file leads, by language and `kind:id`. Raises DeadLink.
        self.address = address
        self.faults = faults
        # The statements that somebody must still look up: no fault, but not to be forgotten.
        self.notes = notes
        self._by_id = {
            (lang, article.id): article
            for lang, listed in sections.items()
            for section in listed
            for article in section.articles
        }

    @classmethod
    def load(
        cls,
        folder: Path,
        languages: Sequence[str] = ("nl", "en"),
        link_to: LinkTo = plain_address,
        *,
        checked: bool = True,
    ) -> Library:
        """Read `folder`. Raises ContentMissing when it is not there, and nothing else.

        Unless `checked`, a text is parsed when somebody first reads it: starting is faster, and
        what is wrong in the texts themselves is not among the faults.
        """
        if not is_folder(folder):
            raise ContentMissing(
                f"{folder} is no folder: set LUWTE_CONTENT to the folder with the articles."
            )
        reading = Reading(folder, languages, link_to, checked=checked)
        faults, notes = sorted(set(reading.faults)), sorted(reading.notes)
        return cls(reading.sections, faults, notes, reading.texts, reading.address)

    def count(self) -> int:
        """How many articles there are, in all languages together."""
        return len(self._by_id) - self.count_tools()

    def count_tools(self) -> int:
        return sum(article.tool is not None for article in self._by_id.values())

    def sections(self, lang: str) -> list[Section]:
        return self._sections.get(lang, [])

    def section(self, lang: str, slug: str) -> Section:
        for section in self.sections(lang):
            if section.slug == slug:
                return section
        raise NotFound(slug)

    def news(self, lang: str) -> Section | None:
        """The section of the dated pieces, when a centre has them; it lists no articles."""
        return next((section for section in self.sections(lang) if section.id == NEWS), None)

    def article(self, lang: str, section_slug: str, slug: str) -> Article:
        for article in self.section(lang, section_slug).articles:
            if article.slug == slug:
                return article
        raise NotFound(slug)

    def by_id(self, lang: str, id: str) -> Article | None:
        return self._by_id.get((lang, id))

    def twin(self, page: Page, lang: str) -> Page | None:
        """The same page in another language."""
        if isinstance(page, Article):
            return self.by_id(lang, page.id)
        return next((s for s in self.sections(lang) if s.id == page.id), None)
