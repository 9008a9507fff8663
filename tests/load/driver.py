"""Clients in processes of their own, each with a share of the pages, asked all at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# How long what was accepted may take to arrive before it counts as lost.
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Said:
    """What all clients said and heard in one round."""

    asked: int
    answers: Counter[str]
    heard: int
    twice: int
    disorder: int
    unsent: int
    seconds: float
    client_cpu_s: float
    took_ms: list[float]  # of each, in order of length

    @property
    def lost(self) -> int:
        """Accepted, and not heard."""
        return max(0, sum(self.answers[status] for status in ("200", "201")) - self.heard)

    @property
    def faults(self) -> str:
        """In words, with what was answered other than that it was kept."""
        refused = {kind: count for kind, count in self.answers.items() if kind != "201"}
        told = f"{self.lost} lost, {self.twice} twice, {self.disorder} disorder"
        told += f", {self.unsent} unsent" if self.unsent else ""
        return told + (f"; answered {refused}" if refused else "")


def _put_together(spoken: list[dict[str, Any]], heard: list[dict[str, Any]]) -> Said:
    answers = Counter[str]()
    for one in heard:
        answers.update(one["answers"])
    return Said(
        **{
            name: sum(one[name] for one in heard)
            for name in ("asked", "heard", "twice", "disorder")
        },
        answers=answers,
        unsent=sum(one["unsent"] for one in spoken),
        seconds=max(one["seconds"] for one in spoken),
        client_cpu_s=sum(one["client_cpu_s"] for one in spoken),
        took_ms=sorted(took for one in heard for took in one["took_ms"]),
    )


class Clients:
    """So many processes that open pages and speak; see `client`."""

    def __init__(self, port: int, count: int) -> None:
        self._round = 0
        self._all = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.load.client", str(port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for _ in range(count)
        ]

    def ask(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Have all of them do something at the same time; the answer of each."""
        for process, order in zip(self._all, orders, strict=True):
            assert process.stdin
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        answers = []
        for process in self._all:
            assert process.stdout
            answers.append(json.loads(process.stdout.readline()))
        return answers

    def say(self, talks: list[list[list[str]]], rate: float, seconds: float) -> Said:
        """So many messages a second in all talks together; what became of them. What was accepted
        and not yet heard is waited for, `PATIENCE_S` at most.
        """
        self._round += 1
        ends = [[end for talk in share for end in talk] for share in self.share(talks)]
        order = {"do": "say", "number": self._round, "seconds": seconds}
        spoken = self.ask([order | {"talks": own, "rate": rate / len(ends)} for own in ends])
        deadline = time.monotonic() + PATIENCE_S
        while True:
            heard = self.ask([{"do": "hear", "number": self._round, "seconds": 0.3}] * len(ends))
            said = _put_together(spoken, heard)
            if said.lost <= 0 or time.monotonic() > deadline:
                return said

    def share(self, things: list[Any]) -> list[list[Any]]:
        """Everything dealt out, one after the other."""
        return [things[number :: len(self._all)] for number in range(len(self._all))]

    def stop(self) -> None:
        for process in self._all:
            process.kill()
            process.wait()


@contextmanager
def clients(port: int, count: int) -> Iterator[Clients]:
    made = Clients(port, count)
    try:
        yield made
    finally:
        made.stop()
