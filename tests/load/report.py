"""How a measurement is told: a line at once, a table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One thing that was measured; `target` is what was asked for, if anything was."""

    name: str
    value: float
    unit: str
    target: str = ""
    note: str = ""

    @property
    def shown(self) -> str:
        digits = 0 if abs(self.value) >= 100 or self.value == int(self.value) else 2
        return f"{self.value:,.{digits}f} {self.unit}".strip()

    def as_line(self) -> str:
        more = f"  ({'; '.join(part for part in (self.target, self.note) if part)})"
        return f"{self.name}: {self.shown}{more if self.target or self.note else ''}"


def as_table(figures: Sequence[Figure]) -> str:
    """In Markdown, as it stands in the README."""
    rows = [(one.name, one.shown, one.target, one.note) for one in figures]
    head = ("what", "measured", "asked", "")
    wide = [max(len(row[place]) for row in [head, *rows]) for place in range(4)]
    lines = [
        f"| {' | '.join(cell.ljust(wide[place]) for place, cell in enumerate(row))} |"
        for row in [head, *rows]
    ]
    return "\n".join([lines[0], f"|{'|'.join('-' * (size + 2) for size in wide)}|", *lines[1:]])


def percentile(sorted_values: Sequence[float], part: float) -> float:
    """The value below which that part of all lies; 0 when there is none."""
    if not sorted_values:
        return 0.0
    return sorted_values[min(len(sorted_values) - 1, int(part * len(sorted_values)))]
