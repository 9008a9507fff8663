"""The pieces that can be read on a day. Which day that is, the caller says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from ..articles import NotFound
from ..front_matter import Fault
from ..plain_language import Text
from .figures import Figures
from .pieces import Event, Magazine, Newsletter, Piece, Vacancy


class Closed(LookupError):
    """A vacancy after its closing date."""


class News:
    """Every piece that can be shown in some time, and what was wrong with the others."""

    def __init__(
        self,
        roots: Mapping[str, str],
        pieces: Mapping[str, Sequence[Piece]],
        figures: Mapping[str, Figures],
        faults: list[Fault],
        notes: list[Fault],
        texts: list[Text],
    ) -> None:
        # The path of the section in each language that has one.
        self.roots = roots
        self.figures = figures
        self.faults = faults
        # Statements that somebody must still look up.
        self.notes = notes
        # What is measured for plain language.
        self.texts = texts
        self._newest_first = {
            lang: sorted(listed, key=lambda piece: (piece.date, piece.id), reverse=True)
            for lang, listed in pieces.items()
        }
        self._by_id = {(lang, piece.id): piece for lang in pieces for piece in pieces[lang]}

    def all_pieces(self, lang: str) -> list[Piece]:
        """Also what is not out yet, or is over."""
        return list(self._newest_first.get(lang, ()))

    def pieces(self, lang: str, today: date, *kinds: str) -> list[Piece]:
        """What can be read, newest first; of these kinds only, where any is named."""
        return [
            piece
            for piece in self._newest_first.get(lang, ())
            if (not kinds or piece.kind in kinds) and _readable(piece, today)
        ]

    def piece(self, lang: str, year: int, slug: str, today: date) -> Piece:
        """Raises NotFound, or Closed for a vacancy that is gone."""
        for piece in self._newest_first.get(lang, ()):
            if (piece.date.year, piece.slug) == (year, slug) and piece.is_out(today):
                if isinstance(piece, Vacancy) and piece.is_over(today):
                    raise Closed(slug)
                return piece
        raise NotFound(slug)

    def twin(self, piece: Piece, lang: str) -> Piece | None:
        """The same piece in another language."""
        return self._by_id.get((lang, piece.id))

    def newsletter(self, lang: str, number: int | None, today: date) -> Newsletter | None:
        for piece in self.pieces(lang, today, Newsletter.kind):
            if isinstance(piece, Newsletter) and piece.number == number:
                return piece
        return None

    def in_issue(self, lang: str, number: int | None, today: date) -> list[Piece]:
        """The pieces of one newsletter, oldest first: so they were put together."""
        if number is None:
            return []
        return [piece for piece in reversed(self.pieces(lang, today)) if piece.issue == number]

    def stories(self, magazine: Magazine, today: date) -> list[Piece]:
        """A magazine's pieces in its own order."""
        found = (self._by_id.get((magazine.lang, id)) for id in magazine.stories)
        return [piece for piece in found if piece and _readable(piece, today)]

    def coming(self, lang: str, today: date) -> list[Event]:
        """Events of today and later, the first one first."""
        events = (event for event in self._events(lang, today) if not event.is_past(today))
        return sorted(events, key=lambda event: event.starts)

    def past(self, lang: str, today: date) -> list[Event]:
        """The archive, newest first."""
        events = (event for event in self._events(lang, today) if event.is_past(today))
        return sorted(events, key=lambda event: event.starts, reverse=True)

    def years(self, lang: str, today: date) -> list[int]:
        return sorted({piece.date.year for piece in self.pieces(lang, today)}, reverse=True)

    def _events(self, lang: str, today: date) -> Iterator[Event]:
        return (p for p in self.pieces(lang, today, Event.kind) if isinstance(p, Event))


def _readable(piece: Piece, today: date) -> bool:
    return piece.is_out(today) and not piece.is_over(today)
