"""Where the library of the limits keeps its counts: our own store, by our own connection.

The library would connect by itself; it knows neither how we ask sentinels nor how long a visitor
may wait for an answer. Each of its counts is one key with an expiry, so it holds on a cluster too.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from limits.storage import Storage
from limits.storage.redis import RedisStorage
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import NoScriptError

from ..store import UNREACHABLE

SCHEME = "luwte"


class OurStore(RedisStorage):
    """`luwte://` with the option `client`: the moving window of `limits` on a client of ours."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012
    DEPENDENCIES = {}  # noqa: RUF012

    def __init__(self, uri: str, *, client: Redis, **options: Any) -> None:
        # Past RedisStorage's own, which would open a connection.
        Storage.__init__(self, uri, **options)
        self.key_prefix = "limit"
        self.storage = client
        self.initialize_storage(uri)

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return UNREACHABLE

    def acquire_all(self, entries: Sequence[tuple[str, int, int]]) -> int:
        """`acquire_entry` for several (key, limit, expiry), all or none, in one journey to the
        store and back. Returns the place of the first that is full, or -1.
        """
        acquired = self._each(entries)
        if all(acquired):
            return -1
        for (key, _, _), one in zip(entries, acquired, strict=True):
            if one:  # what is refused for another reason uses up nothing
                self.storage.lpop(self.prefixed_key(key))
        return acquired.index(False)

    def _each(self, entries: Sequence[tuple[str, int, int]]) -> list[bool]:
        if isinstance(self.storage, RedisCluster):  # they stand on different servers
            return [self.acquire_entry(*entry) for entry in entries]
        pipe = self.storage.pipeline(transaction=False)
        for key, limit, expiry in entries:
            sha = self.lua_acquire_moving_window.sha
            pipe.evalsha(sha, 1, self.prefixed_key(key), time.time(), limit, expiry, 1)
        try:
            return [bool(acquired) for acquired in pipe.execute()]
        except NoScriptError:
            return [self.acquire_entry(*entry) for entry in entries]
