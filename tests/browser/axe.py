"""Looks for what keeps people out of a page: by axe-core, in the real browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

SIZES = [(390, 844), (1280, 800)]


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now: each rule that is broken, and where."""
    broken = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} | {place['html'][:120]}"
        for rule in broken
        for place in rule["nodes"]
    ]


def look_at(page: Page) -> list[str]:
    """What axe finds on a page of the staff on a phone and a desktop, light and dark."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme} {fault}" for fault in faults(page)]
    return found
