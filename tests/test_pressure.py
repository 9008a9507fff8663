"""What gives way when a web process cannot keep up: in order, told honestly, and not for long."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from luwte.chat import hub, pressure
from luwte.chat.events import Event, visitor_events
from luwte.chat.parts import Chat, put_together
from luwte.chat.pressure import (
    EASES_S,
    LATE_S,
    LOOK_EVERY_S,
    LOOKS,
    PLACES,
    STARTS,
    TYPING,
    Pressure,
)
from tests.chaos.running import OPEN_DOOR, children_of
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, running
from tests.test_events import Page
from tests.test_metrics import TOKEN, told

# Every look of the process comes late enough, and no answer of the store too late.
STOPPED_S = LATE_S[-1] + LOOK_EVERY_S
RUNS_S = 0.02


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def felt(pressure: Pressure, *late_s: float) -> list[int]:
    levels = []
    for late in late_s:
        pressure.felt(late)
        levels.append(pressure.level)
    return levels


def test_it_gives_way_in_order_and_not_for_a_single_hold_up() -> None:
    made = Pressure(Clock())

    assert felt(made, 9.0, 9.0, 0.0) == [0, 0, 0]
    assert felt(made, *[LATE_S[0]] * LOOKS)[-1] == TYPING
    assert felt(made, *[LATE_S[1]] * LOOKS)[-1] == PLACES
    assert felt(made, *[LATE_S[2]] * LOOKS)[-1] == STARTS
    made._is_now(0)


def test_it_eases_a_step_at_a_time_and_not_at_once() -> None:
    clock = Clock()
    made = Pressure(clock)
    felt(made, *[5.0] * LOOKS)
    found = []
    for _ in range(4):
        felt(made, 0.0)
        found.append(made.level)
        clock.now += EASES_S
    felt(made, 0.0)

    assert [*found, made.level] == [3, 2, 1, 0, 0]


@pytest.fixture
def chat(redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], {"VT14": "Gelderland"}, cap=30)
    yield made
    made.hub.stop()


@pytest.fixture
def level(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pressure]:
    """Of this process, to be set."""
    monkeypatch.setattr(hub, "PLACES_EVERY_S", 1.0)
    yield pressure.pressure
    pressure.pressure.level = 0


def joins(chat: Chat):
    token, _ = chat.waiting.join(
        queue="VT14", audience="self", danger=False, topic="", lang="nl", key=""
    )
    return chat.waiting.of_token(token)


def test_typing_gives_way_first_and_words_never(chat: Chat, level: Pressure) -> None:
    conversation = joins(chat)
    page = Page(visitor_events(conversation, chat.hub))
    page.hears("state")
    chat.shift("1", "Noor", []).take()
    conversation.typing("advisor")
    page.hears("typing")

    level.level = STARTS
    conversation.typing("advisor")
    conversation.say("advisor", "ik ben er", "k", by="1", name="Noor")
    while page.reads(1) != ["ik ben er"]:  # before it: who came
        pass
    assert [one.name for one in page.heard].count("typing") == 1


def test_places_are_told_less_often_and_the_last_one_always(chat: Chat, level: Pressure) -> None:
    before = [joins(chat) for _ in range(8)]
    page = Page(visitor_events(joins(chat), chat.hub))
    assert place(page.hears("state")) == 9
    level.level = PLACES
    places: list[int] = []
    for one in before:
        one.end("visitor")
    while not places or places[-1] != 1:
        places.append(place(page.hears("state")))

    assert len(places) < len(before)


def place(event: Event) -> int:
    assert event.state
    return event.state.position


@pytest.fixture
def one_process(tmp_path: Path) -> Iterator[Service]:
    settings = {"METRICS_TOKEN": TOKEN, "GIVE_WAY": "auto", **OPEN_DOOR}
    with (
        redis_server() as store,
        running(tmp_path, redis_url=store.url, workers=1, **settings) as service,
    ):
        yield service


@contextmanager
def held_up(service: Service) -> Iterator[None]:
    """A machine that gives the web process hardly any time, until the block ends."""
    (worker,) = children_of(service.process.pid)
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            os.kill(worker, signal.SIGSTOP)
            time.sleep(STOPPED_S)
            os.kill(worker, signal.SIGCONT)
            time.sleep(RUNS_S)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def starts(service: Service, **fields: str) -> httpx.Response:
    visitor = Visitor(service)
    visitor.http.timeout = httpx.Timeout(60)
    return visitor.asks(**fields)


def giving_way(service: Service, what: str) -> float:
    return told(service)[f'luwte_workers_giving_way{{what="{what}"}}']


def test_who_would_be_answered_too_late_is_told_and_who_is_in_is_served(
    one_process: Service,
) -> None:
    service = one_process
    advisor = Advisor(service.hires("Noor")).signs_in()
    visitor = Visitor(service)
    visitor.asks()
    conversation = advisor.takes().json()["conversation"]
    page = visitor.listens()
    for one in (visitor, advisor):
        one.http.timeout = httpx.Timeout(60)

    with held_up(service):
        until(lambda: starts(service).status_code == 503, "new starts are refused")
        refused = starts(service).json()
        assert (refused["reason"], refused["phone"]) == ("full", "0800-2000")
        assert "0800-2000" in refused["error"]
        assert starts(service, danger="yes").status_code == 201
        assert visitor.asks(key=visitor.key).status_code == 200, "who is in stays in"
        assert advisor.says(conversation, "ik ben er").status_code == 201
        until(lambda: "ik ben er" in page.texts("advisor"), "and hears what is said")
        assert giving_way(service, "typing") == giving_way(service, "starts") == 1

    until(lambda: starts(service).status_code == 201, "they are let in again")
    until(lambda: giving_way(service, "typing") == 0, "nothing gives way any more")
    assert "new chats are refused" in service.output.read_text()
