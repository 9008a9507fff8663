"""The gate for everything that people type or send: the one place for its rules.

What is refused raises BadInput; what is taken is in normal form C (Unicode TR 15) without what only
hides or reorders. Secrets pass unchanged: see `secret`.
"""

from __future__ import annotations

import re
import unicodedata

from bleach.linkifier import Linker
from markupsafe import Markup, escape

MOST_BYTES_PER_CHARACTER = 4

# Control characters but newline; bidi marks that reorder what an advisor reads
# (Unicode TR 36, 3.1.1); invisible characters that only hide things. Joiners stay: emoji and
# Persian need them.
_DROPPED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,64}")
_LOOKS_LIKE_A_LINK = re.compile(r"\w\.\w|://")
# A stream's id, as Redis takes it: two numbers of at most 64 bits, with a margin.
_EVENT = re.compile(r"[0-9]{1,18}-[0-9]{1,18}")


class BadInput(ValueError):
    """What was typed cannot be taken: `field` names where, `code` says why."""

    def __init__(self, field: str, code: str, **details: int | str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.details = details


def line(value: object, field: str, *, most: int) -> str:
    """One line of at most `most` characters; may be empty. Raises BadInput."""
    return " ".join(_text(value, field, most).split())


def message(value: object, field: str = "text", *, most: int = 2000) -> str:
    """What somebody says: 1 to `most` characters, line breaks kept. Raises BadInput."""
    said = _text(value, field, most).strip()
    if not said:
        raise BadInput(field, "empty")
    return said


def draft(value: object, field: str = "text", *, most: int) -> str:
    """Half a message: as `message`, but its ends stay and it may be empty. Raises BadInput."""
    return _text(value, field, most)


def name(value: object, field: str, *, most: int) -> str:
    """As `line`, but what cannot be seen is refused: people must be able to tell names apart.

    Raises BadInput.
    """
    found = line(value, field, most=most)
    if isinstance(value, str) and not " ".join(value.split()).isprintable():
        raise BadInput(field, "malformed")
    return found


def secret(value: object, field: str, *, most: int) -> str:
    """A password or a code as it was typed: tidied it would be another. Raises BadInput."""
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise BadInput(field, "malformed")
    if len(value) > most:
        raise BadInput(field, "too-long", most=most)
    return value


def whole(value: object, field: str, *, most: int) -> int:
    """A number from 0 to `most`; nothing is 0. Raises BadInput."""
    typed = str(value or "0").strip()
    # Thousands of digits take the machine a long time, and then fail.
    if not typed.isdecimal() or len(typed) > len(str(most)) + 3 or int(typed) > most:
        raise BadInput(field, "number", most=most)
    return int(typed)


def is_event_id(value: str) -> bool:
    """Whether a page can have this from us, as the id of the last event that it got."""
    return _EVENT.fullmatch(value) is not None


def key(value: object, field: str = "key", *, required: bool = False) -> str:
    """A key that a client made to tell a repeated request; "" if it made none. Raises BadInput."""
    if value in (None, "") and not required:
        return ""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise BadInput(field, "malformed")
    return value


def one_of(value: object, field: str, choices: tuple[str, ...]) -> str:
    """Raises BadInput for anything that is not one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise BadInput(field, "choose")
    return value


def _text(value: object, field: str, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(field, "malformed")
    # Normalising costs time for each character, so what is far too long is refused first.
    if len(value) > most * MOST_BYTES_PER_CHARACTER:
        raise BadInput(field, "too-long", most=most)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    text = _DROPPED.sub("", text.replace("\t", " "))
    if len(text) > most or len(text.encode()) > most * MOST_BYTES_PER_CHARACTER:
        raise BadInput(field, "too-long", most=most)
    return text


def as_html(text: str) -> Markup:
    """The text as HTML with nothing in it interpreted."""
    return escape(text)


def with_links(text: str) -> Markup:
    """As `as_html`, and web addresses can be followed without telling where from.

    Only for the desk, whose script asks first: anybody can write an address into a chat.
    """
    if not _LOOKS_LIKE_A_LINK.search(text):
        return as_html(text)
    # Escaped, and not cleaned by bleach: that would take "&lt;" for the "<" that it stands for.
    linked = _LINKER.linkify(str(as_html(text)))
    return Markup(linked)  # noqa: S704 - all is escaped but the linker's own links


def _apart(attrs: dict[object, str], new: bool = False) -> dict[object, str] | None:
    href = attrs.get((None, "href"), "")
    if not href.startswith(("http://", "https://")):
        return None
    attrs[(None, "rel")] = "noopener noreferrer nofollow"
    attrs[(None, "target")] = "_blank"
    attrs[(None, "data-outside")] = ""
    return attrs


_LINKER = Linker(callbacks=[_apart])
