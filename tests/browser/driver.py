"""The one Playwright of a test process: it refuses to be started twice."""

from __future__ import annotations

import atexit
from functools import cache

from playwright.sync_api import Playwright, sync_playwright


@cache
def playwright() -> Playwright:
    """Started when it is first needed, ended with the process."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
