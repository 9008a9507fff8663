"""The centre's regions: their codes, names and organisations."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("code", "slug", "name", "organisation")


@dataclass(frozen=True, slots=True)
class Region:
    """`code` is Statistics Netherlands' own (VT01 to VT27); `slug` stands in addresses."""

    code: str
    slug: str
    name: str
    organisation: str


def read_regions(content: Path) -> list[Region]:
    """The regions of `content/regions.csv`, by name.

    A row that is not whole is left out; `luwte check` names it.
    """
    path = content / "regions.csv"
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    regions = [
        Region(*(row[name] for name in COLUMNS))
        for row in csv.DictReader(text.splitlines())
        if all(row.get(name) for name in COLUMNS)
    ]
    return sorted(regions, key=lambda region: region.name)
