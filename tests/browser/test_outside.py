"""Addresses in a conversation: text for the visitor; at the desk a question before one opens."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.at_desk import field, visitor_waits, with_text


def test_an_address_in_a_message_opens_only_after_a_question(opens, service, at_desk, visitor):
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    at_desk.takes_next()
    visitor.says("kijk op https://www.kwaad.example.org/a?b=c")
    visitor.sees("kijk op", "visitor")
    assert visitor.page.locator("[data-message] a").count() == 0

    desk = at_desk.page
    conversation = with_text(desk, "kijk op")
    opened: list[str] = []
    desk.context.on("page", lambda page: opened.append(page.url))
    link, question = conversation.locator("a[data-outside]"), desk.locator("[data-outside-warning]")
    for press in (
        lambda: link.click(),
        lambda: link.click(button="middle"),
        lambda: link.click(modifiers=["Control"]),
        lambda: link.press("Enter"),
    ):
        press()
        expect(question).to_be_visible()
        expect(question.locator("h2")).to_have_text("Open je www.kwaad.example.org?")
        expect(question.locator("[data-outside-close]")).to_be_focused()
        desk.keyboard.press("Escape")
        expect(question).to_be_hidden()
        expect(link).to_be_focused()
    assert opened == []

    link.click()
    asked: list[dict[str, str]] = []
    desk.context.route(
        "**/a?b=c", lambda route: (asked.append(route.request.headers), route.abort())
    )
    with desk.context.expect_page() as other:
        question.locator("[data-outside-open]").click()
    expect(question).to_be_hidden()
    other.value.close()
    assert len(asked) == 1 and "referer" not in asked[0]
    assert field(conversation).is_enabled()


def test_a_whisper_asks_too(service, at_desk, advisor):
    visitor_waits(service, "dag")
    at_desk.takes_next()
    desk = at_desk.page
    conversation = with_text(desk, "dag")
    conversation.locator("[data-tool=whisper]").click()
    conversation.locator("[data-whisper-say] textarea").fill("zie https://example.org/x")
    desk.keyboard.press("Enter")
    conversation.locator("a[data-outside]").click()

    expect(desk.locator("[data-outside-warning] h2")).to_contain_text("example.org")
