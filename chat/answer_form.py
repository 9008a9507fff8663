"""The form in which staff write what the chat says: read, said what is wrong with it, tried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import request

from . import clean, words
from .answers import LANGUAGES, Answer, Written
from .clean import BadInput
from .texts import gettext as _
from .texts import in_language
from .wire import CLOCK, draw_message

# What is filled in for a preview: the advisor and the region are known only in a conversation.
SAMPLE_NAME = "Noor"
LAST_PLACE = 500


@dataclass
class AnswerForm:
    """What stands in the fields, what is wrong with them, and how a visitor would see it."""

    title: str = ""
    text: str = ""
    place: str = str(LAST_PLACE)
    lang: str = "nl"
    errors: dict[str, str] = field(default_factory=dict)
    preview: str = ""

    @classmethod
    def of(cls, answer: Answer) -> AnswerForm:
        return cls(answer.title, answer.text, str(answer.place), answer.lang)

    @classmethod
    def sent(cls, lang: str = "") -> AnswerForm:
        """What was sent, as it was typed; `lang` where the form does not ask for it."""
        typed = request.form
        wanted = lang or typed.get("lang", "")
        return cls(
            typed.get("title", ""),
            typed.get("text", ""),
            typed.get("place", str(LAST_PLACE)),
            wanted if wanted in LANGUAGES else "nl",
        )

    def read(self) -> Written | None:
        """What was written, or None: `errors` then says why."""
        try:
            written = Written.read(self.title, self.text, self.place)
        except BadInput as fault:
            self.errors = {fault.field: words.fault(fault)}
            return None
        return written

    def try_out(self) -> None:
        """Show it as a visitor would see it."""
        if written := self.read():
            self.preview = preview(filled_in(written.text, self.lang), self.lang)


def fillings(lang: str) -> dict[str, str]:
    """What stands for the placeholders that are the same for everybody, and for no region."""
    with in_language(lang):
        return {"phone": str(words.PHONE), "region": _("jouw regio")}


def filled_in(text: str, lang: str) -> str:
    for name, value in ({"name": SAMPLE_NAME} | fillings(lang)).items():
        text = text.replace(f"{{{name}}}", value)
    return text


def preview(text: str, lang: str) -> str:
    """The message as it is drawn in a visitor's chat."""
    data = {"id": "", "from": "advisor", "name": SAMPLE_NAME}
    with in_language(lang):
        return draw_message(
            data, clean.as_html(text), datetime.now(UTC).astimezone(CLOCK), "visitor"
        )
