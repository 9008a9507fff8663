"""What the tests share: real stores, and actors that do what people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from redis import Redis

from luwte.chat.store import connect
from tests.chaos.stores import Cluster, cluster
from tests.servers import RedisServer, redis_server
from tests.service import Advisor, Service, Stream, running

# What the chat does with its store, and the fixed interface, must hold on a cluster too.
ON_A_CLUSTER_TOO = {
    f"tests.test_{name}"
    for name in (
        "care",
        "contract",
        "conversation",
        "drafts",
        "events",
        "figures",
        "handover",
        "limits",
        "return_code",
        "together",
        "waiting",
    )
}

# The store that comes with the package is a server like the other: what the whole journey and the
# fixed interface ask of it is enough.
ON_THE_EMBEDDED_TOO = {
    "tests.test_contract",
    "tests.browser.test_journey",
}

# The services that several files use.
SHARED: list[Service] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, and what breaks things never all at once: at the end nobody
    waits for a single long file, and meanwhile the machine does different things.
    """
    files = list(dict.fromkeys(item.path for item in items))
    storms = [file for file in files if file.parent.name == "chaos"]
    browsers = [file for file in files if file.parent.name == "browser"]
    browsers.sort(key=lambda file: not file.name.startswith("test_trace"))
    first: list[Path] = []
    while storms or browsers:
        first += [*storms[:1], *browsers[:2]]
        del storms[:1], browsers[:2]
    turn = {file: place for place, file in enumerate(first)}
    items.sort(key=lambda item: turn.get(item.path, len(turn)))


class Teller:
    """Names what failed at once: a run that is cut off must have said what was wrong."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            writer = self._config.get_terminal_writer()
            writer.line(f"\n{report.when} failed: {report.nodeid} ({report.duration:.0f} s)")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Teller(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.module.__name__
    more = ["cluster"] if name in ON_A_CLUSTER_TOO else []
    if "service" in metafunc.fixturenames:
        embedded = ["embedded"] if name in ON_THE_EMBEDDED_TOO else []
        kinds = ["redis-server", *embedded, *more]
        metafunc.parametrize("service", kinds, indirect=True, scope="session")
    elif "redis" in metafunc.fixturenames and more:
        metafunc.parametrize("redis", ["redis-server", *more], indirect=True)


@pytest.fixture(scope="session")
def redis_of_the_run() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def cluster_of_the_run() -> Iterator[Cluster]:
    with cluster() as three:
        yield three


@pytest.fixture
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    """An empty store: one server, or where the chat itself is tested a cluster too."""
    kind = getattr(request, "param", "redis-server")
    name = "cluster_of_the_run" if kind == "cluster" else "redis_of_the_run"
    client = connect(request.getfixturevalue(name).url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Service]]:
    """Gives the service on a kind of store. Each is started once: files take turns with them, and
    a start is the most expensive thing here.
    """
    made: dict[str, Service] = {}
    with ExitStack() as started:

        def service(kind: str) -> Service:
            if kind not in made:
                folder = tmp_path_factory.mktemp(kind)
                made[kind] = started.enter_context(_one_of(kind, folder))
                SHARED.append(made[kind])
            return made[kind]

        yield service
        SHARED.clear()


@pytest.fixture(scope="session")
def service(request: pytest.FixtureRequest, services: Callable[[str], Service]) -> Service:
    """The whole service: once on a real Redis, once as it comes out of the box."""
    return services(request.param)


@contextmanager
def _one_of(kind: str, folder: Path) -> Iterator[Service]:
    if kind == "embedded":
        with running(folder) as service:
            yield service
        return
    stores = cluster() if kind == "cluster" else redis_server()
    with stores as store, running(folder, redis_url=store.url) as service:
        yield service


@pytest.fixture(scope="module", autouse=True)
def _leaves_nobody_behind() -> Iterator[None]:
    """Who still waits, sits at a desk or is kept out would stand in the way of the next file."""
    yield
    Stream.cut_all()
    for service in SHARED:
        client = service.looks_into_its_store()
        client.flushall()
        client.close()


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
