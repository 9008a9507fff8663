"""Waiting, reading meanwhile, and what each side is told of the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from redis import Redis

from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.servers import until
from tests.service import Service, Visitor

Opens = Callable[..., Page]
LONG_AGO = 1


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


def bar(visitor: VisitorInBrowser) -> Locator:
    return visitor.page.locator("[data-chat-return]")


def tells(visitor: VisitorInBrowser, text: str) -> None:
    expect(bar(visitor).get_by_role("status").get_by_text(text)).to_be_visible()


def tells_no_more(visitor: VisitorInBrowser, text: str) -> None:
    expect(bar(visitor).get_by_text(text)).to_be_hidden()


def reads_an_article(visitor: VisitorInBrowser) -> None:
    visitor.page.locator(".reading a:visible").first.click()
    expect(visitor.page.locator("article h1")).to_be_focused()


def goes_back_to_the_chat(visitor: VisitorInBrowser) -> None:
    bar(visitor).get_by_role("link").click()
    expect(bar(visitor)).to_be_hidden()


def was_last_seen_long_ago(store: Redis, name: bytes) -> None:
    """As if the patience with everybody in that list were over."""
    for key in store.scan_iter(b"*" + name):
        everybody: list[bytes] = store.zrange(key, 0, -1)  # type: ignore[assignment]
        for one in everybody:
            store.zadd(key, {one: LONG_AGO}, xx=True)


def finishes(advisor: AdvisorAtDesk) -> None:
    advisor.root.get_by_text("Gesprek afronden").click()
    advisor.root.locator("select[name=reason]").select_option("done")
    advisor.root.locator("[data-chat-end]").click()


def falls_silent(advisor: AdvisorAtDesk, visitor: VisitorInBrowser, store: Redis) -> None:
    advisor.page.close()
    for key in store.scan_iter(b"*:conversation:*"):
        store.hset(key, "taken", LONG_AGO)

    def noticed() -> bool:
        was_last_seen_long_ago(store, b":present")
        return visitor.page.locator("[data-chat-state]").get_attribute("data-state") == "waiting"

    until(noticed, "the silence is noticed")


def test_help_is_read_without_losing_the_place(visitor: VisitorInBrowser, service: Service) -> None:
    first = Visitor(service)
    first.asks()
    visitor.asks_for_help()
    visitor.is_at_place(2)
    visitor.page.get_by_label("Jouw bericht").fill("wat ik straks wil zeggen")
    address = visitor.page.url

    reads_an_article(visitor)

    tells(visitor, "Je bent nummer 2")
    assert visitor.page.url == address
    first.ends()
    tells(visitor, "Je bent nummer 1")
    goes_back_to_the_chat(visitor)
    visitor.is_in_state("waiting")
    visitor.is_at_place(1)
    expect(visitor.page.get_by_role("heading", name="Je staat in de rij")).to_be_focused()
    expect(visitor.page.get_by_label("Jouw bericht")).to_have_value("wat ik straks wil zeggen")


@pytest.mark.parametrize(
    ("audience", "path"),
    [
        ("self", "/direct-hulp/nu-in-gevaar"),
        ("other", "/geweld-thuis/iemand-helpen"),
        ("professional", "/professionals/advies-vragen"),
    ],
)
def test_who_waits_is_offered_what_is_for_them(
    visitor: VisitorInBrowser, audience: str, path: str
) -> None:
    visitor.asks_for_help(audience=audience)

    shown = visitor.page.locator(".reading a:visible")
    expect(shown.first).to_be_visible()
    addresses = shown.evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert path in addresses
    assert len(addresses) <= 3


def test_an_advisor_who_comes_is_announced_on_the_page_that_is_read(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk
) -> None:
    visitor.asks_for_help()
    reads_an_article(visitor)
    at_desk.takes_next()
    at_desk.says("dag, ik ben Noor")

    tells(visitor, "Noor is er voor je.")
    tells(visitor, "2 nieuwe berichten.")
    expect(bar(visitor).get_by_role("link")).to_be_in_viewport()

    goes_back_to_the_chat(visitor)
    visitor.is_in_state("open")
    expect(visitor.page.get_by_text("dag, ik ben Noor")).to_be_in_viewport()
    visitor.page.get_by_role("link", name="Terug").click()
    tells(visitor, "Noor is er voor je.")
    tells_no_more(visitor, "nieuwe berichten")


def test_an_end_that_came_while_reading_is_still_seen(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk
) -> None:
    visitor.asks_for_help()
    at_desk.takes_next()
    visitor.is_in_state("open")
    visitor.page.get_by_role("link", name="Terug").click()
    tells(visitor, "Noor is er voor je.")
    at_desk.says("het beste!")
    finishes(at_desk)

    tells(visitor, "Je chat is afgelopen.")
    goes_back_to_the_chat(visitor)
    visitor.is_in_state("ended")
    visitor.sees("het beste!", "advisor")


def test_reading_and_coming_back_need_only_the_keyboard(visitor: VisitorInBrowser) -> None:
    page = visitor.page
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    tabs_to(page, page.locator(".reading a:visible").first)
    page.keyboard.press("Enter")
    expect(page.locator("article h1")).to_be_focused()

    page.keyboard.press("Shift+Tab")  # the way back of this page
    tabs_to(page, bar(visitor).get_by_role("link"), "Shift+Tab")
    page.keyboard.press("Enter")

    visitor.is_in_state("waiting")
    expect(page.get_by_role("heading", name="Je staat in de rij")).to_be_focused()


def tabs_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    for _ in range(20):
        page.keyboard.press(key)
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("the Tab key does not lead there")


@pytest.mark.parametrize("size", [(320, 568), (360, 740), (1280, 800)])
def test_in_danger_112_stays_in_sight_while_waiting(opens: Opens, size: tuple[int, int]) -> None:
    visitor = VisitorInBrowser(opens("/chat", width=size[0], height=size[1]))
    visitor.asks_for_help(danger=True)
    visitor.is_in_state("waiting")
    call = visitor.page.locator("[data-chat-state] a[href='tel:112']")
    expect(call).to_be_in_viewport()

    for n in range(6):
        visitor.says(f"er is iets aan de hand {n}")
        visitor.sees(f"aan de hand {n}", "visitor")

    expect(call).to_be_in_viewport()
    call.click(trial=True)  # nothing covers it


def test_who_is_not_in_danger_is_not_told_to_call_112_there(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    visitor.is_in_state("waiting")

    expect(visitor.page.locator("[data-chat-state] a[href='tel:112']")).to_be_hidden()


def test_an_advisor_who_falls_silent_is_explained_and_a_colleague_takes_over(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk, opens: Opens, service: Service, store: Redis
) -> None:
    visitor.asks_for_help()
    at_desk.takes_next()
    visitor.says("ben je daar?")
    visitor.sees("ben je daar?", "visitor")

    falls_silent(at_desk, visitor, store)

    visitor.is_at_place(1)
    visitor.sees("De verbinding met je medewerker is weg", "system")
    expect(visitor.page.get_by_role("heading", name="Een collega neemt het over")).to_be_visible()
    desk = opens("/desk/", width=1280, height=800)
    colleague = AdvisorAtDesk(desk, service.hires("Sam"))
    colleague.sees_waiting(1)
    expect(desk.locator("[data-waiting] > li").get_by_text("Kwam terug")).to_be_visible()
    colleague.takes_next()
    colleague.sees("ben je daar?", "visitor")
    expect(visitor.page.get_by_role("heading", name="Je praat met Sam")).to_be_visible()


def test_the_desk_sees_that_the_visitor_is_away_and_back(
    visitor: VisitorInBrowser, opens: Opens, service: Service, store: Redis
) -> None:
    desk = opens("/desk/", width=1280, height=800)
    advisor = AdvisorAtDesk(desk, service.hires("Noor"))
    visitor.asks_for_help()
    advisor.takes_next()
    visitor.is_in_state("open")
    away = advisor.root.get_by_text("Is even weg")
    expect(away).to_be_hidden()

    was_last_seen_long_ago(store, b":seen")
    expect(away).to_be_visible()

    visitor.says("ik ben er")
    expect(away).to_be_hidden()


def test_an_open_desk_gives_signs_of_life(at_desk: AdvisorAtDesk) -> None:
    page = at_desk.page
    page.clock.install()
    with page.expect_response("**/desk/beat") as first:
        page.reload()
    with page.expect_response("**/desk/beat") as later:
        page.clock.fast_forward(16_000)

    assert (first.value.status, later.value.status) == (204, 204)


def test_a_gone_line_is_told_on_the_page_that_is_read(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    reads_an_article(visitor)
    visitor.page.route("**/chat/events", lambda route: route.abort())
    # As when a phone goes to another network: the old line is dead.
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    tells(visitor, "De verbinding is weg.")

    visitor.page.unroute("**/chat/events")

    tells_no_more(visitor, "De verbinding is weg.")
    tells(visitor, "Je bent nummer 1")


def test_the_first_page_of_a_visit_has_the_hint_and_no_other(opens: Opens) -> None:
    page = opens("/")
    hint = page.locator("[data-hint]")
    expect(hint).to_contain_text("Snel weg")
    page.locator('main a[href="/chat"]').click()
    expect(page.locator("form[data-chat-start]")).to_be_visible()

    expect(hint).to_have_count(0)


def test_the_hint_can_be_put_away(opens: Opens) -> None:
    page = opens("/")
    page.get_by_role("button", name="Sluit").click()

    expect(page.locator("[data-hint]")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_article_shows_its_own_address_to_share(
    opens: Opens, service: Service, javascript: bool
) -> None:
    path = "/geweld-thuis/iemand-helpen"
    page = opens("/geweld-thuis/", java_script_enabled=javascript)
    page.locator(f'main a[href="{path}"]').click()
    page.get_by_text("Deel deze pagina").click()

    expect(page.get_by_text(service.url + path, exact=True)).to_be_visible()


def test_a_keyboard_that_covers_the_page_lifts_what_is_fixed(opens: Opens) -> None:
    page = opens("/chat")
    strip = page.locator("form[data-exit-form]")
    before = strip.bounding_box()
    # An iPhone's keyboard makes what is seen smaller, and the page does not change.
    page.evaluate("Object.defineProperty(visualViewport, 'height', { value: innerHeight - 300 })")
    page.evaluate("visualViewport.dispatchEvent(new Event('resize'))")
    after = strip.bounding_box()

    assert before and after
    assert before["y"] - after["y"] == 300
