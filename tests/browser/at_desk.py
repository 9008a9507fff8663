"""What the tests of the desk share: visitors who wait, and where things are at the desk."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import AdvisorAtDesk
from tests.service import Service, Visitor

# Takes the place of Alt and Shift with that letter, as the desk's own table says.
TOGETHER = "Alt+Shift+"


def visitor_waits(service: Service, said: str = "", **fields: str) -> Visitor:
    visitor = Visitor(service)
    answer = visitor.asks(**fields)
    assert answer.status_code == 201, answer.text
    if said:
        visitor.says(said)
    return visitor


def conversations(page: Page) -> Locator:
    return page.locator(".conversation")


def with_text(page: Page, text: str) -> Locator:
    """The conversation in which that was said."""
    return conversations(page).filter(has=page.locator("[data-message]", has_text=text))


def field(conversation: Page | Locator) -> Locator:
    return conversation.locator("form[data-chat-say] textarea")


def presses(page: Page, *letters: str) -> None:
    for letter in letters:
        page.keyboard.press(TOGETHER + letter)


def takes(at_desk: AdvisorAtDesk, count: int) -> None:
    """Take that many visitors; each begins with the focus in its field."""
    there = conversations(at_desk.page).count()
    for number in range(there, there + count):
        # On a small screen the list is behind the conversation.
        expect(at_desk.page.locator("[data-waiting] > li").first).to_be_attached()
        presses(at_desk.page, "N")
        expect(field(conversations(at_desk.page).nth(number))).to_be_focused()
