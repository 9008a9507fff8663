"""Ready answers: shared ones, which come with the content and which the office may change, and each
advisor's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, ForeignKey, String, UniqueConstraint, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clean
from .clean import BadInput
from .database import Base, reading, writing

LANGUAGES = ("nl", "en")
PLACEHOLDERS = ("{name}", "{phone}", "{region}")
TITLE_MOST = 60
TEXT_MOST = 1000
PLACE_MOST = 999
OWN_MOST = 100  # answers that one advisor may keep


class NoSuchAnswer(LookupError):
    """There is no such answer, or it is another advisor's."""


class TooManyAnswers(ValueError):
    """Nobody finds anything among more than OWN_MOST answers of their own."""


class AnswerRow(Base):
    __tablename__ = "ready_answer"
    __table_args__ = (UniqueConstraint("shipped", "lang"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Whose it is; nobody's: everybody's.
    member: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), index=True
    )
    # The shipped answer that it takes the place of.
    shipped: Mapped[str | None] = mapped_column(String(60))
    lang: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(TITLE_MOST))
    text: Mapped[str] = mapped_column(String(TEXT_MOST))
    place: Mapped[int]
    hidden: Mapped[bool]


@dataclass(frozen=True)
class Shipped:
    """An answer as it comes with the content; twins in two languages have one id."""

    id: str
    lang: str
    title: str
    text: str
    place: int


@dataclass(frozen=True)
class Answer:
    """`ref` names it in addresses: the shipped one's id, or its number."""

    ref: str
    lang: str
    title: str
    text: str
    place: int
    shipped: bool = False
    changed: bool = False
    hidden: bool = False
    own: bool = False


@dataclass(frozen=True)
class Written:
    """What somebody typed, cleaned. Make it by `read`."""

    title: str
    text: str
    place: int

    @classmethod
    def read(cls, title: object, text: object, place: object) -> Written:
        """Raises BadInput."""
        named = clean.line(title, "title", most=TITLE_MOST)
        if not named:
            raise BadInput("title", "missing")
        number = clean.whole(place, "place", most=PLACE_MOST)
        return cls(named, clean.message(text, most=TEXT_MOST), number)


class Answers:
    """All ready answers; `shipped` are those of the content folder."""

    def __init__(self, engine: Engine, shipped: Iterable[Shipped] = ()) -> None:
        self._engine = engine
        self._shipped = {(one.lang, one.id): one for one in shipped}

    def for_advisor(self, member: int) -> list[Answer]:
        """What one advisor can insert, in both languages: their own first."""
        shared = [one for lang in LANGUAGES for one in self.shared(lang) if not one.hidden]
        return self.own(member) + shared

    def shared(self, lang: str) -> list[Answer]:
        """Everybody's in one language, the hidden ones too."""
        with reading(self._engine) as session:
            rows = session.scalars(select(AnswerRow).filter_by(lang=lang, member=None)).all()
        changed = {row.shipped: row for row in rows if row.shipped}
        found = [_answer(row) for row in rows if not row.shipped]
        for (of, id), one in self._shipped.items():
            if of == lang:
                found.append(_in_place_of(one, changed.get(id)))
        return sorted(found, key=_by_place)

    def own(self, member: int) -> list[Answer]:
        """One advisor's own, in both languages."""
        with reading(self._engine) as session:
            rows = session.scalars(select(AnswerRow).filter_by(member=member)).all()
        return sorted(map(_answer, rows), key=_by_place)

    def one_shared(self, lang: str, ref: str) -> Answer:
        """Raises NoSuchAnswer."""
        return _named(ref, self.shared(lang))

    def one_own(self, member: int, ref: str) -> Answer:
        """Raises NoSuchAnswer."""
        return _named(ref, self.own(member))

    def add_shared(self, lang: str, written: Written) -> None:
        with writing(self._engine) as session:
            session.add(_row(lang, written))

    def change_shared(self, lang: str, ref: str, written: Written) -> None:
        """Raises NoSuchAnswer."""
        self._set(lang, ref, title=written.title, text=written.text, place=written.place)

    def hide(self, lang: str, ref: str, *, hidden: bool) -> None:
        """Take it from the list, or put it back. Raises NoSuchAnswer."""
        self._set(lang, ref, hidden=hidden)

    def remove_shared(self, lang: str, ref: str) -> None:
        """Remove it; a shipped one is again as it came. Raises NoSuchAnswer."""
        which: dict[str, Any] = {"lang": lang, "member": None}
        which |= {"shipped": ref} if (lang, ref) in self._shipped else {"id": _number(ref)}
        self._remove(which)

    def add_own(self, member: int, lang: str, written: Written) -> None:
        """Raises TooManyAnswers."""
        with writing(self._engine) as session:
            count = select(func.count()).select_from(AnswerRow).filter_by(member=member)
            if (session.scalar(count) or 0) >= OWN_MOST:
                raise TooManyAnswers
            session.add(_row(lang, written, member=member))

    def change_own(self, member: int, ref: str, lang: str, written: Written) -> None:
        """Raises NoSuchAnswer: nobody reaches another advisor's."""
        with writing(self._engine) as session:
            row = _found(session, id=_number(ref), member=member)
            row.lang, row.title, row.text, row.place = (
                lang,
                written.title,
                written.text,
                written.place,
            )

    def remove_own(self, member: int, ref: str) -> None:
        """Raises NoSuchAnswer."""
        self._remove({"id": _number(ref), "member": member})

    def _set(self, lang: str, ref: str, **values: Any) -> None:
        try:
            self._set_once(lang, ref, values)
        except IntegrityError:  # somebody else changed the same shipped one at the same moment
            self._set_once(lang, ref, values)

    def _set_once(self, lang: str, ref: str, values: dict[str, Any]) -> None:
        shipped = self._shipped.get((lang, ref))
        with writing(self._engine) as session:
            if shipped is None:
                row = _found(session, id=_number(ref), lang=lang, member=None, shipped=None)
            else:
                row = session.scalars(
                    select(AnswerRow).filter_by(shipped=ref, lang=lang)
                ).one_or_none() or _row(lang, Written(shipped.title, shipped.text, shipped.place))
                row.shipped = ref
                session.add(row)
            for name, value in values.items():
                setattr(row, name, value)

    def _remove(self, which: dict[str, Any]) -> None:
        with writing(self._engine) as session:
            _found(session, **which)
            session.execute(delete(AnswerRow).filter_by(**which))


def _found(session: Session, **which: Any) -> AnswerRow:
    row = session.scalars(select(AnswerRow).filter_by(**which)).one_or_none()
    if row is None:
        raise NoSuchAnswer
    return row


def _row(lang: str, written: Written, member: int | None = None) -> AnswerRow:
    return AnswerRow(
        member=member,
        shipped=None,
        lang=lang,
        title=written.title,
        text=written.text,
        place=written.place,
        hidden=False,
    )


def _answer(row: AnswerRow) -> Answer:
    return Answer(
        ref=row.shipped or str(row.id),
        lang=row.lang,
        title=row.title,
        text=row.text,
        place=row.place,
        hidden=row.hidden,
        own=row.member is not None,
    )


def _in_place_of(shipped: Shipped, row: AnswerRow | None) -> Answer:
    title, text, place = (
        (row.title, row.text, row.place) if row else (shipped.title, shipped.text, shipped.place)
    )
    changed = (title, text, place) != (shipped.title, shipped.text, shipped.place)
    return Answer(
        ref=shipped.id,
        lang=shipped.lang,
        title=title,
        text=text,
        place=place,
        shipped=True,
        changed=changed,
        hidden=bool(row and row.hidden),
    )


def _by_place(answer: Answer) -> tuple[int, str, str]:
    return answer.place, answer.title.casefold(), answer.ref


def _named(ref: str, answers: Iterable[Answer]) -> Answer:
    for answer in answers:
        if answer.ref == ref:
            return answer
    raise NoSuchAnswer


def _number(ref: str) -> int:
    if not ref.isdecimal() or len(ref) > 9:
        raise NoSuchAnswer
    return int(ref)
