"""What helps advisors at the desk besides the chat itself, put together once per application."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis
from sqlalchemy import Engine

from .answers import Answers, Shipped
from .chat_texts import ChatTexts
from .danger_words import DangerWords
from .keeping_out import KeepingOut
from .shelf import Reading, Shelf
from .texts import language


@dataclass(frozen=True)
class Content:
    """What the content folder gives to the chat."""

    code_words: Sequence[str] = ()
    articles: Sequence[Reading] = ()
    answers: Sequence[Shipped] = ()
    danger_words: Sequence[str] = ()
    # Telephone numbers that the site itself names, as digits.
    numbers: Collection[str] = ()


@dataclass(frozen=True)
class Helps:
    """What a view needs of it."""

    code_words: Sequence[str]
    shelf: Shelf
    answers: Answers
    texts: ChatTexts
    danger_words: DangerWords
    keeping_out: KeepingOut
    numbers: Collection[str]


def helps() -> Helps:
    return cast(Helps, current_app.extensions["luwte.helps"])


def chat_text(name: str) -> str:
    """What the chat says in that place, in the page's language: for templates."""
    return helps().texts.say(name, language())


def own_numbers() -> str:
    """The numbers that nobody is warned about, with spaces between them: for templates."""
    return " ".join(sorted(helps().numbers))


def keep_out_hours() -> int:
    """For how long whoever abused the chat can be kept out; 0: not at all. For templates."""
    return helps().keeping_out.seconds // 3600


def put_together(
    engine: Engine, redis: Redis, secrets: Sequence[str], content: Content, *, keep_out_s: int
) -> Helps:
    """Connects to nothing yet."""
    return Helps(
        content.code_words,
        Shelf(content.articles),
        Answers(engine, content.answers),
        ChatTexts(engine),
        DangerWords(content.danger_words),
        KeepingOut(redis, secrets[0], seconds=keep_out_s),
        content.numbers,
    )
