"""Clients that are slow, endless, idle by the thousand or send garbage: others are served all the
while, and the slow ones are cut in the end. `CHAOS_IDLE=10000` for as many as one machine holds.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import gevent
import httpx
import pytest
from gevent import socket as gevent_socket

from luwte.lines import BODY, HEAD, Line, Lines, Patience
from luwte.machine import allow_many_files
from tests.chaos import size
from tests.chaos.running import OPEN_DOOR, children_of
from tests.servers import redis_server, until
from tests.service import Service, Visitor, get, running

# A head may take so long here, a body three times as long.
REQUEST_S = 1
SLOW = 60
IDLE = size("IDLE", 2_000)
ESTABLISHED = "01"
FORM = b"Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """In a hurry with requests: what is slow is cut within seconds."""
    allow_many_files()
    folder = tmp_path_factory.mktemp("hurried")
    hurried = OPEN_DOOR | {"REQUEST_S": str(REQUEST_S)}
    with redis_server() as store, running(folder, redis_url=store.url, **hurried) as service:
        yield service


def a_line(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=30)


def others_are_answered(service: Service) -> None:
    """An article, the chat's page and a whole chat, for somebody else."""
    for path in ("/", "/chat", "/readyz"):
        assert get(f"{service.url}{path}", timeout=30).status_code == 200, path
    visitor = Visitor(service)
    visitor.http.timeout = httpx.Timeout(30)
    assert visitor.asks().status_code == 201
    assert visitor.says("is daar iemand?").status_code == 201
    assert visitor.ends().status_code == 204


def is_cut(line: socket.socket) -> bool:
    """Whether the other end has ended it; reads what was answered."""
    line.setblocking(False)
    try:
        while line.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


@contextmanager
def slowly_sent(lines: list[socket.socket], rest: bytes) -> Iterator[None]:
    """Sends one more byte on each line every now and then, until the end."""
    ended = threading.Event()

    def trickle() -> None:
        for byte in rest * 10_000:
            if ended.wait(0.2):
                return
            for line in lines:
                with suppress(OSError):
                    line.send(bytes([byte]))

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for line in lines:
            line.close()


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (b"", b"G"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-Slow: loris\r\n"),
        (b"POST /chat HTTP/1.1\r\n" + FORM + b"Content-Length: 90000\r\n\r\n", b"a"),
        (b"POST /chat HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ],
    ids=["request line", "headers", "body", "chunks"],
)
def test_who_sends_byte_by_byte_is_cut_and_nobody_waits_for_them(
    service: Service, first: bytes, rest: bytes
) -> None:
    somebody = Visitor(service)
    somebody.asks()
    page = somebody.listens()
    until(lambda: page.of("state"), "the page is open")
    lines = [a_line(service) for _ in range(SLOW)]
    for line in lines:
        line.sendall(first)

    with slowly_sent(lines, rest):
        others_are_answered(service)
        until(lambda: all(is_cut(line) for line in lines), "the slow ones are cut")

    # An open page is not slow: it waits for us.
    somebody.says("ik ben er nog")
    until(lambda: page.texts() == ["ik ben er nog"], "the open page still hears")
    somebody.ends()


def test_who_takes_no_answer_is_cut(service: Service) -> None:
    lines = []
    for _ in range(5):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", service.port))
        # So many answers that no buffer holds them.
        line.setblocking(False)
        with suppress(BlockingIOError):
            line.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000)
        lines.append(line)
    try:
        until(lambda: held(service, lines) == 5, "they are asked")
        others_are_answered(service)
        until(lambda: held(service, lines) == 0, "they are cut")
    finally:
        for line in lines:
            line.close()


def held(service: Service, lines: list[socket.socket]) -> int:
    """How many of these connections the system holds open at the service's end."""
    theirs = {f"0100007F:{line.getsockname()[1]:04X}" for line in lines}
    rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:])
    ours = f"0100007F:{service.port:04X}"
    return sum(row[1] == ours and row[2] in theirs and row[3] == ESTABLISHED for row in rows)


def test_an_endless_body_is_refused(service: Service) -> None:
    endless = b"POST /chat HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    sent = 0
    with a_line(service) as line:
        line.sendall(endless)
        with pytest.raises(OSError):
            for _ in range(10_000):
                line.sendall(chunk)
                sent += len(chunk)
    assert sent < 100_000_000
    others_are_answered(service)


def test_thousands_who_do_nothing_keep_nobody_out(service: Service) -> None:
    with ExitStack() as opened:
        lines = [opened.enter_context(a_line(service)) for _ in range(IDLE)]
        others_are_answered(service)
        assert held(service, lines) == IDLE, "in no hurry, they are left alone"


RANDOM = random.Random(7)
GARBAGE = {
    "noise": RANDOM.randbytes(4_000),
    "noise in lines": RANDOM.randbytes(4_000).replace(b"\0", b"\r\n"),
    "nulls": b"\0" * 4_000,
    "line ends": b"\r\n" * 4_000,
    "no end": b"a" * 100_000,
    "a header without end": b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000,
    "TLS": bytes.fromhex("16030100c8010000c40303") + RANDOM.randbytes(190),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + RANDOM.randbytes(40),
    "HTTP/0.9": b"GET /\r\n\r\n",
    "Redis": b"*1\r\n$8\r\nFLUSHALL\r\n",
    "CONNECT": b"CONNECT luwte.test:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an unknown method": b"PURGE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a DELETE": b"DELETE /chat HTTP/1.1\r\nHost: x\r\n\r\n",
    "broken path": b"GET /\xff\xfe%ff%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "broken query": b"GET /zoeken?q=%ff%c0%af HTTP/1.1\r\nHost: x\r\n\r\n",
    "broken host": b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    "broken headers": b"GET /chat/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n"
    b"Last-Event-ID: \xff\r\nAccept-Language: \xff\r\nAccept: \xff\r\n\r\n",
    "broken form": b"POST /chat HTTP/1.1\r\n" + FORM + b"Content-Length: 18\r\n\r\n"
    b"audience=\xff%ff&key=\xc0",
    "broken JSON": b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b'Content-Length: 6\r\n\r\n{"\xff\xfe":',
    "deep JSON": b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 80000\r\n\r\n" + b"[" * 80_000,
    "a form that is none": b"POST /chat HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: multipart/form-data; boundary=\xff\r\nContent-Length: 4\r\n\r\n--\xff-",
    "a wrong type": b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
    b"Content-Length: 4\r\n\r\n\x89PNG",
    "a strange charset": b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json;"
    b" charset=utf-7\r\nContent-Length: 2\r\n\r\n{}",
    "a negative length": b"POST /chat HTTP/1.1\r\n" + FORM + b"Content-Length: -1\r\n\r\n",
    "two lengths": b"POST /chat HTTP/1.1\r\n" + FORM + b"Content-Length: 1\r\nContent-Length: 2\r\n"
    b"\r\nab",
    "a length and chunks": b"POST /chat HTTP/1.1\r\n" + FORM + b"Content-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "an enormous chunk": b"POST /chat HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n"
    b"ffffffffffffffff\r\naaaa",
}


def test_garbage_is_refused_and_ends_nothing(service: Service) -> None:
    workers = children_of(service.process.pid)
    logged = service.output.read_bytes()
    statuses = {what: status_after(service, sent) for what, sent in GARBAGE.items()}

    faults = {what: status for what, status in statuses.items() if status not in REFUSED}
    assert faults == {}
    others_are_answered(service)
    assert children_of(service.process.pid) == workers
    assert service.output.read_bytes() == logged, "nothing of it is logged"


# 0: no answer, only the end. 200: an unknown query or an odd header is no reason to refuse a page.
REFUSED = (0, 200, 400, 401, 404, 405, 410, 413, 414, 415, 417, 422, 431, 501, 505)


def status_after(service: Service, sent: bytes) -> int:
    with a_line(service) as line:
        answer = b""
        with suppress(OSError):
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while part := line.recv(65_536):
                answer += part
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


# The rule itself


def test_a_crowd_has_less_patience_with_who_does_nothing() -> None:
    patience = Patience(request_s=20, idle_s=75)
    line = Line()
    line._waiting = True
    now = time.monotonic()
    line.since = now - 10
    assert not line.is_late(now, patience, crowded=False)
    assert line.is_late(now, patience, crowded=True)

    line.phase = HEAD
    assert not line.is_late(now, patience, crowded=True)
    assert line.is_late(now + 11, patience, crowded=False)
    line.phase = BODY
    assert not line.is_late(now + 11, patience, crowded=False)
    line._waiting = False  # an open page: it waits for us
    assert not line.is_late(now + 10_000, patience, crowded=True)
    line.close()


def test_more_than_half_of_the_places_are_a_crowd() -> None:
    lines = Lines(Patience(20, 75, idle_when_crowded_s=-1), places=4)
    ends, cut = [], []

    def serves() -> None:
        ours, theirs = gevent_socket.socketpair()
        ends.append(theirs)
        with lines.watched(ours) as line:
            cut.append(line.recv(1))

    for there in (2, 3):
        gevent.spawn(serves)
        if there == 2:
            gevent.spawn(serves)
        gevent.sleep(0)
        lines.cut_the_late()
        gevent.sleep(0.01)
        assert len(cut) == (0 if there == 2 else 3)
