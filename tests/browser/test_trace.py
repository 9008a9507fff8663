"""Nothing left behind: whole visits in a real browser, after which its profile is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, chromium
from tests.browser.places import (
    DESTINATION,
    ENDINGS,
    TITLE,
    Ending,
    Place,
    a_place,
    is_killed,
    left_by,
    nothing,
    presses_escape_twice,
    quits,
    taps_the_exit,
)
from tests.browser.proxy import Answer, Proxy, before
from tests.browser.sites import another_site
from tests.browser.visits import READ, Visit

EXITS: list[Ending] = [taps_the_exit, presses_escape_twice]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture
def place(opened: Place) -> Iterator[Place]:
    yield opened
    opened.tidies_up()


def whole_visit(place: Place, browser: Chromium, origin: str = "") -> Visit:
    """Arrives by a link, reads, plans, searches, chats, and leaves a draft in the field."""
    visit = place.visit(browser, origin)
    with another_site(visit.address) as other:
        visit.arrives(other)
    visit.reads_five_pages()
    visit.makes_a_plan()
    visit.searches()
    visit.opens_the_chat()
    visit.chats()
    visit.drafts()
    assert visit.faults == []
    return visit


@pytest.mark.parametrize("ending", [*EXITS, *ENDINGS])
def test_a_visit_leaves_nothing(place: Place, tmp_path: Path, ending: Ending) -> None:
    with chromium(tmp_path) as browser:
        visit = whole_visit(place, browser)
        ending(visit)

    left = left_by(visit, [*visit.words.secrets, *READ])

    # Who leaves by the exit has the destination's title in the history.
    assert left == nothing(visit, DESTINATION if ending in EXITS else TITLE)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_plan_that_was_open_when_the_browser_was_killed_leaves_no_word(
    place: Place, tmp_path: Path, javascript: bool
) -> None:
    with chromium(tmp_path, javascript=javascript) as browser:
        visit = place.visit(browser)
        browser.page.goto(visit.address)
        visit.makes_a_plan()
        is_killed(visit)

    left = left_by(visit, visit.words.secrets)

    assert len(visit.words.secrets) == 6
    assert (left.words, left.stores, left.cookies) == (set(), [], [])


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

            page.go_back(wait_until="commit")
            assert page.url == other
            page.go_forward(wait_until="commit")
            assert page.url.endswith("/daarna")
            assert addresses_in_the_history_page(browser) == {other, page.url}


def addresses_in_the_history_page(browser: Chromium) -> set[str]:
    """What somebody sees who opens the browser's own history."""
    page = browser.context.new_page()
    page.goto("chrome://history/")
    page.locator("history-item").first.wait_for()
    items = page.locator("history-item a#link").evaluate_all("links => links.map(a => a.href)")
    page.close()
    return set(items)


# The test can fail: the same visit to the same site, spoiled in one way.


def sets_a_cookie(answer: Answer) -> None:
    answer.headers["Set-Cookie"] = "bezoek=1; Max-Age=9999"


def is_cacheable(answer: Answer) -> None:
    answer.headers["Cache-Control"] = "max-age=9999"


def pushes_history(answer: Answer) -> None:
    if answer.body is not None:
        script = b"""<script>addEventListener("click", () => {
            history.pushState(0, "", "/merkpad-" + "aap");
        }, { once: true })</script></body>"""
        answer.headers.pop("Content-Security-Policy", None)
        answer.body = answer.body.replace(b"</body>", script)


@pytest.mark.parametrize(
    ("spoiler", "parts"),
    [
        (sets_a_cookie, {"cookies"}),
        (is_cacheable, {"stores"}),
        (pushes_history, {"history", "words"}),
    ],
)
def test_a_spoiled_visit_is_noticed(
    place: Place, tmp_path: Path, spoiler: Callable[[Answer], None], parts: set[str]
) -> None:
    proxy = Proxy(place.service.url, spoiler)
    with before(proxy), chromium(tmp_path) as browser:
        visit = whole_visit(place, browser, proxy.origin)
        quits(visit)

    left, clean = left_by(visit, [*visit.words.secrets, *READ]), nothing(visit)

    assert {name for name, what in vars(left).items() if what != getattr(clean, name)} == parts
