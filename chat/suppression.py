"""Which numbers may be shown, so that no small one can be worked out.

What is done is what statistical offices do with small counts of people:

- a count under 5 is hidden, nought too: that nobody came is also something about a village;
- every other count is rounded to the nearest 5, totals as well as parts, each on its own, so that
  a difference between two numbers, two filters or two periods does not tell one person. So NHS
  Digital publishes hospital figures since 2018 ("Disclosure control methodology for Hospital
  Episode Statistics"), for the reason that secondary suppression alone fails where many different
  tables are asked for;
- where a hidden count could still be worked out from what is rounded, a further count beside it is
  hidden (secondary suppression and rounding: Handbook on Statistical Disclosure Control, second
  edition, chapters 4 and 5.5). Whether it could be is computed as somebody would do it: each shown
  number says that the count is one of a few, each hidden one that it is nought or more, and every
  sum narrows all of them further, until nothing changes. At least LEFT values must be possible,
  and for a small count as many small ones.

A hidden count bears one mark, whatever the reason: another would tell what it is.

Differences between periods are met by the choice of what is published at all: see `figure_sheets`.
Only days, whole weeks and whole months are protected and shown; any other period is a sum of what
is shown of those, and says nothing that they do not say.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LEAST = 5
BASE = 5
LEFT = 3  # values that a hidden count may still have, as far as anybody can work out
# Bounds that still move after so many rounds move by very little.
ROUNDS = 40

Cell = TypeVar("Cell", bound=Hashable)
Shown = int | None  # None: hidden


@dataclass(frozen=True)
class Sum(Generic[Cell]):
    """That the parts make the total, which everybody knows."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.total, *self.parts)


def rounded(count: int) -> Shown:
    """What is shown of a count that stands alone."""
    return None if count < LEAST else BASE * ((count + BASE // 2) // BASE)


def possible(shown: Shown) -> tuple[float, float]:
    """The least and the most that a count can be that is shown so."""
    if shown is None:
        return 0, math.inf
    return max(LEAST, shown - BASE // 2), shown + BASE // 2


def protect(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum[Cell]],
    decided: Mapping[Cell, Shown] | None = None,
) -> dict[Cell, Shown]:
    """What is shown of each count; what was `decided` elsewhere is kept as it is.

    `sums` are all the sums between these cells that somebody may know of.
    """
    decided = decided or {}
    shown = {cell: decided.get(cell, rounded(n)) for cell, n in counts.items()}
    sums_of: dict[Cell, list[Sum[Cell]]] = {cell: [] for cell in counts}
    for one in sums:
        for cell in one.cells:
            sums_of[cell].append(one)
    while True:
        bounds = deduced(shown, sums)
        hidden = [cell for cell in shown if shown[cell] is None]
        exposed = [cell for cell in hidden if _is_exposed(counts[cell], *bounds[cell])]
        if not exposed:
            return shown
        more = set()
        for cell in exposed:
            if beside := _beside(cell, shown, sums_of[cell], decided):
                more.add(min(beside, key=lambda other: counts[other]))
        if not more:
            # Nothing more can be hidden next to them: then nothing that is ours to hide is shown.
            return {cell: decided.get(cell) for cell in shown}
        shown |= dict.fromkeys(more)


def tells(
    counts: Mapping[Cell, int], shown: Mapping[Cell, Shown], sums: Sequence[Sum[Cell]]
) -> bool:
    """Whether something that is hidden could be worked out from what is shown."""
    bounds = deduced(shown, sums)
    return any(
        number is None and _is_exposed(counts[cell], *bounds[cell])
        for cell, number in shown.items()
    )


def deduced(
    shown: Mapping[Cell, Shown], sums: Sequence[Sum[Cell]]
) -> dict[Cell, tuple[float, float]]:
    """Between which numbers each count must lie, for somebody who sees what is shown."""
    low = {cell: possible(number)[0] for cell, number in shown.items()}
    high = {cell: possible(number)[1] for cell, number in shown.items()}
    for _ in range(ROUNDS):
        moved = [_narrow(one, low, high) for one in sums]
        if not any(moved):
            break
    return {cell: (low[cell], high[cell]) for cell in shown}


def _narrow(one: Sum[Cell], low: dict[Cell, float], high: dict[Cell, float]) -> bool:
    """Draw the conclusions of one sum; whether there were any."""
    before = [(low[cell], high[cell]) for cell in one.cells]
    least, most = sum(low[cell] for cell in one.parts), _total(high[cell] for cell in one.parts)
    low[one.total] = max(low[one.total], least)
    high[one.total] = min(high[one.total], most)
    endless = [cell for cell in one.parts if high[cell] == math.inf]
    bounded = sum(high[cell] for cell in one.parts if high[cell] < math.inf)
    for cell in one.parts:
        mine_low, mine_high = low[cell], high[cell]
        if not endless:
            low[cell] = max(mine_low, low[one.total] - (most - mine_high))
        elif endless == [cell]:
            low[cell] = max(mine_low, low[one.total] - bounded)
        high[cell] = min(mine_high, high[one.total] - (least - mine_low))
    return before != [(low[cell], high[cell]) for cell in one.cells]


def _total(numbers: Iterable[float]) -> float:
    return sum(numbers)


def _is_exposed(count: int, low: float, high: float) -> bool:
    """Of a small count as many small values must be possible: most that is hidden is small."""
    most = min(high, LEAST - 1) if count < LEAST else high
    return most - low < LEFT - 1


def _beside(
    cell: Cell,
    shown: Mapping[Cell, Shown],
    sums: Sequence[Sum[Cell]],
    decided: Mapping[Cell, Shown],
) -> list[Cell]:
    """What is shown in the sums of this cell, and may be hidden for it; parts before totals."""
    for group in ([c for s in sums for c in s.parts], [s.total for s in sums]):
        found = [other for other in group if shown[other] is not None and other not in decided]
        if found:
            return found
    return []
