"""No hidden count can be worked out: not within a table, not across filters, not across periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luwte.chat import suppression
from luwte.chat.figure_sheets import WHOLE, Block, Choices, Sheet, blocks, days, total
from luwte.chat.figure_store import Count
from luwte.chat.suppression import LEAST, LEFT, Sum, protect, rounded

small = st.integers(0, 14)


def table(rows: Sequence[Sequence[int]]) -> tuple[dict[Any, int], list[Sum[Any]]]:
    """The cells and the sums of a table with its totals; -1 stands for a total."""
    across, down = range(len(rows)), range(len(rows[0]))
    sums = [Sum((r, -1), tuple((r, c) for c in down)) for r in across]
    sums += [Sum((-1, c), tuple((r, c) for r in across)) for c in down]
    sums += [Sum((-1, -1), tuple((r, -1) for r in across))]
    sums += [Sum((-1, -1), tuple((-1, c) for c in down))]
    return filled(rows), sums


def filled(rows: Sequence[Sequence[int]]) -> dict[Any, int]:
    """The cells of a table with its totals."""
    across, down = range(len(rows)), range(len(rows[0]))
    counts: dict[Any, int] = {(r, c): rows[r][c] for r in across for c in down}
    counts |= {(r, -1): sum(rows[r]) for r in across}
    counts |= {(-1, c): sum(row[c] for row in rows) for c in down}
    counts[-1, -1] = sum(map(sum, rows))
    return counts


def worlds(shown: Mapping[Any, int | None], rows: int, columns: int) -> Iterator[dict[Any, int]]:
    """Every table that would be shown so: whoever looks at it cannot tell them apart.

    It knows nothing of how the bounds are computed, only what a shown and a hidden count mean.
    """

    def could_be(cell: Any) -> range:
        number = shown[cell]
        if number is None:
            return range(19)
        return range(max(LEAST, number - 2), number + 3)

    inside = list(product(range(rows), range(columns)))
    for numbers in product(*(could_be(cell) for cell in inside)):
        world = filled([numbers[r * columns : (r + 1) * columns] for r in range(rows)])
        if all(n is None or rounded(world[cell]) == n for cell, n in shown.items()):
            yield world


def assert_nothing_can_be_worked_out(
    counts: Mapping[Any, int], shown: Mapping[Any, int | None], rows: int, columns: int
) -> None:
    """Of each hidden count several values are possible; of a small one, several small ones."""
    hidden = {cell: set[int]() for cell, number in shown.items() if number is None}
    for world in worlds(shown, rows, columns):
        for cell, values in hidden.items():
            if counts[cell] >= LEAST or world[cell] < LEAST:
                values.add(world[cell])
        if all(len(values) >= LEFT for values in hidden.values()):
            return
    assert {c: v for c, v in hidden.items() if len(v) < LEFT} == {}


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, None), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (103, 105)],
)
def test_small_counts_are_hidden_and_others_rounded(count, expected):
    assert rounded(count) == expected


def test_what_rounding_alone_would_give_away_is_hidden_with_a_second_one():
    # 18 in all is shown as 20, 7 and 7 as 5: the third can be nothing but 4.
    counts, sums = {"all": 18, "a": 7, "b": 7, "c": 4}, [Sum("all", ("a", "b", "c"))]
    alone = {cell: rounded(count) for cell, count in counts.items()}
    assert suppression.deduced(alone, sums)["c"][0] == 4

    shown = protect(counts, sums, {"all": 20})

    assert shown == {"all": 20, "a": None, "b": 5, "c": None}
    assert suppression.deduced(shown, sums)["c"][0] == 0


def test_what_was_decided_elsewhere_stays():
    counts, sums = table([[7, 7, 4]])

    shown = protect(counts, sums, {(0, 0): 5, (-1, -1): 20, (0, -1): 20})

    assert (shown[0, 0], shown[0, 1], shown[-1, -1]) == (5, None, 20)


@given(st.lists(small, min_size=2, max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_part_of_a_total_can_be_worked_out(row):
    counts, sums = table([row])

    assert_nothing_can_be_worked_out(counts, protect(counts, sums), 1, len(row))


@given(st.tuples(small, small), st.tuples(small, small))
@settings(max_examples=150, deadline=None)
def test_no_cell_of_a_table_with_totals_can_be_worked_out(one, other):
    counts, sums = table([one, other])

    assert_nothing_can_be_worked_out(counts, protect(counts, sums), 2, 2)


@given(st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=2, max_size=6))
@settings(max_examples=100, deadline=None)
def test_nothing_small_is_ever_shown_and_what_is_shown_is_right(rows):
    counts, sums = table(rows)

    shown = protect(counts, sums)

    for cell, number in shown.items():
        assert number is None or (counts[cell] >= LEAST and abs(number - counts[cell]) <= 2)
    bounds = suppression.deduced(shown, sums)
    for cell, (low, high) in bounds.items():
        assert low <= counts[cell] <= high
        least = min(high, LEAST - 1) if counts[cell] < LEAST else high
        assert shown[cell] is not None or least - low >= LEFT - 1


# Across filters: what is published of one block, for all filters together.

KINDS = {
    "region": ["VT01", "VT14"],
    "lane": ["public", "professional"],
    "lang": ["nl", "en"],
    "topic": ["partner", "child", "none"],
}
person = st.tuples(*(st.sampled_from(values) for values in KINDS.values()))
crowd = st.lists(st.tuples(person, st.integers(1, 9)), max_size=12)
Crowd = list[tuple[tuple[str, ...], int]]


def counted(people: Crowd, subject: str = "started") -> list[Count]:
    """As the store keeps it: per region, and per region with one choice more."""
    kept = []
    for (region, *choices), number in people:
        pairs = [("", ""), *zip(("lane", "lang", "topic"), choices, strict=True)]
        for kind, value in pairs:
            kept.append(Count(None, None, region, kind, value, subject, number))
    return kept


def really(people: Crowd, choices: Choices) -> int:
    at = {kind: place for place, kind in enumerate(KINDS)}
    return sum(
        number for one, number in people if all(one[at[kind]] == value for kind, value in choices)
    )


def every_way() -> list[Choices]:
    one: list[Choices] = [((kind, value),) for kind, values in KINDS.items() for value in values]
    pairs: list[Choices] = [
        (("region", region), (kind, value))
        for region in KINDS["region"]
        for kind in ("lane", "lang", "topic")
        for value in KINDS[kind]
    ]
    return [WHOLE, *one, *pairs]


def all_sums() -> list[Sum[Choices]]:
    """Every sum between published numbers, over all filters at once."""
    sums = [Sum(WHOLE, tuple(((k, v),) for v in values)) for k, values in KINDS.items()]
    for kind in ("lane", "lang", "topic"):
        for region in KINDS["region"]:
            row = ("region", region)
            sums.append(Sum((row,), tuple((row, (kind, v)) for v in KINDS[kind])))
        for value in KINDS[kind]:
            column = (kind, value)
            parts = tuple((("region", r), column) for r in KINDS["region"])
            sums.append(Sum((column,), parts))
    return sums


@given(crowd)
@example(
    [
        (("VT01", "public", "nl", "partner"), 4),
        (("VT01", "public", "nl", "child"), 1),
        (("VT14", "public", "nl", "partner"), 1),
    ]
)
@settings(max_examples=400, deadline=None)
def test_all_filters_together_tell_no_hidden_count(people):
    sheet = Sheet(counted(people), "started", KINDS)

    shown = {way: sheet.shown(way) for way in every_way()}

    for way, number in shown.items():
        count = really(people, way)
        assert number is None or (count >= LEAST and abs(number - count) <= 2)
    for way, (low, high) in suppression.deduced(shown, all_sums()).items():
        count = really(people, way)
        assert low <= count <= high
        least = min(high, LEAST - 1) if count < LEAST else high
        # That it was nobody gives nobody away.
        assert count == 0 or shown[way] is not None or least - low >= LEFT - 1, way


@given(crowd)
@settings(max_examples=50, deadline=None)
def test_the_same_number_is_shown_the_same_whatever_was_asked_before(people):
    forwards, backwards = (Sheet(counted(people), "started", KINDS) for _ in range(2))
    ways = every_way()

    one = {way: forwards.shown(way) for way in ways}
    other = {way: backwards.shown(way) for way in reversed(ways)}

    assert one == other


def test_three_choices_are_not_published():
    sheet = Sheet(counted([(("VT14", "public", "nl", "partner"), 50)]), "started", KINDS)

    assert sheet.shown((("region", "VT14"), ("topic", "partner"))) == 50
    assert sheet.shown((("lane", "public"), ("topic", "partner"))) is None


# Across periods.

somewhere = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(somewhere, st.integers(0, 100), st.integers(-5, 100))
def test_a_period_is_made_of_whole_months_weeks_and_days_that_are_over(first, length, later):
    last = first + timedelta(days=length)
    today = first + timedelta(days=later)

    found = blocks(first, last, today)

    covered = [day for block in found for day in days(block.first, block.last, today)]
    assert covered == days(first, last, today)
    for block in found:
        assert block.last < today
        a_month = block.first.day == 1 and (block.last + timedelta(days=1)).day == 1
        a_week = block.first.weekday() == 0 and block.last - block.first == timedelta(days=6)
        assert block.first == block.last or a_week or a_month


@given(st.lists(st.integers(0, 9), min_size=14, max_size=14), st.data())
@settings(max_examples=50, deadline=None)
def test_a_difference_between_two_periods_tells_no_hidden_day(numbers, data):
    # From a Tuesday, so that one whole week lies in it. Whatever periods somebody chooses, each
    # answer is made of the same published numbers: those of the days and of the whole week.
    first = date(2026, 3, 3)
    today = first + timedelta(days=60)

    def sheet(block: Block) -> Sheet:
        inside = [
            Count(None, None, "VT14", "", "", "started", number)
            for place, number in enumerate(numbers)
            if block.first <= first + timedelta(days=place) <= block.last
        ]
        return Sheet(inside, "started", KINDS)

    begin = data.draw(st.integers(0, 13))
    end = data.draw(st.integers(begin, 13))
    asked = blocks(first + timedelta(days=begin), first + timedelta(days=end), today)

    figure = total(map(sheet, asked), [WHOLE])

    parts = [sheet(block).shown(WHOLE) for block in asked]
    assert figure.number == sum(part or 0 for part in parts)
    assert figure.whole == (None not in parts)
