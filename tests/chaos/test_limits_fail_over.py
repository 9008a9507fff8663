"""The limits keep their counts by sentinels too: the loss of a primary opens no door."""

from __future__ import annotations

from pathlib import Path

from redis import Redis

from luwte.chat.store import connect
from luwte.config import LIMITS
from tests.chaos.stores import watched
from tests.house import house_on
from tests.servers import until
from tests.test_limits import ANOTHER, client, starts


def test_who_is_limited_stays_limited_when_the_primary_is_lost(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'data' / 'luwte.sqlite3'}"
    rates = LIMITS | {"starts": "2 per hour"}
    with (
        watched() as stores,
        house_on(database, connect(stores.url), stores.url, tmp_path, limits=rates) as house,
    ):
        her, another = client(house), client(house, ANOTHER)
        assert [starts(her).status_code for _ in range(3)] == [201, 201, 429]
        before = _counted(stores.primary.port)
        assert before
        copies = [replica.port for replica in stores.replicas]
        until(lambda: [_counted(port) for port in copies] == [before] * 2, "the replicas have it")

        stores.kill_primary()

        until(lambda: starts(her).status_code != 503, "another server is the primary")
        assert starts(her).status_code == 429
        assert [starts(another).status_code for _ in range(3)] == [201, 201, 429]


def _counted(port: int) -> dict[bytes, int]:
    """How many each limit has counted, on that server."""
    with Redis(port=port) as server:
        names = [name for name in server.scan_iter("*limit*") if server.type(name) == b"list"]
        return {name: server.llen(name) for name in names}
