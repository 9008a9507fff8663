"""The municipalities, postcodes and other names of places that a visitor may type.

They stand in `content/places/`, which a centre may do without. A row that cannot be used is left
out and told: it never takes the others down.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .front_matter import Fault, quoted
from .tables import read_table

FOLDER = "places"
MUNICIPALITIES, POSTCODES, NAMES = "municipalities.csv", "postcodes.csv", "names.csv"

_POSTCODES = re.compile(r"([1-9][0-9]{3})(?:-([1-9][0-9]{3}))?")


@dataclass(frozen=True, slots=True)
class Municipality:
    """`name` as Statistics Netherlands writes it: of two that share one, with "(NH.)" or such.

    Without a name and a province it stands for a region as a whole.
    """

    name: str
    province: str
    # A region's code.
    region: str


@dataclass
class PlaceFiles:
    """What was read, and what was wrong with the rest."""

    municipalities: dict[str, Municipality] = field(default_factory=dict)
    # Postcode (1000 to 9999) -> name of the place ("" where it has none), and its municipality.
    postcodes: dict[int, tuple[str, Municipality]] = field(default_factory=dict)
    # Old names, names in another language: each with the municipality or the region it is about.
    names: list[tuple[str, Municipality]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_places(content: Path, regions: Mapping[str, str]) -> PlaceFiles:
    """Everything in `content` that can be used; `regions` are the codes and names there are."""
    read = PlaceFiles()
    folder = content / FOLDER
    if folder.exists():
        _municipalities(folder / MUNICIPALITIES, regions, read)
        _postcodes(folder / POSTCODES, read)
        _names(folder / NAMES, {name: code for code, name in regions.items()}, read)
        read.faults.sort()
    return read


def _municipalities(path: Path, regions: Collection[str], read: PlaceFiles) -> None:
    for line, row in read_table(path, ("municipality", "province", "region"), read.faults):
        one = Municipality(row["municipality"], row["province"], row["region"])
        if text := _municipality_fault(one, regions, read):
            read.faults.append(Fault(path, line, text))
        else:
            read.municipalities[one.name] = one


def _municipality_fault(one: Municipality, regions: Collection[str], read: PlaceFiles) -> str:
    if not one.name or not one.province:
        return "has no name or no province: write both."
    if one.name in read.municipalities:
        return f"{quoted(one.name)} stands here a second time: remove one of the two."
    if one.region not in regions:
        return f"'region' is {quoted(one.region)}: give a code of regions.csv."
    return ""


def _postcodes(path: Path, read: PlaceFiles) -> None:
    for line, row in read_table(path, ("postcodes", "place", "municipality"), read.faults):
        codes = _range(row["postcodes"])
        twice = next((code for code in codes if code in read.postcodes), None)
        if not codes:
            text = f"'postcodes' is {quoted(row['postcodes'])}: write 1011, or 1011-1019."
        elif twice:
            text = f"the postcode {twice} stands here a second time: remove it from one row."
        elif row["municipality"] not in read.municipalities:
            text = _unknown(row["municipality"])
        else:
            found = row["place"], read.municipalities[row["municipality"]]
            read.postcodes |= dict.fromkeys(codes, found)
            continue
        read.faults.append(Fault(path, line, text))


def _range(text: str) -> range:
    found = _POSTCODES.fullmatch(text)
    return range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)


def _names(path: Path, regions: Mapping[str, str], read: PlaceFiles) -> None:
    seen = set()
    for line, row in read_table(path, ("name", "belongs_to"), read.faults):
        name, owner = row["name"], row["belongs_to"]
        whole = Municipality("", "", regions[owner]) if owner in regions else None
        where = read.municipalities.get(owner, whole)
        if not name:
            text = "has no name: write it, or remove the row."
        elif (name, owner) in seen:
            text = f"{quoted(name)} stands here a second time: remove one of the two."
        elif where is None:
            text = (
                f"'belongs_to' is {quoted(owner)}: write a municipality as in {MUNICIPALITIES}, "
                "or a region's name as in regions.csv."
            )
        else:
            seen.add((name, owner))
            read.names.append((name, where))
            continue
        read.faults.append(Fault(path, line, text))


def _unknown(name: str) -> str:
    return f"'municipality' is {quoted(name)}: write it as in {MUNICIPALITIES}."
