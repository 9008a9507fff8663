"""Takes the pictures, and makes a sheet of those of one width."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.look import seen_as
from tests.service import Service

FOLDER = Path(__file__).resolve().parents[2] / "screens"
SIZES = ((360, 740), (768, 1024), (1280, 800))
SCHEMES = ("light", "dark")
SHEET = """<!doctype html><meta charset="utf-8"><style>
body { margin: 16px; font: 14px sans-serif; background: #999; display: grid; gap: 14px;
  grid-template-columns: repeat(auto-fill, %dpx) }
figure { margin: 0 } img { inline-size: 100%%; display: block }
</style>%s"""
# How wide one picture is on the sheet of a width.
THUMB = {360: 250, 768: 330, 1280: 460}


class Camera:
    """Takes every screen at all sizes, by day and by night."""

    def __init__(self, browser: Browser, service: Service) -> None:
        self.service = service
        self._browser = browser

    def opens(self, path: str, **options: Any) -> Page:
        options = {"locale": "nl-NL", "reduced_motion": "reduce"} | options
        page = self._browser.new_page(**options)
        page.goto(self.service.url + path)
        return page

    def takes(self, page: Page, name: str) -> None:
        for size in SIZES:
            for scheme in SCHEMES:
                seen_as(page, size, scheme)  # type: ignore[arg-type]
                page.screenshot(path=FOLDER / f"{size[0]}-{name}-{scheme}.png")

    def makes_the_sheet(self, width: int) -> None:
        pictures = "".join(
            f'<figure><img src="{path.name}">{path.stem}</figure>'
            for path in sorted(FOLDER.glob(f"{width}-*.png"))
        )
        file = FOLDER / f"sheet-{width}.html"
        file.write_text(SHEET % (THUMB[width], pictures))
        page = self._browser.new_page(viewport={"width": 2000, "height": 1000})
        page.goto(file.as_uri())
        page.screenshot(path=file.with_suffix(".png"), full_page=True)
        page.close()
