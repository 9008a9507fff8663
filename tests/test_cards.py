"""What an advisor shows besides words: 112, and an article that leaves no link behind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from luwte.chat import clean
from luwte.chat.cards import Card, card_in
from luwte.chat.shelf import Reading, Shelf
from tests.servers import until
from tests.service import Advisor, Service, Visitor

ARTICLES = [
    Reading(
        "money", "nl", "Geld", "Over schulden", "/a/geld", "Een [rékening](article:owed).", str
    ),
    Reading("money", "en", "Money", "About debts", "/en/a/money", "A bill.", str),
    Reading("child", "nl", "Een kind", "Zorgen om geld", "/a/kind", "School.", str),
]


@pytest.fixture
def talk(service: Service, advisor: Advisor) -> Iterator[tuple[Visitor, str]]:
    """A visitor, and the name of their open conversation with the advisor."""
    visitor = Visitor(service)
    visitor.asks()
    yield visitor, advisor.takes().json()["conversation"]
    visitor.ends()


def shows(advisor: Advisor, conversation: str, **sent: str):
    return advisor.http.post(f"/desk/conversations/{conversation}/card", data=sent)


def finds(advisor: Advisor, conversation: str, words: str) -> list[dict[str, str]]:
    answer = advisor.http.post(f"/desk/conversations/{conversation}/articles", data={"q": words})
    return answer.json()["articles"]


def test_no_words_that_anybody_types_can_be_a_card():
    written = Card("article", "nl", "danger-now").written()

    assert card_in(written) == Card("article", "nl", "danger-now")
    assert card_in(clean.message(written)) is None


def test_the_112_card_reaches_the_visitor_once(advisor, talk):
    visitor, conversation = talk
    page = visitor.listens()
    first = shows(advisor, conversation, card="112", key="k")
    again = shows(advisor, conversation, card="112", key="k")
    until(lambda: page.texts("advisor"), "the card")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    (message,) = [one for one in page.of("message") if one["from"] == "advisor"]
    assert 'href="tel:112"' in message["html"]
    assert "112" in message["text"] and "\x1e" not in message["text"]


def test_an_article_is_title_and_address_for_a_client_and_no_link_in_the_page(
    service, advisor, talk
):
    visitor, conversation = talk
    page, desk = visitor.listens(), advisor.listens()
    assert shows(advisor, conversation, card="article", article="danger-now").status_code == 201
    until(lambda: page.texts("advisor") and desk.texts("advisor"), "both see the card")

    message = next(one for one in page.of("message") if one["from"] == "advisor")
    assert message["text"] == f"Nu in gevaar?\n{service.url}/direct-hulp/nu-in-gevaar"
    assert "Bel 112 als er nu gevaar is" in message["html"]
    assert "<a " not in message["html"]


def test_who_comes_back_gets_the_card_again(advisor, talk):
    visitor, conversation = talk
    shows(advisor, conversation, card="article", article="danger-now")
    page = visitor.listens()
    until(lambda: page.texts("advisor"), "what was missed")

    assert 'data-card="article"' in page.of("message")[-1]["html"]


def test_an_english_visitor_gets_the_english_article(service, advisor):
    visitor = Visitor(service, start="/en/chat")
    visitor.asks()
    conversation = advisor.takes().json()["conversation"]
    page = visitor.listens()
    shows(advisor, conversation, card="article", article="danger-now")
    until(lambda: page.texts("advisor"), "the card")

    assert "/en/immediate-help/" in page.texts("advisor")[0]
    visitor.ends()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"card": "113"}, 422),
        ({}, 422),
        ({"card": "article", "article": "no-such"}, 404),
        ({"card": "article"}, 404),
        ({"card": "112", "key": "a b"}, 422),
    ],
)
def test_what_is_no_card_is_refused(advisor, talk, sent, status):
    _visitor, conversation = talk

    assert shows(advisor, conversation, **sent).status_code == status


def test_nobody_shows_a_card_in_the_chat_of_another(colleague, talk):
    _visitor, conversation = talk

    assert shows(colleague, conversation, card="112").status_code == 410
    assert shows(colleague, conversation, card="article", article="danger-now").status_code == 410
    assert (
        colleague.http.post(
            f"/desk/conversations/{conversation}/articles", data={"q": "geld"}
        ).status_code
        == 410
    )


def test_an_advisor_finds_articles_by_words_of_either_language(advisor, talk):
    _visitor, conversation = talk

    assert finds(advisor, conversation, "nu in gevaar")[0]["id"] == "danger-now"
    assert {one["lang"] for one in finds(advisor, conversation, "danger")} == {"nl"}
    assert finds(advisor, conversation, uuid.uuid4().hex) == []


@pytest.mark.parametrize(
    ("typed", "lang", "found"),
    [
        ("geld", "nl", ["Geld", "Een kind"]),
        ("geld", "en", ["Money", "Een kind"]),
        ("rekening", "nl", ["Geld"]),
        ("bill debt", "nl", ["Geld"]),
        ("geld school", "nl", ["Een kind"]),
        ("geld paard", "nl", []),
        ("  ", "nl", ["Geld", "Een kind"]),
    ],
)
def test_the_best_article_stands_first_and_every_word_counts(typed, lang, found):
    assert [one.title for one in Shelf(ARTICLES).search(typed, lang)] == found


def test_an_article_in_a_message_has_no_way_out_but_the_phone():
    html = (
        '<h2 id="bel">Bel</h2><p><a href="tel:112">112</a> of <a href="/elders" rel="x">lees '
        '<em>dit</em></a>, <a rel="noopener" href="https://example.org">daar</a></p>'
    )
    article = Reading("x", "nl", "x", "x", "/x", "x", lambda: html)

    assert article.html == (
        '<h2>Bel</h2><p><a href="tel:112">112</a> of lees <em>dit</em>, daar</p>'
    )
