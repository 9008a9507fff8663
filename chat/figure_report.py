"""The figures of one period and one filter: every table of the office's page, and of its file."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .figure_sheets import Block, Choice, Choices, Figure, Sheet, blocks, days, total
from .figure_store import Count, FigureStore
from .figure_values import KINDS, VALUES
from .figures import KEEP_S

# With more days than these a line per month says more, and tells less.
DAYS_MOST = 62
# A median needs so many that several people are on both sides of it; a 90th percentile more.
ENOUGH = {0.5: 20, 0.9: 50}

# No count of so long ago can still be on its way: the store that forgets has forgotten it.
SETTLED = timedelta(seconds=KEEP_S) + timedelta(days=1)
BLOCKS_KEPT = 60

MAIN = ("started", "taken", "left")
ANSWERED = ("ended", "helped", "wait", "length")


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to see, of what they may see.

    `regions` are the only regions that they may see, none: all; `region` is the one they chose.
    `choice` is one lane, language or topic.
    """

    first: date
    last: date
    regions: tuple[str, ...] = ()
    region: str = ""
    choice: Choice | None = None

    @property
    def ways(self) -> list[Choices]:
        """The published numbers that make up this filter."""
        choices = (self.choice,) if self.choice else ()
        regions = (self.region,) if self.region else self.regions
        return [(("region", region), *choices) for region in regions] or [choices]

    def ways_with(self, kind: str, value: str) -> list[Choices] | None:
        """As `ways`, with one choice more; None where no such number is published."""
        if kind == "region":
            choices = (self.choice,) if self.choice else ()
            return [(("region", value), *choices)]
        ways: list[Choices] = [(*way, (kind, value)) for way in self.ways]
        return ways if all(len(way) <= 2 for way in ways) else None


@dataclass(frozen=True)
class Row:
    value: str  # a code, or a date in ISO form
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """One table, and the chart above it. `columns` are codes of what is counted."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Quantile:
    """The bucket in which a share of all falls; None: too few to say."""

    share: float
    bucket: int | None


class Sheets:
    """The sheets of blocks; what is long over is read and protected once."""

    def __init__(self, store: FigureStore) -> None:
        self.store = store
        self._kept: OrderedDict[Block, dict[str, Sheet]] = OrderedDict()

    def of(self, block: Block, today: date) -> dict[str, Sheet]:
        """The sheets of all subjects of one block. Raises DatabaseUnusable."""
        sheets = self._kept.get(block) or self._read(block)
        if block.last < today - SETTLED:
            self._kept[block] = sheets
            self._kept.move_to_end(block)
            while len(self._kept) > BLOCKS_KEPT:
                self._kept.popitem(last=False)
        return sheets

    def _read(self, block: Block) -> dict[str, Sheet]:
        hours = list(self.store.counts(block.first, block.last, by_hour=True, measure="started"))
        counts = list(self.store.counts(block.first, block.last))
        return {
            subject: Sheet(hours if subject == "started" else counts, subject, VALUES)
            for subject in (*MAIN, *ANSWERED)
        }


class Report:
    """All tables, made of published numbers alone. Raises DatabaseUnusable when it reads."""

    def __init__(self, sheets: Sheets, wanted: Wanted, today: date) -> None:
        self.wanted = wanted
        self._store = sheets.store
        self._today = today
        self.blocks = blocks(wanted.first, wanted.last, today)
        self._sheets: dict[str, list[Sheet]] = {subject: [] for subject in (*MAIN, *ANSWERED)}
        for block in self.blocks:
            for subject, sheet in sheets.of(block, today).items():
                self._sheets[subject].append(sheet)
        self.tables = [table for make in self._makers() if (table := make()) and table.rows]

    @property
    def totals(self) -> dict[str, Figure]:
        return {subject: total(self._sheets[subject], self.wanted.ways) for subject in MAIN}

    @property
    def one_block(self) -> bool:
        """Whether the period is published as a whole; otherwise it is a sum of parts."""
        return len(self.blocks) == 1

    def quantile(self, subject: str, share: float) -> Quantile:
        """Where a share of all waits or lengths falls, as far as the shown numbers tell."""
        table = next((one for one in self.tables if one.name == subject), None)
        numbers = [row.figures[0].number for row in table.rows] if table else []
        if sum(numbers) < ENOUGH[share]:
            return Quantile(share, None)
        reached = 0
        for bucket, number in enumerate(numbers):
            reached += number
            if reached >= share * sum(numbers):
                return Quantile(share, bucket)
        return Quantile(share, None)

    def _makers(self) -> list[Callable[[], Table | None]]:
        kinds = [kind for kind in KINDS if not self._is_chosen(kind)]
        return [
            self._over_time,
            lambda: self._by("hour", ("started",)),
            *((lambda kind=kind: self._by(kind, MAIN)) for kind in kinds),
            *((lambda name=name: self._answers(name)) for name in ANSWERED),
        ]

    def _is_chosen(self, kind: str) -> bool:
        choice = self.wanted.choice
        return bool(choice and choice[0] == kind) or (kind == "region" and bool(self.wanted.region))

    def _by(self, kind: str, subjects: Sequence[str]) -> Table | None:
        known = self._values(kind)
        rows = []
        for value in known:
            ways = self.wanted.ways_with(kind, value)
            if ways is None:
                return None
            figures = tuple(total(self._sheets[subject], ways) for subject in subjects)
            if kind == "hour" or any(figure.number for figure in figures):
                rows.append(Row(value, figures))
        if not any(figure.number for row in rows for figure in row.figures):
            return None
        return Table(kind, tuple(subjects), tuple(rows))

    def _values(self, kind: str) -> list[str]:
        """In the order of the page; a region only for who may see it."""
        found: dict[str, None] = {}
        for subject in MAIN:
            for sheet in self._sheets[subject]:
                found |= dict.fromkeys(sheet.values(kind))
        allowed = self.wanted.regions
        if kind != "region":
            return list(found)
        return sorted(value for value in found if not allowed or value in allowed)

    def _answers(self, subject: str) -> Table | None:
        """Each answer, reason or bucket of one subject."""
        found: dict[str, None] = dict.fromkeys(VALUES.get(subject, ()))
        for sheet in self._sheets[subject]:
            found |= dict.fromkeys(sheet.values("answer"))
        rows = []
        for value in found:
            ways = self.wanted.ways_with("answer", value)
            if ways is None:
                return None
            rows.append(Row(value, (total(self._sheets[subject], ways),)))
        if not any(row.figures[0].number for row in rows):
            return None
        return Table(subject, (subject,), tuple(rows))

    def _over_time(self) -> Table | None:
        """A line per day, or per month when there are many."""
        if (self.wanted.last - self.wanted.first).days >= DAYS_MOST:
            return self._per_month()
        if any(len(way) > 1 for way in self.wanted.ways):
            return None  # a day of two choices is too few people
        every = days(self.wanted.first, self.wanted.last, self._today)
        if not every:
            return None
        found: dict[tuple[date | None, str], list[Count]] = defaultdict(list)
        first, last = every[0].first, every[-1].last
        for subject in MAIN:
            for count in self._store.counts(first, last, by_day=True, measure=subject):
                found[count.day, subject].append(count)
        rows = []
        for block in every:
            sheets = [Sheet(found[block.first, subject], subject, VALUES) for subject in MAIN]
            figures = tuple(total([sheet], self.wanted.ways) for sheet in sheets)
            rows.append(Row(block.first.isoformat(), figures))
        return Table("day", MAIN, tuple(rows))

    def _per_month(self) -> Table:
        months: dict[str, list[int]] = {}
        for place, block in enumerate(self.blocks):
            months.setdefault(f"{block.first:%Y-%m}", []).append(place)
        rows = []
        for month, places in months.items():
            figures = tuple(
                total([self._sheets[subject][place] for place in places], self.wanted.ways)
                for subject in MAIN
            )
            rows.append(Row(month, figures))
        return Table("month", MAIN, tuple(rows))


def period(kind: str, day: date) -> tuple[date, date]:
    """The first and the last day of the day, week or month in which that day lies."""
    if kind == "day":
        return day, day
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def as_cell(figure: Figure) -> str:
    """A figure as a file has it: nothing where it is hidden, "≥" where a part of it is."""
    if figure.whole:
        return str(figure.number)
    return f"≥{figure.number}" if figure.number else ""
