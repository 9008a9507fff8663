"""Joining, leaving, taking, dropping out, taking over and ending, in any order, by many.

Whatever the order: no visitor is lost, none is held by two advisors, and every place is right.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from luwte.chat import handover, keys, scripts
from luwte.chat.care import Care, Patience
from luwte.chat.conversation import Gone, NotYours
from luwte.chat.handover import OfferOver
from luwte.chat.parts import put_together
from luwte.chat.waiting import AtLimit, Full, NobodyWaiting, Shift, Taken
from tests.chaos import size
from tests.model import Model, Talk

REGIONS = {"VT01": "Amsterdam-Amstelland", "VT14": "Noord- en Oost-Gelderland"}
QUEUES = keys.all_queues(list(REGIONS))
CAP, LIMIT = 4, 2
LONG_AGO_MS = 3_600_000

# Who works here: the queues and the lanes that they serve.
STAFF = {
    "1": (QUEUES, keys.LANES),
    "2": (("VT01",), keys.LANES),
    "3": (("VT14", "NL"), ("public",)),
    "4": (QUEUES, ("professional",)),
}
LINES = [f"{queue}:{lane}" for queue in QUEUES for lane in keys.LANES]
members = st.sampled_from(sorted(STAFF))
numbers = st.integers(0, 1_000_000)


class WorkerDied(BaseException):
    """What a kill -9 looks like from inside: nothing is put right on the way out."""


class Machine(RuleBasedStateMachine):
    """What people and failures do to one store, next to what the model says."""

    store: Redis  # set by the test

    @initialize()
    def begins_empty(self) -> None:
        self.store.flushall()
        self.model = Model()
        self.chat = put_together(self.store, ["a secret"], REGIONS, cap=CAP)
        self.care = Care(self.store, QUEUES, Patience(), linger_s=60)
        self.shifts = {member: self._shift(member) for member in STAFF}
        self._words = 0

    def _shift(self, member: str) -> Shift:
        queues, lanes = STAFF[member]
        return Shift(
            self.store,
            self.chat.waiting,
            member,
            f"Advisor {member}",
            queues=queues,
            lanes=lanes,
            most=LIMIT,
            idle_s=1800,
        )

    def _any(self, talks: list[Talk], number: int) -> Talk:
        return talks[number % len(talks)]

    def _clock_moves_on(self) -> None:
        # Two that joined in one millisecond stand in either order once they are handed back.
        time.sleep(0.0015)

    # Visitors

    @rule(
        queue=st.sampled_from(QUEUES),
        audience=st.sampled_from(["self", "self", "professional"]),
        danger=st.booleans(),
        number=numbers,
    )
    def joins(self, queue: str, audience: str, danger: bool, number: int) -> None:
        lane = "professional" if audience == "professional" else "public"
        key = f"k{len(self.model.talks)}-{len(self.model.ended)}-{number}"
        full = len(self.model.line_up((queue, lane))) >= CAP
        self._clock_moves_on()
        try:
            token, new = self._join(queue, audience, danger, key)
        except Full:
            assert full, "refused though there was room"
            return
        assert new and not full
        conversation = self.chat.waiting.of_token(token)
        self.model.joins(token, key, conversation, (queue, lane), danger)

    def _join(self, queue: str, audience: str, danger: bool, key: str) -> tuple[str, bool]:
        return self.chat.waiting.join(
            queue=queue, audience=audience, danger=danger, topic="", lang="nl", key=key
        )

    @precondition(lambda self: self.model.talks)
    @rule(number=numbers)
    def joins_again_with_the_same_key(self, number: int) -> None:
        talk = self._any(self.model.talks, number)
        queue, lane = talk.line
        audience = "professional" if lane == "professional" else "self"
        assert self._join(queue, audience, talk.danger, talk.key) == (talk.token, False)

    @precondition(lambda self: self.model.talks)
    @rule(number=numbers, twice=st.booleans())
    def visitor_says(self, number: int, twice: bool) -> None:
        talk = self._any(self.model.talks, number)
        self._words += 1
        text = f"woord {self._words}"
        self._clock_moves_on()
        first = talk.conversation.say("visitor", text, text.replace(" ", "-"))
        if twice:
            again = talk.conversation.say("visitor", text, text.replace(" ", "-"))
            assert again == (first[0], False)
        self.model.is_here(talk)
        talk.said.append(f"visitor:{text}:")

    @precondition(lambda self: self.model.talks)
    @rule(number=numbers)
    def visitor_falls_silent(self, number: int) -> None:
        """Nothing was seen of them for a minute, though no round has noticed yet."""
        talk = self._any(self.model.talks, number)
        if self.store.zscore(keys.seen_key(talk.line[0]), talk.name) is not None:
            self.store.zadd(keys.seen_key(talk.line[0]), {talk.name: 1})
            talk.gone = True

    @precondition(lambda self: self.model.talks)
    @rule(number=numbers)
    def visitor_is_there(self, number: int) -> None:
        talk = self._any(self.model.talks, number)
        self._clock_moves_on()
        talk.conversation.keep()
        self.model.is_here(talk)

    @precondition(lambda self: self.model.talks)
    @rule(number=numbers)
    def visitor_ends(self, number: int) -> None:
        talk = self._any(self.model.talks, number)
        assert talk.conversation.end("visitor") == talk.advisor
        if talk.advisor:
            self.chat.release(talk.advisor, talk.name)
        self.model.ends(talk)

    # Advisors

    @rule(member=members)
    def takes_next(self, member: str) -> None:
        line_up = self.model.line_up(*self.shifts[member].lines)
        self._takes(member, line_up[0] if line_up else None, "")

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers)
    def takes_chosen(self, member: str, number: int) -> None:
        talk = self._any(self.model.talks, number)
        mine = talk in self.model.line_up(*self.shifts[member].lines)
        self._takes(member, talk if mine else None, talk.name)

    def _takes(self, member: str, expected: Talk | None, chosen: str) -> None:
        shift = self.shifts[member]
        self.chat.presence._told.clear()
        self.chat.presence.here(member)
        try:
            taken = shift.take(chosen)
        except AtLimit:
            assert len(self.model.held_by(member)) == LIMIT
        except (NobodyWaiting, Taken) as refused:
            assert expected is None and isinstance(refused, Taken) == bool(chosen)
        else:
            assert expected and taken.name == expected.name
            assert len(self.model.held_by(member)) < LIMIT
            self.model.is_taken(expected, member, shift.name)

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers)
    def advisor_says(self, member: str, number: int) -> None:
        talk = self._any(self.model.held_by(member) or self.model.talks, number)
        self._words += 1
        text = f"antwoord {self._words}"
        name = f"Advisor {member}"
        try:
            talk.conversation.say("advisor", text, text.replace(" ", "-"), by=member, name=name)
        except NotYours:
            assert talk.advisor != member
        else:
            assert talk.advisor == member
            talk.said.append(f"advisor:{text}:{name}")

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers)
    def advisor_ends(self, member: str, number: int) -> None:
        talk = self._any(self.model.held_by(member) or self.model.talks, number)
        shift = self.shifts[member]
        try:
            conversation = shift.mine(talk.name)
        except Gone:
            assert talk.advisor != member
            return
        assert talk.advisor == member
        conversation.end("advisor", "done")
        shift.release(talk.name)
        assert all(0 < self.store.ttl(key) <= 60 for key in self._keys_about(talk))
        conversation.forget()
        self.model.ends(talk)

    # Handing over

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers, to=st.sampled_from([*STAFF, *LINES]))
    def offers(self, member: str, number: int, to: str) -> None:
        talk = self._any(self.model.held_by(member) or self.model.talks, number)
        note = f"let op {number}" if number % 2 else ""
        try:
            self.chat.offers.make(talk.conversation, member, f"Advisor {member}", to, note)
        except NotYours:
            assert talk.advisor != member
        else:
            assert talk.advisor == member
            self.model.is_offered(talk, to, note)

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers)
    def withdraws(self, member: str, number: int) -> None:
        talk = self._any(self.model.held_by(member) or self.model.talks, number)
        self.chat.offers.withdraw(talk.conversation, member)
        if talk.advisor == member:
            talk.offer = ""

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers)
    def accepts(self, member: str, number: int) -> None:
        self._accepts(member, self._any(self._on_offer() or self.model.talks, number))

    @precondition(lambda self: self.model.talks)
    @rule(member=members, number=numbers)
    def a_worker_dies_in_the_middle_of_accepting(self, member: str, number: int) -> None:
        with dying_after(handover.ACCEPT, self.store):
            self._accepts(member, self._any(self._on_offer() or self.model.talks, number))
        self._reservations_run_out(member)
        self.a_round_of_care()

    def _accepts(self, member: str, talk: Talk) -> None:
        shift = self.shifts[member]
        self.chat.presence._told.clear()
        self.chat.presence.here(member)
        may = self.model.may_accept(talk, member, shift.lines)
        try:
            with suppress(WorkerDied):
                self.chat.offers.accept(talk.conversation, shift)
        except AtLimit:
            assert may and len(self.model.held_by(member)) == LIMIT
        except OfferOver:
            assert not may
        else:
            assert may or talk.advisor == member
            if may:
                assert len(self.model.held_by(member)) < LIMIT
                self.model.is_accepted(talk, member, shift.name)

    def _on_offer(self) -> list[Talk]:
        return [talk for talk in self.model.talks if talk.offer]

    @rule(member=members)
    def advisor_falls_silent(self, member: str) -> None:
        self._is_silent(member)
        self.a_round_of_care()

    def _is_silent(self, member: str) -> None:
        if self.store.zscore(keys.PRESENT, member) is not None:
            self.store.zadd(keys.PRESENT, {member: 1})
        for talk in self.model.held_by(member):
            self.store.hincrby(keys.conversation_key(talk.name), "taken", -LONG_AGO_MS)

    # Failures

    @rule(member=members)
    def a_worker_dies_in_the_middle_of_taking(self, member: str) -> None:
        shift = self.shifts[member]
        line_up = self.model.line_up(*shift.lines)
        self.chat.presence._told.clear()
        self.chat.presence.here(member)
        with dying_after(scripts.TAKE, self.store), suppress(AtLimit, NobodyWaiting):
            try:
                shift.take()
            except WorkerDied:
                if line_up:
                    self.model.is_taken(line_up[0], member, shift.name)
        self._reservations_run_out(member)
        self.a_round_of_care()

    def _reservations_run_out(self, member: str) -> None:
        """It takes seconds, which nobody wants to wait for here."""
        places: Any = self.store.zrangebyscore(keys.chats_key(member), "-inf", "(+inf")
        for place in places:
            self.store.zrem(keys.chats_key(member), place)

    @rule(member=members)
    def a_worker_dies_in_the_middle_of_handing_back(self, member: str) -> None:
        self._is_silent(member)
        with dying_after(scripts.SILENT, self.store), suppress(WorkerDied):
            self.care.go_round()
        self.a_round_of_care()

    @rule()
    def a_round_of_care(self) -> None:
        now = self.store.time()[0] * 1000
        found: Any = self.store.zrange(keys.PRESENT, 0, -1, withscores=True)
        present = dict(found)
        self._clock_moves_on()
        self.care.go_round()
        for member in STAFF:
            if present.get(member.encode(), 0) > now - 40_000:
                continue
            for talk in self.model.held_by(member):
                taken = self.store.hget(keys.conversation_key(talk.name), "taken")
                assert taken is not None
                if talk.state == "open" and int(taken) < now - 50_000:
                    self.model.is_handed_back(talk)
        for talk in self.model.talks:
            if talk.gone:
                self.model.is_noticed_gone(talk)

    # What must always hold

    @invariant()
    def every_place_is_right(self) -> None:
        for queue in QUEUES:
            for lane in keys.LANES:
                expected = [talk.name for talk in self.model.line_up((queue, lane))]
                assert self.chat.waiting.places(queue, lane) == expected

    @invariant()
    def an_advisor_sees_whom_they_may_take_the_next_one_first(self) -> None:
        for shift in self.shifts.values():
            expected = [talk.name for talk in self.model.line_up(*shift.lines)]
            assert [waiter.conversation for waiter in shift.waiting()] == expected

    @invariant()
    def nobody_is_lost_and_nobody_is_held_by_two(self) -> None:
        for member, shift in self.shifts.items():
            held = [conversation.name for conversation in shift.conversations()]
            expected = [talk.name for talk in self.model.held_by(member)]
            assert sorted(held) == sorted(expected)
        for talk in self.model.talks:
            state = talk.conversation.state()
            waiting = talk.state == "waiting"
            place = 1 + self.model.line_up(talk.line).index(talk) if waiting else 0
            assert (state.state, state.advisor, state.position) == (talk.state, talk.advisor, place)
            said = [f"{m.sender}:{m.text}:{m.name}" for m in talk.conversation.messages()]
            assert said == talk.said
            whispers = self.chat.waiting.whispers(talk.conversation).messages()
            assert [whisper.text for whisper in whispers] == talk.whispered

    @invariant()
    def an_offer_is_seen_by_those_who_may_accept_it_and_by_nobody_else(self) -> None:
        offers = {offer.conversation: offer for offer in self.chat.offers.everywhere()}
        assert set(offers) == {talk.name for talk in self._on_offer()}
        for talk in self._on_offer():
            for member, shift in self.shifts.items():
                may = self.model.may_accept(talk, member, shift.lines)
                assert offers[talk.name].is_for(shift) == may

    @invariant()
    def nothing_stays(self) -> None:
        found = list(self.store.scan_iter("*", count=1000))
        pipe = self.store.pipeline(transaction=False)
        for key in found:
            pipe.ttl(key)
        # What ran out since then is -2.
        assert -1 not in pipe.execute(), "a key without an expiry"
        names = {key.rpartition(b":")[2].decode() for key in found}
        assert not names & {talk.name for talk in self.model.ended}

    def _keys_about(self, talk: Talk) -> list[bytes]:
        return list(self.store.scan_iter(f"*{talk.name}"))

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        while self.model.talks:
            self.visitor_ends(0)
        left = {key.decode() for key in self.store.scan_iter("*")}
        left = {key for key in left if not key.startswith("{staff}:figures:")}
        assert not {key for key in left if ":lengths:" not in key and key != keys.PRESENT}


@contextmanager
def dying_after(script: scripts.Script, store: Redis) -> Iterator[None]:
    """The process is killed as soon as the store has run this script: it does nothing more."""
    kind = type(script)
    run = kind.__call__

    def dead(*args: object, **options: object) -> object:
        raise WorkerDied

    def once(self: scripts.Script, *args: Any) -> Any:
        answer = run(self, *args)
        if self is script:
            store.__dict__ |= {"execute_command": dead, "pipeline": dead}
            raise WorkerDied
        return answer

    kind.__call__ = once  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        kind.__call__ = run  # type: ignore[method-assign]
        for name in ("execute_command", "pipeline"):
            store.__dict__.pop(name, None)


def test_whatever_happens_nobody_is_lost(redis: Redis) -> None:
    class Here(Machine):
        store = redis

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=size("EXAMPLES", 50),
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
