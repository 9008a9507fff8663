"""Coming back to a conversation: by four words, or in a tab that was asked to keep it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from redis import Redis

from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.servers import until

Opens = Callable[..., Page]
HOME_TO_CHAT = 'main a[href="/chat"]'


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


def asks_for_words(page: Page) -> str:
    page.locator("[data-return] summary").click()
    page.get_by_role("button", name="Laat vier woorden zien").click()
    words = page.locator("[data-field=code]")
    expect(words).to_be_visible()
    return words.inner_text()


def types_words(page: Page, words: str) -> Locator:
    if not page.get_by_label("Jouw vier woorden").is_visible():
        page.locator("[data-come-back] summary").click()
    field = page.get_by_label("Jouw vier woorden")
    field.fill(words)
    field.press("Enter")
    return field


def keeps_the_chat(page: Page) -> None:
    page.locator("[data-return] summary").click()
    page.get_by_role("checkbox", name="Dit is mijn eigen telefoon").check()
    assert kept(page) == 1


def kept(page: Page) -> int:
    count: int = page.evaluate("sessionStorage.length")
    return count


def nothing_is_left(store: Redis) -> None:
    def gone() -> bool:
        return not [key for key in store.scan_iter("*") if b":conversation:" in key]

    until(gone, "the conversation is erased")


def test_four_words_bring_the_conversation_back_in_another_window(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk, opens: Opens
) -> None:
    visitor.asks_for_help()
    at_desk.takes_next()
    visitor.says("er komt iemand aan")
    at_desk.says("ik wacht op je")
    visitor.sees("ik wacht op je", "advisor")
    words = asks_for_words(visitor.page)
    assert len(words.split()) == 4
    visitor.page.context.close()

    again = VisitorInBrowser(opens("/chat"))
    types_words(again.page, words)

    again.is_in_state("open")
    again.sees("ik wacht op je", "advisor")
    assert again.texts() == ["er komt iemand aan", "ik wacht op je"]
    again.says("ik ben er weer")
    at_desk.sees("ik ben er weer", "visitor")


def test_the_words_also_bring_back_a_place_in_the_queue(
    visitor: VisitorInBrowser, opens: Opens
) -> None:
    visitor.asks_for_help()
    words = asks_for_words(visitor.page)

    again = VisitorInBrowser(opens("/chat"))
    types_words(again.page, words.upper())

    again.is_in_state("waiting")
    again.is_at_place(1)


def test_hidden_words_leave_the_page_at_once(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    words = asks_for_words(visitor.page)
    visitor.page.keyboard.press("Enter")  # the button that hides has the focus

    assert words not in visitor.page.locator("body").evaluate("body => body.textContent")
    expect(visitor.page.get_by_role("button", name="Laat vier woorden zien")).to_be_focused()


def test_whoever_starts_to_write_shows_no_words_any_more(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    words = asks_for_words(visitor.page)
    visitor.page.get_by_label("Jouw bericht").focus()

    assert words not in visitor.page.locator("body").evaluate("body => body.textContent")
    expect(visitor.page.locator("[data-return]")).not_to_have_attribute("open", "")


def test_words_open_once(visitor: VisitorInBrowser, opens: Opens) -> None:
    visitor.asks_for_help()
    words = asks_for_words(visitor.page)
    second = VisitorInBrowser(opens("/chat"))
    types_words(second.page, words)
    second.is_in_state("waiting")

    third = opens("/chat")
    types_words(third, words)

    expect(third.locator("#come-back-error")).to_contain_text("vinden we geen gesprek")


def test_wrong_words_are_told_beside_the_field_and_stay_in_it(opens: Opens) -> None:
    page = opens("/chat")
    field = types_words(page, "een twee drie vier")

    expect(page.locator("#come-back-error")).to_contain_text("vinden we geen gesprek")
    expect(field).to_be_focused()
    expect(field).to_have_value("een twee drie vier")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_after_too_many_tries_the_pause_is_told(opens: Opens) -> None:
    page = opens("/chat")
    fault = page.locator("#come-back-error")
    for _ in range(5):
        with page.expect_response("**/chat/return") as answer:
            types_words(page, "een twee drie vier")
        assert answer.value.status == 410

    types_words(page, "een twee drie vier")

    expect(fault).to_contain_text("Wacht een kwartier")


def test_a_server_that_is_not_reached_is_told_beside_the_field(opens: Opens) -> None:
    page = opens("/chat")
    page.route("**/chat/return", lambda route: route.abort())
    field = types_words(page, "een twee drie vier")

    expect(page.locator("form", has=field).get_by_role("alert")).to_contain_text("internet")


def test_without_javascript_no_words_are_asked(opens: Opens) -> None:
    page = opens("/chat", java_script_enabled=False)

    expect(page.locator("form[data-chat-start]")).to_be_visible()
    expect(page.locator("[data-come-back]")).to_be_hidden()


def test_unasked_nothing_is_kept_and_a_reload_asks_first(visitor: VisitorInBrowser) -> None:
    questions: list[str] = []

    def says_yes(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    visitor.page.on("dialog", says_yes)
    visitor.asks_for_help()
    visitor.says("hallo")
    visitor.sees("hallo", "visitor")
    assert kept(visitor.page) == 0

    visitor.page.reload()

    expect(visitor.page.locator("form[data-chat-start]")).to_be_visible()
    assert questions == ["beforeunload"]


def test_a_kept_conversation_goes_on_after_a_reload(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk
) -> None:
    visitor.asks_for_help()
    at_desk.takes_next()
    at_desk.says("vertel maar")
    visitor.sees("vertel maar", "advisor")
    keeps_the_chat(visitor.page)

    visitor.page.reload()  # and no question: nothing is lost

    visitor.is_in_state("open")
    visitor.sees("vertel maar", "advisor")
    visitor.says("ik ben er nog")
    at_desk.sees("ik ben er nog", "visitor")
    expect(visitor.page.locator("[data-keep]")).to_be_checked()


def test_a_kept_conversation_goes_on_whatever_page_is_opened(
    opens: Opens, at_desk: AdvisorAtDesk
) -> None:
    page = opens("/")
    page.locator(HOME_TO_CHAT).click()
    visitor = VisitorInBrowser(page)
    visitor.asks_for_help()
    keeps_the_chat(page)

    page.reload()
    bar = page.locator("[data-chat-return]")
    expect(bar.get_by_text("Je bent nummer 1.")).to_be_visible()
    at_desk.takes_next()

    expect(bar.get_by_text("Noor is er voor je.")).to_be_visible()
    page.locator(HOME_TO_CHAT).click()
    visitor.is_in_state("open")


def test_a_kept_conversation_that_is_over_says_so(visitor: VisitorInBrowser, store: Redis) -> None:
    visitor.asks_for_help()
    keeps_the_chat(visitor.page)
    visitor.page.goto("about:blank")
    store.flushall()

    visitor.page.go_back()

    visitor.is_in_state("ended")
    assert kept(visitor.page) == 0


def test_unchecked_it_is_kept_no_longer(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    keeps_the_chat(visitor.page)
    visitor.page.get_by_role("checkbox", name="Dit is mijn eigen telefoon").uncheck()

    assert kept(visitor.page) == 0


def test_the_end_removes_what_was_kept(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    keeps_the_chat(visitor.page)
    visitor.ends()
    visitor.is_in_state("ended")

    assert kept(visitor.page) == 0


@pytest.mark.parametrize("where", ["chat", "article"])
def test_the_exit_removes_what_was_kept_and_ends_the_chat(
    visitor: VisitorInBrowser, store: Redis, where: str
) -> None:
    page = visitor.page
    page.route("https://www.buienradar.nl/**", lambda route: route.fulfill(body="weer"))
    visitor.asks_for_help()
    keeps_the_chat(page)
    chat = page.url
    if where == "article":
        page.locator(".reading a:visible").first.click()
        expect(page.locator("article")).to_be_visible()

    page.locator("[data-exit]").click()
    expect(page.get_by_text("weer")).to_be_visible()

    nothing_is_left(store)
    page.goto(chat)
    expect(page.locator("form[data-chat-start]")).to_be_visible()
    assert kept(page) == 0


def test_two_tabs_show_the_same_conversation_and_end_together(
    visitor: VisitorInBrowser, at_desk: AdvisorAtDesk, opens: Opens
) -> None:
    visitor.asks_for_help()
    at_desk.takes_next()
    keeps_the_chat(visitor.page)
    # "Duplicate tab" copies what the tab keeps.
    copied = visitor.page.evaluate("Object.entries(sessionStorage)")
    other = VisitorInBrowser(opens("/chat"))
    other.page.evaluate("kept => kept.forEach(([k, v]) => sessionStorage.setItem(k, v))", copied)
    other.page.reload()
    other.is_in_state("open")

    visitor.says("uit het eerste")
    other.sees("uit het eerste", "visitor")
    other.says("uit het tweede")
    visitor.sees("uit het tweede", "visitor")
    at_desk.says("ik lees beide")
    for one in (visitor, other):
        one.sees("ik lees beide", "advisor")
        assert one.texts() == ["uit het eerste", "uit het tweede", "ik lees beide"]

    visitor.ends()
    other.is_in_state("ended")
    assert kept(other.page) == 0
