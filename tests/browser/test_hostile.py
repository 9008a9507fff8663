"""The hostile texts in a real browser: a visitor's page and an advisor's desk, full of them.

Nothing runs, nothing is fetched or reported against the policy, and what stands there is what was
typed, as the gate lets it through. Sent over HTTP, where the other tests of the corpus are too.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from luwte.chat import clean
from luwte.chat.answers import TEXT_MOST, TITLE_MOST
from luwte.chat.clean import BadInput
from luwte.chat.visitor import TOPIC_MOST
from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.browser.watched import Watched, alien, some, too_wide
from tests.hostile.asker import Asker
from tests.hostile.corpus import CORPUS
from tests.servers import redis_server
from tests.service import Service, Visitor, running

JSON = "application/json"
PARTS = 8
# In every run one of the parts, and so each kind of text; HOSTILE_ALL=1 takes all of them.
PARTS_TAKEN = range(PARTS if os.environ.get("HOSTILE_ALL") else 1)


@pytest.fixture(scope="session")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service of its own: what is left here would stand in the way of other tests."""
    folder = tmp_path_factory.mktemp("hostile")
    settings = {"ALWAYS_OPEN": "1", "QUEUE_CAP": "2000"}
    with redis_server() as store, running(folder, redis_url=store.url, **settings) as service:
        yield service


@pytest.fixture
def watched(chromium: Browser, service: Service) -> Iterator[Watched]:
    service.looks_into_its_store().flushall()
    watched = Watched(chromium, service.url)
    yield watched
    watched.closes()
    assert watched.found == []


def passed(text: str, gate: Callable[..., str] = clean.message, **options: Any) -> str | None:
    """The text as it is kept, or none for what is refused."""
    try:
        return gate(text, **options) or None
    except BadInput:
        return None


def fresh() -> str:
    return uuid.uuid4().hex


def visitor_in(watched: Watched, service: Service) -> tuple[VisitorInBrowser, Asker]:
    """Somebody who waits, and what sends in their name."""
    visitor = VisitorInBrowser(watched.opens("/chat"))
    with visitor.page.expect_response("**/chat") as began:
        visitor.asks_for_help()
    token = began.value.json()["token"]
    visitor.is_in_state("waiting")
    return visitor, Asker(service, {"Accept": JSON, "Authorization": f"Bearer {token}"})


def staff_in(
    watched: Watched, service: Service, name: str, role: str = "advisor"
) -> tuple[AdvisorAtDesk, Asker]:
    at_desk = AdvisorAtDesk(
        watched.opens("/desk/", width=1280, height=800), service.hires(name, role=role)
    )
    page = at_desk.page
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    return at_desk, Asker(service, {"Accept": JSON, "Cookie": cookies, "X-CSRFToken": token})


def talking(at_desk: AdvisorAtDesk) -> str:
    """Takes the next visitor; gives the conversation's address."""
    at_desk.takes_next()
    conversation = at_desk.page.locator("[data-conversation]").first
    return f"/desk/conversations/{conversation.get_attribute('data-conversation')}"


def sends_all(asker: Asker, path: str, texts: list[str]) -> list[str]:
    """Those that were taken, as the gate lets them through; what it refuses must be refused."""
    taken = []
    for text in texts:
        kept = passed(text)
        status = asker.posts(path, {"text": text, "key": fresh()}).status
        assert status in ((201,) if kept else (413, 422)), text
        taken += [kept] if kept else []
    return taken


def shows(texts: Locator, wanted: list[str]) -> None:
    """Exactly these, in this order, letter by letter; no mark of ours counts."""
    expect(texts).to_have_count(len(wanted), timeout=60_000)
    without_marks = """(all) => all.map((one) => {
      const copy = one.cloneNode(true);
      for (const mark of copy.querySelectorAll(".visually-hidden")) mark.remove();
      return copy.textContent;
    })"""
    found = texts.evaluate_all(without_marks)
    assert [pair for pair in zip(found, wanted, strict=True) if pair[0] != pair[1]] == []


def said_by(root: Page | Locator, sender: str) -> Locator:
    return root.locator(f'[data-message][data-from="{sender}"] .text')


def test_both_sides_read_every_text_as_it_was_typed(watched: Watched, service: Service) -> None:
    at_desk, answers = staff_in(watched, service, "Noor")
    # In some conversations, since no page is made for thousands of messages.
    for begin in PARTS_TAKEN:
        visitor, asks = visitor_in(watched, service)
        talk = talking(at_desk)
        texts = some(PARTS, begin)
        with ThreadPoolExecutor(2) as both:
            said = both.submit(sends_all, asks, "/chat/messages", texts)
            answered = both.submit(sends_all, answers, f"{talk}/messages", texts)
        whispers = sends_all(answers, f"{talk}/whisper", texts[begin::PARTS])

        for root in (visitor.page, at_desk.root):
            shows(said_by(root, "visitor"), said.result())
            shows(said_by(root, "advisor"), answered.result())
        at_desk.root.locator("[data-tool=whisper]").click()
        shows(at_desk.root.locator("[data-whisper] .text"), whispers)
        for page in (visitor.page, at_desk.page):
            assert alien(page) == []
            assert too_wide(page) == []
        _still_works(at_desk, visitor)


def _still_works(at_desk: AdvisorAtDesk, visitor: VisitorInBrowser) -> None:
    visitor.says("nog steeds")
    at_desk.sees("nog steeds", "visitor")
    at_desk.says("ik ben er nog")
    visitor.sees("ik ben er nog", "advisor")
    visitor.ends()
    at_desk.page.locator("[data-dismiss]:visible").click()
    expect(at_desk.page.locator(".conversation")).to_have_count(0)
    visitor.page.context.close()


def test_what_stands_beside_a_conversation_is_text_too(watched: Watched, service: Service) -> None:
    """Topics, first messages, names, notes at a hand-over and ready answers."""
    texts, kept = some(9), []
    for text in texts:
        topic = passed(text, clean.line, field="topic", most=TOPIC_MOST)
        if topic and Visitor(service).asks(topic=text).status_code == 201:
            kept.append(topic)
    first = "<img src=x onerror=hit(1)>"
    assert Visitor(service).asks(danger="yes", topic=first, text=first).status_code == 201

    at_desk, answers = staff_in(watched, service, "Noor")
    desk = at_desk.page
    shows(desk.locator("[data-waiting] > li [data-field=topic]"), [first, *kept])
    talk = talking(at_desk)
    shows(said_by(at_desk.root, "visitor"), [first])

    _notes(watched, service, answers, talk)
    _ready_answers(desk, answers, desk.locator("[data-conversation]").first)
    _names(watched, service)
    assert alien(desk) == []


def _notes(watched: Watched, service: Service, answers: Asker, talk: str) -> None:
    sam, _ = staff_in(watched, service, "Sam")
    colleagues = answers.gets("/desk/colleagues").body
    sams = next(one["id"] for one in json.loads(colleagues)["colleagues"] if not one["me"])
    note = sam.page.locator("[data-offer-list] [data-field=note]")
    for text in some(60):
        if kept := passed(text):
            answers.posts(f"{talk}/transfer", {"to": sams, "note": text})
            expect(note).to_be_attached()
            shows(note, [kept])
            answers.posts(f"{talk}/withdraw", {})
            expect(note).to_have_count(0)
    assert alien(sam.page) == []


def _ready_answers(desk: Page, answers: Asker, conversation: Locator) -> None:
    kept = []
    for number, text in enumerate(some(20)):
        title = passed(text, clean.line, field="title", most=TITLE_MOST)
        words = passed(text, most=TEXT_MOST)
        sent = {"title": text, "text": text, "place": f"{number}", "lang": "nl", "step": "save"}
        if answers.posts("/desk/answers", sent).status == 303:
            assert title and words, text
            kept += [title]
    assert len(kept) > 30
    conversation.locator("[data-tool=answers]").click()
    mine = conversation.locator("[data-answers-list] li:has(.mark:text('Van mij'):visible)")
    shows(mine.locator("[data-field=answer-title]"), kept)
    other = desk.context.new_page()
    other.goto(desk.url.partition("/desk")[0] + "/desk/answers")
    assert alien(other) == []
    assert all(title in other.locator("main").inner_text() for title in kept[:5])
    other.close()


def _names(watched: Watched, service: Service) -> None:
    boss, office = staff_in(watched, service, "Baas", role="coordinator")
    kept = []
    for number, text in enumerate(some(12)):
        sent = {"email": f"x{number}@example.org", "name": text, "role": "advisor", "all": "yes"}
        if office.posts("/office/staff/new", sent).status == 201:
            kept += [clean.name(text.replace("\0", ""), "name", most=100)]
    assert len(kept) > 20
    for path in ("/office/staff", "/office/audit", "/office/"):
        boss.page.goto(f"{service.url}{path}")
        assert alien(boss.page) == []
        if path == "/office/staff":
            names = boss.page.locator("tbody th").all_text_contents()
            assert set(kept) <= {" ".join(name.split()) for name in names}


SWAPPED = """([name, text]) => new Promise((done) => {
  const main = document.querySelector("main");
  const field = main.querySelector(`[name=${name}]`);
  field.value = text;
  new MutationObserver((_, looking) => {
    if (!main.isConnected) { looking.disconnect(); done(); }
  }).observe(document.body, {childList: true, subtree: true});
  field.form.requestSubmit();
})"""
# Past the page's own script, as without one: the browser itself reads the answer.
SENT = """([name, text]) => {
  const field = document.querySelector(`main [name=${name}]`);
  field.value = text;
  HTMLFormElement.prototype.submit.call(field.form);
}"""


@pytest.mark.parametrize(("path", "name"), [("/zoeken", "q"), ("/regio", "plaats")])
def test_what_is_asked_of_a_page_comes_back_as_text(
    watched: Watched, service: Service, path: str, name: str
) -> None:
    page = watched.opens(path)
    field = page.locator(f"main [name={name}]")
    for number, text in enumerate(some(12)):
        if not field.count():
            page.goto(service.url + path)
        if number % 6 == 0:
            with page.expect_navigation():
                page.evaluate(SENT, [name, text])
        else:
            page.evaluate(SWAPPED, [name, text])
        assert alien(page) == [], text
        assert too_wide(page) == [], text
        if field.count() and len(text) < 90:
            # A field of one line leaves line breaks out before anything is sent.
            typed = text.replace("\r", "").replace("\n", "")
            kept = passed(typed, clean.line, field=name, most=200)
            assert field.input_value() in (typed, kept or ""), text


def test_what_is_written_in_a_tool_stays_text(watched: Watched) -> None:
    page = watched.opens("/wat-kun-je-doen/veiligheidsplan")
    fields = page.locator("[data-tool] textarea")
    texts = some(len(CORPUS) // fields.count())[: fields.count()]
    fill = """([field, text]) => {
      field.value = text;
      field.dispatchEvent(new Event("input", {bubbles: true}));
    }"""
    for field, text in zip(fields.element_handles(), texts, strict=True):
        page.evaluate(fill, [field, text])
    page.locator("main [data-back]").click()
    expect(fields).to_have_count(0)
    page.locator("main a[href$='/veiligheidsplan']").first.click()
    normal = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    expect(fields.first).to_have_value(normal[0])
    assert fields.evaluate_all("(all) => all.map((field) => field.value)") == normal
    assert alien(page) == []
