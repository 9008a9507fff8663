"""What the tests share: real stores, and actors that do what people do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from luwte.chat.store import connect
from tests.servers import RedisServer, redis_server
from tests.service import Advisor, Service, running


@pytest.fixture(scope="session")
def redis_of_the_run() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(redis_of_the_run: RedisServer) -> Iterator[Redis]:
    """An empty store."""
    client = connect(redis_of_the_run.url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session", params=["redis-server", "embedded"])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The whole service: once on a real Redis, once as it comes out of the box."""
    folder = tmp_path_factory.mktemp("service")
    if request.param == "embedded":
        with running(folder) as service:
            yield service
        return
    with redis_server() as server, running(folder, redis_url=server.url) as service:
        yield service


@pytest.fixture
def store(service: Service) -> Iterator[Redis]:
    """The running service's own store, to look into."""
    client = service.looks_into_its_store()
    yield client
    client.close()


@pytest.fixture(scope="session")
def _advisor(service: Service) -> Advisor:
    return Advisor(service.hires("Noor")).signs_in()


@pytest.fixture(scope="session")
def _colleague(service: Service) -> Advisor:
    return Advisor(service.hires("Sam")).signs_in()


@pytest.fixture
def advisor(_advisor: Advisor, store: Redis) -> Advisor:
    return _advisor


@pytest.fixture
def colleague(_colleague: Advisor, store: Redis) -> Advisor:
    return _colleague
