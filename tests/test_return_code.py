"""Coming back by four words, in a real store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from luwte.chat.conversation import Conversation, Gone
from luwte.chat.parts import Chat, put_together
from luwte.chat.return_code import WrongCode

WORDS = [f"woord{n}" for n in range(2000)]


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], {"VT14": "Gelderland"}, cap=30, words=WORDS)
    yield made
    made.hub.stop()


@pytest.fixture
def conversation(chat: Chat) -> Conversation:
    token, _ = chat.waiting.join(
        queue="VT14", audience="self", danger=False, topic="", lang="nl", key=""
    )
    return chat.waiting.of_token(token)


def test_four_words_open_the_conversation_again_with_a_new_token(chat, conversation):
    conversation.say("visitor", "hallo", "k")
    token = chat.codes.use(chat.codes.make(conversation))

    back = chat.waiting.of_token(token)
    assert back.name == conversation.name
    assert [message.text for message in back.messages()] == ["hallo"]


def test_capitals_and_commas_do_not_matter(chat, conversation):
    words = chat.codes.make(conversation).split()

    assert chat.codes.use(" , ".join(words).upper() + "\n")


def test_a_code_opens_once_and_a_new_one_replaces_it(chat, conversation):
    first, second = chat.codes.make(conversation), chat.codes.make(conversation)
    with pytest.raises(WrongCode):
        chat.codes.use(first)
    chat.codes.use(second)
    with pytest.raises(WrongCode):
        chat.codes.use(second)


def test_coming_back_twice_leaves_the_last_token_only(chat, conversation):
    first = chat.codes.use(chat.codes.make(conversation))
    second = chat.codes.use(chat.codes.make(conversation))

    assert chat.waiting.of_token(second).state()
    with pytest.raises(Gone):
        chat.waiting.of_token(first).state()


def test_the_end_takes_code_and_token_with_it(redis, chat, conversation):
    token = chat.codes.use(chat.codes.make(conversation))
    code = chat.codes.make(conversation)
    chat.waiting.of_token(token).end("visitor")

    left = [key for key in redis.scan_iter("*") if not key.startswith(b"{staff}:figures:")]
    assert left == []
    with pytest.raises(WrongCode):
        chat.codes.use(code)


def test_the_store_never_holds_the_words(redis, chat, conversation):
    code = chat.codes.make(conversation)
    held = b"".join(key + redis.dump(key) for key in redis.scan_iter("*"))

    assert not any(word.encode() in held for word in code.split())
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter("*"))


def test_words_that_nobody_was_given_open_nothing(chat):
    for typed in ("", "een twee drie vier", "woord1 woord2 woord3 woord4", "x" * 90):
        with pytest.raises(WrongCode):
            chat.codes.use(typed)
