"""Did this help?: three faces after the end, one tap, and nothing of it on the device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from tests.browser.people import VisitorInBrowser
from tests.servers import until
from tests.service import Advisor

THANKS = "Dank je wel. Wil je later weer praten? Bel 0800-2000."
Opens = Callable[..., Page]


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


def answers(store: Redis) -> dict[str, int]:
    """What was answered, by the counts of the hour."""
    found: dict[str, int] = {}
    for key in store.scan_iter("{staff}:figures:2*"):
        fields: Any = store.hgetall(key)
        for field, number in fields.items():
            measure, _, rest = field.decode().partition("|")
            if measure.startswith("helped.") and rest == "NL||":
                found[measure] = found.get(measure, 0) + int(number)
    return found


def a_chat(visitor: VisitorInBrowser, advisor: Advisor, audience: str = "self") -> str:
    visitor.asks_for_help(audience=audience)
    visitor.is_in_state("waiting")
    conversation = str(advisor.takes().json()["conversation"])
    visitor.is_in_state("open")
    return conversation


def faces(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".faces button:visible").all_inner_texts()]


def test_after_the_advisor_ended_one_tap_answers_and_leaves_nothing(
    visitor: VisitorInBrowser, advisor: Advisor, store: Redis
) -> None:
    page, sent = visitor.page, []
    page.on("request", lambda request: sent.append(request))
    conversation = a_chat(visitor, advisor)
    assert faces(page) == []
    entries = page.evaluate("history.length")
    advisor.ends(conversation)
    visitor.is_in_state("ended")
    assert faces(page) == ["Ja", "Een beetje", "Nee"]

    page.get_by_role("button", name="Een beetje").click()

    expect(page.get_by_text(THANKS)).to_be_visible()
    assert faces(page) == []
    until(lambda: answers(store) == {"helped.bit": 1}, "it is counted")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.context.cookies() == []
    assert page.evaluate("history.length") == entries
    assert page.url.endswith("/chat")
    [asked] = [one for one in sent if one.url.endswith("/helped")]
    assert (asked.method, asked.resource_type) == ("POST", "fetch")
    assert "authorization" not in asked.headers


def test_who_ended_it_themselves_is_asked_and_may_ignore_it(
    visitor: VisitorInBrowser, advisor: Advisor, store: Redis
) -> None:
    a_chat(visitor, advisor, audience="professional")
    visitor.ends()
    visitor.is_in_state("ended")
    assert faces(visitor.page) == ["Ja", "Een beetje", "Nee"]

    visitor.page.locator("[data-chat-again]").click()

    assert faces(visitor.page) == []
    expect(visitor.page.locator("form[data-chat-start]")).to_be_visible()
    until(lambda: not [k for k in store.scan_iter("*") if b":conversation:" in k], "no key is left")
    assert answers(store) == {}


def test_who_only_waited_is_not_asked(visitor: VisitorInBrowser) -> None:
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    visitor.ends()
    visitor.is_in_state("ended")

    assert faces(visitor.page) == []


def test_a_second_chat_asks_anew(visitor: VisitorInBrowser, advisor: Advisor, store: Redis) -> None:
    for _ in range(2):
        advisor.ends(a_chat(visitor, advisor))
        visitor.is_in_state("ended")
        visitor.page.get_by_role("button", name="Ja", exact=True).click()
        visitor.page.locator("[data-chat-again]").click()

    until(lambda: answers(store) == {"helped.yes": 2}, "both are counted")


def test_the_exit_works_while_it_asks(opens: Opens, advisor: Advisor) -> None:
    page = opens("/chat")
    page.route("https://**", lambda route: route.fulfill(body="weer", content_type="text/plain"))
    visitor = VisitorInBrowser(page)
    advisor.ends(a_chat(visitor, advisor))
    visitor.is_in_state("ended")
    assert faces(page)

    page.locator("[data-exit]").click()

    page.wait_for_url("https://**")


def test_the_faces_fit_a_small_phone_and_are_easy_to_hit(
    visitor: VisitorInBrowser, advisor: Advisor
) -> None:
    page = visitor.page
    advisor.ends(a_chat(visitor, advisor))
    visitor.is_in_state("ended")

    boxes = [face.bounding_box() for face in page.locator(".faces button:visible").all()]

    assert len({round(box["y"]) for box in boxes if box}) == 1, "they stand in one row"
    assert all(box and box["height"] >= 44 and box["x"] + box["width"] <= 360 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("who", ["advisor", "visitor"])
def test_without_javascript_the_answer_goes_into_the_hidden_frame(
    opens: Opens, advisor: Advisor, store: Redis, who: str
) -> None:
    page = opens("/chat", java_script_enabled=False)
    visitor = VisitorInBrowser(page)
    conversation = a_chat(visitor, advisor)
    assert faces(page) == []
    if who == "advisor":
        advisor.ends(conversation)
    else:
        visitor.ends()
    visitor.is_in_state("ended")
    expect(page.get_by_text(THANKS)).to_be_hidden()
    address = page.url

    with page.expect_response("**/chat/plain/helped") as answered:
        page.get_by_role("button", name="Nee", exact=True).click()

    assert answered.value.status == 204
    expect(page.get_by_text(THANKS)).to_be_visible()
    until(lambda: answers(store) == {"helped.no": 1}, "it is counted")
    assert page.url == address
    assert page.context.cookies() == []


def test_without_javascript_who_only_waited_is_not_asked(opens: Opens) -> None:
    page = opens("/chat", java_script_enabled=False)
    visitor = VisitorInBrowser(page)
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    visitor.ends()
    visitor.is_in_state("ended")

    assert faces(page) == []
