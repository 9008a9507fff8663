"""Starts a flood and ends it; see `flood`, which runs in the other process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.load.flood import Flooding

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Flood:
    """What it did, known when it is over; a status is written as text."""

    sent: int = 0
    held_back: int = 0
    by_status: dict[str, int] = field(default_factory=dict)


@contextmanager
def flooding(port: int, rate: int, seconds: float, addresses: int = 1) -> Iterator[Flood]:
    """It has begun when the block begins, and the block ends when it is over."""
    plan = json.dumps(asdict(Flooding(port, rate, seconds, addresses)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.flood", plan],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    flood = Flood()
    try:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        yield flood
        told, _ = process.communicate(timeout=seconds + 60)
        flood.__dict__.update(json.loads(told))
    finally:
        process.kill()
        process.wait()
