"""The chat for those who have no mouse, no script or no eyes for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from redis import Redis

from tests.browser.look import faults, narrow_and_wide
from tests.browser.people import VisitorInBrowser
from tests.service import Advisor, Service

Opens = Callable[..., Page]
MOST_TABS = 60
# What somebody who hears the page meets in it, each with its role and its name.
MET = {"heading", "link", "button", "textbox", "log", "status", "alert", "form"} | {
    "DisclosureTriangle"
}
# Without script what is for then counts, and nothing happens.
SCRIPT = re.compile(r"<script\b.*?</script>|</?noscript>", re.DOTALL)


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


@pytest.fixture
def noor(service: Service) -> Iterator[Advisor]:
    advisor = Advisor(service.hires("Noor")).signs_in()
    yield advisor
    advisor.http.close()


def tabs_to(page: Page, part: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if part.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the focus never came to {part}")


def follows(page: Page, part: Locator) -> None:
    tabs_to(page, part)
    page.keyboard.press("Enter")


def chooses(page: Page, field: str, value: str) -> None:
    """Tab leads to a group of choices, the arrows through it."""
    tabs_to(page, page.locator(f"input[name={field}]").first)
    page.keyboard.press("Space")
    while not page.locator(f"input[name={field}][value={value}]").is_checked():
        page.keyboard.press("ArrowDown")


def test_from_home_to_the_exit_by_keyboard(opens: Opens, noor: Advisor) -> None:
    page = opens("/")
    page.route("https://www.buienradar.nl/**", lambda route: route.fulfill(body="weer"))
    follows(page, page.locator("main a[href='/geweld-thuis/']").first)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    follows(page, page.locator("main .list a").first)
    expect(page.locator("article h1")).to_be_focused()
    follows(page, page.locator(".foot a[href='/chat']"))
    expect(page.get_by_role("heading", name="Chat met ons")).to_be_focused()

    chooses(page, "danger", "no")
    chooses(page, "audience", "other")
    follows(page, page.locator("form[data-chat-start] button[type=submit]"))
    visitor = VisitorInBrowser(page)
    visitor.is_in_state("waiting")
    conversation = str(noor.takes().json()["conversation"])
    visitor.is_in_state("open")
    tabs_to(page, page.locator("form[data-chat-say] textarea"))
    page.keyboard.type("mag ik iets vragen?")
    follows(page, page.locator("form[data-chat-say] button[type=submit]"))
    visitor.sees("mag ik iets vragen?", "visitor")
    noor.says(conversation, "natuurlijk")
    visitor.sees("natuurlijk", "advisor")

    follows(page, page.locator("[data-chat-end]"))
    visitor.is_in_state("ended")
    follows(page, page.locator("[data-exit]"))
    expect(page.get_by_text("weer")).to_be_visible()


def met_in(page: Page) -> list[str]:
    """The accessibility tree of the page, in the order in which it is read."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    nodes = {node["nodeId"]: node for node in tree["nodes"]}
    found = []

    def walk(node: dict[str, Any]) -> None:
        role = node.get("role", {}).get("value", "")
        if role in MET and not node["ignored"]:
            found.append(f"{role} {node.get('name', {}).get('value', '')}".strip())
        for child in node.get("childIds", []):
            if child in nodes:
                walk(nodes[child])

    walk(tree["nodes"][0])
    return found


FRAME = """
link Naar de inhoud
form
button Snel weg
link Luwte
link Zoeken
link English
link Bel 112 bij levensgevaar
link Bel 0800-2000 gratis, dag en nacht
link hoe je veilig op deze site bent
button Sluit
"""
WRITE = "log Berichten\nstatus\nform\ntextbox Jouw bericht\nbutton Verstuur\nstatus"
RETURN = "DisclosureTriangle Kun je terugkomen als je weg moet?"
WAITING = f"""{FRAME.strip()}
link Terug
button Stop met wachten
heading Je staat in de rij
link Bel 112
status
link Nu in gevaar?
link Maak je veiligheidsplan
link Is dit huiselijk geweld?
{RETURN}
{WRITE}"""
OPEN = f"""{FRAME.strip()}
link Terug
button Stop het gesprek
heading Je praat met Noor
{RETURN}
{WRITE}"""
ENDED = f"""{FRAME.strip()}
link Terug
log Berichten
status
heading Het gesprek is afgelopen
link 0800-2000
button Wis dit scherm
heading Heeft dit gesprek je geholpen?
button Ja
button Een beetje
button Nee
status"""


def test_the_chat_is_read_in_the_order_in_which_it_is_needed(opens: Opens, noor: Advisor) -> None:
    page = opens("/chat")
    visitor = VisitorInBrowser(page)
    visitor.asks_for_help(danger=True)
    visitor.is_in_state("waiting")
    assert met_in(page) == WAITING.splitlines()

    conversation = str(noor.takes().json()["conversation"])
    visitor.is_in_state("open")
    visitor.says("een vraag")
    noor.says(conversation, "natuurlijk")
    visitor.sees("natuurlijk", "advisor")
    assert met_in(page) == OPEN.splitlines()

    noor.ends(conversation)
    visitor.is_in_state("ended")
    assert met_in(page) == ENDED.splitlines()


def as_it_is_now(chromium: Browser, page: Page) -> list[str]:
    """What is wrong on the screen of somebody without script; axe needs a script itself."""
    seen = SCRIPT.sub("", page.content())
    copy = chromium.new_page(locale="nl-NL", reduced_motion="reduce")
    copy.route("**/*", lambda route: route.fulfill(body=seen, content_type="text/html"))
    copy.goto(page.url)
    found = narrow_and_wide(copy)
    copy.close()
    return found


def test_without_script_no_state_of_the_chat_keeps_anybody_out(
    chromium: Browser, opens: Opens, noor: Advisor
) -> None:
    page = opens("/chat", java_script_enabled=False)
    visitor, found = VisitorInBrowser(page), {}
    found["start"] = as_it_is_now(chromium, page)
    page.check("input[name=danger][value=yes]")
    found["danger chosen"] = as_it_is_now(chromium, page)
    page.check("input[name=audience][value=self]")
    page.locator("form[data-chat-start] button[type=submit]").click(no_wait_after=True)
    visitor.is_in_state("waiting")
    found["waiting"] = as_it_is_now(chromium, page)
    conversation = str(noor.takes().json()["conversation"])
    visitor.is_in_state("open")
    noor.says(conversation, "een heel lang woord: " + "x" * 60)
    visitor.sees("xxx", "advisor")
    form = page.locator("form[data-chat-say]").last
    form.locator("textarea").fill("een vraag")
    form.locator("button").click(no_wait_after=True)
    visitor.sees("een vraag", "visitor")
    found["open"] = as_it_is_now(chromium, page)
    noor.ends(conversation)
    visitor.is_in_state("ended")
    found["ended"] = as_it_is_now(chromium, page)

    assert {state: wrong for state, wrong in found.items() if wrong} == {}


def test_far_zoomed_in_the_chat_stays_within_reach(opens: Opens, noor: Advisor) -> None:
    # 1280 by 1024 at 400 %
    page = opens("/chat", width=320, height=256)
    visitor = VisitorInBrowser(page)
    found = {"start": faults(page, axe=False)}
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    found["waiting"] = faults(page, axe=False)
    conversation = str(noor.takes().json()["conversation"])
    visitor.is_in_state("open")
    found["open"] = faults(page, axe=False)
    field = page.locator("form[data-chat-say] textarea")
    field.focus()
    expect(field).to_be_in_viewport(ratio=1)
    visitor.says("een vraag")
    noor.says(conversation, "natuurlijk")
    visitor.sees("natuurlijk", "advisor")
    expect(page.locator("[data-message]", has_text="natuurlijk")).to_be_in_viewport()
    expect(field).to_be_in_viewport(ratio=1)

    assert {state: wrong for state, wrong in found.items() if wrong} == {}
