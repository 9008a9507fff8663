"""The office's first screen: what it counts, that it follows what happens, and what it keeps to
itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from redis import Redis

from luwte.chat import keys
from luwte.chat.events import follow
from luwte.chat.now import LATE_S, Now, Picture
from luwte.chat.now_stream import NowPage, Seen
from luwte.chat.parts import Chat, put_together
from luwte.chat.presence import AtDesk
from luwte.chat.shift_choice import BREAK, Choice
from luwte.chat.waiting import Shift
from tests.servers import RedisServer, redis_server, until
from tests.service import Advisor, Service, Stream, Visitor, running

REGIONS = {"VT01": "Amsterdam-Amstelland", "VT14": "Noord- en Oost-Gelderland"}
EVERYWHERE = keys.all_queues(list(REGIONS))
PAGE = {"Accept": "text/html"}


@pytest.fixture
def chat(redis: Redis) -> Iterator[Chat]:
    made = put_together(redis, ["a secret"], REGIONS, cap=2)
    yield made
    made.hub.stop()


def now(chat: Chat, closed: tuple[str, ...] = ()) -> Now:
    return Now(
        chat.redis,
        chat.regions,
        chat.colleagues,
        cap=chat.waiting.cap,
        is_open=lambda region: region not in closed,
    )


def look(chat: Chat, *queues: str) -> Picture:
    return now(chat).look(queues or EVERYWHERE)


def join(chat: Chat, queue: str = "NL", *, danger: bool = False, audience: str = "self") -> str:
    token, _ = chat.waiting.join(
        queue=queue, audience=audience, danger=danger, topic="child", lang="nl", key=""
    )
    return chat.waiting.of_token(token).name


def waits_since(chat: Chat, name: str, seconds: int) -> None:
    """As if they had come so much earlier."""
    chat.redis.hincrby(keys.conversation_key(name), "joined", -seconds * 1000)


def at_desk(chat: Chat, member: str, name: str, *regions: str) -> Shift:
    chat.choices.appear(member, name, regions)
    shift = chat.shift(member, name, regions)
    chat.presence.all_serve([AtDesk(member, tuple(shift.lines))])
    return shift


def test_who_waits_how_long_and_in_danger_is_counted(chat: Chat) -> None:
    join(chat)
    waits_since(chat, join(chat, "VT14", danger=True), 700)
    waits_since(chat, join(chat, "VT14", audience="professional"), LATE_S - 60)

    seen = look(chat)

    assert (seen.waiting, seen.late, seen.danger, seen.talking) == (3, 1, 1, 0)
    assert 700 <= seen.longest_s < 760
    assert [(queue.queue, queue.waiting, queue.late) for queue in seen.busy] == [
        ("VT14", 2, 1),
        ("NL", 1, 0),
    ]


def test_a_coordinator_of_a_region_sees_that_region_and_those_without_one(chat: Chat) -> None:
    join(chat)
    elsewhere = join(chat, "VT01")
    join(chat, "VT01", danger=True)
    at_desk(chat, "1", "Noor", "VT01").take(elsewhere)

    seen = look(chat, "NL", "VT14")

    assert (seen.waiting, seen.danger, seen.talking) == (1, 0, 0)
    # Who answers those without a region is there for them, and is busy elsewhere.
    assert [(a.name, a.chats) for a in seen.advisors] == [("Noor", 1)]


def test_each_advisor_has_the_open_chats_that_are_theirs(chat: Chat) -> None:
    for queue in ("VT14", "VT14", "VT01"):
        join(chat, queue)
    noor = at_desk(chat, "1", "Noor")
    at_desk(chat, "2", "Sam")
    chat.choices.choose("2", Choice(tuple(REGIONS), status=BREAK))
    noor.take()
    noor.take()

    seen = look(chat)

    assert [(a.name, a.chats, a.present, a.status) for a in seen.advisors] == [
        ("Noor", 2, True, ""),
        ("Sam", 0, True, BREAK),
    ]
    assert (seen.talking, seen.present) == (2, 2)


def test_an_advisor_whose_line_is_gone_is_shown_with_their_chats(chat: Chat) -> None:
    join(chat)
    at_desk(chat, "1", "Noor").take()
    chat.redis.delete(keys.PRESENT)

    [noor] = look(chat).advisors

    assert (noor.name, noor.chats, noor.present) == ("Noor", 1, False)
    assert look(chat).present == 0


def test_a_queue_that_is_full_closed_or_unserved_says_so(chat: Chat) -> None:
    join(chat, "VT14")
    join(chat, "VT14")
    join(chat, "VT01", audience="professional")
    at_desk(chat, "1", "Noor", "VT01")

    seen = now(chat, closed=("VT01",)).look(EVERYWHERE)

    found = {queue.queue: queue for queue in seen.queues}
    assert found["VT14"].full == ("public",) and found["VT01"].full == ()
    assert found["VT14"].unserved and not found["VT01"].unserved
    assert [queue.queue for queue in seen.shut] == ["VT01"]


def test_who_left_the_queue_is_not_counted(chat: Chat) -> None:
    gone, taken = join(chat), join(chat)
    chat.waiting.conversation(gone).end("visitor")
    conversation = at_desk(chat, "1", "Noor").take(taken)
    assert (look(chat).waiting, look(chat).talking) == (0, 1)

    conversation.end("advisor")

    assert look(chat).talking == 0


def test_looking_leaves_nothing_in_the_store(chat: Chat) -> None:
    join(chat)
    before = {key: chat.redis.dump(key) for key in chat.redis.scan_iter("*")}

    look(chat)

    assert {key: chat.redis.dump(key) for key in chat.redis.scan_iter("*")} == before


def test_the_screen_follows_what_happens_and_ends_with_the_session(chat: Chat) -> None:
    allowed = [True]
    looks = now(chat)
    seen = follow(
        lambda listener: NowPage(
            lambda: looks.look(EVERYWHERE), chat.hub, listener, EVERYWHERE, lambda: allowed[0]
        )
    )

    def next_waiting() -> int:
        event = next(seen)
        while not isinstance(event, Seen):
            event = next(seen)
        assert event.picture
        return event.picture.waiting

    assert next_waiting() == 0
    join(chat)
    assert next_waiting() == 1
    allowed[0] = False
    assert list(seen) == []


@pytest.fixture(scope="module")
def store_here() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(store_here: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("office")
    with running(folder, redis_url=store_here.url, workers=1) as service:
        yield service


@pytest.fixture(scope="module")
def cora(house: Service) -> Advisor:
    return Advisor(house.hires("Cora", role="coordinator")).signs_in()


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> None:
    if "house" in request.fixturenames:
        request.getfixturevalue("house").looks_into_its_store().flushall()


def figures(html: str) -> dict[str, str]:
    """Each figure of the board by its name."""
    found = re.findall(r"<dt>([^<]*)</dt><dd class=\"big\">(.*?)</dd>", html)
    return {name: re.sub("<[^>]*>", "", value) for name, value in found}


def newest(stream: Stream) -> str:
    told = stream.of("now")
    return str(told[-1]["html"]) if told else ""


def test_the_page_has_figures_without_javascript(house: Service, cora: Advisor) -> None:
    Visitor(house).asks(danger="yes", region="VT14")

    page = cora.http.get("/office/", headers=PAGE)

    assert page.status_code == 200
    assert figures(page.text)["Wachten"] == "1"
    assert figures(page.text)["Wachten in gevaar"] == "1"
    assert figures(page.text)["Langste wacht"] == "&lt; 1 min"
    assert "Niemand neemt op" in page.text
    assert 'http-equiv="refresh"' not in page.text


def test_the_stream_tells_each_change_and_nothing_about_anybody(
    house: Service, cora: Advisor
) -> None:
    noor = Advisor(house.hires("Noor")).signs_in()
    desk = noor.listens()
    stream = Stream(cora.http, "/office/now/events")
    until(lambda: "Noor" in newest(stream), "the advisor is there")
    visitor = Visitor(house)
    visitor.asks(topic="child", text="ik ben bang voor mijn broer")
    until(lambda: figures(newest(stream))["Wachten"] == "1", "one waits")

    conversation = noor.takes().json()["conversation"]
    until(lambda: figures(newest(stream))["Gesprekken"] == "1", "one talks")
    noor.ends(conversation)
    until(lambda: figures(newest(stream))["Gesprekken"] == "0", "it is over")

    told = str(stream.of("now"))
    assert conversation not in told and "broer" not in told and "kind" not in told
    stream.cut()
    desk.cut()


def test_a_store_that_does_not_answer_is_said_and_then_the_figures_come_back(
    house: Service, cora: Advisor, store_here: RedisServer
) -> None:
    stream = Stream(cora.http, "/office/now/events")
    until(lambda: figures(newest(stream)), "the figures are there")
    store_here.stop()
    try:
        until(lambda: "De cijfers zijn er nu niet" in newest(stream), "it is said")
        page = cora.http.get("/office/", headers=PAGE)
        assert page.status_code == 503 and "De cijfers zijn er nu niet" in page.text
    finally:
        store_here.start()
    until(lambda: figures(newest(stream)), "the figures are back")
    stream.cut()


@pytest.mark.parametrize("path", ["/office/", "/office/now/events", "/office/hours"])
def test_the_office_is_for_coordinators_only(house: Service, path: str) -> None:
    nobody = Visitor(house).http.get(path, headers=PAGE)
    assert (nobody.status_code, nobody.headers["Location"]) == (302, "/desk/sign-in")
    assert Visitor(house).http.get(path).status_code == 401

    noor = Advisor(house.hires("Noor")).signs_in()
    refused = noor.http.get(path, headers=PAGE)

    assert refused.status_code == 403 and "coördinator" in refused.text
    assert noor.http.get(path).status_code == 403


def test_the_office_and_the_desk_lead_to_each_other(house: Service, cora: Advisor) -> None:
    assert 'href="/office/"' in cora.http.get("/desk/", headers=PAGE).text
    office = cora.http.get("/office/", headers=PAGE).text
    assert 'href="/desk/"' in office and 'href="/office/hours"' in office
    noor = Advisor(house.hires("Noor")).signs_in()
    assert "/office/" not in noor.http.get("/desk/", headers=PAGE).text


def test_what_is_not_there_is_said_in_the_offices_own_frame(house: Service, cora: Advisor) -> None:
    page = cora.http.get("/office/hours/VT99", headers=PAGE)

    assert page.status_code == 404 and "Dit is er niet, of niet meer." in page.text
    assert 'aria-current="page"' in page.text
    assert cora.http.get("/office/hours/VT99").json()["error"] == "Dit is er niet, of niet meer."
