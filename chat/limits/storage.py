"""Where the library of the limits keeps its counts: our own store, by our own connection.

The library would connect by itself; it knows neither how we ask sentinels nor how long a visitor
may wait for an answer. Each of its counts is one key with an expiry, so it holds on a cluster too.
"""

from __future__ import annotations

from typing import Any

from limits.storage import Storage
from limits.storage.redis import RedisStorage
from redis import Redis

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
