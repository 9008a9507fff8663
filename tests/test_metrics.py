"""What monitoring is told: counts of all web processes, in steps where people are counted, and
nothing at all for who has no token."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from flask import Flask

from luwte.application import create_app
from luwte.chat.counts import NAMES, ROWS, Counts
from luwte.config import BadSetting, Settings
from luwte.metrics_text import in_steps
from tests.chaos.running import OPEN_DOOR, kill_a_worker
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, get, running

TOKEN = "meet-maar-mee-0123"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SETTINGS = Settings(secret_keys=("geheim",), redis_url="redis://127.0.0.1:1", always_open=True)
# What may stand in a label: never a region, a path, a name or a number of somebody.
LABELS = {
    "status": {"1xx", "2xx", "3xx", "4xx", "5xx"},
    "reason": {"closed", "full", "kept-out", "limited", "unavailable"},
    "what": {"typing", "places", "starts"},
    "lane": {"public", "professional"},
    "le": {"0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "+Inf"},
}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(replace(SETTINGS, metrics_token=TOKEN))


@pytest.fixture(scope="module")
def monitored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("monitored")
    with (
        redis_server() as store,
        running(folder, redis_url=store.url, METRICS_TOKEN=TOKEN, **OPEN_DOOR) as service,
    ):
        yield service


def told(service: Service) -> dict[str, float]:
    """Each line's name with its labels, and its value."""
    page = get(f"{service.url}/metrics", headers=BEARER, timeout=30)
    assert page.status_code == 200
    lines = [line for line in page.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_without_the_token_there_is_no_such_page(app: Flask) -> None:
    without = create_app(SETTINGS).test_client()
    client = app.test_client()
    for there, method, path, headers in (
        (without, "GET", "/metrics", BEARER),
        (client, "GET", "/metrics", {}),
        (client, "GET", f"/metrics?token={TOKEN}", {}),
        (client, "GET", "/metrics", {"Authorization": "Bearer x"}),
        (client, "GET", "/metrics", {"Authorization": "Bearer \xff"}),
        (client, "GET", "/metrics", {"Authorization": f"Basic {TOKEN}"}),
        (client, "POST", "/metrics", BEARER),
    ):
        asked = there.open(path, method=method, headers=headers)
        nowhere = without.get("/nergens", headers=headers)
        told = nowhere.data.replace(b"/nergens", b"/metrics")
        assert (asked.status_code, asked.data) == (404, told)
    for method in ("OPTIONS", "PUT", "DELETE", "PATCH"):
        answer = client.open("/metrics", method=method)
        assert answer.status_code == 404 and "Allow" not in answer.headers


def test_no_page_leads_there(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/sitemap.xml", "/robots.txt", "/desk/sign-in"):
        assert "metrics" not in client.get(path).text, path


def test_it_is_no_page_for_a_browser_to_keep(app: Flask) -> None:
    answer = app.test_client().get("/metrics", headers=BEARER)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/plain"
    assert "Set-Cookie" not in answer.headers


def test_labels_say_nothing_of_anybody(app: Flask) -> None:
    client = app.test_client()
    client.get("/kenwoord/geheim?kenwoord", headers={"User-Agent": "kenwoord", "Cookie": "k=v"})
    page = client.get("/metrics", headers=BEARER | {"User-Agent": "kenwoord"}).text

    assert "kenwoord" not in page and "127.0.0.1" not in page
    for name, value in re.findall(r'(\w+)="([^"]*)"', page):
        assert value in LABELS[name]


def test_the_counts_are_those_of_all_processes(monitored: Service) -> None:
    until(lambda: told(monitored)["luwte_workers"] == 2, "both processes are there")
    before = told(monitored)
    assert before["luwte_store_up"] == 1
    for _ in range(15):  # each on a connection of its own, and so at either process
        assert get(f"{monitored.url}/healthz").status_code == 200
        assert get(f"{monitored.url}/nergens/").status_code == 404

    after = told(monitored)
    for status in ("2xx", "4xx"):
        name = f'luwte_requests_total{{status="{status}"}}'
        assert after[name] >= before[name] + 10
        assert after[name] % 10 == 0


def test_people_are_told_in_steps(monitored: Service) -> None:
    waiting = 'luwte_chats_waiting{lane="public"}'
    crowd = [Visitor(monitored) for _ in range(6)]
    pages = []
    for number, visitor in enumerate(crowd):
        assert visitor.asks().status_code == 201
        pages.append(visitor.listens())
        until(lambda: pages[-1].of("state"), "the page is open")
        if number == 3:
            quiet = told(monitored)
            assert (quiet[waiting], quiet["luwte_streams_open"]) == (0, 0), "four are nobody"
    busy = told(monitored)
    assert (busy[waiting], busy["luwte_streams_open"]) == (5, 5)
    assert busy["luwte_chats_open"] == 0

    advisor = Advisor(monitored.hires("Noor")).signs_in()
    taken = advisor.takes().json()["conversation"]
    desk = advisor.listens()
    for number in range(12):
        advisor.says(taken, f"hallo {number}")
    until(lambda: len(desk.texts()) == 12, "all arrived")
    after = told(monitored)
    assert after['luwte_delivery_seconds_bucket{le="+Inf"}'] >= 10
    steps = [many for name, many in after.items() if name.startswith("luwte_delivery_seconds")]
    assert not [many for many in steps if many % 10]
    for visitor in crowd:
        visitor.ends()
    until(lambda: told(monitored)[waiting] == 0, "nobody waits")


def test_a_process_that_is_killed_takes_its_open_pages_along(monitored: Service) -> None:
    kill_a_worker(monitored, 0)
    kill_a_worker(monitored, 1)
    until(lambda: answered(monitored, "luwte_workers") == 2, "two others run")
    assert answered(monitored, "luwte_streams_open") == 0


def answered(service: Service, name: str) -> float | None:
    try:
        return told(service)[name]
    except httpx.HTTPError:
        return None


def test_why_a_chat_could_not_begin_is_counted(app: Flask) -> None:
    client = app.test_client()  # there is no store at its address
    name = 'luwte_starts_refused_total{reason="unavailable"}'
    before = client.get("/metrics", headers=BEARER).text
    for _ in range(10):
        assert client.post("/chat", data={"audience": "self"}).status_code == 503
    after = client.get("/metrics", headers=BEARER).text

    assert value(after, name) == value(before, name) + 10
    assert (
        value(after, "luwte_store_errors_total") >= value(before, "luwte_store_errors_total") + 10
    )
    assert value(after, "luwte_store_up") == 0


def value(page: str, name: str) -> float:
    return float(page.partition(f"\n{name} ")[2].split()[0])


def test_processes_count_together_and_end_alone() -> None:
    shared = Counts()
    for number in (1, 2, 3):
        shared.begin(number)
        shared.add("streams", number)
        shared.delivered(0.01 * number)
    assert (shared.of("alive"), shared.of("streams")) == (3, 6)

    shared.end(2)

    assert (shared.of("alive"), shared.of("streams")) == (2, 4)
    assert list(shared.lags()) == [3] * 8, "what was counted stays"
    shared.begin(ROWS + 1)
    assert shared.of("alive") == 2
    with pytest.raises(KeyError):
        shared.add("who it was")


def test_counting_costs_next_to_nothing() -> None:
    shared = Counts()
    before = time.process_time()
    for _ in range(10_000):
        shared.add(NAMES[3])
    # A tenth of a thousandth of a second each would be much already.
    assert time.process_time() - before < 1


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 0), (4, 0), (5, 5), (9, 5), (10, 10)])
def test_a_step_is_a_whole_one(count: int, shown: int) -> None:
    assert in_steps(count, 5) == shown


@pytest.mark.parametrize("token", ["kort", "met spaties erin 0123456789", "é" * 20])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(BadSetting, match="LUWTE_METRICS_TOKEN"):
        Settings.from_env({"LUWTE_METRICS_TOKEN": token})
