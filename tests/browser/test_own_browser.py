"""Whose steps come first on the page "safe on this site"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from luwte.config import shipped

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
CHROME = "Chrome/150.0.0.0 Safari/537.36"
ON_PHONE = "Chrome/150.0.0.0 Mobile Safari/537.36"

# What a browser says of itself, and the steps that must come first.
KNOWN = {
    ANDROID + ON_PHONE: "chrome android",
    IPHONE + "CriOS/150.0.0.0 Mobile/15E148 Safari/604.1": "chrome ios",
    WINDOWS + CHROME: "chrome computer",
    ANDROID + ON_PHONE + " EdgA/150.0.0.0": "edge android ios",
    IPHONE + "Version/18.0 EdgiOS/150.0.0.0 Mobile/15E148 Safari/604.1": "edge android ios",
    WINDOWS + CHROME + " Edg/150.0.0.0": "edge computer",
    "Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0": "firefox android",
    IPHONE + "FxiOS/150.0 Mobile/15E148 Safari/605.1.15": "firefox ios",
    "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0": "firefox computer",
    IPHONE + "Version/26.0 Mobile/15E148 Safari/604.1": "safari ios",
    MAC + "Version/26.0 Safari/605.1.15": "safari computer",
    ANDROID + "SamsungBrowser/30.0 " + ON_PHONE: "samsung android",
    LINUX + "SamsungBrowser/30.0 " + CHROME: "samsung android",
    WINDOWS + "SamsungBrowser/30.0 " + CHROME: "samsung computer",
}
# These keep their history elsewhere: better no steps than wrong ones.
UNKNOWN = [
    WINDOWS + CHROME + " OPR/130.0.0.0",
    ANDROID.replace("; K)", "; K; wv)") + "Version/4.0 " + ON_PHONE,
    IPHONE + "Mobile/15E148 [FBAN/FBIOS;FBAV/500.0]",
    IPHONE + "GSA/380.0 Mobile/15E148 Safari/604.1",
    "",
]
PLACES = sorted({*KNOWN.values()}, reverse=True)


# Draws the page's list anew, and shows it to a browser that says this of itself.
SHOW = """([places, about]) => {
    const recipes = places.map((place) => {
        const recipe = document.createElement("details");
        [recipe.dataset.browser, recipe.dataset.devices] = place.split(/ (.*)/);
        recipe.innerHTML = "<summary>x</summary><p data-own hidden>yours</p>";
        return recipe;
    });
    const list = document.createElement("div");
    list.append(...recipes);
    new OwnBrowser(list, about);
    const place = ({ dataset }) => `${dataset.browser} ${dataset.devices}`;
    const mine = [...list.children].filter((one) => one.open && !one.lastChild.hidden);
    return [[...list.children].map(place), mine.map(place)];
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    script = (shipped("static") / "own-browser.js").read_text("utf-8")
    page.add_script_tag(content=script.replace("export class", "globalThis.OwnBrowser = class"))
    yield page
    page.close()


def shown_to(page: Page, about: dict[str, Any]) -> tuple[str, list[str]]:
    """The first steps, and all that are open."""
    order, opened = page.evaluate(SHOW, [PLACES, about])
    assert sorted(order) == sorted(PLACES)
    return order[0], opened


@pytest.mark.parametrize(("agent", "place"), KNOWN.items(), ids=range(len(KNOWN)))
def test_the_visitors_own_browser_comes_first_and_is_open(
    page: Page, agent: str, place: str
) -> None:
    assert shown_to(page, {"userAgent": agent, "maxTouchPoints": 0}) == (place, [place])


@pytest.mark.parametrize("agent", UNKNOWN, ids=range(len(UNKNOWN)))
def test_another_browser_changes_nothing(page: Page, agent: str) -> None:
    assert shown_to(page, {"userAgent": agent, "maxTouchPoints": 5}) == (PLACES[0], [])


def test_an_ipad_that_says_that_it_is_a_mac_gets_the_steps_for_an_ipad(page: Page) -> None:
    about = {"userAgent": MAC + "Version/26.0 Safari/605.1.15", "maxTouchPoints": 5}

    assert shown_to(page, about) == ("safari ios", ["safari ios"])


def test_the_brands_count_where_the_user_agent_names_no_browser(page: Page) -> None:
    brands = [{"brand": "Not/A)Brand"}, {"brand": "Samsung Internet"}, {"brand": "Chromium"}]
    data = {"brands": brands, "mobile": True, "platform": "Android"}
    about = {"userAgent": ANDROID + ON_PHONE, "userAgentData": data, "maxTouchPoints": 5}

    assert shown_to(page, about) == ("samsung android", ["samsung android"])
