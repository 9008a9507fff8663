"""Open pages and what is said in them, on bare sockets and one epoll: a process of its own that is
not the bottleneck. Told what to do by lines of JSON (see `driver`), and answers each with one line.

Every message carries its round, its talk, its side, its number there and the moment at which it was
due, so whoever receives it knows how long it took, and what is missing, there twice, or out of
order. Both ends of a talk may be in different processes: `driver` puts together what each counted.
"""

from __future__ import annotations

import json
import re
import resource
import select
import socket
import sys
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

SAID = re.compile(rb'"text":"b (\d+) (\d+) ([va]) (\d+) (\d+)"')
# How long an answer that is still under way at the end is waited for.
PATIENCE_S = 20.0
OPENING_AT_ONCE = 200
MOST_POSTS = 300


@dataclass(slots=True)
class Page:
    """An open event stream; a desk hears several talks, a visitor's page its own."""

    side: bytes  # of whoever listens
    unread: bytes = b""
    begun: bool = False


@dataclass(slots=True)
class Post:
    """A kept-alive connection for posts, and which end of a talk speaks on it."""

    line: socket.socket
    speaker: int = -1
    unread: bytes = b""


@dataclass(slots=True)
class Round:
    """What was said and heard here in one measurement."""

    asked: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)  # of what each speaker said last
    heard: int = 0
    twice: int = 0
    disorder: int = 0
    took_ms: list[float] = field(default_factory=list)
    last: dict[bytes, int] = field(default_factory=dict)


class Client:
    """All pages of this process, at one service."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.epoll = select.epoll()
        self.pages: dict[int, tuple[socket.socket, Page]] = {}
        self.posts: dict[int, Post] = {}
        self.free: deque[Post] = deque()
        self.rounds: defaultdict[int, Round] = defaultdict(Round)
        self.round = Round()
        self.silent: deque[int] = deque()  # the ends of talks that wait for no answer
        self.closed = 0
        self.begun = 0

    def _connected(self, address: str) -> socket.socket:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((address, 0))
        line.connect(("127.0.0.1", self.port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _head(self, words: str, headers: str, more: str = "") -> bytes:
        host = f"Host: 127.0.0.1:{self.port}\r\n"
        return f"{words} HTTP/1.1\r\n{host}{headers}{more}\r\n".encode()

    def open(self, pages: list[list[str]]) -> dict[str, Any]:
        """Each page is its path, its headers, its address and its side."""
        began, before = time.monotonic(), self.begun
        waiting = self.begun
        for path, headers, address, side in pages:
            line = self._connected(address)
            line.sendall(self._head(f"GET {path}", headers))
            line.setblocking(False)
            self.pages[line.fileno()] = (line, Page(side.encode()))
            self.epoll.register(line.fileno(), select.EPOLLIN)
            waiting += 1
            while waiting - self.begun > OPENING_AT_ONCE:
                self._look(0.05)
        deadline = time.monotonic() + 60
        while self.begun < waiting and time.monotonic() < deadline:
            self._look(0.05)
        return {"open": self.begun - before, "seconds": time.monotonic() - began}

    def say(
        self, number: int, talks: list[list[str]], rate: float, seconds: float
    ) -> dict[str, Any]:
        """In the round of that number, say so many messages a second in these talks, one after the
        other; each talk is its number, its side, its path, its headers and its address.
        """
        self.round = self.rounds[number]
        self.round.numbers = [0] * len(talks)
        self.silent = deque(range(len(talks)))
        began, due, cpu = time.monotonic(), 0, _cpu_s()
        late: deque[int] = deque()
        most = int(rate * seconds)
        while due < most or late:
            now = time.monotonic() - began
            while due < most and due / rate <= now:
                late.append(int((began + due / rate) * 1e9))
                due += 1
            # Nobody says two things at once: a page waits for the answer.
            while late and self.silent and (self.free or len(self.posts) < MOST_POSTS):
                speaker = self.silent.popleft()
                self._post(number, speaker, talks[speaker], late.popleft())
            self._look(0.001)
            if now > seconds + PATIENCE_S:
                break
        took_s = time.monotonic() - began
        deadline = time.monotonic() + PATIENCE_S
        while self._under_way() and time.monotonic() < deadline:
            self._look(0.01)
        for fd, post in list(self.posts.items()):
            if post.speaker >= 0:
                self._answered(fd, post, "none", goes_on=False)
        return {"unsent": len(late), "seconds": took_s, "client_cpu_s": _cpu_s() - cpu}

    def hear(self, number: int, seconds: float) -> dict[str, Any]:
        """Listen for a while; what was counted of that round until now."""
        self.watch(seconds)
        found = self.rounds[number]
        return {
            "asked": found.asked,
            "answers": found.answers,
            "heard": found.heard,
            "twice": found.twice,
            "disorder": found.disorder,
            "took_ms": [round(one, 2) for one in found.took_ms],
        }

    def _under_way(self) -> bool:
        return any(post.speaker >= 0 for post in self.posts.values())

    def _post(self, round_: int, speaker: int, talk: list[str], at_ns: int) -> None:
        name, side, path, headers, address = talk
        self.round.numbers[speaker] += 1
        number = self.round.numbers[speaker]
        if self.free:
            post = self.free.popleft()
        else:
            post = Post(self._connected(address))
            post.line.setblocking(False)
            self.posts[post.line.fileno()] = post
            self.epoll.register(post.line.fileno(), select.EPOLLIN)
        post.speaker = speaker
        text = quote_plus(f"b {round_} {name} {side} {number} {at_ns}")
        body = f"text={text}&key={side}-{number}-{at_ns}"
        more = (
            "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
        post.line.send(self._head(f"POST {path}", headers, more) + body.encode())
        self.round.asked += 1

    def watch(self, seconds: float) -> dict[str, Any]:
        """Only listen."""
        cpu, deadline = _cpu_s(), time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._look(0.1)
        return {"client_cpu_s": _cpu_s() - cpu, "closed": self.closed}

    def _look(self, seconds: float) -> None:
        for fd, _ in self.epoll.poll(seconds, 256):
            if fd in self.pages:
                self._page(fd)
            else:
                self._answer(fd)

    def _page(self, fd: int) -> None:
        line, page = self.pages[fd]
        try:
            part = line.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            self.closed += 1
            self.epoll.unregister(fd)
            del self.pages[fd]
            line.close()
            return
        if not page.begun:
            page.begun = True
            self.begun += part.startswith(b"HTTP/1.1 200")
        *whole, page.unread = (page.unread + part).split(b"\n\n")
        for block in whole:
            if found := SAID.search(block):
                self._heard(page, *found.groups())

    def _heard(
        self, page: Page, round_: bytes, talk: bytes, side: bytes, number: bytes, at_ns: bytes
    ) -> None:
        if side == page.side:
            return
        found, key = self.rounds[int(round_)], talk + side
        found.took_ms.append(time.monotonic() * 1000 - int(at_ns) / 1e6)
        last = found.last.get(key, 0)
        if int(number) == last + 1:
            found.heard += 1
            found.last[key] = last + 1
        elif int(number) <= last:
            found.twice += 1
        else:
            found.disorder += 1

    def _answer(self, fd: int) -> None:
        post = self.posts[fd]
        try:
            part = post.line.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if post.speaker < 0:  # nobody asked: the server has closed what was idle
            self.free.remove(post)
            self._close(fd, post)
            return
        post.unread += part
        head, gap, body = post.unread.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if part and (not gap or (length and len(body) < int(length[1]))):
            return
        status = head[9:12].decode() if gap else "cut"
        closes = b"close" in head.lower().partition(b"connection:")[2][:8]
        self._answered(fd, post, status, goes_on=bool(part) and not closes)

    def _answered(self, fd: int, post: Post, status: str, *, goes_on: bool) -> None:
        self.round.answers[status] = self.round.answers.get(status, 0) + 1
        if status.startswith("4") or status == "503":
            self.round.numbers[post.speaker] -= 1  # it was not said
        post.unread = b""
        self.silent.append(post.speaker)
        post.speaker = -1
        if goes_on:
            self.free.append(post)
        else:
            self._close(fd, post)

    def _close(self, fd: int, post: Post) -> None:
        self.epoll.unregister(fd)
        del self.posts[fd]
        post.line.close()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    client = Client(int(sys.argv[1]))
    for line in sys.stdin:
        order = json.loads(line)
        done = getattr(client, order.pop("do"))(**order)
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
