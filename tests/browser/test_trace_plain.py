"""Nothing left of a chat without JavaScript, also when messages are answered with an error.

Pages that are read so do stay in the history, and the site says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, chromium
from tests.browser.places import ENDINGS, Ending, Place, a_place, has_left, left_by
from tests.browser.proxy import Proxy, before
from tests.browser.sites import another_site
from tests.browser.visits import Visit


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture
def place(opened: Place) -> Iterator[Place]:
    yield opened
    opened.tidies_up()


def leaves_by_the_form(visit: Visit) -> None:
    visit.page.locator("[data-exit]").click(no_wait_after=True)
    has_left(visit)


def chat_without_javascript(place: Place, browser: Chromium, origin: str = "") -> Visit:
    visit = place.visit(browser, origin)
    with another_site(visit.address) as other:
        visit.arrives(other)
    visit.reads_five_pages()
    visit.makes_a_plan()
    visit.opens_the_chat()
    visit.chats()
    return visit


@pytest.mark.parametrize("ending", [leaves_by_the_form, *ENDINGS])
def test_without_javascript_nothing_of_the_chat_is_left(
    place: Place, tmp_path: Path, ending: Ending
) -> None:
    with chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser)
        visit.drafts()
        ending(visit)

    left = left_by(visit, visit.words.secrets)

    assert left.words == set()
    assert left.stores == []
    # The exit's guard against Back, for a minute: see test_exit. Its row stays on the disk longer.
    assert len(left.cookies) == (1 if ending is leaves_by_the_form else 0)


def says_in_vain(visit: Visit) -> None:
    # The browser calls a 204, which is right, an aborted navigation.
    fault = visit.page.expect_event("requestfailed", lambda r: "ABORTED" not in (r.failure or ""))
    with fault:
        visit.says(visit.words.next("fout"))


def test_without_javascript_a_message_to_an_ended_chat_leaves_nothing(
    place: Place, tmp_path: Path
) -> None:
    with chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser)
        visit.drafts()
        form = visit.page.locator("form[data-chat-say]").last
        place.advisor.ends(visit.conversation)
        visit.page.locator("[data-state=ended]").wait_for()
        # Whoever taps Send in the same moment still sends.
        with visit.page.expect_request("**/messages"):
            form.evaluate("form => form.submit()")
        visit.browser.quits()

    assert left_by(visit, visit.words.secrets).words == set()


def test_without_javascript_a_message_that_a_proxy_refuses_leaves_nothing(
    place: Place, tmp_path: Path
) -> None:
    proxy = Proxy(place.service.url)
    with before(proxy), chromium(tmp_path, javascript=False) as browser:
        visit = chat_without_javascript(place, browser, proxy.origin)
        proxy.fails = lambda method, path: 502 if "messages" in path else 0
        says_in_vain(visit)
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
            says_in_vain(visit)
        finally:
            place.service.start()
        visit.drafts()
        visit.browser.quits()

    assert left_by(visit, visit.words.secrets).words == set()
