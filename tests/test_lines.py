"""What an ending process still waits for on its lines."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from luwte.lines import BODY, HEAD, IDLE, Line

Ends = tuple[Line, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A line that was just opened, and its client."""
    here, there = socket.socketpair()
    line = Line(here.family, here.type, here.proto, fileno=here.detach())
    line.waits_for(IDLE)
    with closing(line), closing(there):
        yield line, there


def test_who_has_just_connected_is_about_to_ask(ends: Ends) -> None:
    line, _ = ends
    assert line.is_expected(late=line.since - 1)


def test_who_connected_long_ago_and_never_asked_is_not_waited_for(ends: Ends) -> None:
    """Browsers open lines that they may need later."""
    line, _ = ends
    assert not line.is_expected(late=line.since + 1)


@pytest.mark.parametrize("is_new", [True, False])
def test_what_was_sent_and_not_read_yet_is_waited_for(ends: Ends, is_new: bool) -> None:
    line, client = ends
    line.is_new = is_new
    client.sendall(b"G")
    assert line.is_expected(late=line.since + 1)


def test_who_asked_and_was_answered_is_not_waited_for(ends: Ends) -> None:
    line, client = ends
    client.sendall(b"G")
    assert line.recv(1) == b"G"
    assert line.phase == HEAD
    assert line.is_expected(late=time.monotonic())
    line.waits_for(BODY)  # its request is counted by who answers it
    assert not line.is_expected(late=line.since - 1)
    line.waits_for(IDLE)
    assert not line.is_expected(late=line.since - 1)


def test_who_has_hung_up_is_not_waited_for(ends: Ends) -> None:
    line, client = ends
    client.close()
    assert not line.is_expected(late=line.since + 1)
