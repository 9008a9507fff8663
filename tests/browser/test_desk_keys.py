"""The desk without a mouse, and for those who hear it instead of seeing it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from redis import Redis

from tests.browser.at_desk import (
    conversations,
    field,
    presses,
    takes,
    visitor_waits,
    with_text,
)
from tests.browser.people import AdvisorAtDesk
from tests.servers import until
from tests.service import Service, Visitor

Opens = Callable[..., Page]
# On the page, and in what it makes copies of.
SHORTCUTS = """
  [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)]
    .flatMap((place) => [...place.querySelectorAll("[aria-keyshortcuts]")])
    .map((part) => part.getAttribute("aria-keyshortcuts"))
"""


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


def two_talk(at_desk: AdvisorAtDesk, service: Service) -> tuple[Locator, Locator]:
    for said in ("vraag een", "vraag twee"):
        visitor_waits(service, said)
    takes(at_desk, 2)
    page = at_desk.page
    return with_text(page, "vraag een"), with_text(page, "vraag twee")


def chooses_an_end(page: Page) -> None:
    presses(page, "X")
    expect(page.locator("[data-panel=end] select:visible")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def until_unread(visitor: Visitor, conversation: Locator) -> None:
    """Say something until it counts: what is there when a conversation opens was read before."""

    def is_unread() -> bool:
        visitor.says("nog iets")
        return conversation.get_attribute("data-unread") is not None

    until(is_unread, "it is marked as unread")


def focused(page: Page) -> str:
    tag: str = page.evaluate("document.activeElement.tagName")
    return tag


def test_keys_take_answer_switch_and_end(at_desk: AdvisorAtDesk, service: Service) -> None:
    page = at_desk.page
    one, two = two_talk(at_desk, service)
    page.keyboard.type("hallo twee")
    page.keyboard.press("Enter")
    expect(two.locator("[data-message]", has_text="hallo twee")).to_be_visible()

    presses(page, "K")
    expect(field(one)).to_be_focused()
    presses(page, "J")
    expect(field(two)).to_be_focused()
    chooses_an_end(page)

    expect(conversations(page)).to_have_count(1)
    expect(field(one)).to_be_focused()
    chooses_an_end(page)
    expect(page.locator("[data-take-next]")).to_be_focused()


def test_keys_type_nothing(at_desk: AdvisorAtDesk, service: Service) -> None:
    visitor_waits(service)
    takes(at_desk, 1)

    presses(at_desk.page, "N", "J", "K", "S", "U")

    expect(field(at_desk.root)).to_have_value("")


def test_the_question_mark_shows_the_keys_but_not_while_somebody_types(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    dialog = page.get_by_role("dialog", name="Toetsen")
    visitor_waits(service)
    takes(at_desk, 1)
    page.keyboard.type("wat?")
    expect(field(at_desk.root)).to_have_value("wat?")
    expect(dialog).to_be_hidden()

    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    # What is not modal leaves the visitor within reach.
    expect(dialog).not_to_have_attribute("aria-modal", "true")

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(at_desk.root.locator("[data-chat-say] [type=submit]")).to_be_focused()


def test_every_key_of_the_table_stands_on_its_button(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    visitor_waits(service)
    takes(at_desk, 1)
    rows = page.locator("[data-keys] [data-letter]").evaluate_all(
        "rows => rows.filter((row) => !row.hidden).map(({ dataset }) => ({ ...dataset }))"
    )
    letters = [row["letter"] for row in rows]
    assert len(set(letters)) == len(letters)
    assert not set(letters) & set("AMQWYZ"), "they stand elsewhere on other keyboards"

    shown: list[str] = page.evaluate(SHORTCUTS)
    assert set(shown) == {f"Alt+Shift+{row['letter']}" for row in rows if row["how"] != "go"}


def test_a_key_in_a_panel_that_closes_gives_the_focus_back(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    visitor_waits(service)
    takes(at_desk, 1)
    presses(at_desk.page, "X")
    panel = at_desk.root.locator("[data-panel=end]")
    expect(panel).to_be_visible()

    at_desk.page.keyboard.press("Escape")

    expect(panel).to_be_hidden()
    expect(at_desk.root.locator("[data-tool=end]")).to_be_focused()


def test_the_focus_is_not_lost_when_a_visitor_leaves(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    visitor = visitor_waits(service)
    takes(at_desk, 1)
    visitor.ends()
    ended = page.get_by_text("De bezoeker heeft het gesprek gestopt")
    expect(ended).to_be_visible()
    expect(page.get_by_role("heading", name="Gesprek 1")).to_be_focused()
    # It stays readable until it is put away.
    presses(page, "X")
    expect(conversations(page)).to_have_count(0)
    expect(page.locator("[data-take-next]")).to_be_focused()


def test_the_focus_is_not_lost_when_somebody_else_takes_the_row(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    visitor = visitor_waits(service)
    at_desk.sees_waiting(1)
    presses(page, "O")
    expect(page.locator("[data-waiting] [data-take]")).to_be_focused()

    visitor.ends()

    at_desk.sees_waiting(0)
    assert focused(page) != "BODY"


def test_what_is_unread_elsewhere_is_marked_and_told_once(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    first = visitor_waits(service, "vraag een")
    takes(at_desk, 1)
    visitor_waits(service, "vraag twee")
    takes(at_desk, 1)
    one, two = with_text(page, "vraag een"), with_text(page, "vraag twee")
    expect(one.get_by_role("log", name="Berichten 1")).to_have_attribute("aria-live", "off")
    expect(two.get_by_role("log", name="Berichten 2")).to_have_attribute("aria-live", "polite")

    until_unread(first, one)

    first.says("ben je er nog?")
    expect(one.get_by_text("ben je er nog?")).to_be_visible()
    told = page.get_by_role("status").filter(has_text="Nieuw bericht in gesprek 1.")
    expect(told).to_have_count(1)
    expect(page).to_have_title(re.compile(r"^\(\d+\) Gesprekken"))

    presses(page, "K")
    expect(one.get_by_role("heading")).to_have_accessible_name("Gesprek 1")
    expect(page).to_have_title("Gesprekken | Luwte")
    expect(one.get_by_role("log")).to_have_attribute("aria-live", "polite")
    expect(told).to_have_count(0)


def test_a_small_screen_shows_one_thing_at_a_time_with_marks_in_the_tabs(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    page.set_viewport_size({"width": 390, "height": 844})
    first = visitor_waits(service, "vraag een")
    tabs = page.get_by_role("navigation", name="Wachtrij en gesprekken")
    takes(at_desk, 1)
    visitor_waits(service, "vraag twee")
    takes(at_desk, 1)
    one, two = with_text(page, "vraag een"), with_text(page, "vraag twee")
    expect(two).to_be_visible()
    expect(one).to_be_hidden()
    expect(page.locator("[data-take-next]")).to_be_hidden()

    until_unread(first, one)
    first.says("ben je er nog?")

    tab = tabs.get_by_role("button", name=re.compile(r"Gesprek 1 \d+ nieuw"))
    expect(tab).to_be_visible()
    tab.click()
    expect(one).to_be_visible()
    expect(two).to_be_hidden()
    expect(field(one)).to_be_focused()
    expect(field(one)).to_be_in_viewport()
    expect(one.get_by_text("ben je er nog?")).to_be_in_viewport()
    tabs.get_by_role("button", name="Wachtrij").click()
    expect(page.locator("[data-take-next]")).to_be_visible()


def test_the_accessibility_tree_has_names_for_all_parts(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    two_talk(at_desk, service)
    visitor_waits(service, danger="yes")
    at_desk.sees_waiting(1)

    expect(at_desk.page.locator("main")).to_match_aria_snapshot("""
        - main:
          - heading "Gesprekken" [level=1]
          - region "Wachtrij (1)":
            - heading "Wachtrij (1)" [level=2]
            - button "Neem de volgende"
            - list "Wachtrij (1)":
              - listitem:
                - button "Neem dit gesprek"
          - region "Mijn gesprekken":
            - region "Gesprek 1":
              - heading "Gesprek 1" [level=2]
              - log "Berichten 1"
              - textbox "Jouw bericht"
              - button "Verstuur"
              - group "Hulpmiddelen"
            - region "Gesprek 2":
              - heading "Gesprek 2" [level=2]
              - log "Berichten 2"
              - textbox "Jouw bericht"
    """)
