"""A real Chromium with a profile on disk, and the ways in which a visit ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests.browser.driver import playwright
from tests.servers import until

# Nothing else than these: Playwright's own list switches off what an ordinary browser has, such as
# the back-forward cache, and keeps other things from being saved.
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--password-store=basic",
    "--window-size=1280,900",
    "--remote-debugging-pipe",
]
# A browser writes its session a while after the page changed: what a crash leaves is only complete
# after this long (measured: up to 15 s).
SESSION_SAVED_S = 20.0
QUIET_S = 3.0
SETTLED_WITHIN_S = 60.0


class Chromium:
    """One run of the browser on a profile; the profile outlives it."""

    def __init__(
        self, playwright: Playwright, profile: Path, javascript: bool, flags: Sequence[str]
    ) -> None:
        self.profile = profile
        self.context = _launched(playwright, profile, javascript, flags)
        self.page = self.context.pages[0]
        self.context.on("page", _says_yes)
        _says_yes(self.page)
        # The browser's own lock names its process.
        self.process = int((profile / "SingletonLock").readlink().name.rpartition("-")[2])

    def arrives(self, other_site: str, address: str) -> None:
        """Reaches an address as people do: by a link on another site."""
        self.page.goto(other_site)
        self.page.click("a")
        self.page.wait_for_url(address)

    def settles(self) -> None:
        """Wait until the browser has written to its session files what it will ever write."""
        start = time.monotonic()

        def written() -> bool:
            newest = max((path.stat().st_mtime for path in self._sessions()), default=0.0)
            quiet = time.time() - newest >= QUIET_S
            return quiet and time.monotonic() - start >= SESSION_SAVED_S

        until(written, "the session files are written", SETTLED_WITHIN_S)

    def _sessions(self) -> Iterator[Path]:
        # Chromium 153 and later write a sealed second copy.
        return (self.profile / "Default").glob("Sessions*/*")

    def closes_the_window(self) -> None:
        """The tab is closed, with its `pagehide`; the browser is quit when all is quiet."""
        with self.page.expect_event("close"):
            self.page.close(run_before_unload=True)
        self.quits()

    def quits(self) -> None:
        """The browser is closed from its menu."""
        with contextlib.suppress(Error):
            self.context.close()
        self._has_ended()

    def is_terminated(self) -> None:
        """As when the computer is shut down."""
        os.kill(self.process, signal.SIGTERM)
        self._has_ended()

    def is_killed(self) -> None:
        """As when the power fails: nobody gets to tidy up."""
        for process in (self.process, *_descendants(self.process)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._has_ended()

    def _has_ended(self) -> None:
        until(lambda: not _runs(self.process), "the browser has ended")
        with contextlib.suppress(Error):
            self.context.close()


def _launched(
    playwright: Playwright, profile: Path, javascript: bool, flags: Sequence[str]
) -> BrowserContext:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "install Chromium"
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=path,
        headless=True,
        args=[*FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"],
        ignore_default_args=True,
        java_script_enabled=javascript,
        no_viewport=True,
    )


def _says_yes(page: Page) -> None:
    """Whoever closes a window means it, also when the page asks."""
    page.on("dialog", lambda dialog: dialog.accept())


def _descendants(process: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name may hold spaces and brackets; what follows it does not.
            fields = stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, rest = [], [process]
    while rest:
        below = children.get(rest.pop(), [])
        found += below
        rest += below
    return found


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextlib.contextmanager
def chromium(
    profile: Path, *, javascript: bool = True, flags: Sequence[str] = ()
) -> Iterator[Chromium]:
    """A browser on this profile; whatever happens, it has ended afterwards."""
    browser = Chromium(playwright(), profile, javascript, flags)
    try:
        yield browser
    finally:
        if _runs(browser.process):
            browser.quits()
