"""What `luwte check` looks at in the regions, and in what lies in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .front_matter import NAME_RULE, Fault, is_name, quoted
from .place_files import read_places
from .regions import COLUMNS, MORE_COLUMNS, is_day, is_website, read_regions
from .tables import read_table


def check_places(content: Path) -> tuple[list[Fault], list[Fault]]:
    """The faults, and what somebody must still look up."""
    notes: list[Fault] = []
    regions = {region.code: region.name for region in read_regions(content)}
    faults = [*_regions(content / "regions.csv", notes), *read_places(content, regions).faults]
    return faults, notes


def _regions(path: Path, notes: list[Fault]) -> list[Fault]:
    """A centre may do without the file; then nobody is asked for a region."""
    faults: list[Fault] = []
    if not path.exists():
        return faults
    seen: set[tuple[str, str]] = set()
    for line, region in read_table(path, COLUMNS, faults, optional=MORE_COLUMNS):
        faults += [Fault(path, line, text) for text in _region_faults(region, seen)]
        if region["website"] and not region["website_checked"]:
            text = (
                f"to be verified: the website {region['website']}; open it, and write the day "
                "in 'website_checked'."
            )
            notes.append(Fault(path, line, text))
    return sorted(faults)


def _region_faults(region: dict[str, str], seen: set[tuple[str, str]]) -> Iterator[str]:
    if not re.fullmatch(r"VT[0-9]{2}", region["code"]):
        yield f"'code' is {quoted(region['code'])}: give VT and two digits, for example VT01."
    if not is_name(region["slug"]):
        yield f"'slug' is {quoted(region['slug'])}: {NAME_RULE}."
    for column in ("name", "organisation"):
        if not region[column]:
            yield f"{column!r} is empty: write it."
    for column in ("code", "slug"):
        if (column, region[column]) in seen:
            yield f"{column!r} is {quoted(region[column])} a second time: give this region another."
        seen.add((column, region[column]))
    if region["website"] and not is_website(region["website"]):
        yield f"'website' is {quoted(region['website'])}: write its name alone, such as example.nl."
    if region["website_checked"] and not is_day(region["website_checked"]):
        yield f"'website_checked' is {quoted(region['website_checked'])}: give year-month-day."
