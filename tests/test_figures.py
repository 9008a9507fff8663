"""What is counted: each step once, in the store that forgets, then in the database that keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, func, select

from luwte.chat import figure_store, keys
from luwte.chat.care import Care, Patience
from luwte.chat.conversation import Conversation
from luwte.chat.database import reading
from luwte.chat.figure_store import BatchRow, FigureStore, Moving
from luwte.chat.figures import Figures, hour_key
from luwte.chat.helped import Helped, TicketSpent
from luwte.chat.parts import Chat, put_together
from luwte.chat.seal import Seal
from luwte.chat.waiting import Shift, Waiting
from tests.servers import until

pytest_plugins = ["tests.databases"]

REGIONS = {"VT14": "Noord- en Oost-Gelderland"}
HOUR = datetime(2026, 3, 2, 13, tzinfo=UTC)  # 14 o'clock on a Dutch clock
AN_HOUR = 3600.0


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], REGIONS, cap=30)
    yield made
    made.hub.stop()


def starts(chat: Chat, topic: str = "", lang: str = "nl", audience: str = "self") -> Conversation:
    token, _ = chat.waiting.join(
        queue="VT14", audience=audience, danger=False, topic=topic, lang=lang, key=""
    )
    return chat.waiting.of_token(token)


def noor(chat: Chat) -> Shift:
    return chat.shift("7", "Noor", ["VT14"])


def counts(redis: Redis) -> dict[str, int]:
    """What is counted, over all hours that are in the store."""
    found: dict[str, int] = {}
    for key in redis.scan_iter("{staff}:figures:2*"):
        fields: Any = redis.hgetall(key)
        for field, number in fields.items():
            found[field.decode()] = found.get(field.decode(), 0) + int(number)
    return found


def of_the_region(redis: Redis) -> dict[str, int]:
    return {
        field.partition("|")[0]: number
        for field, number in counts(redis).items()
        if field.endswith("|VT14||")
    }


def counted(redis: Redis, **expected: int) -> None:
    wanted = {name.replace("__", "."): number for name, number in expected.items()}
    until(lambda: of_the_region(redis) == wanted, f"{wanted}; now {of_the_region(redis)}", 10)


def test_a_conversation_from_start_to_end_is_counted_once_in_each_step(redis, chat):
    conversation = starts(chat, topic="partner", lang="en")
    noor(chat).take()
    conversation.end("advisor", "referred")

    counted(redis, started=1, taken=1, wait__0=1, ended__advisor__referred=1, length__0=1)
    assert counts(redis)["started|VT14|topic|partner"] == 1
    assert counts(redis)["taken|VT14|lang|en"] == 1
    assert counts(redis)["ended.advisor.referred|VT14|lane|public"] == 1


def test_no_count_brings_two_choices_together_and_each_runs_out(redis, chat):
    starts(chat, topic="sexual", lang="en", audience="professional")
    counted(redis, started=1)

    [key] = redis.scan_iter("{staff}:figures:*")
    assert sorted(field.split("|", 2)[2] for field in counts(redis)) == [
        "lane|professional",
        "lang|en",
        "topic|sexual",
        "|",
    ]
    assert 0 < redis.ttl(key) <= 2 * 24 * 3600


def test_a_topic_in_somebodys_own_words_counts_as_other(redis, chat):
    starts(chat, topic="mijn buurman Henk")
    counted(redis, started=1)

    assert counts(redis)["started|VT14|topic|other"] == 1
    assert not [field for field in counts(redis) if "Henk" in field]


def test_a_repeated_start_is_counted_once(redis, chat):
    for _ in range(2):
        chat.waiting.join(
            queue="VT14", audience="self", danger=False, topic="", lang="nl", key="the-same"
        )
    starts(chat)

    counted(redis, started=2)


def test_who_stops_while_waiting_left_and_who_stops_talking_ended(redis, chat):
    starts(chat).end("visitor")
    talks = starts(chat)
    noor(chat).take()
    talks.end("visitor")

    counted(redis, started=2, left=1, taken=1, wait__0=1, ended__visitor=1, length__0=1)


def a_round(redis: Redis, chat: Chat, **patience: float) -> None:
    much = dict.fromkeys(("visitor_s", "advisor_s", "warn_s", "idle_s"), 3600.0)
    Care(
        redis,
        keys.all_queues(list(REGIONS)),
        Patience(**(much | patience)),
        linger_s=60,
        figures=chat.figures,
    ).go_round()


def test_who_falls_silent_in_the_queue_left_and_is_counted_once(redis, chat):
    conversation = starts(chat)
    for _ in range(2):
        redis.zadd(keys.seen_key("VT14"), {conversation.name: 1})
        a_round(redis, chat, visitor_s=60)
        conversation.keep()  # comes back in between
    counted(redis, started=1, left=1)
    noor(chat).take()
    conversation.end("advisor", "done")

    counted(redis, started=1, left=1, taken=1, wait__0=1, ended__advisor__done=1, length__0=1)


def test_a_conversation_that_went_quiet_is_ended_by_the_system(redis, chat):
    conversation = starts(chat)
    noor(chat).take()
    chat.presence.here("7")
    redis.zadd(keys.quiet_key("VT14"), {conversation.name: 1})

    a_round(redis, chat, idle_s=60, warn_s=30)

    counted(redis, started=1, taken=1, wait__0=1, ended__system=1, length__0=1)


def test_one_whose_advisor_dropped_out_is_not_counted_as_taken_again(redis, chat):
    conversation = starts(chat)
    noor(chat).take()
    chat.care.hand_back(conversation.name, "7")
    chat.shift("8", "Sam", ["VT14"]).take()
    conversation.end("visitor")

    counted(redis, started=1, taken=1, wait__0=1, ended__visitor=1, length__0=1)


def test_a_reason_that_is_no_code_counts_as_other(redis, chat):
    conversation = starts(chat)
    noor(chat).take()
    conversation.end("advisor", "Henk was boos")

    counted(redis, started=1, taken=1, wait__0=1, ended__advisor__other=1, length__0=1)


def test_a_store_that_cannot_count_stops_no_chat(redis, caplog):
    seal, broken = Seal(["a secret"]), Redis(port=1)
    waiting = Waiting(redis, seal, ["a secret"], cap=30, idle_s=600, figures=Figures(broken, seal))

    token, new = waiting.join(
        queue="VT14", audience="self", danger=False, topic="", lang="nl", key=""
    )
    waiting.of_token(token).end("visitor")

    assert new
    until(lambda: "not counted" in caplog.text, "it is logged")


def test_what_cannot_be_understood_stops_no_chat(redis, caplog):
    figures = Figures(redis, Seal(["a secret"]))

    figures.happened("VT14.x", [b"taken", b"public", b"nl", b"no seal", b"12"])
    figures.happened("VT14.x", [b"something"])

    assert caplog.text.count("not counted") == 2


# What is kept.


def fill(redis: Redis, hour: datetime = HOUR, **numbers: int) -> None:
    for name, number in numbers.items():
        redis.hincrby(hour_key(hour), f"{name}|VT14||", number)


def kept(engine: Engine) -> dict[str, int]:
    store = FigureStore(engine)
    return {
        count.measure: count.number for count in store.counts(date(2026, 3, 1), date(2026, 3, 3))
    }


def moving(redis: Redis, engine: Engine, after_s: float = 2 * AN_HOUR) -> Moving:
    return Moving(redis, FigureStore(engine), now=lambda: HOUR.timestamp() + after_s)


def test_an_hour_that_is_over_is_kept_under_the_clock_on_the_wall(redis, engine):
    fill(redis, started=7, taken=6)

    moving(redis, engine).move()

    [first, *_] = FigureStore(engine).counts(
        date(2026, 3, 2), date(2026, 3, 2), by_day=True, by_hour=True
    )
    assert (first.day, first.hour, first.region) == (date(2026, 3, 2), 14, "VT14")
    assert kept(engine) == {"started": 7, "taken": 6}
    assert not redis.exists(hour_key(HOUR))
    assert list(redis.scan_iter("*moving*")) == []


def test_an_hour_that_goes_on_is_left_alone(redis, engine):
    fill(redis, started=7)

    moving(redis, engine, after_s=AN_HOUR + 30).move()

    assert kept(engine) == {}
    assert redis.exists(hour_key(HOUR))


def test_what_comes_late_is_added(redis, engine):
    fill(redis, started=7)
    moving(redis, engine).move()
    fill(redis, started=2)

    moving(redis, engine).move()

    assert kept(engine) == {"started": 9}


class Crash(BaseException):
    """What a kill -9 looks like from inside."""


def test_a_crash_between_writing_and_deleting_counts_nothing_twice(redis, engine, monkeypatch):
    fill(redis, started=7)

    def dies(*_: object) -> None:
        raise Crash

    monkeypatch.setattr(figure_store, "REMOVE", dies)
    with pytest.raises(Crash):
        moving(redis, engine).move()
    monkeypatch.undo()
    assert kept(engine) == {"started": 7}
    fill(redis, started=1)

    for _ in range(2):
        moving(redis, engine).move()

    assert kept(engine) == {"started": 8}
    assert list(redis.scan_iter("{staff}:figures:2*")) == []


def test_a_crash_before_writing_loses_nothing(redis, engine, monkeypatch):
    fill(redis, started=7)

    def dies(*_: object) -> bool:
        raise Crash

    monkeypatch.setattr(FigureStore, "add", dies)
    with pytest.raises(Crash):
        moving(redis, engine).move()
    monkeypatch.undo()

    moving(redis, engine).move()

    assert kept(engine) == {"started": 7}


def test_two_processes_that_move_the_same_hour_add_it_once(redis, engine):
    store = FigureStore(engine)

    assert store.add("the same", HOUR, {"started|VT14||": 7})
    assert not store.add("the same", HOUR, {"started|VT14||": 7})

    assert kept(engine) == {"started": 7}


def test_the_numbers_of_batches_are_forgotten(redis, engine):
    FigureStore(engine, now=lambda: 0).add("old", HOUR, {})
    FigureStore(engine, now=time.time).add("new", HOUR, {})

    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(BatchRow)) == 1


def test_both_hours_of_the_night_when_the_clock_goes_back_are_kept(redis, engine):
    for utc_hour in (0, 1):
        hour = datetime(2026, 10, 25, utc_hour, tzinfo=UTC)
        FigureStore(engine).add(f"batch {utc_hour}", hour, {"started|VT14||": 5})

    night = date(2026, 10, 25)
    [count] = FigureStore(engine).counts(night, night, by_hour=True)
    assert (count.hour, count.number) == (2, 10)


def test_one_process_moves_in_a_minute(redis, engine):
    now = moving(redis, engine)
    fill(redis, started=7)
    now.take_turn()
    fill(redis, started=7)

    now.take_turn()

    assert kept(engine) == {"started": 7}
    assert redis.ttl(figure_store.TURN) > 0


# Did this help?


def ticket_of(chat: Chat, conversation: Conversation) -> str:
    return chat.helped.ticket(conversation, conversation.state())


def test_an_answer_is_counted_after_the_conversation_is_gone(redis, chat):
    conversation = starts(chat, topic="partner")
    ticket = ticket_of(chat, conversation)
    conversation.end("visitor")

    chat.helped.answer(ticket, "bit")

    counted(redis, started=1, left=1, helped__bit=1)
    assert counts(redis)["helped.bit|VT14|topic|partner"] == 1


def test_a_ticket_is_good_for_one_answer(redis, chat):
    ticket = ticket_of(chat, starts(chat))
    chat.helped.answer(ticket, "yes")

    with pytest.raises(TicketSpent):
        chat.helped.answer(ticket, "yes")

    counted(redis, started=1, helped__yes=1)
    [spent] = redis.scan_iter("{staff}:helped:*")
    assert 0 < redis.ttl(spent) <= 14 * AN_HOUR


@pytest.mark.parametrize(
    "forged", ["", "abc", "é", "A" * 150, "not base64 !", "eyJoIjoxfQ", "A" * 151]
)
def test_a_ticket_cannot_be_made_up(chat, forged):
    with pytest.raises(TicketSpent):
        chat.helped.answer(forged, "yes")


def test_a_ticket_that_was_changed_anywhere_is_refused(chat):
    ticket = ticket_of(chat, starts(chat))
    for place in range(len(ticket) - 1):
        other = "B" if ticket[place] == "A" else "A"
        with pytest.raises(TicketSpent):
            chat.helped.answer(ticket[:place] + other + ticket[place + 1 :], "yes")


def test_a_message_of_a_conversation_is_no_ticket_nor_one_of_another_house(redis, chat):
    elsewhere = Seal(["another secret"])
    other = Helped(redis, elsewhere, Figures(redis, elsewhere))

    with pytest.raises(TicketSpent):
        other.answer(ticket_of(chat, starts(chat)), "yes")


def test_a_ticket_is_too_old_after_half_a_day(redis, chat):
    now = [HOUR.timestamp()]
    helped = Helped(redis, Seal(["a secret"]), chat.figures, clock=lambda: now[0])
    conversation = starts(chat)
    state = conversation.state()
    early, late = helped.ticket(conversation, state), helped.ticket(conversation, state)

    now[0] += 12 * AN_HOUR
    helped.answer(early, "yes")
    now[0] += AN_HOUR
    with pytest.raises(TicketSpent):
        helped.answer(late, "yes")


def inside(chat: Chat, ticket: str) -> str:
    look: Callable[[str], object] = chat.helped._open
    return str(look(ticket))


def test_a_ticket_says_nothing_of_the_conversation_even_when_it_is_opened(redis, chat):
    talk = starts(chat, topic="mijn buurman Henk")
    tickets = [ticket_of(chat, talk), ticket_of(chat, starts(chat, topic="else", lang="en"))]

    for ticket in tickets:
        assert talk.name not in inside(chat, ticket)
        assert "Henk" not in inside(chat, ticket)
    assert len({len(ticket) for ticket in tickets}) == 1
    assert tickets[0] != ticket_of(chat, talk)


def test_nothing_of_a_conversation_is_in_the_store_after_the_end_and_the_answer(redis, chat):
    conversation = starts(chat)
    ticket = ticket_of(chat, conversation)
    noor(chat).take()
    conversation.end("visitor")
    chat.release("7", conversation.name)
    chat.helped.answer(ticket, "yes")
    counted(redis, started=1, taken=1, wait__0=1, ended__visitor=1, length__0=1, helped__yes=1)

    left = [key.decode() for key in redis.scan_iter("*")]

    assert not [key for key in left if conversation.name in key]
    unknown = [key for key in left if not key.startswith("{staff") and ":lengths:" not in key]
    assert unknown == []
