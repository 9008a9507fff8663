"""One office on a busy day: 25 conversations at once at 10 desks, and every event counted."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest
from redis import Redis

from luwte.chat.database import engine_for
from luwte.chat.staff import Staffing
from luwte.config import Settings
from luwte.staff_key import factor_secrets
from tests.servers import until
from tests.service import PASSWORD, Advisor, Member, Service, Stream, Visitor

PUBLIC, PROFESSIONAL = ["public"], ["professional"]
BOTH = PUBLIC + PROFESSIONAL

# Ten advisors: regions and lanes of their shift. Nobody has more than four conversations.
SHIFTS = [
    (["VT01"], BOTH),
    (["VT01"], PUBLIC),
    (["VT14"], BOTH),
    (["VT14"], PROFESSIONAL),
    (["VT01", "VT14"], PUBLIC),
    (["VT01", "VT14"], BOTH),
    (["VT01", "VT14"], BOTH),
    (["VT05"], BOTH),
    (["VT05", "VT14"], PUBLIC),
    (["VT05", "VT01"], PROFESSIONAL),
]
# Twenty-five visitors: region ("": none) and audience.
ASKED = [
    (region, audience)
    for region in ("", "VT01", "VT14", "VT05", "VT14")
    for audience in ("self", "self", "other", "professional", "self")
]
SAID = 4


class Desk:
    """One advisor, their page, and what it must have been told."""

    def __init__(self, advisor: Advisor, regions: list[str], lanes: list[str]) -> None:
        self.advisor = advisor
        self.lines = {(region, lane) for region in ["", *regions] for lane in lanes}
        self.page = advisor.listens()
        self.expected: Counter[tuple[str, ...]] = Counter()
        self.talks: list[Talk] = []

    def is_open(self) -> bool:
        return bool(self.page.of("colleagues"))

    def knows_all(self) -> bool:
        return self.expected <= self.told()

    def told(self) -> Counter[tuple[str, ...]]:
        """Everything about conversations that the page was told, as often as it was."""
        return Counter(
            (name, data["conversation"], *_what(name, data))
            for name, _, data in list(self.page.events)
            if name in ("state", "message", "typing", "ended", "whisper", "watchers")
        )


def _what(name: str, data: dict[str, Any]) -> tuple[str, ...]:
    if name in ("message", "whisper"):
        return (data["text"],)
    return (str(data.get("by") or data.get("from") or data.get("state") or data.get("watchers")),)


class Talk:
    """One visitor, their page, and what both sides say."""

    def __init__(self, number: int, region: str, audience: str, visitor: Visitor) -> None:
        self.number, self.visitor = number, visitor
        self.line = (region, "professional" if audience == "professional" else "public")
        self.name = ""
        self.page: Stream | None = None
        self.expected: list[str] = []


@pytest.fixture
def desks(service: Service, store: Redis) -> Iterator[list[Desk]]:
    store.flushall()
    members = hired(service, len(SHIFTS))

    def opens(number: int) -> Desk:
        regions, lanes = SHIFTS[number]
        advisor = Advisor(members[number]).signs_in()
        assert advisor.chooses(regions=regions, lanes=lanes, most=4).status_code == 200
        return Desk(advisor, regions, lanes)

    made = at_once(opens, range(len(SHIFTS)))
    with ExitStack() as closing:
        for desk in made:
            closing.callback(desk.page.cut)
        for desk in made:
            until(desk.is_open, "the desk is open")
        yield made


def hired(service: Service, count: int) -> list[Member]:
    settings = Settings.from_env(service.env)
    engine = engine_for(settings.sql_url)
    staffing, made = Staffing(engine, secrets=factor_secrets(settings)), []
    for number in range(count):
        name, email = f"Adviseur {number}", f"floor-{number}-{uuid.uuid4().hex[:6]}@example.org"
        _, uri = staffing.add(email, name, "advisor", PASSWORD)
        made.append(Member(service, email, name, uri))
    engine.dispose()
    return made


def at_once(act: Callable[[Any], Any], all_of: Any) -> list[Any]:
    """Do it for all at the same time; a fault in one is a fault of the test."""
    with ThreadPoolExecutor(25) as people:
        return list(people.map(act, all_of))


def test_every_event_reaches_the_right_desks_and_no_other(service, desks):
    talks = at_once(lambda number: asks(service, number), range(len(ASKED)))
    take_everybody(desks, talks)
    at_once(lambda desk: at_once(lambda talk: goes_on(desk, talk), desk.talks), desks)
    until_told(desks)
    at_once(lambda desk: at_once(lambda talk: ends(desk, talk), desk.talks), desks)
    until_told(desks)

    for desk in desks:
        assert desk.told() == desk.expected
        for told in desk.page.of("waiting"):
            lines = {(one["region"], one["lane"]) for one in told["waiting"]}
            assert lines <= desk.lines, "somebody else's line"
            assert set(told["mine"]) <= {talk.name for talk in desk.talks}
    for talk in talks:
        until(lambda talk=talk: talk.page.of("ended"), "the visitor's page ends")
        assert talk.page.texts() == talk.expected
    print(f"\nlongest delivery: {max(map(longest_s, desks)) * 1000:.0f} ms")


def asks(service: Service, number: int) -> Talk:
    region, audience = ASKED[number]
    talk = Talk(number, region, audience, Visitor(service))
    asked = talk.visitor.asks(region=region, audience=audience, text=f"vraag van {number}")
    assert asked.status_code == 201, asked.text
    talk.expected.append(f"vraag van {number}")
    talk.page = talk.visitor.listens()
    return talk


def take_everybody(desks: list[Desk], talks: list[Talk]) -> None:
    """All advisors press at the same moment, until nobody waits whom anybody may take."""
    by_question = {talk.expected[0]: talk for talk in talks}

    def takes(desk: Desk) -> None:
        while (answer := desk.advisor.takes()).status_code == 200:
            taken = answer.json()
            talk = by_question[taken["messages"][0]["text"]]
            assert talk.line in desk.lines and not talk.name
            talk.name = taken["conversation"]
            desk.talks.append(talk)
            greeting = f"{desk.advisor.member.name} is er nu voor je."
            for what in (talk.expected[0], greeting):
                desk.expected["message", talk.name, what] += 1
            desk.expected["state", talk.name, "open"] += 1
            desk.expected["watchers", talk.name, "[]"] += 1
        assert answer.json()["reason"] in ("none", "at-limit")

    at_once(takes, desks)
    assert all(talk.name for talk in talks), "somebody still waits"
    assert all(len(desk.talks) <= 4 for desk in desks)


def goes_on(desk: Desk, talk: Talk) -> None:
    for turn in range(SAID):
        for speaks, text in (
            (talk.visitor.says, f"{talk.number} vraagt {turn}"),
            (lambda text: desk.advisor.says(talk.name, text), f"antwoord {turn} aan {talk.number}"),
        ):
            assert speaks(text).status_code == 201
            talk.expected.append(text)
            desk.expected["message", talk.name, text] += 1
    assert talk.visitor.http.post("/chat/typing").status_code == 204
    desk.expected["typing", talk.name, "visitor"] += 1
    assert desk.advisor.does("typing", talk.name).status_code == 204
    assert desk.advisor.whispers(talk.name, f"over {talk.number}").status_code == 201
    desk.expected["whisper", talk.name, f"over {talk.number}"] += 1


def ends(desk: Desk, talk: Talk) -> None:
    by = "visitor" if talk.number % 2 else "advisor"
    answer = talk.visitor.ends() if by == "visitor" else desk.advisor.ends(talk.name)
    assert answer.status_code == 204
    desk.expected["ended", talk.name, by] += 1


def until_told(desks: list[Desk]) -> None:
    for desk in desks:
        until(desk.knows_all, "the desk was told everything")


def longest_s(desk: Desk) -> float:
    """How long a message took at most, from the store's clock to the page; the first one waits."""
    first = {talk.expected[0] for talk in desk.talks}
    return max(
        (
            arrived - datetime.fromisoformat(data["at"]).timestamp()
            for arrived, (name, _, data) in zip(desk.page.times, desk.page.events, strict=True)
            if name == "message" and data["text"] not in first
        ),
        default=0.0,
    )
