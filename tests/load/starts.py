"""How many chats can be started in a second, and what a flood of starts does to others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.load.flooding import flooding
from tests.load.house import House
from tests.load.report import Figure

if TYPE_CHECKING:
    from tests.load.rounds import Sizes

OFFERED = 400  # a second


def starts(house: House, sizes: Sizes) -> Iterator[Figure]:
    """As fast as they are answered, each from another address."""
    cpu = house.cpu_s()
    began = time.monotonic()
    seconds = sizes.starts / OFFERED
    with flooding(house.service.port, OFFERED, seconds, addresses=sizes.starts) as found:
        pass
    rate = found.by_status["201"] / (time.monotonic() - began)
    others = {status: count for status, count in found.by_status.items() if status != "201"}
    note = f"{1000 * (house.cpu_s() - cpu) / max(1, found.sent):.2f} ms each"
    yield Figure("Chat starts", rate, "a second", "≥ 200", f"{note}{others or ''}")
