"""The centre's regions: their codes, names and organisations."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Region:
    """`code` is Statistics Netherlands' own (VT01 to VT27); `slug` stands in addresses."""

    code: str
    slug: str
    name: str
    organisation: str


def read_regions(content: Path) -> list[Region]:
    """The regions of `content/regions.csv`, by name; none when there is no such file."""
    path = content / "regions.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    regions = [Region(r["code"], r["slug"], r["name"], r["organisation"]) for r in rows]
    return sorted(regions, key=lambda region: region.name)
