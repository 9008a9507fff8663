"""Looks for what keeps people out of a page: by axe-core, in the real browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now: each rule that is broken, and where."""
    broken = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} | {place['html'][:120]}"
        for rule in broken
        for place in rule["nodes"]
    ]
