"""All that a service wrote, told, or holds in its stores, to be searched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tests.servers import RedisServer
from tests.service import Service


class Written:
    """What was found, by the place where it was."""

    def __init__(self) -> None:
        self.places: dict[str, bytes] = {}

    def add(self, place: str, content: bytes | str) -> None:
        self.places[place] = content.encode() if isinstance(content, str) else content

    def takes_store(self, place: str, service: Service, store: RedisServer) -> None:
        """Every key and value, as the store would write them to a disk, and what it notes."""
        client = service.looks_into_its_store()
        client.save()
        self.add(place, (store.folder / "dump.rdb").read_bytes())
        (store.folder / "dump.rdb").unlink()
        notes = [client.slowlog_get(), client.acl_log()]
        self.add(f"{place}'s notes", repr(notes))

    def takes_rows(self, database: Path) -> None:
        with closing(sqlite3.connect(database)) as rows:
            self.add("SQL", "\n".join(rows.iterdump()))

    def takes_files(self, *folders: Path) -> None:
        for folder in folders:
            for path in folder.rglob("*"):
                if path.is_file():
                    self.add(str(path), path.read_bytes())

    def tells_of(self, needles: Iterable[str], *but: str) -> dict[str, list[str]]:
        """Which of these stand where; places whose name holds one of `but` are left out."""
        looked_for = {needle: needle.encode() for needle in needles}
        found = {
            place: [needle for needle, raw in looked_for.items() if raw in content]
            for place, content in self.places.items()
            if not any(word in place for word in but)
        }
        return {place: needles for place, needles in found.items() if needles}
