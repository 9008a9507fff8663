"""Find your region in a real browser, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

Opens = Callable[..., Page]


def searches(page: Page, place: str) -> None:
    page.fill("[data-region-form] input[name=plaats]", place)
    page.click("[data-region-form] button")


def goes_through_it(page: Page) -> None:
    """A place of two regions, a choice, and a mistyped place."""
    page.locator(".foot a[href='/regio']").click()
    searches(page, "Hengelo")
    expect(page.locator("main h1")).to_have_text("Welke plaats bedoel je?")
    page.locator("[data-region-choices] a", has_text="Bronckhorst").click()
    expect(page.locator("[data-region]")).to_have_attribute("data-region", "VT14")

    searches(page, "Roterdam")
    expect(page.locator("[data-region]")).to_have_attribute("data-region", "VT18")
    expect(page.locator("main")).to_contain_text("We denken dat je Rotterdam bedoelt")
    expect(page.locator("[name=plaats]")).to_have_value("Roterdam")


def test_with_javascript_a_place_never_comes_into_the_address(opens: Opens) -> None:
    page = opens("/veilig-internetten")
    before = page.evaluate("[location.href, history.length]")
    goes_through_it(page)
    assert page.evaluate("[location.href, history.length]") == before
    # The page's own way back shows the choice of before once more.
    page.click("[data-back]")
    expect(page.locator("[data-region]")).to_have_attribute("data-region", "VT14")

    page.locator(".foot a[href='/hulplijnen']").click()
    line = page.locator("[data-helpline=kindertelefoon]")
    says = {"open": "Nu open, tot 21.00 uur", "closed": "11.00 uur"}
    expect(line).to_contain_text(says[line.get_attribute("data-open") or ""])


def test_without_javascript_it_works_and_says_what_a_browser_may_keep(opens: Opens) -> None:
    page = opens("/veilig-internetten", java_script_enabled=False)
    goes_through_it(page)
    assert page.url.endswith("/regio"), "the address names no place"
    told = page.locator("[data-region-form] .notice")
    expect(told).to_be_visible()
    expect(told).to_contain_text("kan bewaren wat je hier typt")
    # More than 64 KB of form: such a page is not in the browser's session files.
    assert len(page.input_value("[name=room]")) > 10_000
