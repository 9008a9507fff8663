"""The word that is agreed at the start: chosen, sealed, and asked for after an interruption."""

from __future__ import annotations

import re
from typing import Any

import httpx
from redis import Redis

from luwte.chat.code_word import OFFERED, offered
from luwte.languages import _catalogue
from tests.servers import until
from tests.service import Advisor, Service, Stream, Visitor, get

WORD = "appel"
QUESTION = "Ben jij het nog? Welk woord hebben we afgesproken?"


def word_of(desk: Stream) -> dict[str, Any]:
    return desk.of("state")[-1]


def asks(service: Service, advisor: Advisor, **fields: str) -> tuple[Visitor, str]:
    visitor = Visitor(service)
    assert visitor.asks(**fields).status_code == 201
    return visitor, advisor.takes().json()["conversation"]


def step(advisor: Advisor, conversation: str, step: str) -> httpx.Response:
    return advisor.http.post(f"/desk/conversations/{conversation}/word", data={"step": step})


def test_six_words_are_offered_and_the_same_ones_when_the_form_is_drawn_again():
    words = [f"woord{number}" for number in range(2000)]

    assert len(offered(words, "a")) == OFFERED
    assert offered(words, "a") == offered(words, "a") != offered(words, "b")
    assert offered([], "a") == []


def test_the_start_page_offers_choices_and_no_field_to_type_a_word(service: Service):
    page = get(f"{service.url}/chat").text
    form = page.partition("data-chat-start")[2].partition("</form>")[0]

    assert len(re.findall(r'type="radio" name="word" value="\w+"', form)) == OFFERED
    assert 'type="radio" name="word" value=""' in form
    assert 'type="text"' not in form and "<textarea" not in form


def test_only_the_advisor_is_told_the_word(service, advisor, store):
    visitor, _conversation = asks(service, advisor, word=WORD)
    page, desk = visitor.listens(), advisor.listens()
    until(lambda: page.of("state") and desk.of("state"), "both are told")

    assert word_of(desk)["word"] == WORD
    assert WORD not in str(page.events)
    assert not in_plain(store, WORD)
    visitor.ends()


def in_plain(store: Redis, word: str) -> bool:
    hashes = [store.hgetall(key) for key in store.scan_iter("*:conversation:*")]
    return any(word.encode() in value for one in hashes for value in one.values())


def test_a_word_that_was_not_offered_anywhere_is_refused(service, store):
    answer = Visitor(service).asks(word="<script>")

    assert (answer.status_code, answer.json()["field"]) == (422, "word")
    assert not in_plain(store, "<script>")


def test_after_an_interruption_the_advisor_is_told_to_ask_until_they_did(service, advisor, store):
    visitor, conversation = asks(service, advisor, word=WORD)
    desk = advisor.listens()
    until(lambda: desk.of("state"), "the desk is told")
    assert word_of(desk)["check"] is False
    visitor_was_away(store, conversation)

    page = visitor.listens()
    until(lambda: word_of(desk)["check"], "the desk is told to ask")
    assert step(advisor, conversation, "ask").status_code == 204
    until(lambda: not word_of(desk)["check"], "it was asked")
    until(lambda: page.texts("advisor"), "the visitor is asked")

    assert page.texts("advisor") == [QUESTION]
    assert WORD not in str(page.events)
    visitor.ends()


def visitor_was_away(store: Redis, conversation: str) -> None:
    queue = conversation.partition(".")[0]
    store.hset(f"{{{queue}}}:conversation:{conversation}", "away", "1")


def test_who_comes_back_by_four_words_is_to_be_asked_too(service, advisor):
    visitor, conversation = asks(service, advisor, word=WORD)
    desk = advisor.listens()
    code = visitor.http.post("/chat/code").json()["code"]

    other = Visitor(service)
    assert other.http.post("/chat/return", data={"code": code}).status_code == 200

    until(lambda: desk.of("state") and word_of(desk)["check"], "the desk is told to ask")
    assert step(advisor, conversation, "sure").status_code == 204
    until(lambda: not word_of(desk)["check"], "the advisor is sure")
    assert desk.texts("advisor") == []
    advisor.ends(conversation)


def test_without_a_word_nobody_is_told_to_ask(service, advisor, store):
    visitor, conversation = asks(service, advisor)
    desk = advisor.listens()
    visitor_was_away(store, conversation)
    seen = len(desk.of("state"))
    visitor.says("ik ben er weer")
    until(lambda: len(desk.of("state")) > seen and desk.texts(), "the desk is told")

    assert word_of(desk)["check"] is False
    assert word_of(desk)["word"] == ""
    visitor.ends()


def test_the_question_is_in_the_visitors_language(service, advisor):
    visitor = Visitor(service, start="/en/chat")
    visitor.asks(word=WORD)
    conversation = advisor.takes().json()["conversation"]
    page = visitor.listens()
    step(advisor, conversation, "ask")
    until(lambda: page.texts("advisor"), "the visitor is asked")

    assert page.texts("advisor") == [_catalogue("en", str).gettext(QUESTION)]
    visitor.ends()


def test_nobody_asks_for_the_word_in_the_chat_of_another(service, advisor, colleague):
    visitor, conversation = asks(service, advisor, word=WORD)

    assert step(colleague, conversation, "ask").status_code == 410
    assert step(colleague, conversation, "sure").status_code == 410
    assert step(advisor, conversation, "shout").status_code == 422
    visitor.ends()
