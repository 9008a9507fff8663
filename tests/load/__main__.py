"""`make bench`: what one small machine carries, as a table and in bench.json.

Bounded: under eight minutes, with BENCH_QUICK=1 under one. What is measured on a machine that does
other things too says little: run it alone.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.load.house import OPEN, House
from tests.load.report import Figure, as_table
from tests.load.rounds import ROUNDS, Sizes
from tests.servers import redis_server
from tests.service import Service

FILE = Path("bench.json")
QUICK = Sizes(few=60, streams=400, waiting=52, desks=12, starts=100, rates=(100, 300), seconds=3.0)
WHOLE = Sizes(
    few=100,
    streams=20_000,
    waiting=520,
    desks=400,
    starts=2000,
    rates=(200, 1000, 2000),
    seconds=10.0,
)


@contextmanager
def _house() -> Iterator[House]:
    with tempfile.TemporaryDirectory() as folder, redis_server() as store:
        settings: dict[str, Any] = {"limited": True, **OPEN}
        service = Service(Path(folder), redis_url=store.url, **settings)
        began = time.monotonic()
        service.start()
        try:
            house = House(service, store)
            house.started_s = time.monotonic() - began
            with house.quiet_advisors_stay():
                yield house
        finally:
            service.stop()


def main() -> int:
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    began = time.monotonic()
    figures: list[Figure] = []
    with _house() as house:
        for measured in ROUNDS:
            for figure in measured(house, QUICK if quick else WHOLE):
                print(figure.as_line(), flush=True)
                figures.append(figure)
    took_s = time.monotonic() - began
    machine = _machine()
    FILE.write_text(
        json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "quick": quick,
                "seconds": round(took_s),
                "machine": machine,
                "figures": [asdict(figure) for figure in figures],
            },
            indent=1,
        )
        + "\n"
    )
    print(
        f"\n{as_table(figures)}\n\n{machine['cores']} cores, {machine['memory_gib']} GiB; "
        f"{took_s:.0f} s; written: {FILE}"
    )
    return 0


def _machine() -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = [round(one, 1) for one in os.getloadavg()]
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "python": sys.version.split()[0],
        "load_at_the_end": load,
    }


if __name__ == "__main__":
    sys.exit(main())
