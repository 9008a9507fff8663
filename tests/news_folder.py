"""An editor with a news folder in both languages: whole at first, to be broken by a test."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from luwte.stories.news import News
from luwte.stories.reading import load_news
from tests.content import Editor

FOLDERS = {"nl": "nieuws", "en": "news"}
# What each kind must say beside id, title, summary and date.
FACTS = {
    "news": "",
    "interview": "form: one\npeople:\n  - {name: Noor Wit, role: agent}",
    "newsletter": "number: 1",
    "magazine": "theme: Tien jaar\nstories: [a-piece]",
    "project": "state: running\npartners: [Wijkteam]",
    "event": "starts: 2026-12-10 13:00\nends: 2026-12-10 17:00\nplace: De Kuil",
    "vacancy": "closes: 2026-12-31\nhours: 20 uur\nplace: Zandhove\napply: Bel ons.",
}


class NewsEditor(Editor):
    """Has one piece at first, `a-piece` of 10 November 2026."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for lang, name in FOLDERS.items():
            text = "---\nid: news\ntitle: Nieuws\nsummary: Wat er is.\norder: 9\n---\n"
            self.writes(folder / lang / name / "_section.md", text)
        self.writes_piece("a-piece")

    def writes_piece(
        self,
        id: str,
        kind: str = "news",
        *,
        day: str = "2026-11-10",
        facts: str | None = None,
        more: str = "",
        body: str = "Dit is nieuws.",
        only: str = "",
    ) -> Path:
        """In both languages, or in `only` one; returns the Dutch file, or that one.

        `facts` takes the place of what the kind must say, `more` is added to it.
        """
        own = FACTS.get(kind, "") if facts is None else facts
        lines = [
            f"id: {id}",
            f"kind: {kind}",
            f"title: Over {id}",
            "summary: Kort.",
            f"date: {day}",
        ]
        top = "\n".join(filter(None, [*lines, own, more]))
        paths = [
            self.writes(self.piece(id, lang, day[:4]), f"---\n{top}\n---\n{body}\n")
            for lang in FOLDERS
            if only in ("", lang)
        ]
        return paths[0]

    def piece(self, id: str, lang: str = "nl", year: str = "2026") -> Path:
        return self.folder / lang / FOLDERS[lang] / year / f"{id}.md"

    def brings_out(self) -> News:
        library = self.publishes()
        assert library.faults == []
        return load_news(self.folder, library)

    def told(self) -> list[tuple[str, int, str]]:
        """Every fault, as (path in the folder, line, text)."""
        return [self._told(fault) for fault in self.brings_out().faults]

    def told_in_dutch(self) -> tuple[int, str]:
        """The only fault of the Dutch files, as (line, text)."""
        found = [(line, text) for path, line, text in self.told() if path.startswith("nl/")]
        assert len(found) == 1, self.told()
        return found[0]


def ids(news: News, today: date, *kinds: str) -> list[str]:
    """What can be read in Dutch on a day, newest first."""
    return [piece.id for piece in news.pieces("nl", today, *kinds)]
