"""The log of a conversation: what comes before the browser has looked where the reader is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

STATIC = Path(__file__).resolve().parents[2] / "static"
HERE = "http://log.test/"
PAGE = """<!doctype html><title>-</title>
<section><ol style="margin: 0"></ol><p class="end">einde</p></section>
<button hidden>naar beneden</button>"""
BEGIN = """async () => {
  const { Log } = await import("/log.js");
  const of = (what) => document.querySelector(what);
  const log = new Log({ list: of("ol"), end: of(".end"), jump: of("button") });
  const message = (text) => `<li style="height: 200px">${text}</li>`;
  window.comes = (number) => log.add({ id: `${number}-0`, html: message(number) });
  window.says = () => {
    const bubble = document.createElement("li");
    bubble.textContent = "wat ik zeg";
    bubble.style.height = "200px";
    bubble.dataset.unsent = "";
    log.addUnsent(bubble);
    return bubble;
  };
  for (let number = 1; number < 10; number += 1) comes(number);
}"""


def serves(route: Route) -> None:
    name = route.request.url.removeprefix(HERE)
    if name:
        route.fulfill(path=STATIC / name, content_type="text/javascript")
    else:
        route.fulfill(body=PAGE, content_type="text/html")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 320, "height": 256})
    page.route(f"{HERE}**", serves)
    page.goto(HERE)
    page.evaluate(BEGIN)
    yield page
    page.close()


def test_whoever_reads_back_is_left_there_and_told(page: Page) -> None:
    expect(page.get_by_text("einde")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    expect(page.get_by_text("einde")).not_to_be_in_viewport()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    page.evaluate("comes(10)")

    expect(page.get_by_role("button")).to_be_visible()
    assert page.evaluate("scrollY") == 0


def test_whoever_said_something_sees_the_answer_however_late_the_browser_looks(page: Page) -> None:
    page.evaluate("scrollTo(0, 0)")
    expect(page.get_by_text("einde")).not_to_be_in_viewport()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    # Its own words come back from the server before the browser has drawn anything.
    page.evaluate("const bubble = says(); comes(10); bubble.remove();")
    page.evaluate("comes(11)")

    expect(page.get_by_text("11", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", include_hidden=True)).to_be_hidden()
