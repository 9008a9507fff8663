"""What an advisor typed and did not send: never lost, never seen by anybody else, on no disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Response, expect
from redis import Redis

from tests.browser.at_desk import conversations, field, takes, visitor_waits, with_text
from tests.browser.people import AdvisorAtDesk
from tests.servers import until
from tests.service import Advisor, Service

Opens = Callable[..., Page]
DRAFT = "wat naar dat hij"


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


@contextmanager
def kept(page: Page, text: str) -> Iterator[None]:
    """Until the server has that draft."""

    def is_kept(answer: Response) -> bool:
        asked = answer.request
        return asked.url.endswith("/draft") and asked.post_data_json == {"text": text}

    with page.expect_response(is_kept) as answer:
        yield
    assert answer.value.status == 204


def drafts(answer_field: Locator, text: str) -> None:
    with kept(answer_field.page, text):
        answer_field.fill(text)


def sealed(store: Redis) -> list[bytes]:
    found = []
    for key in store.scan_iter(b"*:conversation:*"):
        fields: dict[bytes, bytes] = store.hgetall(key)  # type: ignore[assignment]
        found += [value for name, value in fields.items() if name.startswith(b"draft:")]
    return found


def test_drafts_survive_a_reload_each_in_its_own_conversation(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    page = at_desk.page
    for said in ("vraag een", "vraag twee"):
        visitor_waits(service, said)
    takes(at_desk, 2)
    drafts(field(with_text(page, "vraag een")), "voor de een")
    drafts(field(with_text(page, "vraag twee")), "voor de ander")

    page.reload()

    expect(field(with_text(page, "vraag een"))).to_have_value("voor de een")
    expect(field(with_text(page, "vraag twee"))).to_have_value("voor de ander")


def test_a_draft_that_was_too_fresh_to_be_kept_is_kept_when_the_page_goes(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    visitor_waits(service)
    takes(at_desk, 1)
    at_desk.page.keyboard.type(DRAFT)

    at_desk.page.reload()

    expect(field(at_desk.root)).to_have_value(DRAFT)


def test_what_was_sent_does_not_come_back(at_desk: AdvisorAtDesk, service: Service) -> None:
    visitor_waits(service)
    takes(at_desk, 1)
    drafts(field(at_desk.root), DRAFT)
    with kept(at_desk.page, ""):
        at_desk.page.keyboard.press("Enter")
    at_desk.sees(DRAFT, "advisor")

    with at_desk.page.expect_response("**/draft"):
        at_desk.page.reload()

    at_desk.sees(DRAFT, "advisor")
    expect(field(at_desk.root)).to_have_value("")


def test_what_is_typed_without_a_line_is_kept_when_it_is_back(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    visitor_waits(service)
    takes(at_desk, 1)
    at_desk.page.context.set_offline(True)
    with at_desk.page.expect_event("requestfailed", lambda asked: asked.url.endswith("/draft")):
        at_desk.page.keyboard.type(DRAFT)
    with kept(at_desk.page, DRAFT):
        at_desk.page.context.set_offline(False)

    at_desk.page.reload()

    expect(field(at_desk.root)).to_have_value(DRAFT)


def test_a_draft_is_sealed_and_on_no_disk_of_the_advisor(
    at_desk: AdvisorAtDesk, service: Service, store: Redis
) -> None:
    visitor_waits(service)
    takes(at_desk, 1)
    drafts(field(at_desk.root), DRAFT)

    (found,) = sealed(store)
    assert DRAFT.encode() not in found
    assert at_desk.page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert at_desk.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_nobody_else_sees_a_draft(
    at_desk: AdvisorAtDesk, service: Service, colleague: Advisor
) -> None:
    visitor = visitor_waits(service, "hallo")
    heard = visitor.listens()
    takes(at_desk, 1)
    drafts(field(at_desk.root), DRAFT)
    at_desk.page.keyboard.press("Control+A")
    at_desk.page.keyboard.type("dag")
    at_desk.page.keyboard.press("Enter")
    until(lambda: "dag" in heard.texts("advisor"), "the visitor reads what was sent")
    assert not [data for _, _, data in heard.events if DRAFT in str(data)]

    name = at_desk.page.locator("[data-conversation]").first.get_attribute("data-conversation")
    path = f"/desk/conversations/{name}/draft"
    assert colleague.http.get(path).status_code == 410
    assert colleague.http.post(path, data={"text": "van mij"}).status_code == 410


def test_a_draft_goes_with_its_conversation(
    at_desk: AdvisorAtDesk, service: Service, store: Redis
) -> None:
    visitor = visitor_waits(service)
    takes(at_desk, 1)
    drafts(field(at_desk.root), DRAFT)
    assert len(sealed(store)) == 1

    visitor.ends()

    until(lambda: not sealed(store), "the draft is erased")
    expect(field(conversations(at_desk.page))).to_have_value(DRAFT)


def test_a_draft_that_comes_back_is_no_sign_that_somebody_types(
    at_desk: AdvisorAtDesk, service: Service
) -> None:
    visitor_waits(service)
    takes(at_desk, 1)
    drafts(field(at_desk.root), DRAFT)
    told: list[str] = []
    at_desk.page.on("request", lambda asked: told.append(asked.url))

    at_desk.page.reload()
    expect(field(at_desk.root)).to_have_value(DRAFT)

    assert not [url for url in told if url.endswith("/typing")]
