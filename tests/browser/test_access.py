"""Nobody is kept out: every page of the sitemap and every state of the chat, small and large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import narrow_and_wide
from tests.browser.people import VisitorInBrowser
from tests.browser.walk import addresses, walk
from tests.servers import RedisServer, redis_server
from tests.service import Advisor, Service, Visitor, post, running


@pytest.fixture
def redis_here() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def house(redis_here: RedisServer, tmp_path: Path) -> Iterator[Service]:
    """A house that is full as soon as one visitor waits."""
    with running(tmp_path, redis_url=redis_here.url, workers=1, QUEUE_CAP="1") as service:
        yield service


class Looker:
    """Somebody in the chat, whose screen is looked at in every state."""

    def __init__(self, browser: Browser, house: Service) -> None:
        self.browser, self.house = browser, house
        self.page = browser.new_page(locale="nl-NL", reduced_motion="reduce")
        self.page.goto(f"{house.url}/chat")
        self.visitor = VisitorInBrowser(self.page)
        self.found: dict[str, list[str]] = {}

    def looks(self, state: str) -> None:
        self.found[state] = narrow_and_wide(self.page)

    def is_refused(self, reason: str) -> None:
        """By the script's page, then by the one that whoever has no script gets."""
        self.visitor.asks_for_help()
        expect(self.page.locator(f"[data-when='refused:{reason}']").first).to_be_visible()
        self.looks(reason)
        self.looks_at_what_is_answered(f"{reason}, without script", 503)

    def looks_at_what_is_answered(self, state: str, status: int) -> None:
        answer = post(
            f"{self.house.url}/chat", data={"audience": "self"}, headers={"Accept": "text/html"}
        )
        assert answer.status_code == status
        page = self.browser.new_page(locale="nl-NL", reduced_motion="reduce")
        page.route(
            "**/chat", lambda route: route.fulfill(body=answer.text, content_type="text/html")
        )
        page.goto(f"{self.house.url}/chat")
        self.found[state] = narrow_and_wide(page)
        page.close()


def comes_back_with_wrong_words(page: Page) -> None:
    page.locator("[data-come-back] summary").click()
    page.get_by_label("Jouw vier woorden").fill("een twee drie vier")
    page.get_by_role("button", name="Ga verder").click()
    expect(page.locator("[data-error-for=code]")).to_be_visible()


def asks_for_words(page: Page) -> None:
    page.locator("[data-return] summary").click()
    page.get_by_role("button", name="Laat vier woorden zien").click()
    expect(page.locator("[data-field=code]")).to_be_visible()


def test_no_page_of_the_sitemap_keeps_anybody_out(chromium: Browser, service: Service) -> None:
    paths = addresses(service.url)
    assert "/" in paths and "/en/chat" in paths

    found = {path: faults for path, faults in walk(chromium, service.url, paths) if faults}

    assert found == {}


def test_no_state_of_the_chat_keeps_anybody_out(
    chromium: Browser, house: Service, redis_here: RedisServer
) -> None:
    looker = Looker(chromium, house)
    page, visitor = looker.page, looker.visitor
    advisor = Advisor(house.hires("Noor")).signs_in()
    comes_back_with_wrong_words(page)
    looker.looks("wrong words")
    page.check("input[name=danger][value=yes]")
    looker.looks("danger chosen")

    before = Visitor(house)
    before.asks()
    looker.is_refused("full")
    before.ends()
    visitor.asks_for_help(danger=True)
    visitor.is_in_state("waiting")
    looker.looks("waiting in danger")
    asks_for_words(page)
    looker.looks("words to come back")

    conversation = str(advisor.takes().json()["conversation"])
    visitor.is_in_state("open")
    visitor.says("een vraag, en een heel lang woord: " + "x" * 60)
    advisor.says(conversation, "natuurlijk")
    visitor.sees("natuurlijk", "advisor")
    looker.looks("open")
    advisor.ends(conversation)
    visitor.is_in_state("ended")
    looker.looks("ended")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("Dank je wel.").first).to_be_visible()
    looker.looks("helped")

    page.locator("[data-chat-again]").click()
    house.closes()
    looker.is_refused("closed")
    page.reload()
    expect(page.locator("[data-closed]")).to_be_visible()
    looker.looks("closed from the start")
    redis_here.stop()
    looker.looks_at_what_is_answered("unavailable", 503)
    page.context.close()

    assert {state: faults for state, faults in looker.found.items() if faults} == {}
