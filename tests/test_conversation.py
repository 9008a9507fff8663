"""What two people say to each other, in a real store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from luwte.chat.conversation import Conversation, Gone, NotYours
from luwte.chat.parts import Chat, put_together
from luwte.chat.seal import Seal, SealBroken

REGIONS = {"VT14": "Noord- en Oost-Gelderland"}


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], REGIONS, cap=30)
    yield made
    made.hub.stop()


@pytest.fixture
def conversation(chat: Chat) -> Conversation:
    token, _ = chat.waiting.join(
        queue="VT14", audience="self", danger=False, topic="partner", lang="nl", key=""
    )
    return chat.waiting.of_token(token)


def texts(conversation: Conversation, after: str = "") -> list[str]:
    return [message.text for message in conversation.messages(after)]


def test_messages_are_kept_in_order_and_read_from_where_one_was(conversation):
    first, _ = conversation.say("visitor", "mag ik iets vragen?", "a")
    conversation.say("visitor", "het is lastig", "b")

    assert texts(conversation) == ["mag ik iets vragen?", "het is lastig"]
    assert texts(conversation, first) == ["het is lastig"]


def test_a_repeated_key_is_answered_with_the_first_ones_id(conversation):
    assert conversation.say("visitor", "hallo", "k") == (conversation.messages()[0].id, True)
    assert conversation.say("visitor", "hallo", "k") == (conversation.messages()[0].id, False)
    assert texts(conversation) == ["hallo"]


def test_both_sides_may_use_the_same_key(chat, conversation):
    chat.shift("1", "Noor", []).take()
    conversation.say("visitor", "hallo", "k")
    _, new = conversation.say("advisor", "dag", "k", by="1", name="Noor")

    assert new


def test_only_the_advisor_who_has_it_can_answer(chat, conversation):
    chat.shift("1", "Noor", []).take()

    with pytest.raises(NotYours):
        conversation.say("advisor", "dag", "k", by="2", name="Sam")


def test_only_the_advisor_who_has_it_can_end_it(chat, conversation):
    chat.shift("1", "Noor", []).take()

    with pytest.raises(NotYours):
        conversation.end("advisor", "done", member="2")
    assert conversation.state().state == "open"
    conversation.end("advisor", "done", member="1")
    assert conversation.state().state == "ended"


def test_an_ended_conversation_leaves_no_key(redis, conversation):
    conversation.say("visitor", "hallo", "k")
    conversation.end("visitor")

    # What is counted of all of them is of nobody: see test_figures.
    left = [key for key in redis.scan_iter("*") if not key.startswith(b"{staff}:figures:")]
    assert left == []
    for step in (conversation.state, lambda: conversation.say("visitor", "?", "x")):
        with pytest.raises(Gone):
            step()


def test_the_advisors_last_words_wait_for_the_visitor_and_then_are_gone(redis, chat, conversation):
    chat.shift("1", "Noor", []).take()
    conversation.say("advisor", "sterkte", "k", by="1", name="Noor")
    conversation.end("advisor", "done")

    assert texts(conversation)[-1] == "sterkte"
    assert conversation.state().ended_by == "advisor"
    assert all(0 < redis.ttl(key) <= 60 for key in redis.scan_iter("{VT14}:*") if b"VT14." in key)
    conversation.forget()
    assert not [key for key in redis.scan_iter("*") if b"VT14." in key]


def test_every_key_has_an_expiry_from_its_first_write(redis, chat, conversation):
    conversation.say("visitor", "hallo", "k")
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter("*"))

    chat.shift("1", "Noor", []).take()
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter("*"))


def test_the_store_holds_no_word_that_was_said(redis, conversation):
    conversation.say("visitor", "zonnebloem", "k")
    held = b"".join(redis.dump(key) for key in redis.scan_iter("*"))

    assert b"zonnebloem" not in held
    assert b"partner" not in held


def test_a_new_secret_reads_what_an_older_one_sealed():
    sealed = Seal(["old"]).box("VT14.x").seal("dag")

    assert Seal(["new", "old"]).box("VT14.x").open(sealed) == "dag"
    with pytest.raises(SealBroken):
        Seal(["new"]).box("VT14.x").open(sealed)
    with pytest.raises(SealBroken):
        Seal(["old"]).box("VT14.y").open(sealed)
    with pytest.raises(SealBroken):
        Seal(["old"]).box("VT14.x").open(sealed[:-1] + b"!")
