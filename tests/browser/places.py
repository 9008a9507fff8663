"""Where whole visits are made, how they end, and what is then looked for on the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.chromium import Chromium
from tests.browser.forensics import search
from tests.browser.remains import cookies_of, history_rows, storage_of
from tests.browser.sites import another_site
from tests.browser.visits import Visit, marked_content
from tests.servers import redis_server
from tests.service import Advisor, Service

TITLE = "Startpagina"
DESTINATION = "Weer"
Ending = Callable[[Visit], None]


@dataclass
class Place:
    """The service, a person who answers, and what lies around it."""

    service: Service
    advisor: Advisor
    visits: list[Visit] = field(default_factory=list)

    def visit(self, browser: Chromium, origin: str = "") -> Visit:
        visit = Visit(browser, f"{origin or self.service.url}/", self.advisor)
        self.visits.append(visit)
        return visit

    def tidies_up(self) -> None:
        """Whoever was killed did not end their chat; the advisor may have only so many."""
        while self.visits:
            if conversation := self.visits.pop().conversation:
                self.advisor.ends(conversation)


@contextmanager
def a_place(folder: Path) -> Iterator[Place]:
    content = str(marked_content(folder))
    with redis_server() as store, another_site("about:blank") as destination:
        service = Service(
            folder,
            redis_url=store.url,
            CONTENT=content,
            EXIT_URL=f"{destination}daarna",
            ALWAYS_OPEN="1",
            PROOF_OF_WORK="off",
            TITLE=TITLE,
        )
        service.start()
        try:
            yield Place(service, Advisor(service.hires("Noor")).signs_in())
        finally:
            service.stop()


@dataclass
class Left:
    """What a visit left on the visitor's device."""

    words: set[tuple[str, str]]
    cookies: list[str]
    stores: list[str]
    history: list[tuple[str, str]]


def left_by(visit: Visit, words: list[str]) -> Left:
    profile, origin = visit.browser.profile, visit.address.rstrip("/")
    return Left(
        words={(found.marker, found.path) for found in search(profile, words)},
        cookies=cookies_of(profile, origin),
        stores=[f"{kept.kind}: {kept.what}" for kept in storage_of(profile, origin)],
        history=[row[:2] for row in history_rows(profile) if row.url.startswith(origin)],
    )


def nothing(visit: Visit, title: str = TITLE) -> Left:
    """The landing address is the one thing that no site can keep out of a history."""
    return Left(words=set(), cookies=[], stores=[], history=[(visit.address, title)])


def taps_the_exit(visit: Visit) -> None:
    visit.page.click("[data-exit]")
    has_left(visit)


def presses_escape_twice(visit: Visit) -> None:
    for _ in range(2):
        visit.field.press("Escape", no_wait_after=True)
    has_left(visit)


def has_left(visit: Visit) -> None:
    visit.page.get_by_role("heading", name=DESTINATION).wait_for()
    visit.browser.quits()


def closes_the_window(visit: Visit) -> None:
    visit.browser.closes_the_window()


def quits(visit: Visit) -> None:
    visit.browser.quits()


def is_terminated(visit: Visit) -> None:
    visit.browser.settles()
    visit.browser.is_terminated()


def is_killed(visit: Visit) -> None:
    visit.browser.settles()
    visit.browser.is_killed()


ENDINGS: list[Ending] = [closes_the_window, quits, is_terminated, is_killed]
