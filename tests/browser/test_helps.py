"""What helps at the desk, in a real browser: answers by `/`, cards that open in place, the word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from redis import Redis

from tests.browser.people import AdvisorAtDesk, VisitorInBrowser

GREETING = "Hallo, ik ben Noor."


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


@pytest.fixture
def field(visitor: VisitorInBrowser, at_desk: AdvisorAtDesk) -> Locator:
    """Where the advisor writes, with a conversation open."""
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    at_desk.takes_next()
    visitor.is_in_state("open")
    return at_desk.root.locator("form[data-chat-say] textarea")


def panel(at_desk: AdvisorAtDesk, name: str) -> Locator:
    return at_desk.root.locator(f"[data-panel={name}]")


def test_a_slash_and_the_arrows_put_an_answer_into_the_draft_and_send_nothing(field, at_desk):
    field.focus()
    keys = at_desk.page.keyboard
    keys.type("/")
    options = panel(at_desk, "answers").locator("[role=option]")
    expect(options.first).to_contain_text(GREETING)
    expect(options.first).to_have_attribute("aria-selected", "true")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.type("groe")
    expect(options).to_have_count(1)
    keys.press("Enter")

    expect(field).to_be_focused()
    assert field.input_value().startswith(GREETING)
    expect(panel(at_desk, "answers")).to_be_hidden()
    assert at_desk.texts() == []


def test_escape_closes_the_list_and_keeps_what_was_typed(field, at_desk):
    keys = at_desk.page.keyboard
    field.focus()
    keys.type("/groe")
    expect(panel(at_desk, "answers")).to_be_visible()
    keys.press("Escape")

    expect(panel(at_desk, "answers")).to_be_hidden()
    expect(field).to_be_focused()
    assert field.input_value() == "/groe"


def test_a_late_answer_to_taking_leaves_whoever_chooses_an_answer_where_they_are(visitor, at_desk):
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    page, held = at_desk.page, []
    page.route("**/desk/take", lambda route: held.append((route, route.fetch())))
    at_desk.takes_next()
    at_desk.root.locator("form[data-chat-say] textarea").focus()
    page.keyboard.type("/groe")
    expect(panel(at_desk, "answers")).to_be_visible()

    ((route, answer),) = held
    with page.expect_event("requestfinished", lambda asked: asked.url.endswith("/desk/take")):
        route.fulfill(response=answer)
    page.evaluate("new Promise((done) => setTimeout(done))")

    expect(at_desk.root.locator("[data-answers-filter]")).to_be_focused()


def test_a_slash_inside_a_sentence_is_a_slash(field, at_desk):
    field.focus()
    at_desk.page.keyboard.type("en/of")

    assert field.input_value() == "en/of"
    expect(panel(at_desk, "answers")).to_be_hidden()


def test_the_button_opens_the_list_and_an_answer_goes_where_the_cursor_is(field, at_desk):
    field.fill("Dag.")
    at_desk.root.locator("[data-tool=answers]").click()
    at_desk.page.keyboard.type("begroeting")
    panel(at_desk, "answers").locator("[role=option]").first.click()

    assert field.input_value().startswith(f"Dag. {GREETING}")
    expect(field).to_be_focused()


def sends_an_article(at_desk: AdvisorAtDesk) -> None:
    at_desk.root.locator("[data-tool=articles]").click()
    at_desk.page.keyboard.type("nu in gevaar")
    found = panel(at_desk, "articles").locator("[data-articles-list] li")
    expect(found.first).to_contain_text("Nu in gevaar?")
    found.first.locator("[data-article-send]").click()
    expect(panel(at_desk, "articles")).to_be_hidden()


def test_an_article_opens_in_its_message_and_the_address_stays(field, visitor, at_desk):
    sends_an_article(at_desk)
    card = visitor.page.locator("[data-card=article]")
    before = visitor.page.evaluate("[location.href, history.length, document.title]")
    card.locator("summary").click()

    expect(card.get_by_role("heading", name="Kun je niet bellen?")).to_be_visible()
    assert visitor.page.evaluate("[location.href, history.length, document.title]") == before
    assert card.locator("a:not([href^='tel:'])").count() == 0
    visitor.says("dank je")
    at_desk.sees("dank je", "visitor")


def test_an_article_that_cannot_be_fetched_says_so_and_opens_later(field, visitor, at_desk):
    sends_an_article(at_desk)
    card = visitor.page.locator("[data-card=article]")
    expect(card).to_be_visible()
    visitor.page.route("**/direct-hulp/**", lambda route: route.abort())
    card.locator("summary").click()
    expect(card.get_by_role("alert")).to_be_visible()
    visitor.page.unroute("**/direct-hulp/**")
    card.locator("summary").click()
    card.locator("summary").click()

    expect(card.get_by_role("heading", name="Kun je niet bellen?")).to_be_visible()
    expect(card.get_by_role("alert")).to_be_hidden()


def test_without_javascript_the_article_stands_in_the_page_itself(
    opens: Callable[..., Page], at_desk: AdvisorAtDesk
):
    page = opens("/chat", java_script_enabled=False)
    visitor = VisitorInBrowser(page)
    page.check("input[name=danger][value=no]")
    page.check("input[name=audience][value=self]")
    page.locator("form[data-chat-start] button[type=submit]").click(no_wait_after=True)
    visitor.is_in_state("waiting")
    at_desk.takes_next()
    sends_an_article(at_desk)
    card = page.locator("[data-card=article]")
    expect(card.get_by_text("Kun je niet bellen?")).to_be_hidden()
    card.locator("summary").click()

    expect(card.get_by_text("Kun je niet bellen?")).to_be_visible()
    assert card.locator("a:not([href^='tel:'])").count() == 0
    page.locator("[data-chat-end]").click(no_wait_after=True)
    visitor.is_in_state("ended")


def test_one_press_shows_112_and_a_second_one_no_second_card(field, visitor, at_desk):
    at_desk.root.locator("[data-tool=emergency]").dblclick()
    card = visitor.page.locator("[data-card='112']")
    expect(card.locator("a[href='tel:112']")).to_be_visible()
    at_desk.says("zie je de kaart?")
    visitor.sees("zie je de kaart?", "advisor")

    expect(card).to_have_count(1)


def test_a_word_of_danger_is_marked_and_its_sign_goes_when_it_was_seen(field, visitor, at_desk):
    visitor.says("hij heeft een mes")
    expect(at_desk.root.locator("mark")).to_contain_text("mes")
    sign = at_desk.root.get_by_text("Let op: gevaar?")
    expect(sign).to_be_visible()
    at_desk.root.locator("[data-hint-dismiss]").click()

    expect(sign).to_be_hidden()
    expect(visitor.page.locator("mark")).to_have_count(0)
    visitor.says("een echt mes")
    expect(sign).to_be_visible()


def test_the_word_is_chosen_at_the_start_and_stands_at_the_desk_alone(visitor, at_desk):
    visitor.page.locator("[data-code-word] summary").click()
    choice = visitor.page.locator("input[name=word]").nth(2)
    word = choice.get_attribute("value")
    choice.check()
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    at_desk.takes_next()
    at_desk.root.locator("[data-tool=code]").click()

    expect(panel(at_desk, "code")).to_contain_text(f"Afgesproken woord: {word}")
    expect(visitor.page.locator("main")).not_to_contain_text(word, use_inner_text=True)
    panel(at_desk, "code").locator("[data-word=ask]").click()
    visitor.sees("Welk woord hebben we afgesproken?", "advisor")


def test_abuse_offers_to_keep_out_and_who_is_out_is_told(field, visitor, at_desk):
    at_desk.root.locator("[data-tool=end]").click()
    keep_out = at_desk.root.locator("input[name=keep_out]")
    expect(keep_out).to_be_hidden()
    at_desk.root.locator("select[name=reason]").select_option("abuse")
    keep_out.check()
    at_desk.root.locator("[data-end-form] [data-chat-end]").click()
    visitor.is_in_state("ended")
    visitor.page.reload()
    visitor.asks_for_help()

    refusal = visitor.page.locator("[data-refusal]")
    expect(refusal).to_contain_text("Dat hoeft niet aan jou te liggen")
    expect(refusal.locator("a[href='tel:08002000']")).to_be_visible()
    visitor.asks_for_help(danger=True)
    visitor.is_in_state("waiting")
    expect(at_desk.page.locator("[data-waiting]")).to_contain_text("buiten was gehouden")
