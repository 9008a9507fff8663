"""Searches all that a closed browser left in its profile for words that must not be there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.browser import caches, leveldb
from tests.browser.needles import Needles
from tests.browser.sealed import opened
from tests.browser.unpacking import decoded, inside

SQLITE = b"SQLite format 3\0"
SESSION = b"SNSS"
SEALED_SESSION = 5


class Finding(NamedTuple):
    """A marker that was found; `path` is relative to the profile."""

    path: str
    where: str
    marker: str
    how: str


class View(NamedTuple):
    """A piece of a file, made readable."""

    where: str
    data: bytes


def search(profile: Path, markers: Iterable[str]) -> list[Finding]:
    """Every marker in every file, raw and decoded. The browser must have been closed."""
    needles = Needles(markers)
    found: dict[Finding, None] = {}
    for path in files(profile):
        name = str(path.relative_to(profile))
        for where, data in views(path, name):
            for needle, at in needles.found_in(data):
                place = f"{where} at {at}" if where == "raw" else where
                found[Finding(name, place, needle.marker, needle.how)] = None
    return list(found)


def files(profile: Path) -> Iterator[Path]:
    """The files of a profile; links (the browser's own lock) are not followed."""
    for path in sorted(profile.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def views(path: Path, name: str) -> Iterator[View]:
    """All that one file says: its name, its bytes, and what its format hides."""
    data = path.read_bytes()
    yield View("name", name.encode())
    yield View("raw", data)
    for how, plain in inside(data):
        yield View(how, plain)
    if data.startswith(SQLITE):
        for table, row, column, cell in cells(path):
            yield from _cell_views(f"{table}.{column} row {row}", cell)
    elif data.startswith(SESSION):
        yield from _session_commands(data)
    elif data[:1] in (b"{", b"["):
        yield from _json_texts(data)
    if leveldb.is_leveldb(path.parent):
        yield from _leveldb_views(path, data)
    for entry in caches.entries(path):
        yield from _cache_views(entry)


def database(path: Path, folder: str) -> sqlite3.Connection:
    """Opens a copy with its journals, as the browser would at its next start.

    Rolling back or replaying a journal changes the file, so it is never done on the evidence.
    """
    for part in path.parent.glob(f"{path.name}*"):
        if part.name in (path.name, f"{path.name}-wal", f"{path.name}-journal"):
            shutil.copy(part, folder)
    connection = sqlite3.connect(Path(folder) / path.name)
    connection.text_factory = bytes
    return connection


def cells(path: Path) -> Iterator[tuple[str, int, str, bytes]]:
    """Table, row, column and content of every cell, also where a text spans pages on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        connection = database(path, folder)
        try:
            yield from _all_cells(connection)
        finally:
            connection.close()


def _cell_views(where: str, cell: bytes) -> Iterator[View]:
    yield View(where, cell)
    for how, plain in (("opened", opened(cell)), *inside(cell), *decoded(cell)):
        yield View(f"{where} ({how})", plain)


def _all_cells(connection: sqlite3.Connection) -> Iterator[tuple[str, int, str, bytes]]:
    listed = "SELECT name FROM sqlite_master WHERE type = 'table'"
    try:
        tables = [name.decode() for (name,) in connection.execute(listed).fetchall()]
    except sqlite3.DatabaseError:
        return  # cut off in the middle of a write: the raw search has seen it
    for table in tables:
        try:
            rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            columns = [part[0] for part in rows.description]
            for number, row in enumerate(rows):
                for column, cell in zip(columns, row, strict=True):
                    yield table, number, column, _bytes(cell)
        except sqlite3.DatabaseError:
            continue


def _bytes(cell: Any) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()


def _session_commands(data: bytes) -> Iterator[View]:
    """Sessions and tabs: a list of commands, each with its size and kind."""
    at, sealed = 8, struct.unpack_from("<I", data, 4)[0] >= SEALED_SESSION
    head = 4 if sealed else 2
    while at + head <= len(data):
        size = int.from_bytes(data[at : at + head], "little")
        command = data[at + head : at + head + size]
        if sealed:
            command = opened(command)
        yield View(f"session command {command[:1].hex()} at {at}", command[1:])
        at += head + size


def _json_texts(data: bytes) -> Iterator[View]:
    """The texts in a JSON file, which may be escaped there; a file of lines is read by line."""
    for text in [data, *data.splitlines()] if data.count(b"\n") > 1 else [data]:
        try:
            whole = json.loads(text)
        except ValueError:
            continue
        yield from _within("", whole)


def _within(path: str, value: Any) -> Iterator[View]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield View(f"{path} (key)", str(key).encode())
            yield from _within(f"{path}/{key}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _within(path, part)
    elif isinstance(value, str):
        yield View(path, value.encode("utf-8", "surrogatepass"))


def _leveldb_views(path: Path, data: bytes) -> Iterator[View]:
    if path.name.startswith("MANIFEST-"):
        for record in leveldb.records(data):
            yield View("manifest", record)
    for key, value in leveldb.entries(path):
        name = key.decode("latin-1").encode("unicode_escape").decode()[:80]
        yield View(f"key {name}", key)
        if value is not None:
            yield View(f"value of {name}", value)
            for how, plain in inside(value):
                yield View(f"value of {name} ({how})", plain)


def _cache_views(entry: caches.Cached) -> Iterator[View]:
    name = entry.key.decode("utf-8", "replace")
    yield View("cache key", entry.key)
    for number, stream in enumerate(entry.streams):
        yield View(f"stream {number} of {name}", stream)
        for how, plain in decoded(stream):
            yield View(f"stream {number} of {name} ({how})", plain)
