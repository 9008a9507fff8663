"""One tab of the browser, seen from outside its page: history, title, what is on the screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Error, Page

from tests.browser.conftest import FLAGS
from tests.servers import until

# Playwright switches this off; an ordinary browser has it.
NO_CACHE_FLAG = "--disable-back-forward-cache"

PICTURE_WITHIN_MS = 5_000


class Tab:
    """While a page is being left it answers nothing; the browser still does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("console", self._hears)
        self._new_line()

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _new_line(self) -> None:
        self._line: CDPSession = self.page.context.new_cdp_session(self.page)

    def arrives(self, before: str, address: str) -> None:
        """By a link on another site, as people do."""
        self.page.goto(before)
        self.page.click("a")
        self.page.wait_for_url(address)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def history(self) -> list[str]:
        """The addresses that Back and Forward lead to, without the tab's own first page."""
        entries = self._history()["entries"]
        return [entry["url"] for entry in entries if entry["url"] != "about:blank"]

    def goes(self, steps: int, address: str) -> None:
        """Back (-1) or forward (1); the tab must come to that address and stay there."""
        now = self._history()
        entry = now["entries"][now["currentIndex"] + steps]
        self._line.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})
        until(lambda: self._is_at(address), f"the tab is at {address}")

    def reloads(self, address: str) -> None:
        """The browser's reload; a form that was sent is sent again."""
        self._line.send("Page.reload")
        until(lambda: self._is_at(address), f"the tab is at {address}")

    def _is_at(self, address: str) -> bool:
        with suppress(Error):  # the page is on its way
            what = "document.readyState + ' ' + location.href"
            return self.asks(what) == f"complete {address}"
        self._new_line()
        return False

    def reads(self) -> str:
        return str(self.asks("document.body.innerText")).strip()

    def asks(self, expression: str) -> Any:
        """Also where the page's own scripts are switched off."""
        answer = self._line.send("Runtime.evaluate", {"expression": expression})
        return answer["result"].get("value")

    def title(self) -> str:
        entry = self._history()
        return str(entry["entries"][entry["currentIndex"]]["title"])

    def _history(self) -> dict[str, Any]:
        found: dict[str, Any] = self._line.send("Page.getNavigationHistory")
        return found

    def picture(self) -> str:
        """What is on the screen, as a PNG; two that are alike are the same text."""
        taken: list[str] = []

        def take() -> bool:
            # In the moment between two pages the browser has no picture, and whoever asks then may
            # never be answered.
            with suppress(Error):
                shown = self._line.send("Page.captureScreenshot", timeout=PICTURE_WITHIN_MS)
                taken.append(str(shown["data"]))
                return True
            self._new_line()
            return False

        until(take, "the browser shows something")
        return taken[0]


@contextmanager
def with_back_forward_cache(browser: Browser) -> Iterator[Browser]:
    """Another browser, which keeps pages alive for Back and Forward as ordinary ones do."""
    other = browser.browser_type.launch(
        executable_path=shutil.which("chromium"), args=FLAGS, ignore_default_args=[NO_CACHE_FLAG]
    )
    try:
        yield other
    finally:
        other.close()
