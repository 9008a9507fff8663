"""The fixed interface, over real HTTP against the running service."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import httpx
import pytest
from redis import Redis

from tests.servers import until
from tests.service import Advisor, Service, Visitor, get, post


@pytest.fixture(autouse=True)
def empty(store: Redis) -> None:
    store.flushall()


# Of a whole line, not of a conversation: how long the last ones took, and who is there.
COUNTS = (b":lengths:", b":serving:")


def keys_of_conversations(store: Redis) -> list[bytes]:
    keys = [key for key in store.scan_iter("*") if key.startswith((b"{NL}", b"{VT"))]
    return [key for key in keys if not any(count in key for count in COUNTS)]


def test_a_visitors_words_reach_an_advisor_and_come_back(service, advisor, store):
    visitor = Visitor(service)
    started = visitor.asks(danger="no")
    assert started.status_code == 201
    # The last one is the ticket for "did this help?": another one for everybody.
    assert started.json() | {"token": "", "helped": ""} == {
        "token": "",
        "helped": "",
        "state": "waiting",
        "position": 1,
        "estimate_s": None,
        "advisor": None,
        "danger": False,
    }
    page, desk = visitor.listens(), advisor.listens()
    until(lambda: desk.of("waiting") and desk.of("waiting")[-1]["waiting"], "the desk sees it")

    taken = advisor.takes()
    conversation = taken.json()["conversation"]
    for n in range(10):
        assert visitor.says(f"vraag {n}").status_code == 201
        assert advisor.says(conversation, f"antwoord {n}").status_code == 201

    expected = [word for n in range(10) for word in (f"vraag {n}", f"antwoord {n}")]
    until(lambda: page.texts() == expected, "the visitor reads all")
    until(lambda: desk.texts() == expected, "the advisor reads all")
    assert page.of("state")[-1]["advisor"] == "Noor"
    assert visitor.ends().status_code == 204
    until(lambda: desk.of("ended"), "the desk sees the end")
    assert visitor.says("nog iets").status_code == 410
    assert keys_of_conversations(store) == []


def test_a_message_event_carries_the_stores_id_and_the_drawn_message(service, advisor):
    visitor = Visitor(service)
    visitor.asks()
    page = visitor.listens()
    number = visitor.says("<b>dag</b>", "k1").json()["id"]
    until(lambda: page.of("message"), "the message")
    name, event_id, data = page.events[-1]

    assert (name, event_id, data["id"], data["from"]) == ("message", number, number, "visitor")
    assert data["text"] == "<b>dag</b>"
    assert "&lt;b&gt;dag&lt;/b&gt;" in data["html"] and "<b>" not in data["html"]
    assert 'data-from="visitor"' in data["html"]


def test_links_are_text_for_the_visitor_and_safe_links_for_the_advisor(service, advisor):
    visitor = Visitor(service)
    visitor.asks()
    page = visitor.listens()
    visitor.says('kijk op https://example.org/?a="><script>x</script>')
    advisor.takes()
    desk = advisor.listens()
    until(lambda: desk.texts() and page.texts(), "both read it")

    assert "<a " not in page.of("message")[0]["html"]
    html = desk.of("message")[0]["html"]
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<script" not in html


def test_a_repeated_start_gives_the_same_token(service):
    visitor = Visitor(service)
    first = visitor.asks(key="k-12345678")
    again = Visitor(service).asks(key="k-12345678")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["token"] == again.json()["token"]


def test_a_page_that_comes_back_gets_only_what_it_missed(service):
    visitor = Visitor(service)
    visitor.asks()
    page = visitor.listens()
    visitor.says("een")
    until(lambda: page.texts() == ["een"], "the first message")
    page.cut()
    visitor.says("twee")

    back = visitor.listens(page.last_id)

    until(lambda: back.texts() == ["twee"], "what was missed")


def test_a_message_that_is_sent_twice_arrives_once(service):
    visitor = Visitor(service)
    visitor.asks()
    page = visitor.listens()
    first, again = visitor.says("dag", "k"), visitor.says("dag", "k")
    visitor.says("nog iets")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    until(lambda: page.texts() == ["dag", "nog iets"], "each once")


def test_taking_says_why_not(service, advisor):
    assert (advisor.takes().status_code, advisor.takes().json()) == (409, {"reason": "none"})
    for _ in range(3):
        Visitor(service).asks()
    advisor.takes()
    advisor.takes()
    assert advisor.takes().json() == {"reason": "at-limit"}
    assert advisor.takes("NL.aaaaaaaaaaaaaaaaaaaaaa").status_code == 409


def test_nobody_reads_or_ends_the_chats_of_another(service, advisor, colleague):
    Visitor(service).asks()
    conversation = advisor.takes().json()["conversation"]

    assert colleague.says(conversation, "dag").status_code == 410
    assert colleague.ends(conversation).status_code == 410
    assert advisor.ends(conversation).status_code == 204


def test_without_signing_in_the_desk_is_closed(service):
    with httpx.Client(base_url=service.url) as nobody:
        assert nobody.get("/desk/").status_code == 302
        assert (
            nobody.get("/desk/events", headers={"Accept": "text/event-stream"}).status_code == 401
        )
        assert nobody.post("/desk/take", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"audience": "everybody"}, "audience"),
        ({"audience": ""}, "audience"),
        ({"region": "VT99"}, "region"),
        ({"danger": "maybe"}, "danger"),
        ({"topic": "x" * 101}, "topic"),
        ({"text": "x" * 2001}, "text"),
        ({"key": "a b"}, "key"),
    ],
)
def test_a_wrong_field_is_named_in_the_pages_language(service, store, body, field):
    answer = Visitor(service).asks(**body)

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["error"].endswith(".")
    assert keys_of_conversations(store) == []


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 2001, "\u202e\u200b"])
def test_a_message_has_1_to_2000_characters(service, text):
    visitor = Visitor(service)
    visitor.asks()

    assert visitor.says(text).status_code == 422
    assert visitor.says("😀" * 2000).status_code == 201


def test_malformed_calls_are_answered_with_4xx(service):
    visitor = Visitor(service)
    visitor.asks()
    http = visitor.http
    answers = [
        http.post("/chat", content=b"{", headers={"Content-Type": "application/json"}),
        http.post("/chat", json=["a list"]),
        http.post("/chat", json={"audience": {"a": 1}}),
        http.post("/chat", content=b"x", headers={"Content-Type": "text/plain"}),
        http.post("/chat/messages", json={"text": 5, "key": "k"}),
        http.post("/chat/messages", json={"text": "dag", "key": "x" * 65}),
        http.post("/chat/messages", data={"text": "x" * 100_000, "key": "k"}),
        http.post(
            "/chat/messages",
            content=b"text=%ff%fe&key=\xff",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
        http.get("/chat/messages"),
        http.put("/chat"),
        http.get("/chat/nothing"),
        http.get("/%00"),
        http.get("/..%2f..%2fetc/passwd"),
    ]

    assert [a.status_code for a in answers] == [
        400, 400, 422, 415, 422, 422, 413, 422, 404, 405, 404, 404, 404,
    ]  # fmt: skip
    for answer in answers:
        assert answer.json()["error"], answer.url


@pytest.mark.parametrize("token", ["x", "NL." + "a" * 43, "VT99." + "a" * 43, "NL." + "a" * 4000])
def test_an_unknown_token_is_gone(service, token):
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with httpx.Client(base_url=service.url, headers=headers) as http:
        assert http.get("/chat/events").status_code == 410
        assert http.post("/chat/messages", data={"text": "x", "key": "k"}).status_code == 410
        assert http.post("/chat/typing").status_code == 410
        assert http.post("/chat/end").status_code == 410


def test_another_sites_page_cannot_post(service):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = post(f"{service.url}/chat", data={"audience": "self"}, headers=headers)
        assert answer.status_code == 403


def test_the_same_visitor_is_never_taken_twice(service, colleague, advisor, store):
    """Two advisors press at the same moment, over HTTP, until nobody waits."""
    service_visitors = [Visitor(service) for _ in range(4)]
    for visitor in service_visitors:
        visitor.asks()
    taken: list[str] = []

    def take(who: Advisor) -> None:
        for _ in range(2):
            taken.append(who.takes().json()["conversation"])

    threads = [threading.Thread(target=take, args=(who,)) for who in (advisor, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Counter(taken).values()) == {1} and len(taken) == 4


def test_keys_of_other_clients_do_not_matter(service):
    assert Visitor(service).asks(key=uuid.uuid4().hex).status_code == 201


def test_alive_and_ready(service: Service):
    assert get(f"{service.url}/healthz").status_code == 200
    assert get(f"{service.url}/readyz").json() == {"status": "ready"}
