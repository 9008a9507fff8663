"""The desk calls when somebody waits: with words, a sound and a notice, in one tab."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis

from tests.browser.at_desk import presses, visitor_waits
from tests.browser.conftest import launched
from tests.browser.people import AdvisorAtDesk
from tests.servers import until
from tests.service import Service

Opens = Callable[..., Page]
HALF_A_MINUTE_MS = 30_000

# Writes down what the page asks of the loudspeaker and of the computer; nothing is changed.
LISTENS = """
  window.heard = { tones: [], notices: [] };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    heard.tones.push(this.frequency.value);
    return start.apply(this, at);
  };
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      heard.notices.push([title, JSON.stringify(options)]);
    }
  };
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A whole one: without windows there are no notices of the computer either."""
    yield from launched(shutil.which("chromium"))


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


@pytest.fixture
def at_desk(opens: Opens, service: Service) -> AdvisorAtDesk:
    page = opens("/desk/", width=1280, height=800)
    page.context.grant_permissions(["notifications"])
    page.context.add_init_script(LISTENS)
    page.clock.install()
    return AdvisorAtDesk(page, service.hires("Noor"))


def tones(page: Page) -> list[float]:
    found: list[float] = page.evaluate("heard.tones")
    return found


def notices(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("heard.notices")
    return found


def is_awake(page: Page) -> None:
    """Whoever works at the desk clicks now and then; only then a browser makes sound."""
    page.locator(".brand").click()
    expect(page.locator("[data-sound-on]")).to_be_hidden()


def sounds(page: Page) -> None:
    until(lambda: tones(page), "a sound")


def forget(page: Page) -> None:
    page.evaluate("heard.tones.length = heard.notices.length = 0")


def test_a_visitor_who_waits_is_told_and_heard(at_desk: AdvisorAtDesk, service: Service) -> None:
    is_awake(at_desk.page)

    visitor_waits(service)

    expect(at_desk.page.get_by_role("status").filter(has_text="Er wacht iemand.")).to_be_visible()
    sounds(at_desk.page)
    expect(at_desk.page).to_have_title("(1) Gesprekken | Luwte")


def test_danger_sounds_different_and_says_so(at_desk: AdvisorAtDesk, service: Service) -> None:
    is_awake(at_desk.page)
    visitor_waits(service)
    sounds(at_desk.page)
    usual = tones(at_desk.page)
    forget(at_desk.page)

    visitor_waits(service, danger="yes")

    expect(at_desk.page.get_by_role("alert").filter(has_text="nu in gevaar")).to_be_visible()
    sounds(at_desk.page)
    assert tones(at_desk.page) != usual


def test_it_calls_again_every_half_minute_until_somebody_takes_them(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    is_awake(at_desk.page)
    visitor_waits(service)
    sounds(at_desk.page)
    forget(at_desk.page)

    at_desk.page.clock.fast_forward(HALF_A_MINUTE_MS)
    sounds(at_desk.page)

    presses(at_desk.page, "N")
    expect(at_desk.page.get_by_text("Er wacht iemand.")).to_be_hidden()
    forget(at_desk.page)
    at_desk.page.clock.fast_forward(HALF_A_MINUTE_MS * 2)
    assert tones(at_desk.page) == []


def test_a_page_that_nobody_touched_is_silent_and_offers_sound(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    untouched = at_desk.page.context.new_page()
    untouched.goto(at_desk.page.url)
    at_desk.page.close()
    button = untouched.get_by_role("button", name="Zet geluid aan")
    expect(button).to_be_visible()
    visitor_waits(service)
    expect(untouched.get_by_text("Er wacht iemand.")).to_be_visible()
    assert tones(untouched) == []

    button.click()

    expect(button).to_be_hidden()
    visitor_waits(service)
    sounds(untouched)


def test_the_switch_silences_it_and_is_remembered(at_desk: AdvisorAtDesk, service: Service) -> None:
    is_awake(at_desk.page)
    with at_desk.page.expect_response("**/sound"):
        presses(at_desk.page, "U")

    with at_desk.page.expect_response("**/sound"):
        at_desk.page.reload()

    expect(at_desk.page.get_by_label("Geluid")).to_have_value("off")
    is_awake(at_desk.page)
    visitor_waits(service)
    expect(at_desk.page.get_by_text("Er wacht iemand.")).to_be_visible()
    assert tones(at_desk.page) == []


def test_on_a_break_nobody_is_called(at_desk: AdvisorAtDesk, service: Service) -> None:
    is_awake(at_desk.page)
    status = at_desk.page.get_by_label("Ik ben")
    with at_desk.page.expect_response("**/shift"):
        status.select_option("break")

    visitor_waits(service, danger="yes")
    at_desk.sees_waiting(1)
    expect(at_desk.page.get_by_text("nu in gevaar is")).to_be_hidden()
    assert tones(at_desk.page) == []

    status.select_option("available")
    expect(at_desk.page.get_by_text("nu in gevaar is")).to_be_visible()


def test_two_tabs_of_one_advisor_sound_once(at_desk: AdvisorAtDesk, service: Service) -> None:
    is_awake(at_desk.page)
    second = at_desk.page.context.new_page()
    second.goto(at_desk.page.url)
    is_awake(second)

    visitor_waits(service)
    for page in (at_desk.page, second):
        expect(page.get_by_text("Er wacht iemand.")).to_be_visible()
    sounds(at_desk.page)
    assert tones(second) == []

    at_desk.page.close()
    visitor_waits(service)
    sounds(second)


def test_the_computers_notice_names_nothing_of_a_visitor(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    # As when another window is in front.
    at_desk.page.evaluate("document.hasFocus = () => false")

    visitor_waits(service, danger="yes", region="VT14")

    until(lambda: notices(at_desk.page), "a notice")
    ((title, options),) = notices(at_desk.page)
    assert title == "Er wacht iemand"
    assert "body" not in options


def test_notices_are_asked_for_only_by_a_button(opens: Opens, service: Service) -> None:
    page = opens("/desk/", width=1280, height=800)
    page.context.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => { asked += 1; };"
        "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
    )
    AdvisorAtDesk(page, service.hires("Noor"))
    button = page.get_by_role("button", name="Toon meldingen")
    expect(button).to_be_visible()
    assert page.evaluate("asked") == 0

    button.click()

    assert page.evaluate("asked") == 1
