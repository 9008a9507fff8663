"""How soon a page stands on a slow phone, and whether it moves afterwards: in the real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from tests.browser.conftest import launched
from tests.load.report import Figure

if TYPE_CHECKING:
    from tests.load.house import House
    from tests.load.rounds import Sizes

# The first is a few words and nothing else: no page can stand sooner on this machine.
FLOOR = {"A few words of plain text": "/robots.txt"}
OURS = {"Home": "/", "Article": "/geweld-thuis/dwingende-controle", "Chat": "/chat"}
PHONE: ViewportSize = {"width": 360, "height": 740}
SLOWER_CPU = 4
TIMES = 5
# What the developer tools of Chromium and Lighthouse call Slow 4G: a round trip of 150 ms and
# 1.6 Mbit/s, of which a single request feels 3.75 round trips (it also looks up the name, connects
# and greets) and nine tenths of the speed.
# https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
SLOW_4G = {
    "offline": False,
    "latency": 150 * 3.75,  # ms
    "downloadThroughput": 1.6 * 1024 * 1024 / 8 * 0.9,  # bytes a second
    "uploadThroughput": 750 * 1024 / 8 * 0.9,
}
NOTE = f"slow 4G (562 ms each request, 1.6 Mbit/s × 0.9), {SLOWER_CPU}× slower processor"
# The last paint that counts, in ms, and the sum of all shifts: a second after everything had
# arrived, when two more frames were drawn.
FOUND = """() => new Promise((answer) => {
  const found = { paint: 0, shift: 0 };
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  watch("largest-contentful-paint", (one) => found.paint = one.startTime);
  watch("layout-shift", (one) => found.shift += one.value);
  setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => answer(found))), 1000);
})"""


@contextmanager
def _slow_phone(browser: Browser) -> Iterator[Page]:
    """A window with nothing in its cache."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="nl-NL")
    page = context.new_page()
    tools: CDPSession = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_4G)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    try:
        yield page
    finally:
        context.close()


def _first_view(browser: Browser, address: str) -> tuple[float, float]:
    """The largest paint in seconds, and the sum of all shifts."""
    with _slow_phone(browser) as page:
        page.goto(address)
        found = page.evaluate(FOUND)
    assert found["paint"], f"nothing was painted at {address}"
    return found["paint"] / 1000, found["shift"]


def paint(house: House, sizes: Sizes) -> Iterator[Figure]:
    """The largest paint of each page (median of its first views) and what shifts (the worst)."""
    times = TIMES if sizes.streams > 1000 else 1
    with contextmanager(launched)(shutil.which("chromium")) as browser:
        for name, path in (FLOOR | OURS).items():
            views = [_first_view(browser, house.service.url + path) for _ in range(times)]
            largest = median(seconds for seconds, _ in views)
            ours = name in OURS
            yield Figure(
                f"{name}, largest contentful paint", largest, "s", "≤ 1" if ours else "", NOTE
            )
            if ours:
                shift = max(shifted for _, shifted in views)
                yield Figure(f"{name}, layout shift", shift, "", "0", f"the worst of {times}")
