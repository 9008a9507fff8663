"""Handing over: what is left of an offer when things go another way."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from redis import Redis

from luwte.chat import keys
from luwte.chat.conversation import Conversation, Gone, NotYours
from luwte.chat.handover import OfferOver
from luwte.chat.parts import Chat, put_together
from luwte.chat.shift_choice import Choice
from luwte.chat.waiting import Shift

REGIONS = {"VT01": "Amsterdam-Amstelland", "VT14": "Noord- en Oost-Gelderland"}


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], REGIONS, cap=30)
    yield made
    made.hub.stop()


@pytest.fixture
def noor(chat: Chat) -> Shift:
    return chat.shift("1", "Noor", [])


@pytest.fixture
def sam(chat: Chat) -> Shift:
    return chat.shift("2", "Sam", [])


def taken_by(chat: Chat, shift: Shift) -> Conversation:
    chat.waiting.join(queue="VT14", audience="self", danger=False, topic="", lang="nl", key="")
    return shift.take()


def seen(chat: Chat) -> list[str]:
    return [offer.conversation for offer in chat.offers.everywhere()]


def test_an_offer_does_not_outlive_the_advisor_who_made_it(redis, chat, noor, sam):
    conversation = taken_by(chat, noor)
    chat.offers.make(conversation, "1", "Noor", "2")
    assert seen(chat) == [conversation.name]

    chat.care.hand_back(conversation.name, "1")

    assert redis.zcard(keys.offers_key("VT14")) == 0
    with pytest.raises(OfferOver):
        chat.offers.accept(conversation, sam)
    chat.shift("3", "Bo", []).take()
    assert seen(chat) == []
    with pytest.raises(OfferOver):
        chat.offers.accept(conversation, sam)


def test_only_who_has_it_offers_it(chat, noor):
    conversation = taken_by(chat, noor)

    with pytest.raises(NotYours):
        chat.offers.make(conversation, "2", "Sam", "1")
    chat.offers.make(conversation, "1", "Noor", "2")
    chat.offers.withdraw(conversation, "2")
    assert seen(chat) == [conversation.name]


def test_a_new_offer_takes_the_place_of_the_one_before(chat, noor, sam):
    conversation = taken_by(chat, noor)
    chat.offers.make(conversation, "1", "Noor", "2")
    chat.offers.make(conversation, "1", "Noor", "VT01:public")

    offer = chat.offers.read(conversation.name)

    assert offer and offer.is_for(sam)
    assert not offer.is_for(chat.shift("3", "Bo", ["VT14"]))
    assert not offer.is_for(chat.shift("4", "Kim", [], Choice(("VT01",), status="break")))


def test_nothing_is_left_of_an_offer_when_the_visitor_goes(redis, chat, noor):
    conversation = taken_by(chat, noor)
    chat.offers.make(conversation, "1", "Noor", "2", "let op")
    conversation.end("visitor")

    assert not [key for key in redis.scan_iter("*") if b"VT14" in key and b"lengths" not in key]
    with pytest.raises(Gone):
        chat.offers.make(conversation, "1", "Noor", "2")


def test_of_many_who_accept_at_once_one_gets_it(chat, noor):
    conversation = taken_by(chat, noor)
    chat.offers.make(conversation, "1", "Noor", "VT14:public")
    together = threading.Barrier(10)
    outcomes: Counter[str] = Counter()

    def accept(member: int) -> None:
        shift = chat.shift(str(member), f"Advisor {member}", [])
        together.wait()
        try:
            chat.offers.accept(conversation, shift)
            outcomes["taken"] += 1
        except OfferOver:
            outcomes["over"] += 1

    threads = [threading.Thread(target=accept, args=(n,)) for n in range(10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert outcomes == {"taken": 1, "over": 9}
    held = [n for n in range(10, 20) if chat.shift(str(n), "", []).conversations()]
    assert conversation.state().advisor == str(held[0]) and len(held) == 1
