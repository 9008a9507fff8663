"""An account is closed at the office: who had it is out, and nobody they talked with is alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from tests.browser.at_desk import conversations, takes, visitor_waits, with_text
from tests.browser.axe import look_at
from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.service import Service

SAID = "hij mag dit niet zien"


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


@pytest.fixture
def office(opens: Callable[..., Page], service: Service) -> Page:
    """A coordinator's browser."""
    page = opens("/desk/", width=1280, height=800)
    AdvisorAtDesk(page, service.hires("Anna", role="coordinator"))
    return page


def closes_account(office: Page, service: Service, email: str) -> float:
    """Close it at the office's page; returns when the button was pressed."""
    office.goto(service.url + "/office/staff")
    office.get_by_role("row", name=email).get_by_role("link").click()
    office.get_by_text("Sluit dit account", exact=True).click()
    began = time.monotonic()
    office.get_by_role("button", name="Ja, sluit dit account").click()
    return began


def test_who_is_closed_is_signed_out_and_a_colleague_goes_on_with_their_visitor(
    office: Page,
    visitor: VisitorInBrowser,
    opens: Callable[..., Page],
    service: Service,
) -> None:
    member = service.hires("Noor")
    at_desk, sam = (
        AdvisorAtDesk(opens("/desk/", width=1280, height=800), one)
        for one in (member, service.hires("Sam"))
    )
    noor = at_desk.page
    visitor.asks_for_help()
    visitor.says(SAID)
    takes(at_desk, 1)
    at_desk.says("dat blijft hier")
    visitor.sees("dat blijft hier", "advisor")
    other = visitor_waits(service, "ik wacht al langer")
    sam.sees_waiting(1)

    began = closes_account(office, service, member.email)
    expect(noor.get_by_text("Je bent uitgelogd.")).to_be_visible()
    print(f"\nout within {(time.monotonic() - began) * 1000:.0f} ms")
    sam.sees_waiting(2)
    print(f"with a colleague within {(time.monotonic() - began) * 1000:.0f} ms")
    visitor.sees("Je bent niet alleen: een collega neemt het", "system")

    first = sam.page.locator("[data-waiting] > li").first
    came_back = "Kwam terug: de collega viel weg"
    expect(first).to_contain_text(came_back, use_inner_text=True)
    assert look_at(noor) == [] and look_at(sam.page) == []
    sam.page.set_viewport_size({"width": 1280, "height": 800})
    takes(sam, 1)
    theirs = with_text(sam.page, SAID)
    expect(theirs.locator("[data-message]", has_text="dat blijft hier")).to_have_count(1)
    theirs.locator("form[data-chat-say] textarea").fill("ik ben Sam, ik ga met je verder")
    theirs.locator("form[data-chat-say] button[type=submit]").click()
    visitor.sees("ik ben Sam, ik ga met je verder", "advisor")

    # Nothing that anybody said or waits for stays on a screen that is nobody's desk any more.
    expect(conversations(noor)).to_have_count(0)
    expect(noor.locator("[data-waiting] > li")).to_have_count(0)
    assert SAID not in noor.content()
    noor.reload()
    expect(noor.locator("input[name=password]")).to_be_visible()
    other.ends()
