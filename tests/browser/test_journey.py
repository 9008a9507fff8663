"""The whole way in a real browser: a visitor's words reach an advisor and come back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from redis import Redis

from tests.servers import until

SEEN_WITHIN_MS = 1000  # "each seen by the other within one second" is the promise itself


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


def test_a_visitors_words_reach_an_advisor_and_come_back(visitor, at_desk, store):
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    visitor.is_at_place(1)
    at_desk.sees_waiting(1)

    at_desk.takes_next()
    visitor.is_in_state("open")
    said = []
    for n in range(10):
        visitor.says(f"vraag {n}.")
        at_desk.sees(f"vraag {n}.", "visitor", SEEN_WITHIN_MS)
        at_desk.says(f"antwoord {n}.")
        visitor.sees(f"antwoord {n}.", "advisor", SEEN_WITHIN_MS)
        said += [f"vraag {n}.", f"antwoord {n}."]
    assert visitor.texts() == said
    assert at_desk.texts() == said

    visitor.ends()
    visitor.is_in_state("ended")
    expect(at_desk.page.get_by_text("De bezoeker heeft het gesprek gestopt")).to_be_visible()
    until(lambda: not [k for k in store.scan_iter("*") if b":conversation:" in k], "no key is left")
    assert not [key for key in store.scan_iter("*") if b":log:" in key]


def test_what_is_written_while_waiting_is_there_when_the_advisor_comes(visitor, at_desk):
    visitor.asks_for_help()
    visitor.says("ik durf niet te bellen")
    at_desk.takes_next()

    at_desk.sees("ik durf niet te bellen", "visitor")


def test_markup_stays_text_on_both_sides(visitor, at_desk):
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script> & 👩‍👩‍👧 مرحبا " + "x" * 500
    visitor.asks_for_help()
    at_desk.takes_next()
    visitor.says(nasty)
    at_desk.sees("<script>alert(2)</script>", "visitor")
    at_desk.says(nasty)
    visitor.sees("<script>alert(2)</script>", "advisor")

    assert visitor.texts() == [nasty, nasty]
    assert at_desk.page.locator("[data-message] img, [data-message] script").count() == 0


def test_the_place_moves_up_when_somebody_before_leaves(visitor, opens, service):
    from tests.service import Visitor

    first = Visitor(service)
    first.asks()
    visitor.asks_for_help()
    visitor.is_at_place(2)

    first.ends()

    visitor.is_at_place(1)


def test_danger_shows_112_before_anything_is_sent(visitor):
    notice = visitor.page.locator("form[data-chat-start] a[href='tel:112']")
    expect(notice).not_to_be_visible()
    visitor.page.check("input[name=danger][value=yes]")

    expect(notice).to_be_visible()


def test_the_exit_blanks_the_page_and_ends_the_chat(visitor, at_desk, store):
    visitor.page.route("https://www.buienradar.nl/**", lambda route: route.fulfill(body="weer"))
    visitor.asks_for_help()
    at_desk.takes_next()
    visitor.says("tot zo")
    at_desk.sees("tot zo", "visitor")

    visitor.page.locator("[data-exit]").click()

    expect(visitor.page.get_by_text("weer")).to_be_visible()
    until(lambda: not [k for k in store.scan_iter("*") if b":conversation:" in k], "it is ended")


def test_without_javascript_the_chat_works_too(opens, at_desk):
    from tests.browser.people import VisitorInBrowser

    page = opens("/chat", java_script_enabled=False)
    visitor = VisitorInBrowser(page)
    page.check("input[name=danger][value=no]")
    page.check("input[name=audience][value=self]")
    page.locator("form[data-chat-start] button[type=submit]").click(no_wait_after=True)
    visitor.is_in_state("waiting")
    at_desk.takes_next()
    visitor.is_in_state("open")
    for n in range(3):
        form = page.locator("form[data-chat-say]").last
        form.locator("textarea").fill(f"vraag {n}.")
        form.locator("button").click(no_wait_after=True)
        at_desk.sees(f"vraag {n}.", "visitor")
        visitor.sees(f"vraag {n}.", "visitor")
        at_desk.says(f"antwoord {n}.")
        visitor.sees(f"antwoord {n}.", "advisor")

    page.locator("[data-chat-end]").click(no_wait_after=True)

    visitor.is_in_state("ended")
