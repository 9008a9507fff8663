"""A part of a shift, keyboard only; and what axe finds at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from redis import Redis

from tests.browser.at_desk import (
    conversations,
    field,
    presses,
    takes,
    visitor_waits,
    with_text,
)
from tests.browser.axe import look_at
from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.service import Service

Opens = Callable[..., Page]


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


def types(page: Page, *keys: str) -> None:
    """Words are typed; the names of keys are pressed."""
    for key in keys:
        if key in ("Enter", "Tab", "Escape", "ArrowDown"):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def has_focus(part: Locator) -> None:
    expect(part).to_be_focused()


def ends_by_keyboard(page: Page, conversation: Locator) -> None:
    presses(page, "X")
    has_focus(conversation.locator("select[name=reason]"))
    types(page, "Geholpen", "Tab")
    has_focus(conversation.locator("[data-chat-end]"))
    types(page, "Enter")
    expect(conversation).to_have_count(0)


def test_two_chats_one_handed_over_warm_and_both_ended_by_keyboard(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk, opens: Opens, service: Service
) -> None:
    noor = at_desk.page
    sam = AdvisorAtDesk(opens("/desk/", width=1280, height=800), service.hires("Sam")).page
    visitor_waits(service, "ik wil iets vragen")
    takes(at_desk, 1)
    visitor.asks_for_help()
    visitor.says("liever met een ander")
    at_desk.sees_waiting(1)
    takes(at_desk, 1)
    mine, other = with_text(noor, "ik wil iets vragen"), with_text(noor, "liever met een ander")
    types(noor, "dat kan", "Enter")
    visitor.sees("dat kan", "advisor")

    presses(noor, "D")
    panel = other.locator("[data-panel=transfer]")
    has_focus(panel.locator("select[name=to]").first)
    types(noor, "Sam", "Tab", "belt liever niet", "Tab")
    has_focus(panel.get_by_role("button", name="Bied aan"))
    types(noor, "Enter")

    offer = sam.locator("[data-offer-list]").get_by_role("listitem")
    expect(offer).to_contain_text("belt liever niet")
    presses(sam, "E")
    has_focus(offer.get_by_role("button", name="Neem over"))
    types(sam, "Enter")
    theirs = with_text(sam, "liever met een ander")
    has_focus(field(theirs))
    types(sam, "ik ben Sam", "Enter")
    visitor.sees("ik ben Sam", "advisor")

    expect(other).to_contain_text("Sam")
    presses(noor, "J", "J")
    presses(noor, "X")
    expect(conversations(noor)).to_have_count(1)
    has_focus(field(mine))
    ends_by_keyboard(noor, mine)
    has_focus(noor.locator("[data-take-next]"))
    ends_by_keyboard(sam, theirs)
    visitor.is_in_state("ended")


def chats_at_once(page: Page, most: int) -> None:
    part = page.locator("[data-shift]")
    part.locator("summary").click()
    part.locator("select[name=most]").select_option(str(most))
    part.locator("[type=submit]").click()
    expect(part.locator("select[name=most]")).to_be_hidden()


def test_axe_finds_nothing_at_the_desk(at_desk: AdvisorAtDesk, service: Service) -> None:
    page = at_desk.page
    # Nothing that moves is looked at while it moves.
    page.emulate_media(reduced_motion="reduce")
    page.locator("[data-shift] summary").click()
    assert look_at(page) == []
    page.locator("[data-shift] summary").click()
    chats_at_once(page, 4)

    visitor_waits(service, "hallo\nدعني أسأل 👩‍👧 " + "x" * 200)
    visitor_waits(service, danger="yes", audience="professional", region="VT14")
    takes(at_desk, 1)
    at_desk.says("dag")
    assert look_at(page) == []

    for _ in range(3):
        visitor_waits(service, "en ik ook")
    takes(at_desk, 2)
    expect(conversations(page)).to_have_count(3)
    assert look_at(page) == []


def test_far_zoomed_in_nothing_is_cut_off_sideways(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    chats_at_once(page, 4)
    for _ in range(4):
        visitor_waits(service, "donaudampfschifffahrt" * 5)
    takes(at_desk, 4)
    # 1280 by 1024 at 400 %
    page.set_viewport_size({"width": 320, "height": 256})
    for tab in page.locator("[data-tabs] button").all()[-1:0:-3]:
        tab.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    presses(page, "X")
    expect(page.locator("[data-panel=end] select:visible")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_axe_finds_nothing_in_the_panels_and_the_keys(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    page.emulate_media(reduced_motion="reduce")
    visitor_waits(service, "hallo")
    takes(at_desk, 1)
    for button in page.locator("[data-tool][aria-expanded]:visible").all():
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
        assert look_at(page) == [], button.text_content()
        page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Escape")
    page.locator("[data-keys-open]").click()
    assert look_at(page) == []
