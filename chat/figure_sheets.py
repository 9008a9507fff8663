"""The numbers that are published: which there are, and what is shown of each.

Somebody who may choose any period and any filter could subtract one answer from another until a
single person is left. So there is a fixed set of published numbers, and every page and every file
is made of these alone:

- per *block* of time: a day, a week from Monday to Sunday, a month; only those that are over;
- in a block, for each thing that is counted: the total, each choice of one kind (a region, a lane,
  a language, a topic, an hour of the day, an answer), and each two choices of different kinds.
  Never three: those are not even counted.

All of one block and one thing are protected together (`suppression.protect`), so that no filter
tells what another hides. A longer or other period is the sum of what is shown of its blocks, the
largest that fit; a total for several regions is the sum of what is shown of each.

What is not taken into account: that about as many conversations are taken and left as are started.
Both are rounded, so that the difference is known to within four at best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from .figure_store import Count
from .suppression import Shown, Sum, protect, rounded, tells

Choice = tuple[str, str]  # a kind and one of its values: ("lane", "public")
Choices = tuple[Choice, ...]  # none, one, or two of different kinds

WHOLE: Choices = ()


@dataclass(frozen=True)
class Block:
    """A day, a whole week or a whole month."""

    first: date
    last: date


@dataclass(frozen=True)
class Figure:
    """A sum of published numbers; `whole` if none of them was hidden."""

    number: int = 0
    whole: bool = True

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.number + other.number, self.whole and other.whole)


def blocks(first: date, last: date, today: date) -> list[Block]:
    """The fewest blocks that make up this period, as far as it is over."""
    last = min(last, today - timedelta(days=1))
    found = []
    while first <= last:
        ends = [_end_of_month(first)] if first.day == 1 else []
        ends += [first + timedelta(days=6)] if first.weekday() == 0 else []
        end = next((end for end in ends if end <= last), first)
        found.append(Block(first, end))
        first = end + timedelta(days=1)
    return found


def days(first: date, last: date, today: date) -> list[Block]:
    """Each day of this period, as far as it is over."""
    last = min(last, today - timedelta(days=1))
    return [Block(day, day) for day in _days(first, last)]


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _end_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


class Sheet:
    """All published numbers of one block and one subject: started, taken, ended, helped ...

    `values` are the values that everybody knows of each kind; what was counted of others is added.
    """

    def __init__(
        self, counts: Iterable[Count], subject: str, values: Mapping[str, Sequence[str]]
    ) -> None:
        self._counts: Counter[Choices] = Counter()
        for count in counts:
            name, _, kind_of = count.measure.partition(".")
            if name == subject:
                self._take(count, kind_of)
        self._known = values

    def _take(self, count: Count, answer: str) -> None:
        """Put one count where it belongs: under each choice, and each two of them."""
        mine: list[Choice] = [("region", count.region)]
        others: list[Choice] = []
        if count.hour is not None:
            others.append(("hour", f"{count.hour:02}"))
        if answer:
            others.append(("answer", answer))
        if count.dimension:
            # The total of these counts stands under no dimension already.
            choice = (count.dimension, count.value)
            found: list[Choices] = [(choice,)]
            found += [_in_order(choice, other) for other in (*mine, *others)]
        else:
            found = [WHOLE, *((one,) for one in (*mine, *others))]
            found += [_in_order(mine[0], other) for other in others]
        for choices in found:
            self._counts[choices] += count.number

    def shown(self, choices: Choices) -> Shown:
        """What is shown of those who made these choices; None if hidden."""
        if len(choices) < 2:
            return self._singles.get(choices)
        return self._doubles.get(_in_order(*choices))

    def values(self, kind: str) -> list[str]:
        """The values of a kind: those that everybody knows, then what else was counted."""
        known = list(self._known.get(kind, ()))
        return known + [value for value in self._counted(kind) if value not in known]

    def _counted(self, kind: str) -> list[str]:
        """The values that were counted. The others are nought: hidden too, but that somebody could
        work out that it was nobody gives nobody away, and no number is hidden beside it for that.
        Nobody who does know that they are nought can work out more of the others either.
        """
        return sorted(
            choices[0][1]
            for choices, number in self._counts.items()
            if len(choices) == 1 and choices[0][0] == kind and number
        )

    @cached_property
    def _single_sums(self) -> list[Sum[Choices]]:
        found = (tuple(((kind, value),) for value in self._counted(kind)) for kind in _KINDS)
        return [Sum(WHOLE, cells) for cells in found if cells]

    @property
    def _singles(self) -> dict[Choices, Shown]:
        return self._published[0]

    @property
    def _doubles(self) -> dict[Choices, Shown]:
        return self._published[1]

    @cached_property
    def _published(self) -> tuple[dict[Choices, Shown], dict[Choices, Shown]]:
        """What is shown of each choice, and of each two, all kinds together."""
        whole = {WHOLE: rounded(self._counts[WHOLE])}
        cells = [WHOLE, *(cell for one in self._single_sums for cell in one.parts)]
        counts = {cell: self._counts[cell] for cell in cells}
        singles = protect(counts, self._single_sums, whole)
        inside = [choices for choices, n in self._counts.items() if len(choices) == 2 and n]
        counts |= {cell: self._counts[cell] for cell in inside}
        sums = [*self._single_sums, *_sums_of(inside)]
        doubles = protect(counts, sums, singles | _hidden_in(singles, inside))
        if tells(counts, doubles, sums):
            # Single choices alone tell of two together: then there is only the whole.
            singles = dict.fromkeys(singles) | whole
            doubles = dict.fromkeys(counts) | whole
        return singles, doubles


def _sums_of(inside: Sequence[Choices]) -> list[Sum[Choices]]:
    """That those who made two choices are part of those who made one of them."""
    parts: dict[tuple[Choices, str], list[Choices]] = {}
    for one, other in inside:
        parts.setdefault(((one,), other[0]), []).append((one, other))
        parts.setdefault(((other,), one[0]), []).append((one, other))
    return [Sum(cell, tuple(cells)) for (cell, _), cells in parts.items()]


def _hidden_in(singles: Mapping[Choices, Shown], inside: Sequence[Choices]) -> dict[Choices, Shown]:
    """What is hidden stays hidden in all its parts."""
    return {
        (one, other): None
        for one, other in inside
        if singles[(one,)] is None or singles[(other,)] is None
    }


def _in_order(*choices: Choice) -> Choices:
    """Two choices in the one order under which they are kept."""
    return tuple(sorted(choices, key=lambda choice: _KINDS.index(choice[0])))


_KINDS = ("region", "lane", "lang", "topic", "hour", "answer")


def total(sheets: Iterable[Sheet], ways: Sequence[Choices]) -> Figure:
    """The sum, over all blocks, of what is shown of each of these ways to choose."""
    figure = Figure()
    for sheet in sheets:
        for choices in ways:
            number = sheet.shown(choices)
            figure += Figure(number or 0, number is not None)
    return figure
