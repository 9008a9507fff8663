"""What the kinds of news are called, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import gettext as _

from .pieces import Newsletter, Piece


class Words(NamedTuple):
    """A list's name, what it holds, and what it says when it is empty."""

    title: str
    summary: str
    empty: str


def words_of(kind: str) -> Words:
    known = {
        "interview": Words(
            _("Interviews"),
            _("Mensen vertellen over hun werk en wat ze meemaken."),
            _("Er zijn nog geen interviews."),
        ),
        "newsletter": Words(
            _("Nieuwsbrief"),
            _("Alle nummers, het nieuwste eerst."),
            _("Er is nog geen nieuwsbrief."),
        ),
        "magazine": Words(
            _("Magazine"),
            _("Verhalen over één onderwerp, ook om af te drukken."),
            _("Er is nog geen magazine."),
        ),
        "project": Words(
            _("Projecten en werkwijzen"),
            _("Hoe organisaties samen proberen het beter te doen."),
            _("Er zijn nog geen projecten."),
        ),
        "vacancy": Words(
            _("Vacatures"),
            _("Werk waarop je nu kunt reageren."),
            _("Er zijn nu geen vacatures."),
        ),
        "event": Words(
            _("Agenda"),
            _("Bijeenkomsten en trainingen."),
            _("Er staat nu niets op de agenda."),
        ),
    }
    return known[kind]


def kind_word(piece: Piece) -> str:
    """What a piece is, for the small line above its title."""
    if isinstance(piece, Newsletter):
        return str(_("Nieuwsbrief %(number)s", number=piece.number))
    words: Mapping[str, str] = {
        "news": _("Nieuws"),
        "interview": _("Interview"),
        "magazine": _("Magazine"),
        "project": _("Project"),
        "event": _("Agenda"),
        "vacancy": _("Vacature"),
    }
    return words[piece.kind]
