"""The service that is measured, who is in it, and what its processes use."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from luwte.chat import keys
from luwte.chat.parts import put_together
from luwte.chat.presence import AtDesk
from luwte.chat.store import connect
from luwte.chat.waiting import Shift
from luwte.config import Settings
from tests.chaos.running import children_of, regions
from tests.chaos.staff import desks
from tests.servers import RedisServer
from tests.service import Service

# With the limits that a service has; only the doors stand open, for as many as are measured.
OPEN = {
    "ALWAYS_OPEN": "1",
    "QUEUE_CAP": "100000",
    "PROOF_OF_WORK": "off",
    "LIMIT_ALL_STARTS": "10000000 per hour",
    # Counted as ever, but a few lines carry the words of all, as from a proxy that is not trusted.
    "LIMIT_MESSAGES": "10000000 per minute",
}
TALKS_OF_A_DESK = 5
# Whoever is not measured has an advisor who says nothing; each of them holds so many.
TALKS_OF_THE_QUIET = 200
STAYS_S = 15.0
TICKS = os.sysconf("SC_CLK_TCK")


def address_of(number: int) -> str:
    """Each visitor has an address of their own, of this machine."""
    return f"127.{1 + number // 62500 % 250}.{number // 250 % 250}.{1 + number % 250}"


@dataclass
class People:
    """Who is there: pages to open, and talks in which both sides can speak (see `client`)."""

    pages: list[list[str]] = field(default_factory=list)
    desks: list[list[str]] = field(default_factory=list)
    talks: list[list[list[str]]] = field(default_factory=list)


class House:
    """The service and its Redis, seen from outside."""

    def __init__(self, service: Service, store: RedisServer) -> None:
        self.service = service
        self.store = store
        settings = Settings.from_env(service.env)
        codes = regions()
        self._chat = put_together(
            connect(store.url),
            settings.secret_keys,
            dict(zip(codes, codes, strict=True)),
            cap=10**6,
        )
        self._codes = codes
        self._number = 0
        self._quiet: set[str] = set()
        self._stop = threading.Event()
        self.started_s = 0.0  # from the command to the first answer

    @contextmanager
    def quiet_advisors_stay(self) -> Iterator[None]:
        """Those who say nothing give their signs of life meanwhile."""

        def stay() -> None:
            while not self._stop.wait(STAYS_S if self._quiet else 0.5):
                for member in list(self._quiet):
                    self._chat.presence.all_serve([AtDesk(member)])

        thread = threading.Thread(target=stay)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _asks(self) -> tuple[str, str, list[str]]:
        number, queue = self._number, self._codes[self._number % len(self._codes)]
        self._number += 1
        token, _ = self._chat.waiting.join(
            queue=queue, audience="self", danger=False, topic="", lang="nl", key=f"bench-{number}"
        )
        headers = f"Authorization: Bearer {token}\r\n"
        return token, headers, ["/chat/events", headers, address_of(number), "v"]

    def _taken_by(self, member: str, token: str) -> str:
        name = keys.conversation_of(token)
        shift = Shift(
            self._chat.redis,
            self._chat.waiting,
            member,
            "Noor",
            queues=[keys.queue_of(name)],
            most=10**6,
            idle_s=1800,
        )
        return shift.take(name).name

    def speakers(self, count: int) -> People:
        """So many desks, each with a few visitors; all of them can speak."""
        people = People()
        for desk in desks(self.service, count, self._codes):
            headers = f"Cookie: {desk['cookie']}\r\nX-CSRFToken: {desk['csrf']}\r\n"
            people.desks.append(["/desk/events", headers, "127.0.0.1", "a"])
            for _ in range(TALKS_OF_A_DESK):
                talk = str(self._number)
                token, own, page = self._asks()
                name = self._taken_by(desk["member"], token)
                people.pages.append(page)
                ends = [
                    [talk, "v", "/chat/messages", own, page[2]],
                    [talk, "a", f"/desk/conversations/{name}/messages", headers, "127.0.0.1"],
                ]
                people.talks.append(ends)
        return people

    def listeners(self, count: int, waiting: int = 0) -> People:
        """So many visitors who say nothing now; that many of them wait."""
        people = People()
        for number in range(count):
            token, _, page = self._asks()
            people.pages.append(page)
            if number >= waiting:
                member = str(900_000 + number // TALKS_OF_THE_QUIET)
                if member not in self._quiet:
                    self._quiet.add(member)
                    self._chat.presence.all_serve([AtDesk(member)])
                self._taken_by(member, token)
        return people

    def processes(self) -> list[int]:
        return [self.service.process.pid, *children_of(self.service.process.pid)]

    def memory_kb(self) -> float:
        """Of all processes of the service together; what they share is counted once."""
        return sum(_pss_kb(pid) for pid in self.processes())

    def cpu_s(self) -> float:
        return sum(cpu_of(pid) for pid in self.processes())

    def store_cpu_s(self) -> float:
        return cpu_of(self.store.process.pid)


def cpu_of(pid: int) -> float:
    """Seconds of processor time that this process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss_kb(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return float(text.partition("Pss:")[2].split()[0])


def wait(seconds: float) -> None:
    """A measurement takes its time."""
    time.sleep(seconds)
