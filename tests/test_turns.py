"""Who asks for very much at once waits for itself, and nobody waits for a client that is slow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from luwte import turns
from luwte.turns import Turns
from tests.servers import until

SCHOOL, HER = "192.0.2.1", "2001:db8::1"


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may = threading.Event()

    def __call__(self, environ: dict[str, Any], _: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ["REMOTE_ADDR"])
        assert self.may.wait(60)
        if environ.get("fails"):
            raise RuntimeError
        return [b"done"]


def asks(door: Turns, address: str, **more: Any) -> threading.Thread:
    def ask() -> None:
        with pytest.raises(RuntimeError) if more else threading.Lock():
            door({"REMOTE_ADDR": address, **more}, lambda *_: None)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_a_client_that_asks_for_too_much_at_once_keeps_nobody_else_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 60)
    app = Slow()
    door = Turns(app, at_once=2)
    crowd = [asks(door, SCHOOL) for _ in range(5)]
    until(lambda: len(app.asked) == 2, "two of them have a turn")
    asking = door._asking[SCHOOL]
    until(lambda: door._asking[SCHOOL][1] == 5, "the others wait")
    her = [asks(door, HER), asks(door, "2001:db8::2")]
    until(lambda: len(app.asked) == 4, "another network is served at once")
    assert app.asked.count(SCHOOL) == 2 and asking[0] is door._asking[SCHOOL][0]

    app.may.set()
    for thread in (*crowd, *her):
        thread.join()
    assert app.asked.count(SCHOOL) == 5
    assert door._asking == {}, "no address is kept"


def test_who_is_slow_keeps_nobody_waiting_for_long_even_behind_the_same_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.1)
    app = Slow()
    door = Turns(app, at_once=1)
    both = [asks(door, SCHOOL), asks(door, SCHOOL)]
    until(lambda: len(app.asked) == 2, "the second goes on without a turn")
    app.may.set()
    for thread in both:
        thread.join()


def test_a_fault_gives_the_turn_back() -> None:
    app = Slow()
    app.may.set()
    door = Turns(app, at_once=1)
    for _ in range(3):
        asks(door, SCHOOL, fails=True).join()
    asks(door, SCHOOL).join()
    assert door._asking == {} and len(app.asked) == 4
