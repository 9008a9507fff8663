"""In the visitor's page: asked before something personal is sent, by the rules of personal.py."""

from __future__ import annotations

from pathlib import Path

import yaml
from playwright.sync_api import expect

EXAMPLES = yaml.safe_load(Path("tests/personal_examples.yml").read_text("utf-8"))


def test_the_page_finds_what_the_server_finds(opens):
    """The script of the page itself cannot be reached from outside, so its file is run as it is."""
    page = opens("/chat/talk")
    ours = page.locator("[data-personal]").get_attribute("data-ours").split()
    rules = Path("static/personal.js").read_text("utf-8").replace("export function", "function")
    found = page.evaluate(
        f"([texts, ours]) => {{ {rules}\n return texts.map((text) => personalIn(text, ours)); }}",
        [[text for text, _ in EXAMPLES], ours],
    )

    assert found == [kinds for _, kinds in EXAMPLES]
    assert "(?<" not in rules, "browsers of before 2023 refuse the whole script"


def test_a_visitor_is_asked_and_decides(opens, visitor):
    page = visitor.page
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    question = page.locator("[data-personal]")
    field = page.locator("form[data-chat-say] textarea")

    visitor.says("mail sanne@voorbeeld.nl of bel 06-12345678")
    expect(question).to_be_visible()
    expect(question.locator("li:visible")).to_have_text(["een telefoonnummer", "een e-mailadres"])
    expect(question.locator("[data-personal-change]")).to_be_focused()

    # Esc: nothing went out, and what was typed still stands there.
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value("mail sanne@voorbeeld.nl of bel 06-12345678")
    assert visitor.texts() == []

    visitor.says("bel me op 06-12345678")
    question.locator("[data-personal-send]").click()
    visitor.sees("bel me op 06-12345678", "visitor")
    expect(question).to_be_hidden()
    expect(field).to_have_value("")

    # Changed, it is not asked about again; our own number never is.
    visitor.says("1234 AB 12")
    question.locator("[data-personal-change]").click()
    visitor.says("ergens in Utrecht, ik belde 0800-2000")
    visitor.sees("ergens in Utrecht", "visitor")
    assert visitor.texts() == ["bel me op 06-12345678", "ergens in Utrecht, ik belde 0800-2000"]


def test_the_exit_works_while_the_question_stands_there(opens, visitor):
    page = visitor.page
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    visitor.says("111222333")
    expect(page.locator("[data-personal]")).to_be_visible()
    page.route(
        "**/*",
        lambda route: route.abort() if "127.0.0.1" not in route.request.url else route.continue_(),
    )

    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
