"""The published figures: numbers from `figures.csv`, their words from a file for each language.

Each number names its source. One that was worked out from other numbers is marked `derived`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..front_matter import BadFile, Fault, FrontMatter, quoted, read_text

NUMBERS_FILE = "figures.csv"
WORDS_FILE = "_figures.md"
WORDS_KEYS = ("title", "summary", "charts", "unverified")
CHART_KEYS = ("chart", "title", "text")
MARKS = ("seen", "derived")
# The words of a number stand in each language.
SPOKEN = ("label", "series", "unit", "note")


@dataclass(frozen=True)
class Number:
    """One number; `chart` says where it belongs, `words` are by "label_nl", "unit_en" and so on."""

    chart: str
    value: int
    derived: bool
    source: str
    words: dict[str, str]

    def say(self, what: str, lang: str) -> str:
        return self.words.get(f"{what}_{lang}", "")


@dataclass(frozen=True)
class Chart:
    """Numbers side by side. `rows` are by label; each has a number, or None, per series."""

    name: str
    title: str
    # What the numbers say, in a sentence or two.
    text: str
    unit: str
    series: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Number | None]]]

    @property
    def numbers(self) -> list[Number]:
        return [number for _, row in self.rows for number in row if number]

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(number.source for number in self.numbers))


@dataclass(eq=False)
class Figures:
    lang: str
    title: str
    summary: str
    charts: Sequence[Chart]
    draw: Callable[[], str] = field(repr=False)

    @cached_property
    def html(self) -> str:
        """The text above the charts, sanitised."""
        return self.draw()


def columns(languages: Sequence[str]) -> list[str]:
    """What the first line of the file must name."""
    return [
        "chart",
        *(f"{what}_{lang}" for what in SPOKEN for lang in languages),
        "value",
        "mark",
        "source",
    ]


def read_numbers(path: Path, languages: Sequence[str], faults: list[Fault]) -> list[Number]:
    """Every sound row."""
    try:
        rows = csv.DictReader(io.StringIO(read_text(path)), strict=True)
        wanted = columns(languages)
        missing = [name for name in wanted if name not in (rows.fieldnames or ())]
        if missing:
            text = f"has no column {missing[0]!r}: begin with the line {','.join(wanted)}"
            faults.append(Fault(path, 1, text))
            return []
        found = []
        for row in rows:
            texts = list(_row_faults(row, languages))
            faults += [Fault(path, rows.line_num, text) for text in texts]
            if not texts:
                found.append(_number(row))
        return found
    except BadFile as bad:
        faults.append(Fault(path, bad.line, bad.text))
    except csv.Error as error:
        faults.append(Fault(path, 1, f"is not valid CSV ({error}): mend its quotes."))
    return []


def _row_faults(row: dict[str, str], languages: Sequence[str]) -> Iterator[str]:
    if None in row or None in row.values():
        yield "has too many or too few cells: one for each column."
        return
    if not row["value"].isascii() or not row["value"].isdecimal():
        yield f"'value' is {quoted(row['value'])}: give a whole number in digits only."
    if row["mark"] not in MARKS:
        yield f"'mark' is {quoted(row['mark'])}: write seen, or derived when it was worked out."
    filled = ["chart", "source", *(f"{w}_{lang}" for w in SPOKEN[:3] for lang in languages)]
    for column in filled:
        if not row[column].strip():
            yield f"{column!r} is empty: write it."


def _number(row: dict[str, str]) -> Number:
    words = {name: text.strip() for name, text in row.items() if name.partition("_")[0] in SPOKEN}
    derived = row["mark"] == "derived"
    return Number(row["chart"].strip(), int(row["value"]), derived, row["source"].strip(), words)


def read_charts(matter: FrontMatter, numbers: Sequence[Number], lang: str) -> list[Chart]:
    """The charts that a language's file names, in its order; faults come into `matter`."""
    found = []
    for item in matter.parts("charts"):
        item.allow(CHART_KEYS)
        name, title, text = (item.text(key) for key in CHART_KEYS)
        mine = [number for number in numbers if number.chart == name]
        if name and not mine:
            item.fault("chart", f"{NUMBERS_FILE} has no numbers for {quoted(name)}: add them.")
        if mine:
            found.append(_chart(name, title, text, mine, lang))
    return found


def _chart(name: str, title: str, text: str, numbers: Sequence[Number], lang: str) -> Chart:
    series = list(dict.fromkeys(number.say("series", lang) for number in numbers))
    labels = list(dict.fromkeys(number.say("label", lang) for number in numbers))
    at = {(number.say("label", lang), number.say("series", lang)): number for number in numbers}
    rows = [(label, [at.get((label, one)) for one in series]) for label in labels]
    return Chart(name, title, text, numbers[0].say("unit", lang), series, rows)
