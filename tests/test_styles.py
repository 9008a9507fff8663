"""The style sheets name sides by how the text runs, so that a language from right to left fits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[1] / "static"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
A_SIDE = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|(?<![\w-])(?:text-align|float|clear|justify-\w+)\s*:\s*(?:left|right)\b"
)
# Four values go round the clock: the second is always the right side, the fourth the left one.
FOUR = re.compile(r"(?<![\w-])(?:margin|padding|inset|border-(?:width|color|style))\s*:([^;{}]+)")
VALUE = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")


def physical(style: str) -> list[str]:
    """What names left or right itself."""
    bare = COMMENT.sub("", style)
    found = [match[0] for match in A_SIDE.finditer(bare)]
    for match in FOUR.finditer(bare):
        values = VALUE.findall(match[1])
        if len(values) == 4 and values[1] != values[3]:
            found.append(match[0])
    return found


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_no_style_names_left_or_right(path: Path) -> None:
    assert physical(path.read_text()) == []


def test_a_side_is_found_in_all_its_forms() -> None:
    for style in (
        "a { margin-left: 1em }",
        "a { right: 0 }",
        "a { text-align: right }",
        "a { border-top-left-radius: 1px }",
        "a { padding: 1px calc(1px + (2px * 2)) 1px 0 }",
        "a { inset: .25rem auto auto .25rem }",
    ):
        assert physical(style), style
    assert physical("a { padding: 1px 2px; inset: 0 1px 2px 1px; text-align: start }") == []
