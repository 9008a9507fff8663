"""Watches what browser windows do because of what somebody wrote; it should be nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Frame,
    Page,
    Request,
    ViewportSize,
)

from tests.hostile.corpus import CORPUS

# The console outlives the document: also what runs while a page is being left is heard.
WATCH = """
for (const name of ["hit", "alert", "confirm", "prompt", "open"]) {
  self[name] = (...given) => { console.error("ran:", name, ...given); return null; };
}
addEventListener("securitypolicyviolation", (event) => {
  console.error("against the policy:", event.effectiveDirective, event.blockedURI, event.sample);
}, true);
"""
# What of a page's content runs, or fetches, only because somebody wrote it.
ALIEN = """() => [...document.querySelectorAll(
  "main :is(script, img, iframe, object, embed, video, math, base, meta, link, style, [onfocus])"
)].map((element) => element.outerHTML.slice(0, 100))"""
# What reaches beyond its own line, sideways.
WIDE = """() => {
  const page = document.documentElement;
  const out = page.scrollWidth > page.clientWidth ? [`a page of ${page.scrollWidth} px`] : [];
  for (const text of document.querySelectorAll(":is([data-message], [data-whisper]) .text")) {
    const box = text.parentElement;
    if (text.scrollWidth > text.clientWidth + 1 || box.scrollWidth > box.clientWidth + 1) {
      out.push(text.textContent.slice(0, 60));
    }
  }
  return out;
}"""


def some(every: int, begin: int = 0) -> list[str]:
    """A part of the corpus: one text in so many, so that each kind is among them."""
    return CORPUS[begin::every]


class Watched:
    """Windows on one origin, and what was found in any of them."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.found: list[str] = []
        self._browser, self._origin = browser, origin
        self._contexts: list[BrowserContext] = []

    def opens(self, path: str, width: int = 360, height: int = 740, **options: Any) -> Page:
        size = ViewportSize(width=width, height=height)
        context = self._browser.new_context(viewport=size, locale="nl-NL", **options)
        self._contexts.append(context)
        context.add_init_script(WATCH)
        context.on("request", self._asked)
        page = context.new_page()
        page.on("pageerror", self._tells("fault"))
        page.on("console", self._heard)
        page.on("dialog", self._dialog)
        page.on("popup", self._tells("window"))
        page.on("framenavigated", self._went)
        page.goto(self._origin + path)
        return page

    def _tells(self, what: str) -> Callable[[object], None]:
        return lambda about: self.found.append(f"{what}: {about}")

    def _heard(self, message: ConsoleMessage) -> None:
        # An answer of 4xx is said in the console too, and is as it should be.
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            self.found.append(f"console: {message.text:.300}")

    def _dialog(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message:.100}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:,")):
            self.found.append(f"asked for {request.url:.200}")

    def _went(self, frame: Frame) -> None:
        if not frame.url.startswith(f"{self._origin}/"):
            self.found.append(f"went to {frame.url:.200}")

    def closes(self) -> None:
        for context in self._contexts:
            context.close()


def alien(page: Page) -> list[str]:
    found: list[str] = page.evaluate(ALIEN)
    return found


def too_wide(page: Page) -> list[str]:
    found: list[str] = page.evaluate(WIDE)
    return found
