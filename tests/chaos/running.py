"""Starts what the tests break, and the crowd that notices."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from luwte.config import CONTENT
from luwte.regions import read_regions
from tests.chaos.staff import desks
from tests.chaos.tally import Plan, Tally
from tests.service import Service

ROOT = Path(__file__).resolve().parents[2]
# What is tested is delivery: nobody is turned away at the door.
OPEN_DOOR = {"ALWAYS_OPEN": "1", "QUEUE_CAP": "1000", "PROOF_OF_WORK": "off"}
MOST_DESKS = 60
# A machine that is busy with other things gets so much time before the next blow.
MOST_RECOVERY_S = 20.0


def regions() -> list[str]:
    return [region.code for region in read_regions(CONTENT)]


def a_plan(service: Service, conversations: int, **more: Any) -> Plan:
    """A crowd with one advisor for every two visitors, all over the country; of very many visitors
    some wait until another's conversation is over.
    """
    plan: dict[str, Any] = {"messages": 4, "pause_s": 1.0}
    advisors = desks(service, min(MOST_DESKS, (conversations + 1) // 2), regions())
    return Plan(port=service.port, desks=advisors, conversations=conversations, **(plan | more))


class People:
    """The crowd at work."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now: dict[str, int] = {"streams": 0, "up": 0, "said": 0, "complete": 0}
        self.tokens: list[str] = []
        self._tally: dict[str, Any] = {}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.crowd"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asdict(plan)))
        self.process.stdin.close()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            told = json.loads(line)
            if "tally" in told:
                self._tally, self.tokens = told["tally"], told["tokens"]
            else:
                self.now = told

    @property
    def at_work(self) -> bool:
        return self.process.poll() is None

    @property
    def are_mostly_back(self) -> bool:
        return self.now["up"] >= 0.8 * self.now["streams"] > 0

    def every(self, seconds: float) -> Iterator[int]:
        """Counts the moments to strike, until the crowd is done: after so many seconds, as soon as
        most of the crowd has found its way back from the last blow.
        """
        times, last = 0, time.monotonic()
        while self.at_work:
            time.sleep(0.05)
            since = time.monotonic() - last
            if since > seconds and (self.are_mostly_back or since > MOST_RECOVERY_S):
                yield times
                times, last = times + 1, time.monotonic()

    def tally(self, what: str, **more: object) -> Tally:
        """Waits for the end and prints the figures on one line."""
        self.process.wait(self.plan.within_s + 30)
        self._thread.join(10)
        tally = Tally(**self._tally)
        figures = asdict(tally) | more
        print(f"\n{what}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))
        return tally


@contextmanager
def crowd(plan: Plan) -> Iterator[People]:
    """The crowd in a process of its own; ended at the end."""
    people = People(plan)
    try:
        yield people
    finally:
        people.process.kill()
        people.process.wait()


def nobody_lost_a_word(tally: Tally, plan: Plan) -> None:
    assert (tally.unfinished, tally.conversations) == (0, plan.conversations), tally.faults
    assert (tally.lost, tally.twice, tally.disorder) == (0, 0, 0), tally.faults
    assert not tally.faults
    assert tally.acknowledged >= 2 * plan.conversations * plan.messages


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill_a_worker(service: Service, number: int) -> None:
    """kill -9 for one web worker, the next one each time."""
    workers = children_of(service.process.pid)
    if workers:
        os.kill(workers[number % len(workers)], signal.SIGKILL)


def kill_all(service: Service) -> None:
    """kill -9 for every web process."""
    for pid in (*children_of(service.process.pid), service.process.pid):
        os.kill(pid, signal.SIGKILL)
    service.process.wait()
