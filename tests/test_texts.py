"""Every sentence exists in both languages, with the same things filled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
WAYS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
# `later` marks a sentence that chooses its language when it is shown.
KEYWORDS = {**DEFAULT_KEYWORDS, "later": None}
FILLED_IN = re.compile(r"%\((\w+)\)[sd]")


def in_the_code() -> set[str | tuple[str, ...]]:
    """The Dutch sentences in code and templates."""
    found = set()
    for folder in ("site", "chat"):
        for _, _, sentence, _, _ in extract_from_dir(ROOT / folder, WAYS, keywords=KEYWORDS):
            found.add(sentence)
    return found


@pytest.fixture(scope="module")
def english() -> dict[Any, Any]:
    path = ROOT / "site" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {entry.id: entry.string for entry in read_po(file, locale="en") if entry.id}


def parts(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_sentence_has_its_english_twin(english):
    missing = {s for s in in_the_code() if not all(parts(english.get(s, "")))}

    assert missing == set()


def test_no_english_sentence_is_left_over(english):
    assert set(english) - in_the_code() == set()


def test_the_same_things_are_filled_in(english):
    for dutch, twin in english.items():
        wanted = {name for part in parts(dutch) for name in FILLED_IN.findall(part)}
        given = {name for part in parts(twin) for name in FILLED_IN.findall(part)}
        assert given == wanted, dutch
