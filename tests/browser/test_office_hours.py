"""The office in a real browser: closing one region, and screens that keep nobody out."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from tests.browser.axe import by_day, by_day_and_night
from tests.browser.people import AdvisorAtDesk
from tests.processes import busy
from tests.service import Service, Visitor

SEEN_S = 2.0  # the promise itself
REASON = "Vandaag zijn er te weinig mensen"
SIZES = ((390, 844), (768, 1024), (1280, 720), (1920, 1080))
BY_NIGHT_TOO = (390, 1280)


class CoordinatorInBrowser(AdvisorAtDesk):
    """Somebody who plans."""

    def goes_to(self, *names: str) -> None:
        for name in names:
            self.page.get_by_role("link", name=name, exact=True).click()

    def closes(self, region: str, reason: str) -> None:
        self.goes_to("Naar het kantoor", "Openingstijden", region)
        form = self.page.get_by_role("region", name="Nu openen of sluiten")
        form.get_by_label("Gesloten").check()
        form.get_by_label("Reden, in het Nederlands").fill(reason)
        form.get_by_role("button", name="Bewaar").click()
        expect(self.page.get_by_text("Bewaard.")).to_be_visible()

    def opens_again(self) -> None:
        self.page.get_by_role("button", name="Laat de openingstijden weer gelden").click()
        expect(self.page.get_by_text("Met de hand")).to_have_count(0)


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


@pytest.fixture
def coordinator(opens: Callable[..., Page], service: Service) -> CoordinatorInBrowser:
    page = opens("/desk/", width=1280, height=800)
    return CoordinatorInBrowser(page, service.hires("Cora", role="coordinator"))


def asks(page: Page, region: str) -> None:
    page.goto(page.url)
    page.check('input[name=danger][value="no"]')
    page.check('input[name=audience][value="self"]')
    page.select_option("select[name=region]", region)
    page.locator("form[data-chat-start] button[type=submit]").click()


def test_closing_a_region_is_seen_by_its_visitors_within_two_seconds_and_not_by_others(
    opens: Callable[..., Page], coordinator: CoordinatorInBrowser
) -> None:
    theirs, elsewhere = opens("/chat"), opens("/chat")

    coordinator.closes("Noord- en Oost-Gelderland", REASON)
    began = time.monotonic()
    try:
        while "(nu gesloten)" not in theirs.locator('option[value="VT14"]').inner_text():
            assert time.monotonic() - began < SEEN_S * (1 + 4 * busy())
            theirs.goto(theirs.url)
        expect(theirs.locator('option[value="VT01"]')).to_have_text("Amsterdam-Amstelland")

        # Both processes know by now, or a moment later.
        while time.monotonic() - began < SEEN_S:
            theirs.goto(theirs.url)
        asks(theirs, "VT14")
        expect(theirs.get_by_text(f"{REASON}.")).to_be_visible()
        asks(elsewhere, "VT01")
        expect(elsewhere.locator('[data-chat-state][data-state="waiting"]')).to_be_visible()
    finally:
        coordinator.opens_again()


def test_now_follows_who_comes_and_goes(
    coordinator: CoordinatorInBrowser, service: Service
) -> None:
    coordinator.goes_to("Naar het kantoor")
    waiting = coordinator.page.locator(".figure", has_text="Wachten").first.locator(".big")
    expect(waiting).to_have_text("0")

    visitor = Visitor(service)
    visitor.asks(danger="yes", region="VT14")
    expect(waiting).to_have_text("1")
    expect(coordinator.page.get_by_text("1 in gevaar")).to_be_visible()
    expect(coordinator.page.get_by_role("status").first).to_contain_text("Er wacht 1 bezoeker.")
    visitor.ends()

    expect(waiting).to_have_text("0")
    expect(coordinator.page.get_by_text("Overal is het nu rustig.")).to_be_visible()


def test_a_day_is_previewed_and_kept_without_a_mouse(coordinator: CoordinatorInBrowser) -> None:
    page = coordinator.page
    coordinator.goes_to("Naar het kantoor", "Openingstijden", "Flevoland")
    form = page.get_by_role("region", name="Andere tijden op één dag")
    form.get_by_label("Datum").fill("2027-12-24")
    form.get_by_label("Open op deze tijden:").press(" ")
    form.get_by_label("Tijden op die dag").fill("9 tot 12 uur")
    page.keyboard.press("Tab")
    page.keyboard.type("Kerstavond")
    form.get_by_role("button", name="Bekijk eerst wat bezoekers zien").press("Enter")
    expect(page.get_by_role("region", name="Voorbeeld")).to_contain_text("Kerstavond.")
    expect(form.get_by_label("Tijden op die dag")).to_have_value("9 tot 12 uur")

    form.get_by_role("button", name="Bewaar").press("Enter")

    expect(form.get_by_role("listitem")).to_contain_text("09:00-12:00")
    form.get_by_role("button", name="Haal weg").press("Enter")
    expect(form.get_by_role("listitem")).to_have_count(0)


def test_axe_finds_nothing_and_nothing_sticks_out(
    coordinator: CoordinatorInBrowser, service: Service
) -> None:
    page = coordinator.page
    Visitor(service).asks(danger="yes", region="VT14")
    Visitor(service).asks(audience="professional")
    for path in ("/office/", "/office/hours", "/office/hours/VT14", "/office/hours/landelijk"):
        page.goto(service.url + path)
        look_everywhere(page)
    form = page.get_by_role("region", name="Andere tijden op één dag")
    form.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look_everywhere(page)
    form = page.get_by_role("region", name="Nu openen of sluiten")
    form.get_by_role("button", name="Bewaar").click()
    expect(form.get_by_text("Kies of de chat open of gesloten is.")).to_be_visible()
    assert by_day_and_night(page) == []
    form.get_by_label("Gesloten").check()
    form.get_by_role("button", name="Bekijk eerst wat bezoekers zien").click()
    expect(page.get_by_role("region", name="Voorbeeld")).to_be_visible()
    look_everywhere(page)


def look_everywhere(page: Page) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        look = by_day_and_night if width in BY_NIGHT_TOO else by_day
        assert look(page) == [], (page.url, width)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, (page.url, width)
