"""Looks for what keeps people out of a page: by axe-core, in the real browser."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

SIZES = [(390, 844), (1280, 800)]
# The rules that go by colours; what the others look at is the same by day and by night.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def faults(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds on the page as it is now: each rule that is broken, and where."""
    broken = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} | {place['html'][:120]}"
        for rule in broken
        for place in rule["nodes"]
    ]


def by_day(page: Page) -> list[str]:
    """What axe finds on the page at its present size, in light colours."""
    page.emulate_media(color_scheme="light")
    return [f"light {fault}" for fault in faults(page)]


def by_day_and_night(page: Page) -> list[str]:
    """What axe finds on the page at its present size, light and dark."""
    found = by_day(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark {fault}" for fault in faults(page, COLOURS)]


def look_at(page: Page) -> list[str]:
    """What axe finds on a page of the staff on a phone and a desktop, light and dark."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} {fault}" for fault in by_day_and_night(page)]
    return found
