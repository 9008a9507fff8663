"""The centre's regions: their codes, names and organisations."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

COLUMNS = ("code", "slug", "name", "organisation")
# What a region may have besides: its own site, and the day on which somebody last opened that.
MORE_COLUMNS = ("website", "website_checked")

_WEBSITE = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Region:
    """`code` is Statistics Netherlands' own (VT01 to VT27); `slug` stands in addresses."""

    code: str
    slug: str
    name: str
    organisation: str
    # "example.nl", or empty; `website_checked` is a day, empty while nobody looked.
    website: str = ""
    website_checked: str = ""


def read_regions(content: Path) -> list[Region]:
    """The regions of `content/regions.csv`, by name.

    A row that is not whole is left out; `luwte check` names it.
    """
    path = content / "regions.csv"
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    regions = [
        Region(
            *(row[name] for name in COLUMNS),
            *((row.get(name) or "").strip() for name in MORE_COLUMNS),
        )
        for row in csv.DictReader(text.splitlines())
        if all(row.get(name) for name in COLUMNS)
    ]
    return sorted(regions, key=lambda region: region.name)


def is_website(text: str) -> bool:
    return _WEBSITE.fullmatch(text) is not None


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
