"""What open pages are told: live, after a cut, and at the end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from luwte.chat import keys
from luwte.chat.conversation import Message
from luwte.chat.desk_page import desk_events
from luwte.chat.events import Event, visitor_events
from luwte.chat.parts import Chat, put_together
from tests.servers import until

REGIONS = {"VT14": "Noord- en Oost-Gelderland"}


class Page:
    """Reads a stream of events as an open page does."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.heard: list[Event] = []
        self._queue: queue.Queue[Event | None] = queue.Queue()
        threading.Thread(target=self._read, args=(events,), daemon=True).start()

    def _read(self, events: Iterator[Event]) -> None:
        for event in events:
            self._queue.put(event)
        self._queue.put(None)

    def hears(self, name: str) -> Event:
        """The next event of that name; what comes before it is kept in `heard`."""
        while True:
            event = self._queue.get(timeout=10)
            assert event is not None, f"the stream ended before {name}"
            self.heard.append(event)
            if event.name == name:
                return event

    def reads(self, count: int) -> list[str]:
        return [self._message().text for _ in range(count)]

    def _message(self) -> Message:
        message = self.hears("message").message
        assert message
        return message


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], REGIONS, cap=30)
    yield made
    made.hub.stop()


def visitor(chat: Chat, queue: str = "VT14"):
    token, _ = chat.waiting.join(
        queue=queue, audience="self", danger=False, topic="", lang="nl", key=""
    )
    return chat.waiting.of_token(token)


def test_a_visitor_hears_the_advisor_come_and_speak(chat):
    conversation = visitor(chat)
    page = Page(visitor_events(conversation, chat.hub))
    assert page.hears("state").state.position == 1

    chat.shift("1", "Noor", []).take()
    assert page.hears("state").state.advisor_name == "Noor"
    conversation.say("advisor", "dag", "k", by="1", name="Noor")

    assert page.reads(2) == ["joined", "dag"]


def test_the_place_in_the_queue_is_told_when_it_changes(chat):
    first, second = visitor(chat), visitor(chat)
    page = Page(visitor_events(second, chat.hub))
    assert page.hears("state").state.position == 2

    first.end("visitor")

    assert page.hears("state").state.position == 1


def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_twice(chat):
    conversation = visitor(chat)
    conversation.say("visitor", "een", "1")
    page = Page(visitor_events(conversation, chat.hub))
    last = page.hears("message").id
    conversation.say("visitor", "twee", "2")
    conversation.say("visitor", "drie", "3")

    assert Page(visitor_events(conversation, chat.hub, last)).reads(2) == ["twee", "drie"]


def test_no_message_is_lost_when_the_subscription_is_cut(redis, chat):
    conversation = visitor(chat)
    page = Page(visitor_events(conversation, chat.hub))
    page.hears("state")

    expected = []
    for n in range(40):
        if n % 10 == 5:
            redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        conversation.say("visitor", f"bericht {n}", str(n))
        expected.append(f"bericht {n}")

    assert page.reads(40) == expected


def test_the_advisors_goodbye_arrives_before_the_end(redis, chat, monkeypatch):
    monkeypatch.setattr("luwte.chat.events.SENT_S", 1)
    conversation = visitor(chat)
    page = Page(visitor_events(conversation, chat.hub))
    page.hears("state")
    chat.shift("1", "Noor", []).take()
    conversation.say("advisor", "sterkte", "k", by="1", name="Noor")
    conversation.end("advisor", "done")

    assert page.reads(2) == ["joined", "sterkte"]
    assert page.hears("ended").by == "advisor"
    until(lambda: not [k for k in redis.scan_iter("*") if b"VT14." in k], "the keys are gone")


def test_a_sign_of_life_that_comes_after_the_end_loses_no_last_word(chat, monkeypatch):
    monkeypatch.setattr("luwte.chat.events.BEAT_S", 0)  # a sign with everything that is heard
    conversation = visitor(chat)
    events = visitor_events(conversation, chat.hub)
    next(events)
    chat.shift("1", "Noor", []).take()
    conversation.say("advisor", "sterkte", "k", by="1", name="Noor")
    conversation.end("advisor", "done")

    told = list(events)

    assert [event.message.text for event in told if event.message] == ["joined", "sterkte"]
    assert (told[-1].name, told[-1].by) == ("ended", "advisor")


def test_the_visitors_last_words_reach_the_desk_though_they_are_deleted(chat):
    conversation = visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take()
    desk = Page(desk_events(shift, chat.hub))
    desk.hears("message")

    conversation.say("visitor", "dank je wel", "k")
    conversation.end("visitor")

    assert desk.reads(1) == ["dank je wel"]
    assert desk.hears("ended").by == "visitor"


def test_the_desk_sees_who_waits_and_only_in_its_regions(chat):
    desk = Page(desk_events(chat.shift("1", "Noor", ["VT14"]), chat.hub))
    assert desk.hears("waiting").waiting == ()

    conversation = visitor(chat)

    assert [w.conversation for w in desk.hears("waiting").waiting] == [conversation.name]


def test_a_desk_that_comes_back_gets_what_it_missed_in_every_conversation(chat):
    one, two = visitor(chat), visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take()
    shift.take()
    desk = Page(desk_events(shift, chat.hub))
    one.say("visitor", "een", "k")
    two.say("visitor", "twee", "k")
    heard = desk.reads(4)
    assert sorted(heard) == ["een", "joined", "joined", "twee"]
    one.say("visitor", "een later", "l")
    two.say("visitor", "twee later", "l")

    back = Page(desk_events(shift, chat.hub, desk.heard[-1].id))

    assert sorted(back.reads(2)) == ["een later", "twee later"]


def test_the_places_in_all_conversations_are_told_from_the_first_message_on(chat):
    one, two = visitor(chat), visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take()
    shift.take()
    desk = Page(desk_events(shift, chat.hub))
    desk.reads(2)

    # The line is cut after the first message of the first conversation, every time.
    cursor = desk.heard[-1].id
    for conversation in (one, two):
        conversation.say("visitor", "nog iets", "k")
    read = []
    for _ in range(4):
        back = Page(desk_events(shift, chat.hub, cursor))
        back.hears("waiting")
        heard = [event for event in back.heard if event.name == "message"]
        read += [event.message.text for event in heard[:1]]
        cursor = heard[0].id if heard else cursor

    assert read == ["nog iets", "nog iets"]


def test_much_news_does_not_keep_a_page_from_giving_signs_of_life(redis, chat, monkeypatch):
    monkeypatch.setattr("luwte.chat.events.BEAT_S", 0.4)
    conversation = visitor(chat)
    page = Page(visitor_events(conversation, chat.hub))
    page.hears("state")
    desk_signs: list[float] = []
    shift = chat.shift("1", "Noor", [])
    desk = Page(desk_events(shift, chat.hub, alive=lambda: desk_signs.append(time.monotonic())))
    desk.hears("waiting")
    redis.zadd(keys.seen_key("VT14"), {conversation.name: 1})

    until_later = time.monotonic() + 1.0
    while time.monotonic() < until_later:
        visitor(chat).end("visitor")  # news for everybody in the line, and no quiet moment
        time.sleep(0.05)

    assert redis.zscore(keys.seen_key("VT14"), conversation.name) > 1
    assert len(desk_signs) > 2


def test_typing_is_told_to_the_other_side_only(chat):
    conversation = visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take()
    page, desk = Page(visitor_events(conversation, chat.hub)), Page(desk_events(shift, chat.hub))
    page.hears("message")
    desk.hears("message")

    conversation.typing("advisor")
    conversation.typing("visitor")

    assert page.hears("typing").by == "advisor"
    assert desk.hears("typing").by == "visitor"
