"""CSV files that editors keep: their rows with their lines, and a remedy for each fault."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from .front_matter import BadFile, Fault, read_text

Row = tuple[int, dict[str, str]]


def read_table(
    path: Path, columns: Sequence[str], faults: list[Fault], *, optional: Sequence[str] = ()
) -> list[Row]:
    """The whole rows, each with its line; what is wrong with the others is added to `faults`.

    Columns that are neither asked for nor `optional` are let be; an optional one that is not
    there is an empty text. A file that is not there is a fault.
    """
    found = []
    try:
        rows = csv.reader(io.StringIO(read_text(path)), strict=True)
        names = next(rows, [])
        if missing := [name for name in columns if name not in names]:
            text = f"has no column {missing[0]!r}: begin with the line {','.join(columns)}"
            faults.append(Fault(path, 1, text))
            return []
        for line, cells in _lines(rows):
            if len(cells) == len(names):
                cells = [" ".join(cell.split()) for cell in cells]
                found.append(
                    (line, dict.fromkeys(optional, "") | dict(zip(names, cells, strict=True)))
                )
            else:
                text = f"has {len(cells)} cells instead of {len(names)}: one for each column."
                faults.append(Fault(path, line, text))
    except BadFile as bad:
        faults.append(Fault(path, bad.line, bad.text))
    except csv.Error as error:
        text = f"is not valid CSV ({error}): mend its quotes."
        faults.append(Fault(path, max(rows.line_num, 1), text))
    return found


def _lines(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    # An empty line between the rows is nobody's fault.
    for cells in rows:
        if cells:
            yield rows.line_num, cells  # type: ignore[attr-defined]
