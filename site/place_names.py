"""The names of places: what is left of one when it is looked up, and how it sounds."""

from __future__ import annotations

import re
import unicodedata

# What stands before a name, and says nothing about it.
_BEFORE = re.compile(r"^(?:gemeente|gem|regio|provincie|stad|veilig thuis) (?=\w)")
_ON_THE = re.compile(r"\b(?:aan den|aan de|aan het|aan t|a d) (?=\w)")
_SAINT = re.compile(r"\b(?:sint|sante|st) (?=\w)")
# How people write a province behind a place, besides in full.
_PROVINCES = {
    "Drenthe": "dr",
    "Flevoland": "fl",
    "Friesland": "fr fryslan",
    "Gelderland": "gld",
    "Groningen": "gr gn",
    "Limburg": "l lb",
    "Noord-Brabant": "nb brabant",
    "Noord-Holland": "nh",
    "Overijssel": "o ov",
    "Utrecht": "ut utr",
    "Zeeland": "z zl",
    "Zuid-Holland": "zh",
}
# What sounds alike in Dutch, or is easily written so: one sign for each group.
_SOUNDS = [
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"(?<=[tgrkp])h", ""),
        (r"ei", "ij"),
        (r"au", "ou"),
        (r"ae", "a"),
        (r"sch(?=$|[^aeiou])", "s"),
        (r"ck|qu|c|q", "k"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"v|ph", "f"),
        (r"dt?$", "t"),
        (r"(.)\1+", r"\1"),
    )
]
# What two places of one name are told apart by: "(NH.)", "(GLD)", "Gld", "L", "gem. Haarlem".
_SUFFIX = re.compile(
    r"\s*(?:\(([A-Za-z]+)\.?\)|(?:gem\. ?(.+))|\b(Gld|GN|NB|NH|ZH|AC|L|Rotterdam))$"
)


def words_of(text: str) -> str:
    """A name as it is looked up: no capitals, accents or signs; "a/d" and "st." written in full."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"['’‘`´]", "", plain)
    words = " ".join(re.sub(r"[^\w]|_", " ", plain).split())
    words = _SAINT.sub("sint ", _ON_THE.sub("ad ", _BEFORE.sub("", words)))
    # One sound, and often one letter: Ysselstein is IJsselstein.
    return words.replace("y", "ij")


def letters_of(words: str) -> str:
    return words.replace(" ", "")


def sound_of(letters: str) -> str:
    for pattern, sign in _SOUNDS:
        letters = pattern.sub(sign, letters)
    return letters


def split(written: str) -> tuple[str, str]:
    found = _SUFFIX.search(written)
    if not found or not found.start():
        return written, ""
    return written[: found.start()], next(filter(None, found.groups()))


def plain_name(written: str) -> str:
    """A municipality's name as people say it, without what tells it from others."""
    return split(written)[0]


def with_province(words: str) -> tuple[str, str]:
    """A place, and the province that was written behind it: "" where there is none."""
    for end, name in _BEHIND.items():
        if words.endswith(" " + end):
            return words.removesuffix(" " + end), name
    return words, ""


# The names in full first: "brabant" ends one of them.
_BEHIND = {words_of(name): name for name in _PROVINCES} | {
    words_of(short): name for name, shorts in _PROVINCES.items() for short in shorts.split()
}
