"""Colleagues at the desk, in a real browser: the shift, looking along, whispers, handing over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.service import Service


@pytest.fixture(autouse=True)
def empty(service: Service) -> None:
    """Whoever was at a desk in another test is there no more."""
    service.looks_into_its_store().flushall()


@pytest.fixture
def sam(opens: Callable[..., Page], service: Service) -> AdvisorAtDesk:
    return AdvisorAtDesk(opens("/desk/", width=1280, height=900), service.hires("Sam"))


@pytest.fixture
def talking(at_desk: AdvisorAtDesk, visitor: VisitorInBrowser) -> Locator:
    """The conversation that Noor has with the visitor."""
    visitor.asks_for_help()
    visitor.says("mag ik iets vragen?")
    at_desk.sees_waiting(1)
    at_desk.takes_next()
    at_desk.sees("mag ik iets vragen?", "visitor")
    return at_desk.page.locator("[data-conversation]").first


def chooses_sam(form: Locator) -> None:
    option = form.locator("option", has_text="Sam")
    expect(option).to_have_count(1)
    form.locator("select").select_option(value=option.get_attribute("value"))


def test_what_is_told_meanwhile_does_not_undo_what_somebody_is_choosing(at_desk, sam):
    page = at_desk.page
    other = page.context.new_page()
    other.goto(page.url)
    form = page.locator("[data-shift-form]")
    page.locator("[data-shift] summary").click()
    form.locator("select").select_option("4")

    other.locator("[data-status-choice]").select_option("busy")
    expect(page.locator("[data-status-choice]")).to_have_value("busy")
    expect(form.locator("select")).to_have_value("4")
    form.locator("[type=submit]").click()
    expect(form.locator("select")).to_be_hidden()
    other.locator("[data-shift] summary").click()
    expect(other.locator("[data-shift-form] select")).to_have_value("4")

    # What is not saved is forgotten with the form.
    page.locator("[data-shift] summary").click()
    form.locator("select").select_option("1")
    page.locator("[data-shift] summary").click()
    expect(form.locator("select")).to_have_value("4")


def test_a_conversation_is_handed_over_warm(talking, at_desk, sam, visitor):
    talking.locator("[data-tool=transfer]").click()
    form = talking.locator("[data-transfer-form]")
    chooses_sam(form)
    form.locator("textarea").fill("Ze is bang.")
    form.locator("[type=submit]").click()
    offer = sam.page.locator("[data-offer-list] li")
    expect(offer).to_contain_text("Noor wil een gesprek aan je overdragen")
    expect(offer).to_contain_text("Ze is bang.")
    expect(talking.get_by_text("Aangeboden aan Sam")).to_be_visible()
    at_desk.says("Ik draag je over aan Sam.")

    offer.locator("[data-does=accept]").click()

    sam.sees("mag ik iets vragen?", "visitor")
    sam.sees("Ik draag je over aan Sam.", "advisor")
    expect(sam.root.locator('[data-from="advisor"] .who')).to_have_text("Noor")
    expect(offer).to_have_count(0)
    visitor.sees("Je praat nu verder met Sam.", "system")
    expect(at_desk.page.get_by_text("Sam heeft het gesprek overgenomen.")).to_be_visible()
    sam.root.locator("[data-tool=whisper]").click()
    expect(sam.root.locator("[data-whisper]")).to_contain_text("Ze is bang.")
    sam.says("Hoi, ik ben Sam.")
    visitor.sees("Hoi, ik ben Sam.", "advisor")
    expect(visitor.page.get_by_text("Ze is bang.")).to_have_count(0)


def test_an_offer_is_withdrawn_or_declined(talking, sam):
    for goes_away in ("withdraw", "decline"):
        talking.locator("[data-tool=transfer][aria-expanded=false]").click()
        chooses_sam(talking.locator("[data-transfer-form]"))
        talking.locator("[data-transfer-form] [type=submit]").click()
        offer = sam.page.locator("[data-offer-list] li")
        expect(offer).to_have_count(1)
        if goes_away == "withdraw":
            talking.locator("[data-withdraw]").click()
        else:
            offer.locator("[data-does=decline]").click()
        expect(offer).to_have_count(0)
        expect(talking.locator("[data-withdraw]")).to_be_hidden()
        talking.locator("[data-tool=transfer]").click()


def test_a_colleague_looks_along_and_whispers(talking, at_desk, sam, visitor):
    talking.locator("[data-tool=transfer]").click()
    chooses_sam(talking.locator("[data-invite-form]"))
    talking.locator("[data-invite-form] [type=submit]").click()
    sam.page.locator("[data-invited-list] [data-does=look]").click()
    look = sam.page.locator("[data-look]:visible")
    expect(look.locator('[data-message][data-from="visitor"]')).to_have_count(1)
    expect(talking.get_by_text("Kijkt mee: Sam")).to_be_visible()
    expect(look.locator("[data-chat-say]")).to_have_count(0)

    look.locator("[data-tool=whisper]").click()
    look.locator("[data-whisper-say] textarea").fill("vraag of ze veilig is")
    look.locator("[data-whisper-say] textarea").press("Enter")
    expect(talking.locator("[data-tool=whisper] .unread")).to_be_visible()
    talking.locator("[data-tool=whisper]").click()
    expect(talking.locator("[data-whisper]")).to_contain_text("vraag of ze veilig is")
    expect(talking.locator("[data-tool=whisper] .unread")).to_be_hidden()
    sam.page.reload()
    expect(look.locator("[data-whisper]")).to_have_count(1)
    visitor.says("er staat iemand voor de deur")
    expect(look.locator("[data-message]", has_text="voor de deur")).to_have_count(1)

    look.locator("[data-leave]").click()
    expect(look).to_have_count(0)
    expect(talking.get_by_text("Kijkt mee: Sam")).to_be_hidden()


def test_a_shift_is_the_same_in_every_tab_and_after_a_reload(at_desk, opens):
    page = at_desk.page
    second = page.context.new_page()
    second.goto(page.url)
    page.locator("[data-status-choice]").select_option("break")
    expect(second.locator("[data-desk]")).to_have_attribute("data-status", "break")
    second.locator("[data-take-next]").click()
    expect(second.get_by_text("Je bent op pauze.")).to_be_visible()

    second.locator("[data-shift] summary").click()
    second.locator("[data-shift-form] [name=lanes][value=professional]").uncheck()
    second.locator("[data-shift-form] [name=most]").select_option("4")
    second.locator("[data-shift-form] [type=submit]").click()
    expect(second.locator("[data-shift-form]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-desk]")).to_have_attribute("data-status", "break")
    page.locator("[data-shift] summary").click()
    expect(page.locator("[name=lanes][value=professional]")).not_to_be_checked()
    expect(page.locator("[name=most]")).to_have_value("4")


def test_signing_out_with_an_open_chat_asks_first(talking, at_desk, visitor):
    at_desk.page.get_by_role("button", name="Uitloggen").click()
    expect(at_desk.page.get_by_role("heading", name="Je hebt nog 1 gesprek")).to_be_visible()

    at_desk.page.get_by_role("button", name="Geef ze terug en log uit").click()

    visitor.sees("Je medewerker moest stoppen.", "system")
    expect(at_desk.page.locator("input[name=password]")).to_be_visible()
