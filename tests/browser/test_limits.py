"""Somebody who has to wait keeps what they typed, and the page goes on by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import VisitorInBrowser
from tests.servers import redis_server
from tests.service import Service, running

Opens = Callable[..., Page]


@pytest.fixture(scope="session")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service of which few may ask much, and which always asks for the work."""
    settings = {
        "ALWAYS_OPEN": "1",
        "PROOF_OF_WORK": "always",
        "LIMIT_STARTS": "2 per 10 minutes",
        "LIMIT_MESSAGES_OF_ONE": "1 per 5 seconds",
    }
    folder = tmp_path_factory.mktemp("limited")
    with redis_server() as store, running(folder, redis_url=store.url, **settings) as service:
        yield service


def test_the_page_does_the_work_sends_again_by_itself_and_keeps_what_was_chosen(opens: Opens):
    visitor = VisitorInBrowser(opens("/chat"))
    page = visitor.page
    page.evaluate(
        """() => {
          const part = document.querySelector('[data-when="starting:proof"]');
          window.seen = false;
          const look = () => (window.seen ||= !part.hidden);
          new MutationObserver(look).observe(part, {attributes: true});
        }"""
    )
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    assert page.evaluate("window.seen")

    for text in ("een", "twee"):
        visitor.says(text)
    visitor.sees("een", "visitor")
    expect(page.get_by_text("Nog niet verstuurd")).to_be_visible()
    expect(
        page.locator("form[data-chat-say]").get_by_text(
            "Wat je schreef, blijft staan en gaat vanzelf mee"
        )
    ).to_be_visible()
    visitor.sees("twee", "visitor")
    expect(page.get_by_text("Wat je schreef, blijft staan en gaat vanzelf mee")).to_be_hidden()
    assert visitor.texts() == ["een", "twee"]

    without = opens("/chat", java_script_enabled=False)
    VisitorInBrowser(without).asks_for_help(danger=True)
    expect(without.get_by_role("button", name="Ga verder")).to_be_visible()
    expect(without.get_by_text("De politie komt dan meteen.")).to_be_visible()
    without.get_by_role("button", name="Ga verder").click()
    expect(without.get_by_role("heading", name="Nog even wachten")).to_be_visible()
    assert without.context.cookies() == []

    third = VisitorInBrowser(opens("/chat"))
    third.page.select_option("select[name=region]", "VT14")
    third.asks_for_help(audience="other")
    refusal = third.page.locator("[data-refusal]")
    expect(refusal).to_contain_text("zijn net veel chats gestart")
    expect(refusal.get_by_role("heading", name="Even wachten")).to_be_visible()
    expect(refusal.get_by_role("link", name="0800-2000")).to_be_visible()
    assert third.page.is_checked('input[name=audience][value="other"]')
    assert third.page.input_value("select[name=region]") == "VT14"
