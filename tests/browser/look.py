"""Looks at one page as it is now: what axe finds, and what this site promises on top of that."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

NARROW, WIDE = (320, 568), (1280, 800)
AXE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Off until it is asked for: targets of at least 24 by 24 px.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    # Every style stands in the page.
    "preload": False,
}
WITHOUT_CONTRAST = AXE | {
    "rules": AXE["rules"] | {"color-contrast": {"enabled": False}},
}
AXE_FINDS = """async (options) => (await axe.run(options)).violations.flatMap((rule) =>
  rule.nodes.map((place) => `${rule.id}: ${rule.help} | ${place.html.slice(0, 140)}`))"""

PROMISES = Path(__file__).with_name("look.js").read_text()


def faults(page: Page, lang: str = "nl", *, axe: bool = True, contrast: bool = True) -> list[str]:
    """What is wrong on a page with an exit, at its present size and colours.

    Axe takes longest, and of it the contrasts: without, for a page like those that were looked at.
    """
    found: list[str] = page.evaluate(PROMISES, lang)
    if axe:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        found += page.evaluate(AXE_FINDS, AXE if contrast else WITHOUT_CONTRAST)
    size = page.viewport_size
    assert size
    return [f"{size['width']} px: {fault}" for fault in found]


def seen_as(page: Page, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)


def narrow_and_wide(page: Page, lang: str = "nl") -> list[str]:
    """On a small phone by day, and on a desktop by night."""
    seen_as(page, WIDE, "dark")
    found = faults(page, lang)
    seen_as(page, NARROW, "light")
    return found + faults(page, lang)
