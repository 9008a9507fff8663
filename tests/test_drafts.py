"""Drafts of advisors: sealed, for one advisor only, gone with the conversation."""

from __future__ import annotations

import pytest
from redis import Redis

from luwte.chat.conversation import Conversation, Gone
from luwte.chat.drafts import Drafts
from luwte.chat.keys import all_queues, conversation_key
from luwte.chat.seal import Seal
from luwte.chat.waiting import Shift, Waiting

TEXT = "wat naar dat hij"
IDLE_S = 600


@pytest.fixture
def waiting(redis: Redis) -> Waiting:
    return Waiting(redis, Seal(["geheim"]), ["geheim"], cap=30, idle_s=IDLE_S)


@pytest.fixture
def conversation(redis: Redis, waiting: Waiting) -> Conversation:
    waiting.join(queue="VT14", audience="self", danger=False, topic="", lang="nl", key="")
    return shift(redis, waiting, "1").take()


def shift(redis: Redis, waiting: Waiting, member: str) -> Shift:
    queues = all_queues(["VT14"])
    return Shift(redis, waiting, member, "Noor", queues=queues, most=2, idle_s=IDLE_S)


def test_a_draft_is_given_back_until_it_is_emptied(
    redis: Redis, conversation: Conversation
) -> None:
    drafts = Drafts(redis, "1")
    assert drafts.read(conversation) == ""

    drafts.keep(conversation, TEXT)
    assert drafts.read(conversation) == TEXT

    drafts.keep(conversation, "")
    assert drafts.read(conversation) == ""
    assert [b"draft:" in name for name in redis.hkeys(key(conversation))].count(True) == 0


def key(conversation: Conversation) -> str:
    return conversation_key(conversation.name)


def test_a_draft_is_sealed_and_lives_no_longer_than_its_conversation(
    redis: Redis, conversation: Conversation
) -> None:
    Drafts(redis, "1").keep(conversation, TEXT)

    kept = redis.hget(key(conversation), "draft:1")
    assert kept and TEXT.encode() not in kept
    assert 0 < redis.ttl(key(conversation)) <= IDLE_S
    conversation.end("visitor")
    assert not redis.exists(key(conversation))


def test_nobody_else_reads_or_writes_it(redis: Redis, conversation: Conversation) -> None:
    Drafts(redis, "1").keep(conversation, TEXT)
    other = Drafts(redis, "2")

    with pytest.raises(Gone):
        other.read(conversation)
    with pytest.raises(Gone):
        other.keep(conversation, "van mij")
    assert Drafts(redis, "1").read(conversation) == TEXT


def test_after_the_end_there_is_none(redis: Redis, conversation: Conversation) -> None:
    drafts = Drafts(redis, "1")
    drafts.keep(conversation, TEXT)
    conversation.end("advisor", member="1")

    with pytest.raises(Gone):
        drafts.read(conversation)
    with pytest.raises(Gone):
        drafts.keep(conversation, TEXT)


def test_a_draft_that_another_secret_sealed_is_just_gone(
    redis: Redis, conversation: Conversation
) -> None:
    Drafts(redis, "1").keep(conversation, TEXT)
    later = Waiting(redis, Seal(["ander"]), ["ander"], cap=30, idle_s=IDLE_S)

    assert Drafts(redis, "1").read(later.conversation(conversation.name)) == ""
