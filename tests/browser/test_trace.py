"""Nothing left behind: whole visits in a real browser, after which its profile is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, chromium
from tests.browser.forensics import search
from tests.browser.proxy import Answer, Proxy, before
from tests.browser.remains import cookies_of, history_rows, storage_of
from tests.browser.sites import another_site
from tests.browser.visits import READ, Visit, marked_content
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

    def visit(self, browser: Chromium, origin: str = "") -> Visit:
        return Visit(browser, f"{origin or self.service.url}/", self.advisor)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("place")
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


# Endings


def taps_the_exit(visit: Visit) -> None:
    visit.page.click("[data-exit]")
    _has_left(visit)


def presses_escape_twice(visit: Visit) -> None:
    for _ in range(2):
        visit.field.press("Escape", no_wait_after=True)
    _has_left(visit)


def _has_left(visit: Visit) -> None:
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


EXITS: list[Ending] = [taps_the_exit, presses_escape_twice]
OTHER_ENDINGS: list[Ending] = [closes_the_window, quits, is_terminated, is_killed]


# With JavaScript


def whole_visit(place: Place, browser: Chromium, origin: str = "") -> Visit:
    """Arrives by a link, reads, chats, and leaves a draft in the field."""
    visit = place.visit(browser, origin)
    with another_site(visit.address) as other:
        visit.arrives(other)
    visit.reads_five_pages()
    visit.opens_the_chat()
    visit.chats()
    visit.drafts()
    return visit


@pytest.mark.parametrize("ending", [*EXITS, *OTHER_ENDINGS])
def test_a_visit_leaves_nothing(place: Place, tmp_path: Path, ending: Ending) -> None:
    with chromium(tmp_path) as browser:
        visit = whole_visit(place, browser)
        ending(visit)

    left = left_by(visit, [*visit.words.secrets, *READ])

    # Who leaves by the exit has the destination's title in the history.
    assert left == nothing(visit, DESTINATION if ending in EXITS else TITLE)


@pytest.mark.parametrize("leave", ["[data-exit]", "Escape"])
def test_after_the_exit_the_site_is_not_in_the_way_back(
    place: Place, tmp_path: Path, leave: str
) -> None:
    with chromium(tmp_path) as browser:
        visit = place.visit(browser)
        page = visit.page
        with another_site(visit.address) as other:
            visit.arrives(other)
            visit.reads_five_pages()
            if leave == "Escape":
                page.keyboard.press("Escape")
                page.keyboard.press("Escape")
            else:
                page.click(leave)
            page.wait_for_url("**/daarna")

            page.go_back()
            assert page.url == other
            page.go_forward()
            assert page.url.endswith("/daarna")
            # Never opened by a visitor here: the exit page and the page before it are what is shown.
            assert addresses_in_the_history_page(browser) == {other, page.url}


def addresses_in_the_history_page(browser: Chromium) -> set[str]:
    """What somebody sees who opens the browser's own history."""
    page = browser.context.new_page()
    page.goto("chrome://history/")
    page.locator("history-item").first.wait_for()
    items = page.locator("history-item a#link").evaluate_all("links => links.map(a => a.href)")
    page.close()
    return set(items)


# Without JavaScript: pages stay in the history, and the site says so; what is said does not.


def leaves_by_the_form(visit: Visit) -> None:
    visit.page.locator("[data-exit]").click(no_wait_after=True)
    _has_left(visit)


def chat_without_javascript(place: Place, browser: Chromium, origin: str = "") -> Visit:
    visit = place.visit(browser, origin)
    with another_site(visit.address) as other:
        visit.arrives(other)
    visit.reads_five_pages()
    visit.opens_the_chat()
    visit.chats()
    return visit


@pytest.mark.parametrize("ending", [leaves_by_the_form, *OTHER_ENDINGS])
def test_without_javascript_nothing_of_the_chat_is_left(
    place: Place, tmp_path: Path, ending: Ending
) -> None:
    with chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser)
        visit.drafts()
        ending(visit)

    left = left_by(visit, visit.words.secrets)

    assert left.words == set()
    assert left.cookies == []
    assert left.stores == []


def test_without_javascript_a_message_to_an_ended_chat_leaves_nothing(
    place: Place, tmp_path: Path
) -> None:
    with chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser)
        visit.drafts()
        place.advisor.ends(visit.conversation)
        visit.page.locator("[data-state=ended]").wait_for()
        visit.browser.quits()

    assert left_by(visit, visit.words.secrets).words == set()


def test_without_javascript_a_message_that_a_proxy_refuses_leaves_nothing(
    place: Place, tmp_path: Path
) -> None:
    proxy = Proxy(place.service.url)
    with before(proxy), chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser, proxy.origin)
        proxy.fails = lambda method, path: 502 if "messages" in path else 0
        with visit.page.expect_response("**/messages"):
            visit.says(visit.words.next("fout"))
        visit.drafts()
        visit.browser.quits()

    assert left_by(visit, visit.words.secrets).words == set()


def test_without_javascript_a_message_to_a_server_that_restarts_leaves_nothing(
    place: Place, tmp_path: Path
) -> None:
    with chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser)
        place.service.stop()
        try:
            with visit.page.expect_event("requestfailed"):
                visit.says(visit.words.next("fout"))
        finally:
            place.service.start()
        visit.drafts()
        visit.browser.quits()

    assert left_by(visit, visit.words.secrets).words == set()


# The test can fail: the same visit to the same site, spoiled in one way.


def sets_a_cookie(answer: Answer) -> None:
    answer.headers["Set-Cookie"] = "bezoek=1; Max-Age=9999"


def is_cacheable(answer: Answer) -> None:
    answer.headers["Cache-Control"] = "max-age=9999"


def pushes_history(answer: Answer) -> None:
    if answer.body is not None:
        script = b"<script>history.pushState(0, '', '/merkpad-' + 'aap')</script></body>"
        answer.headers.pop("Content-Security-Policy", None)
        answer.body = answer.body.replace(b"</body>", script)


@pytest.mark.parametrize(
    ("spoiler", "part"),
    [
        (sets_a_cookie, "cookies"),
        (is_cacheable, "stores"),
        (is_cacheable, "words"),
        (pushes_history, "history"),
        (pushes_history, "words"),
    ],
)
def test_a_spoiled_visit_is_noticed(
    place: Place, tmp_path: Path, spoiler: Callable[[Answer], None], part: str
) -> None:
    proxy = Proxy(place.service.url, spoiler)
    with before(proxy), chromium(tmp_path) as browser:
        visit = whole_visit(place, browser, proxy.origin)
        quits(visit)

    left = left_by(visit, [*visit.words.secrets, *READ])

    assert getattr(left, part) != getattr(nothing(visit), part)
