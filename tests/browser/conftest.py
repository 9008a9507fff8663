"""A real Chromium for the tests, and people who use it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import playwright
from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.service import Service

# A condition is waited for as long as a busy machine may need; who is right never waits.
expect.set_options(timeout=30_000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Without windows of its own where Debian has that: it does half the work for the same page.

    What a browser keeps, and where Back leads, is looked at in a whole one (`chromium`, `tab`).
    """
    yield from launched(shutil.which("chromium-headless-shell") or shutil.which("chromium"))


def launched(path: str | None) -> Iterator[Browser]:
    browser = playwright().chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def opens(chromium: Browser, service: Service) -> Iterator[Callable[..., Page]]:
    """Opens a page of the service in a browser window of its own; faults in its scripts fail."""
    contexts, faults = [], []

    def open_page(path: str, *, width: int = 360, height: int = 740, **options: Any) -> Page:
        options = {"locale": "nl-NL"} | options
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(service.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def visitor(opens: Callable[..., Page]) -> VisitorInBrowser:
    return VisitorInBrowser(opens("/chat"))


@pytest.fixture
def at_desk(opens: Callable[..., Page], service: Service) -> AdvisorAtDesk:
    return AdvisorAtDesk(opens("/desk/", width=1280, height=800), service.hires("Noor"))
