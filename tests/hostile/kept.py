"""All that the service keeps, in Redis and in SQL: what became different, and when."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from luwte.chat.database import engine_for, reading
from luwte.config import Settings
from tests.service import Service

# What is asked is counted, and whoever asks is still there: says nothing of what was sent.
MOVES = re.compile(
    r"limit.*|\{staff\}:(looked|round|present|figures:turn)|tries:.*|\{out\}:salt:.*|\{starts\}:.*"
    r"|\{staff:\d+\}:(sessions|present.*|seen.*)|\{[A-Z0-9]+\}:(seen|quiet|present.*)"
    r"|audit:.*"
)
# Every key with the digest of its value; no value leaves the store.
DIGESTS = """
local found, cursor = {}, '0'
repeat
  local part = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = part[1]
  for _, key in ipairs(part[2]) do
    found[#found + 1] = key
    found[#found + 1] = redis.sha1hex(redis.call('DUMP', key) or '')
  end
until cursor == '0'
return found
"""


class Kept:
    """Compares what is kept now with what was kept when it was last asked."""

    def __init__(self, service: Service) -> None:
        self._digests = service.looks_into_its_store().register_script(DIGESTS)
        self._engine = engine_for(Settings.from_env(service.env).sql_url)
        self._folder = service.folder
        self._before: dict[str, str] = {}
        self.changed()

    def changed(self) -> list[str]:
        """The names of keys, tables and files that are new, gone or different since."""
        before, self._before = self._before, self._now()
        names = before.keys() | self._before.keys()
        return sorted(name for name in names if before.get(name) != self._before.get(name))

    def _now(self) -> dict[str, str]:
        flat: Any = self._digests()
        keys = {
            key.decode(): digest.decode() for key, digest in zip(*[iter(flat)] * 2, strict=True)
        }
        found = {name: digest for name, digest in keys.items() if not MOVES.fullmatch(name)}
        return found | self._tables() | self._files()

    def _tables(self) -> dict[str, str]:
        found = {}
        with reading(self._engine) as session:
            for table in inspect(session.connection()).get_table_names():
                rows = session.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
                found[f"table {table}"] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return found

    def _files(self) -> dict[str, str]:
        """Those of the database belong to the tables."""
        files = (path for path in self._folder.rglob("*") if "sqlite3" not in path.name)
        return {f"file {path.relative_to(self._folder)}": _size(path) for path in files}

    def close(self) -> None:
        self._engine.dispose()


def _size(path: Path) -> str:
    return f"{path.stat().st_size}" if path.is_file() else ""
