"""The store is gone and comes back: the help stays up, the chat says so, and recovers by itself."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.chaos.running import OPEN_DOOR
from tests.chaos.stores import Cluster, cluster
from tests.servers import RedisServer, redis_server, until
from tests.service import Advisor, Service, Visitor, running

# The store may take 1.5 s to say nothing; the rest is ours. Double on a machine that is busy.
HANG_S = 2.0
BUSY_S = 2.0


@pytest.fixture
def store() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def service(store: RedisServer, tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path, redis_url=store.url, **OPEN_DOOR) as service:
        yield service


class Asked:
    """Asks for everything at once; how long each answer took, and what it was."""

    def __init__(self, visitor: Visitor, advisor: Advisor, path: str) -> None:
        self.visitor, self.advisor, self.article = visitor, advisor, path
        self.took = 0.0

    def all(self) -> dict[str, httpx.Response]:
        answers: dict[str, httpx.Response] = {}
        newcomer = Visitor(self.visitor.service)
        asked = {
            "start": lambda: newcomer.asks(),
            "say": lambda: self.visitor.says("is daar iemand?"),
            "listen": lambda: self.visitor.http.get("/chat/events"),
            "end": lambda: Visitor(self.visitor.service).http.post("/chat/end", data=TOKEN),
            "return": lambda: newcomer.http.post("/chat/return", data={"code": "een twee drie"}),
            "take": lambda: self.advisor.takes(),
            "desk": lambda: self.advisor.http.get("/desk/events"),
        }

        def ask(name: str) -> None:
            began = time.monotonic()
            answers[name] = asked[name]()
            self.took = max(self.took, time.monotonic() - began)

        threads = [threading.Thread(target=ask, args=(name,)) for name in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return answers
