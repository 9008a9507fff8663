"""An editor with a content folder: whole at first, to be broken by a test."""

from __future__ import annotations

from pathlib import Path

from luwte.articles import Fault, Library

SLUGS = {
    "nl": {"section": "geweld-thuis", "article": "iemand-helpen"},
    "en": {"section": "violence-at-home", "article": "help-someone"},
}
SECTION = "id: violence\ntitle: Geweld thuis\nsummary: Wat je kunt doen.\norder: 1"
FACTS = {
    "id": "help-someone",
    "title": "Iemand helpen",
    "summary": "Wat je kunt doen voor een ander.",
    "audience": "[self, other]",
    "order": "1",
    "next": "chat",
    "checked": "2026-11-22",
    "sources": "[veiligthuis.nl]",
}
# The line of a file on which its text begins: eight facts between two fences, then this one.
TEXT = len(FACTS) + 3


class Editor:
    """Writes the files of one content folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for lang in SLUGS:
            self.writes(self.section(lang), f"---\n{SECTION}\n---\n")
            self.writes_article("## Bel\n\nBel 112.\n", lang=lang)

    def section(self, lang: str = "nl") -> Path:
        return self.folder / lang / SLUGS[lang]["section"] / "_section.md"

    def article(self, lang: str = "nl", name: str = "") -> Path:
        return self.section(lang).with_name(f"{name or SLUGS[lang]['article']}.md")

    def writes(self, path: Path, text: str | bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def writes_article(
        self, text: str, *, lang: str = "nl", name: str = "", without: str = "", **facts: str
    ) -> Path:
        """`facts` replace or add single lines of the front matter."""
        lines = {key: value for key, value in (FACTS | facts).items() if key != without}
        top = "\n".join(f"{key}: {value}" for key, value in lines.items())
        return self.writes(self.article(lang, name), f"---\n{top}\n---\n{text}")

    def writes_in_both(self, text: str, name: str, **facts: str) -> None:
        for lang in SLUGS:
            self.writes_article(text, lang=lang, name=name, id=name, **facts)

    def publishes(self) -> Library:
        return Library.load(self.folder)

    def faults(self) -> list[tuple[str, int, str]]:
        """Each as (path in the folder, line, text)."""
        return [self._told(fault) for fault in self.publishes().faults]

    def _told(self, fault: Fault) -> tuple[str, int, str]:
        return str(fault.path.relative_to(self.folder)), fault.line, fault.text

    def only_fault(self) -> tuple[str, int, str]:
        faults = self.faults()
        assert len(faults) == 1, faults
        return faults[0]


def slugs(library: Library, lang: str = "nl") -> list[str]:
    """Every article that can be read, in the order of the pages."""
    return [article.slug for section in library.sections(lang) for article in section.articles]
