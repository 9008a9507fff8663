"""Cells of files that a spreadsheet opens."""

from __future__ import annotations

# A cell that begins with one of these is a formula to a spreadsheet, whatever the file's kind.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """The text as a cell that is only text: a name must not be able to do anything."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
