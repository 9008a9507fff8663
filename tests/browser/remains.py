"""What a closed profile holds of one site: history, cookies, stores, caches."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.browser import caches, leveldb
from tests.browser.forensics import SQLITE, cells, database, files

CACHES = {"Cache": "cache", "Code Cache": "code cache", "CacheStorage": "cache storage"}
STORES = ("Local Storage", "Session Storage", "IndexedDB", "Service Worker", "CacheStorage")


class Row(NamedTuple):
    """One visit in the history; an address without a visit has visit 0."""

    url: str
    title: str
    visit: int


class Kept(NamedTuple):
    """Something of the site in a store or cache."""

    kind: str
    path: str
    what: str


def history_rows(profile: Path) -> list[Row]:
    """Every visit and every address of the history database, oldest first."""
    asked = (
        "SELECT urls.url, urls.title, coalesce(visits.id, 0) FROM urls"
        " LEFT JOIN visits ON visits.url = urls.id"
        " UNION SELECT '', '', visits.id FROM visits"
        " WHERE visits.url NOT IN (SELECT id FROM urls) ORDER BY 3"
    )
    return [
        Row(url.decode(), title.decode(), visit)
        for url, title, visit in _asked(profile / "Default" / "History", asked)
    ]


def cookies_of(profile: Path, origin: str) -> list[str]:
    """The names of the cookies for the origin's host; cookies know no port."""
    host = (urlsplit(origin).hostname or "").encode()
    names = []
    for path in (profile / "Default").rglob("Cookies"):
        for name, domain in _asked(path, "SELECT name, host_key FROM cookies"):
            if domain.lstrip(b".") == host:
                names.append(name.decode())
    return names


def storage_of(profile: Path, origin: str) -> list[Kept]:
    """What stores and caches hold of the origin; overwritten and deleted entries count."""
    parts = urlsplit(origin)
    # Folders and buckets write an origin in their own way.
    folder = f"{parts.scheme}_{parts.hostname}_{parts.port or 0}"
    names = [origin.encode(), folder.encode(), origin.encode("utf-16-le")]
    return list(dict.fromkeys(_kept(profile, names)))


def _kept(profile: Path, names: list[bytes]) -> Iterator[Kept]:
    for path in files(profile):
        place = path.relative_to(profile)
        for name, kind in CACHES.items():
            if name in place.parts:
                yield from _in_cache(kind, path, str(place), names)
        store = next((part for part in STORES if part in place.parts), "")
        if store:
            yield from _in_store(store, path, str(place), names)
        if path.name == "QuotaManager":
            yield from _buckets(path, str(place), names)


def _in_cache(kind: str, path: Path, place: str, names: list[bytes]) -> Iterator[Kept]:
    keys = [entry.key for entry in caches.entries(path)]
    if path.read_bytes()[: len(SQLITE)] == SQLITE:
        keys += [cell for _, _, column, cell in cells(path) if column == "cache_key"]
    for key in keys:
        if any(origin in key for origin in names):
            yield Kept(kind, place, key.decode("utf-8", "replace"))


def _in_store(store: str, path: Path, place: str, names: list[bytes]) -> Iterator[Kept]:
    if any(origin in place.encode() for origin in names):
        yield Kept(store, place, "file")
    if not leveldb.is_leveldb(path.parent):
        return
    for key, value in leveldb.entries(path):
        if any(origin in key or origin in (value or b"") for origin in names):
            yield Kept(store, place, key.decode("utf-8", "replace"))


def _buckets(path: Path, place: str, names: list[bytes]) -> Iterator[Kept]:
    for key, bucket in _asked(path, "SELECT storage_key, name FROM buckets"):
        if any(origin in key for origin in names):
            yield Kept("bucket", place, (key + b" " + bucket).decode())


def _asked(path: Path, query: str) -> list[Any]:
    if not path.is_file():
        return []
    with tempfile.TemporaryDirectory() as folder:
        connection = database(path, folder)
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            raise AssertionError(f"{path.name}: {error}") from error
        finally:
            connection.close()
