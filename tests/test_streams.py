"""Open pages in the hands of a web process: taken over, let go, and not kept for who has gone."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from luwte.chat.pressure import pressure
from luwte.lines import Lines, Patience
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with redis_server() as store, running(tmp_path, redis_url=store.url, workers=1) as service:
        yield service


def opened(visitor: Visitor, service: Service) -> socket.socket:
    """The visitor's event stream, as it comes over the wire."""
    line = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    line.sendall(
        f"GET /chat/events HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n"
        f"Authorization: Bearer {visitor.token}\r\n\r\n".encode()
    )
    return line


def read_until(line: socket.socket, wanted: bytes) -> bytes:
    """All that came until then; fails when the line ends before."""
    found = b""
    while wanted not in found:
        part = line.recv(65_536)
        assert part, found
        found += part
    return found


def test_a_stream_is_framed_from_its_first_byte_to_its_last(house: Service) -> None:
    visitor, advisor = Visitor(house), Advisor(house.hires("Noor")).signs_in()
    visitor.asks()
    line = opened(visitor, house)
    head = read_until(line, b'"waiting"')
    assert b"Transfer-Encoding: chunked" in head and b"Connection: close" in head

    name = advisor.takes().json()["conversation"]
    advisor.says(name, "hallo\n\nñ")
    body = read_until(line, b"event: message")
    visitor.ends()
    body += read_until(line, b"0\r\n\r\n")
    assert line.recv(100) == b""
    assert b"event: ended" in body

    chunks = (head.partition(b"\r\n\r\n")[2] + body).decode("latin-1")
    while chunks:
        size, _, rest = chunks.partition("\r\n")
        assert rest[int(size, 16) :].startswith("\r\n"), rest[:200]
        chunks = rest[int(size, 16) + 2 :]
    assert size == "0"


def test_pages_are_told_to_come_back_when_their_process_ends(house: Service) -> None:
    visitor = Visitor(house)
    visitor.asks()
    line = opened(visitor, house)
    read_until(line, b'"waiting"')

    house.process.terminate()

    rest = read_until(line, b"0\r\n\r\n")
    assert re.search(rb"\nretry: \d+\n\n\r\n0\r\n\r\n$", rest), rest


def test_a_process_that_ends_answers_what_is_on_its_way_and_lets_go_of_the_rest(
    house: Service,
) -> None:
    asked, idle, new = (socket.create_connection(("127.0.0.1", house.port)) for _ in range(3))
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    idle.sendall(request + b"\r\n")
    read_until(idle, b'"alive"}\n')
    asked.sendall(request)  # its end is still to come

    house.process.terminate()

    assert idle.recv(4096) == b"", "nobody sends anything on a line that is about to break"
    until(lambda: _is_refused(house.port), "who comes now is sent elsewhere")
    for line in (asked, new):
        line.sendall(b"\r\n" if line is asked else request + b"\r\n")
        answer = line.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200") and b"Connection: close" in answer


def _is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_who_has_gone_is_not_answered_while_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines(Patience(request_s=20, idle_s=75), places=100)
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours, theirs = [], []
        for _ in range(2):
            theirs.append(socket.create_connection(server.getsockname()))
            theirs[-1].sendall(b"GET / HTTP/1.1\r\n\r\n")
            ours.append(server.accept()[0])
        theirs[0].close()

        assert not lines.is_for_nobody(ours[0]), "in calm times everybody is"
        monkeypatch.setattr(type(pressure), "is_behind", True)
        until(lambda: lines.is_for_nobody(ours[0]), "the first is known to have gone")
        assert not lines.is_for_nobody(ours[1])
        for line in (*ours, theirs[1]):
            line.close()
