"""Clients in processes of their own, each with a share of the pages, asked all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Clients:
    """So many processes that open pages and speak; see `client`."""

    def __init__(self, port: int, count: int) -> None:
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
