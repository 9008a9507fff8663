"""Charts as SVG, drawn on the server: columns side by side, with a name and a description.

A chart adds nothing to the table under it; whoever cannot see it misses nothing. Colours and
patterns come from the page's style, by class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDE, HIGH = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 26
# Room for one character of a number beside the axis.
CHARACTER = 8
# Less room than this, in units of the drawing, and the words under two columns touch.
WORD_WIDTH = 44
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Column:
    """One place on the axis: its short name, and a number per series; None is hidden."""

    name: str
    numbers: Sequence[int | None]


def columns(
    name: str,
    title: str,
    description: str,
    every: Sequence[Column],
    *,
    wide: int = WIDE,
    say: Callable[[int], str] = str,
) -> Markup:
    """A chart; `name` makes its ids, `every` has at least one column, `say` writes a number."""
    top = top_of([number or 0 for column in every for number in column.numbers])
    left = max(LEFT, CHARACTER * len(say(top)) + 6)
    width = (wide - left - RIGHT) / len(every)
    parts = [_line(value, top, left, wide - RIGHT, say(value)) for value in _marks(top)]
    every_so_many = max(1, -(-WORD_WIDTH // max(1, int(width))))
    for place, column in enumerate(every):
        at = left + place * width
        parts.append(_bars(at, width, column, top))
        if place % every_so_many == 0:
            parts.append(
                Markup('<text class="under" x="{:.1f}" y="{}">{}</text>').format(
                    at + width / 2, HIGH - 8, column.name
                )
            )
    head = Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
    ).format(wide, HIGH, name, name, name, title, name, description)
    return head + Markup("").join(parts) + Markup("</svg>")


def top_of(numbers: Sequence[int]) -> int:
    """The round number in which the axis ends: the first not under the largest."""
    most = max([*numbers, 5])
    power = 1
    while True:
        for step in STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def _marks(top: int) -> list[int]:
    parts = 5 if str(top)[0] in "15" else 4
    return sorted({round(top * part / parts) for part in range(parts + 1)})


def _height(value: float, top: int) -> float:
    return (HIGH - TOP - BOTTOM) * value / top


def _line(value: int, top: int, left: int, right: int, said: str) -> Markup:
    y = HIGH - BOTTOM - _height(value, top)
    return Markup(
        '<path class="grid" d="M{} {:.1f}H{}"/><text class="beside" x="{}" y="{:.1f}">{}</text>'
    ).format(left, y, right, left - 6, y + 4, said)


def _bars(at: float, width: float, column: Column, top: int) -> Markup:
    room = min(width * 0.84, 60)
    one = room / len(column.numbers)
    at += (width - room) / 2
    base = HIGH - BOTTOM
    parts = []
    for series, number in enumerate(column.numbers):
        x = at + series * one
        if number is None:
            # What is hidden is no nought: it has a mark of its own.
            parts.append(
                Markup('<path class="unknown" d="M{:.1f} {}h{:.1f}"/>').format(
                    x + one * 0.2, base - 4, one * 0.6
                )
            )
        elif number:
            tall = _height(number, top)
            parts.append(
                Markup(
                    '<rect class="bar bar-{}" x="{:.1f}" y="{:.1f}"'
                    ' width="{:.1f}" height="{:.1f}"/>'
                ).format(series, x, base - tall, max(one - 1, 0.8), tall)
            )
    return escape(Markup("").join(parts))
