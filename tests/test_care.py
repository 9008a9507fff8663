"""Nobody is left alone: what is done about silence, in a real store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from luwte.chat import keys
from luwte.chat.care import EVERY_S, Care, Patience
from luwte.chat.conversation import Conversation, Gone
from luwte.chat.parts import Chat, put_together
from luwte.chat.presence import AtDesk, Presence
from luwte.chat.store import UNREACHABLE, connect
from luwte.chat.waiting import NobodyWaiting
from tests.servers import free_port

REGIONS = {"VT14": "Noord- en Oost-Gelderland"}


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], REGIONS, cap=30)
    yield made
    made.hub.stop()


def looks_after(redis: Redis, **patience: float) -> Callable[[], None]:
    """A round of care with no patience for what is named, and all the patience for the rest."""
    much = dict.fromkeys(("visitor_s", "advisor_s", "warn_s", "idle_s"), 3600.0)
    care = Care(redis, keys.all_queues(list(REGIONS)), Patience(**(much | patience)), linger_s=60)

    def go_round() -> None:
        before = redis.time()
        while redis.time() <= (before[0], before[1] + 2000):
            time.sleep(0.001)  # a silence of "more than 0 ms" needs the clock to move on
        care.go_round()

    return go_round


def visitor(chat: Chat, *, danger: bool = False) -> Conversation:
    token, _ = chat.waiting.join(
        queue="VT14", audience="self", danger=danger, topic="", lang="nl", key=""
    )
    return chat.waiting.of_token(token)


def test_a_visitor_who_is_gone_leaves_the_queue_and_the_next_ones_move_up(redis, chat):
    gone, there = visitor(chat), visitor(chat)
    round_of_care = looks_after(redis, visitor_s=0.5)
    redis.zadd(keys.seen_key("VT14"), {gone.name: 1})

    round_of_care()

    assert there.state().position == 1
    assert gone.state().state == "away"


def test_one_who_comes_back_within_the_grace_keeps_the_place(redis, chat):
    first, _ = visitor(chat), visitor(chat)
    redis.zadd(keys.seen_key("VT14"), {first.name: 1})
    first.keep()

    looks_after(redis, visitor_s=5)()

    assert first.state().position == 1


def test_one_who_comes_back_later_joins_again_at_the_end(redis, chat):
    late, other = visitor(chat), visitor(chat)
    redis.zadd(keys.seen_key("VT14"), {late.name: 1})
    looks_after(redis, visitor_s=60)()

    late.keep()

    assert (other.state().position, late.state().position) == (1, 2)


def test_a_silent_advisors_visitor_is_first_in_line_again_with_what_was_said(redis, chat):
    dropped = visitor(chat)
    silent, colleague = chat.shift("1", "Noor", []), chat.shift("2", "Sam", [])
    silent.take()
    chat.presence.here("1")
    dropped.say("visitor", "mag ik iets vragen?", "k")
    visitor(chat)
    in_danger = visitor(chat, danger=True)

    looks_after(redis, advisor_s=0)()

    assert dropped.state().position == 1
    assert in_danger.state().position == 2
    taken = colleague.take()
    assert taken.name == dropped.name
    texts = [message.text for message in taken.messages()]
    assert texts == ["joined", "mag ik iets vragen?", "dropped", "joined"]
    assert silent.conversations() == []


def test_an_advisor_who_gives_a_sign_of_life_keeps_their_visitors(redis, chat):
    visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take()
    chat.presence.here("1")

    looks_after(redis, advisor_s=30)()

    assert len(shift.conversations()) == 1


def test_whoever_takes_the_same_visitor_again_has_them_on_the_list_again(redis, chat):
    """Also when the process was killed before it came to putting them there."""
    talk = visitor(chat)
    shift = chat.shift("1", "Noor", ["VT14"])
    for _ in range(2):
        chat.presence.all_serve([AtDesk("1", tuple(shift.lines))])
        shift.take()
        redis.delete(keys.chats_key("1"))
        looks_after(redis)()
        assert [one.name for one in shift.conversations()] == [talk.name]
        Care(redis, ["VT14"], Patience(), linger_s=60).hand_back(talk.name, "1")


def test_a_quiet_conversation_is_warned_once_and_then_erased(redis, chat):
    conversation = visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take()

    looks_after(redis, warn_s=0)()
    looks_after(redis, warn_s=0)()
    assert [m.text for m in conversation.messages()] == ["joined", "quiet"]

    looks_after(redis, warn_s=0, idle_s=0)()
    assert (conversation.state().state, conversation.state().reason) == ("ended", "idle")
    conversation.forget()
    with pytest.raises(Gone):
        conversation.state()


def test_a_word_after_the_warning_starts_the_time_again(redis, chat):
    conversation = visitor(chat)
    chat.shift("1", "Noor", []).take()
    looks_after(redis, warn_s=0)()

    conversation.say("visitor", "ik ben er nog", "k")
    looks_after(redis, warn_s=30)()
    looks_after(redis, warn_s=0)()

    texts = [message.text for message in conversation.messages()]
    assert texts == ["joined", "quiet", "ik ben er nog", "quiet"]


def test_a_visitor_who_dropped_out_can_come_back_to_a_quiet_conversation(redis, chat):
    conversation = visitor(chat)
    chat.shift("1", "Noor", []).take()
    chat.presence.here("1")
    redis.zadd(keys.seen_key("VT14"), {conversation.name: 1})
    looks_after(redis, visitor_s=60)()

    looks_after(redis, warn_s=0, idle_s=0)()
    assert conversation.state().state == "open"
    conversation.keep()

    assert not conversation.state().away
    looks_after(redis, warn_s=0, idle_s=0)()
    assert conversation.state().reason == "idle"


def test_a_place_whose_conversation_is_gone_is_cleared(redis, chat):
    gone, there = visitor(chat), visitor(chat)
    redis.delete(keys.conversation_key(gone.name))
    redis.zadd(keys.seen_key("VT14"), {gone.name: 1})

    looks_after(redis, visitor_s=60)()

    assert there.state().position == 1


def test_the_wait_is_estimated_only_when_it_is_known(redis, chat):
    shift = chat.shift("1", "Noor", [])
    for _ in range(3):
        assert visitor(chat).state().estimate_s is None
        taken = shift.take()
        redis.hincrby(keys.conversation_key(taken.name), "taken", -600_000)  # ten minutes ago
        taken.end("visitor")
    waiting = visitor(chat)
    assert waiting.state().estimate_s is None, "nobody is there to answer"

    chat.presence.all_serve([AtDesk("1", tuple(shift.lines))])

    # One advisor with two chats of ten minutes: every five minutes somebody's turn.
    assert 300 <= waiting.state().estimate_s <= 302


def test_everybody_who_joins_is_taken_within_the_bound_of_danger(redis, chat):
    """Somebody in danger goes first, yet nobody waits behind those who came much later."""
    early = visitor(chat)
    waiting = keys.waiting_key("VT14", "public")
    redis.zincrby(waiting, -31 * 60 * 1_000_000, early.name)  # as if they came 31 minutes ago
    visitor(chat, danger=True)

    assert early.state().position == 1


def test_nobody_is_blamed_for_a_silence_when_we_were_away_ourselves(redis, chat):
    waits, talks = visitor(chat), visitor(chat)
    shift = chat.shift("1", "Noor", [])
    shift.take(talks.name)
    care = Care(redis, keys.all_queues(list(REGIONS)), Patience(), linger_s=60)
    care.take_turn()

    redis.set(keys.LOOKED, 1)  # as if the last round was long ago
    redis.zadd(keys.seen_key("VT14"), {waits.name: 1})
    redis.zadd(keys.PRESENT, {"1": 1})
    redis.hset(keys.conversation_key(talks.name), "taken", 1)
    care.take_turn()
    care.take_turn()
    assert (waits.state().position, talks.state().state) == (1, "open")

    redis.delete(keys.PARDON)
    care.take_turn()
    assert (waits.state().state, talks.state().state) == ("away", "waiting")


def test_whoever_has_nobody_without_a_trace_is_found_by_the_next_look_at_all(redis, chat):
    """A process that was killed may leave a conversation whose advisor is on no list."""
    talks = visitor(chat)
    chat.shift("1", "Noor", []).take(talks.name)
    care = Care(redis, keys.all_queues(list(REGIONS)), Patience(), linger_s=60)
    care.take_turn()
    redis.zrem(keys.PRESENT, "1")
    redis.hset(keys.conversation_key(talks.name), "taken", 1)

    redis.incrby(keys.LOOKED, -int(EVERY_S * 1000))  # as if the last round was so long ago
    care.take_turn()
    assert talks.state().state == "waiting"


def test_nothing_to_do_is_done_quietly(redis, chat):
    looks_after(redis, visitor_s=0, advisor_s=0, warn_s=0, idle_s=0)()
    with pytest.raises(NobodyWaiting):
        chat.shift("1", "Noor", []).take()


def test_a_sign_of_life_that_did_not_come_to_the_store_is_given_again():
    presence = Presence(connect(f"redis://127.0.0.1:{free_port()}"))
    for _ in range(2):
        with pytest.raises(UNREACHABLE):
            presence.here("1")


def test_many_desks_give_their_signs_of_life_at_once(redis, chat):
    lines = ("VT14", "public"), ("NL", "professional")
    busy = AtDesk("3")
    chat.presence.all_serve([AtDesk("1", lines, 2), AtDesk("2", lines[:1], 4), busy])

    assert set(redis.zrange(keys.PRESENT, 0, -1)) == {b"1", b"2", b"3"}
    public, professional = (keys.serving_key(*line) for line in lines)
    assert redis.hgetall(public + ":most") == {b"1": b"2", b"2": b"4"}
    assert redis.zrange(professional, 0, -1) == [b"1"]
    assert redis.ttl(public) > 0 and redis.ttl(public + ":most") > 0
