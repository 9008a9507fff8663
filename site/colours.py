"""Whether two colours can be told apart: WCAG 2.2, success criterion 1.4.3, relative luminance."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# What stands on what, and the least contrast between the two.
PAIRS = (("ink", "ground", 4.5), ("ink", "surface", 4.5), ("main", "ground", 4.5))


def is_colour(text: str) -> bool:
    """Six digits of red, green and blue behind a #."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
