"""The few sentences of the chat that a centre may say in its own words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, String, delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from . import clean
from .database import Base, DatabaseUnusable, reading, writing
from .remembered import Remembered
from .texts import in_language
from .texts import lazy_gettext as later

MOST = 300
LANGUAGES = ("nl", "en")


class NoSuchText(LookupError):
    """The office cannot change a text of that name."""


@dataclass(frozen=True)
class Place:
    """Where a text stands, and what is said there when the office says nothing else."""

    title: Any
    shipped: Any


PLACES = {
    "start": Place(
        later("Bovenaan de startpagina van de chat"),
        later(
            "Je praat met een medewerker. Je hoeft je naam niet te zeggen. Na het gesprek wordt "
            "alles gewist."
        ),
    ),
    "waiting": Place(
        later("Terwijl iemand wacht"),
        later(
            "Laat dit tabblad open. Je kunt hieronder alvast iets schrijven: de medewerker leest "
            "het zodra het gesprek begint."
        ),
    ),
    "closing": Place(
        later("Aan het einde van een gesprek"),
        later("Wil je later verder praten? Start dan een nieuwe chat, of bel 0800-2000."),
    ),
}


class ChatTextRow(Base):
    __tablename__ = "chat_text"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    text: Mapped[str] = mapped_column(String(MOST))


@dataclass(frozen=True)
class ChatText:
    name: str
    lang: str
    title: str
    text: str
    shipped: str
    changed: bool


class ChatTexts:
    """What the chat says in these places."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        # A visitor's page must not wait for the database, nor fail without it.
        self._own: Remembered[dict[tuple[str, str], str]] = Remembered(
            self._read,
            at_first={},
            failures=(DatabaseUnusable, SQLAlchemyError),
            clock=clock,
        )

    def say(self, name: str, lang: str) -> str:
        """What stands there now. Fails never."""
        return self._own.get().get((name, lang)) or shipped(name, lang)

    def rest_on(self) -> object:
        """What the office says in its own words; equal as long as nothing changes. Fails never."""
        return self._own.get()

    def all(self) -> list[ChatText]:
        """Every text, read now. Raises DatabaseUnusable."""
        return list(self._all())

    def one(self, name: str, lang: str) -> ChatText:
        """Raises NoSuchText or DatabaseUnusable."""
        for text in self._all():
            if (text.name, text.lang) == (name, lang):
                return text
        raise NoSuchText

    def change(self, name: str, lang: str, text: str) -> None:
        """Say this there from now on. Raises NoSuchText."""
        if name not in PLACES or lang not in LANGUAGES:
            raise NoSuchText
        if text == shipped(name, lang):
            return self.take_back(name, lang)
        row = ChatTextRow(name=name, lang=lang, text=text)
        try:
            with writing(self._engine) as session:
                session.merge(row)
        except IntegrityError:  # somebody else changed the same one at the same moment
            with writing(self._engine) as session:
                session.merge(row)
        self._own.forget()
        return None

    def take_back(self, name: str, lang: str) -> None:
        """Say again what was shipped."""
        with writing(self._engine) as session:
            session.execute(delete(ChatTextRow).filter_by(name=name, lang=lang))
        self._own.forget()

    def _all(self) -> Iterator[ChatText]:
        own = self._read()
        for name, place in PLACES.items():
            for lang in LANGUAGES:
                given = shipped(name, lang)
                text = own.get((name, lang), given)
                yield ChatText(name, lang, str(place.title), text, given, text != given)

    def _read(self) -> dict[tuple[str, str], str]:
        with reading(self._engine) as session:
            return {(row.name, row.lang): row.text for row in session.scalars(select(ChatTextRow))}


def shipped(name: str, lang: str) -> str:
    """What is said there when the office says nothing else."""
    with in_language(lang):
        return str(PLACES[name].shipped)


def written(text: object) -> str:
    """What somebody typed, on one line. Raises BadInput."""
    return " ".join(clean.message(text, most=MOST).split())
