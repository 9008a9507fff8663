"""Pages that are the same for everyone, against a bare Flask hello under the same server."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.running import children_of
from tests.load.house import House, cpu_of
from tests.load.report import Figure
from tests.servers import ended, free_port, until

if TYPE_CHECKING:
    from tests.load.rounds import Sizes

ARTICLE = "/geweld-thuis/dwingende-controle"
WEIGHTS = {"Home": ("/", 14), "Article": (ARTICLE, 14), "Chat": ("/chat", 18)}
FIRST, ASKED = 50, 3000
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def _hello() -> Iterator[tuple[int, int]]:
    """Port and process of the bare application, under gunicorn with our options."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2"),
            *("--worker-class", "gevent", "--keep-alive", "75", "tests.load.hello:app"),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(port), "hello is there")
        yield port, process.pid
    finally:
        ended(process)


def _answers(port: int) -> bool:
    try:
        _get(http.client.HTTPConnection("127.0.0.1", port, timeout=2), "/")
    except OSError:
        return False
    return True


def _get(line: http.client.HTTPConnection, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    line.request("GET", path, headers={"Accept-Encoding": "gzip", "User-Agent": "bench"})
    answer = line.getresponse()
    return answer, answer.read()


def _cpu_ms(port: int, pids: list[int], path: str, count: int) -> float:
    """Processor time of the server for one request, in ms."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(FIRST):
        _get(line, path)
    before = sum(map(cpu_of, pids))
    for _ in range(count):
        _get(line, path)
    line.close()
    return 1000 * (sum(map(cpu_of, pids)) - before) / count


def pages(house: House, sizes: Sizes) -> Iterator[Figure]:
    """By processor time: so it holds whoever asks, and how fast."""
    count = ASKED if sizes.streams > 1000 else ASKED // 3
    with _hello() as (port, pid):
        bare = []
        ours = []
        for _ in range(3):  # in turn: what else the machine does falls on both
            bare.append(_cpu_ms(port, [pid, *children_of(pid)], "/", count))
            ours.append(_cpu_ms(house.service.port, house.processes(), ARTICLE, count))
    hello, article = sorted(bare)[1], sorted(ours)[1]
    note = f"{article:.3f} ms of processor time, so {1000 / article:,.0f} a second on each core"
    yield Figure("Articles against a bare Flask hello", hello / article, "×", "≥ 1", note)
    for name, (path, most_kib) in WEIGHTS.items():
        yield Figure(f"{name}, first view", _weight(house, path) / 1024, "KiB", f"≤ {most_kib}")


def _weight(house: House, path: str) -> int:
    """Over the wire, with the head of the answer."""
    line = http.client.HTTPConnection("127.0.0.1", house.service.port)
    answer, body = _get(line, path)
    line.close()
    head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    return head + len("HTTP/1.1 200 OK\r\n\r\n") + len(body)
