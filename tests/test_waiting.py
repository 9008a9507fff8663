"""Who is waiting, who is next: with a real store and many at once."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from redis import Redis

from luwte.chat.conversation import Gone
from luwte.chat.parts import put_together
from luwte.chat.waiting import AtLimit, Full, NobodyWaiting, Shift, Taken, Waiting

REGIONS = {"VT01": "Amsterdam-Amstelland", "VT14": "Noord- en Oost-Gelderland"}


@pytest.fixture
def waiting(redis: Redis) -> Waiting:
    return put_together(redis, ["a secret"], REGIONS, cap=300).waiting


def join(
    waiting: Waiting,
    queue: str = "NL",
    *,
    danger: bool = False,
    audience: str = "self",
    key: str = "",
) -> str:
    token, _ = waiting.join(
        queue=queue, audience=audience, danger=danger, topic="", lang="nl", key=key
    )
    return token


def shift(redis: Redis, member: str = "1", *regions: str, most: int = 2) -> Shift:
    chat = put_together(redis, ["a secret"], REGIONS, cap=300)
    made = chat.shift(member, f"Advisor {member}", regions)
    made.most = most
    return made


def name(waiting: Waiting, token: str) -> str:
    return waiting.of_token(token).name


def test_the_longest_waiting_visitor_is_next(redis, waiting):
    first, second = join(waiting), join(waiting, "VT14")

    assert shift(redis).take().name == name(waiting, first)
    assert shift(redis).take().name == name(waiting, second)


def test_somebody_in_danger_goes_first(redis, waiting):
    join(waiting)
    in_danger = join(waiting, danger=True)

    assert waiting.of_token(in_danger).state().position == 1
    assert shift(redis).take().name == name(waiting, in_danger)


def test_the_place_in_the_queue_counts_from_one_and_moves_up(redis, waiting):
    first, second, third = (waiting.of_token(join(waiting)) for _ in range(3))
    assert [c.state().position for c in (first, second, third)] == [1, 2, 3]

    first.end("visitor")

    assert [c.state().position for c in (second, third)] == [1, 2]


def test_a_repeated_start_gives_the_same_place(waiting):
    assert join(waiting, key="again") == join(waiting, key="again")
    assert len(waiting.places("NL", "public")) == 1


def test_a_full_queue_takes_no_more(redis):
    waiting = put_together(redis, ["a secret"], REGIONS, cap=2).waiting
    join(waiting)
    join(waiting)

    with pytest.raises(Full):
        join(waiting)
    assert join(waiting, "VT14")


def test_an_advisor_takes_only_from_the_regions_they_serve(redis, waiting):
    elsewhere = join(waiting, "VT01")

    with pytest.raises(NobodyWaiting):
        shift(redis, "1", "VT14").take()
    with pytest.raises(Taken):
        shift(redis, "1", "VT14").take(name(waiting, elsewhere))
    assert shift(redis, "1", "VT01").take(name(waiting, elsewhere))


def test_professionals_wait_in_a_lane_of_their_own(waiting):
    join(waiting)
    colleague = waiting.of_token(join(waiting, audience="professional")).state()

    assert (colleague.lane, colleague.position) == ("professional", 1)


def test_an_advisor_has_no_more_chats_than_the_limit(redis, waiting):
    for _ in range(3):
        join(waiting)
    desk = shift(redis)
    kept = desk.take()
    desk.take()
    with pytest.raises(AtLimit):
        desk.take()

    kept.end("advisor")
    desk.release(kept.name)

    assert desk.take()


def test_a_chat_that_the_visitor_ended_frees_its_place_without_being_told(redis, waiting):
    for _ in range(3):
        join(waiting)
    desk = shift(redis)
    taken = desk.take()
    desk.take()

    taken.end("visitor")

    assert desk.take()


def test_a_visitor_who_ran_out_of_time_is_passed_over(redis, waiting):
    gone, there = join(waiting), join(waiting)
    redis.delete(f"{{NL}}:conversation:{name(waiting, gone)}")

    assert shift(redis).take().name == name(waiting, there)


def test_what_is_no_token_opens_nothing(waiting):
    for token in ("", "x", "NL." + "a" * 42, "VT99." + "é" * 43, "NL." + "a" * 43 + "\n"):
        with pytest.raises(Gone):
            waiting.of_token(token).state()


def test_two_advisors_never_get_the_same_visitor(redis, waiting):
    """200 visitors, 20 advisors who all press at the same moment, again and again."""
    tokens = [join(waiting, ("NL", "VT01", "VT14")[n % 3]) for n in range(200)]
    taken: list[str] = []
    together = threading.Barrier(20)

    def take_all(member: int) -> None:
        desk = shift(redis, str(member), most=200)
        together.wait()
        while True:
            try:
                taken.append(desk.take().name)
            except NobodyWaiting:
                return

    threads = [threading.Thread(target=take_all, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Counter(taken) == Counter(name(waiting, token) for token in tokens)
