"""What advisors do together: shifts, whispers, looking along, handing over; over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from redis import Redis

from luwte.chat import keys
from tests.servers import until
from tests.service import NO_TLS, Advisor, Service, Stream, Visitor


@pytest.fixture(autouse=True)
def empty(store: Redis) -> Iterator[None]:
    store.flushall()
    yield


@pytest.fixture(scope="session")
def _coordinator(service: Service) -> Advisor:
    return Advisor(service.hires("Kim", "VT14", role="coordinator")).signs_in()


@pytest.fixture
def coordinator(_coordinator: Advisor, store: Redis) -> Advisor:
    return _coordinator


@pytest.fixture
def desk(advisor: Advisor) -> Iterator[Stream]:
    yield from at_desk(advisor)


@pytest.fixture
def other(colleague: Advisor) -> Iterator[Stream]:
    yield from at_desk(colleague)


def at_desk(advisor: Advisor) -> Iterator[Stream]:
    stream = advisor.listens()
    until(lambda: stream.of("colleagues"), "the desk is open")
    yield stream
    stream.cut()


def talking(service: Service, advisor: Advisor, **fields: str) -> tuple[Visitor, str]:
    """A visitor, and the conversation that the advisor took."""
    visitor = Visitor(service)
    assert visitor.asks(**fields).status_code == 201
    taken = advisor.takes()
    assert taken.status_code == 200, taken.text
    return visitor, taken.json()["conversation"]


def names(stream: Stream) -> list[tuple[str, str]]:
    return [(one["name"], one["status"]) for one in last(stream, "colleagues")["colleagues"]]


def last(stream: Stream, event: str) -> dict[str, Any]:
    """What the page was told last; nothing before it was told anything."""
    told: list[dict[str, Any]] = stream.of(event)
    return told[-1] if told else {}


def offered(stream: Stream) -> list[str] | None:
    offers = last(stream, "offer").get("offers")
    return None if offers is None else [offer["conversation"] for offer in offers]


def watchers(stream: Stream) -> list[dict[str, str]] | None:
    return last(stream, "watchers").get("watchers")


# The shift


def test_a_shift_is_chosen_and_every_tab_hears_it_at_once(advisor, desk):
    second = advisor.listens()
    until(lambda: second.of("shift"), "the second tab knows the shift")
    assert not second.of("shift")[-1]["chosen"]

    answer = advisor.chooses(
        regions=["VT14", "VT01"], lanes=["public"], langs=["nl"], most=3, status="busy"
    )

    assert answer.status_code == 200
    for tab in (desk, second):
        until(lambda tab=tab: tab.of("shift")[-1]["status"] == "busy", "the tab hears it")
        told = tab.of("shift")[-1]
        assert (told["regions"], told["lanes"]) == (["VT01", "VT14"], ["public"])
        assert (told["langs"], told["most"], told["chosen"]) == (["nl"], 3, True)
    second.cut()
    after_a_reload = advisor.listens()
    until(lambda: after_a_reload.of("shift"), "the reloaded tab knows the shift")
    assert after_a_reload.of("shift")[0]["status"] == "busy"
    after_a_reload.cut()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("regions", ["VT99"]),
        ("regions", []),
        ("regions", [["VT14"]]),
        ("lanes", "x"),
        ("langs", ["de"]),
        ("most", 0),
        ("most", 5),
        ("most", None),
        ("status", "asleep"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(advisor, field, value):
    answer = advisor.chooses(**{field: value})

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not advisor.http.get("/desk/shift").json()["chosen"]


def test_nobody_chooses_a_region_that_is_not_theirs(service):
    member = Advisor(service.hires("Bo", "VT14")).signs_in()

    assert member.chooses(regions=["VT01"]).status_code == 422
    assert member.http.get("/desk/shift").json()["allowed"] == [
        {"code": "VT14", "name": "Noord- en Oost-Gelderland"}
    ]


def test_the_limit_of_chats_is_the_advisors_own(service, advisor):
    advisor.chooses(most=1)
    for _ in range(2):
        Visitor(service).asks()

    assert advisor.takes().status_code == 200
    assert advisor.takes().json() == {"reason": "at-limit"}
    advisor.chooses(most=2)
    assert advisor.takes().status_code == 200


def test_who_is_busy_may_take_and_who_is_on_a_break_may_not(service, advisor):
    Visitor(service).asks()
    advisor.chooses(status="break")
    refused = advisor.takes()
    assert (refused.status_code, refused.json()) == (409, {"reason": "on-break"})

    advisor.chooses(status="busy")
    assert advisor.takes().status_code == 200


@pytest.mark.parametrize("status", ["busy", "break"])
def test_who_is_busy_or_on_a_break_is_not_counted_for_those_who_wait(
    service, store, advisor, desk, status
):
    me = advisor.id
    serving = keys.serving_key("VT14", "public")
    until(lambda: store.zscore(serving, me), "the advisor is counted")

    advisor.chooses(status=status)
    assert store.zscore(serving, me) is None
    advisor.http.post("/desk/beat")
    assert store.zscore(serving, me) is None
    assert store.zscore(keys.PRESENT, me), "but they are there"

    advisor.chooses(status="available", regions=["VT01"])
    assert store.zscore(serving, me) is None
    assert store.zscore(keys.serving_key("VT01", "public"), me)


def test_a_desk_sees_only_the_lines_of_its_shift(service, advisor, desk):
    advisor.chooses(regions=["VT14"], lanes=["public"])
    until(lambda: desk.of("shift")[-1]["chosen"], "the shift")
    Visitor(service).asks(region="VT01")
    Visitor(service).asks(region="VT14", audience="professional")
    Visitor(service).asks(region="VT14")

    until(lambda: last(desk, "waiting").get("waiting"), "the list")
    line = desk.of("waiting")[-1]["waiting"]
    assert [(one["region"], one["lane"]) for one in line] == [("VT14", "public")]
    advisor.chooses(regions=["VT14", "VT01"], lanes=["public", "professional"])
    until(lambda: len(desk.of("waiting")[-1]["waiting"]) == 3, "the longer list")


def test_a_visitor_is_for_who_answers_in_their_language(service, advisor, colleague, other):
    advisor.chooses(langs=["nl"])
    english = Visitor(service, "/en/chat")
    english.asks()
    dutch = Visitor(service)
    dutch.asks()
    desk = advisor.listens()
    until(lambda: desk.of("waiting") and len(desk.of("waiting")[-1]["waiting"]) == 2, "the list")

    line = desk.of("waiting")[-1]["waiting"]
    assert [(one["lang"], one["later"]) for one in line] == [("nl", False), ("en", True)]
    refused = advisor.takes(line[1]["conversation"])
    assert (refused.status_code, refused.json()) == (409, {"reason": "language"})
    assert advisor.takes().json()["conversation"] == line[0]["conversation"]
    assert advisor.takes().json() == {"reason": "none"}

    colleague.chooses(status="break")  # now nobody is there who answers in English
    until(lambda: advisor.takes().status_code == 200, "nobody waits for ever")
    desk.cut()


def test_signing_out_with_open_chats_asks_first_and_then_gives_them_back(
    service, store, colleague, other
):
    advisor = Advisor(service.hires("Wim")).signs_in()
    desk = advisor.listens()
    visitor, conversation = talking(service, advisor)
    page = visitor.listens()
    until(lambda: ("Wim", "available") in names(other), "the colleague sees Wim")

    asked = advisor.signs_out()
    assert (asked.status_code, asked.json()) == (409, {"reason": "open-chats", "chats": 1})
    html = advisor.http.post("/desk/sign-out", headers={"Accept": "text/html"})
    assert html.status_code == 409 and "Je hebt nog 1 gesprek" in html.text
    foreign = {"X-CSRFToken": "", "Accept": "application/json"}
    assert advisor.http.post("/desk/sign-out", headers=foreign, data={"sure": "yes"}).is_error
    assert advisor.says(conversation, "ik ben er nog").status_code == 201

    assert advisor.signs_out(sure="yes").status_code == 303
    until(lambda: not desk._thread.is_alive(), "the desk is closed")
    until(lambda: "moest stoppen" in "".join(page.texts("system")), "the visitor is told")
    until(lambda: page.of("state")[-1]["state"] == "waiting", "the visitor waits again")
    until(lambda: names(other) == [("Sam", "available")], "Wim is gone from the list")
    back = other.of("waiting")[-1]["waiting"][0]
    assert (back["conversation"], back["back"]) == (conversation, "colleague")
    assert not store.keys("*:shift") or advisor.http.get("/desk/shift").status_code == 401
    assert colleague.takes().json()["conversation"] == conversation
    page.cut()


# Whispers


def test_colleagues_whisper_and_the_visitor_never_sees_it(service, advisor, colleague, desk, other):
    visitor, conversation = talking(service, advisor, text="mag ik iets vragen?")
    watching = Bytes(service, visitor)
    plain = PlainPage(service, visitor)
    page = visitor.listens()
    advisor.does("invite", conversation, to=colleague.id)
    until(lambda: last(other, "look").get("invited"), "the colleague is asked")
    colleague.does("look", conversation)

    assert advisor.whispers(conversation, "fluister-een").status_code == 201
    assert colleague.whispers(conversation, "fluister-twee").status_code == 201
    advisor.does("transfer", conversation, to=colleague.id, note="fluister-drie")
    until(lambda: offered(other), "it is offered")
    assert colleague.does("accept", conversation).status_code == 200
    assert colleague.whispers(conversation, "fluister-vier").status_code == 201
    colleague.says(conversation, "laatste woord")
    code = visitor.http.post("/chat/code").json()["code"]
    until(lambda: "laatste woord" in page.texts(), "the visitor reads")
    visitor.http.post("/chat/return", data={"code": code})
    again = Visitor(service)
    again.http.headers["Authorization"] = visitor.http.headers["Authorization"]
    back = again.listens()
    until(lambda: "laatste woord" in back.texts(), "the visitor came back and reads")
    until(lambda: b"laatste woord" in watching.all and b"laatste woord" in plain.all, "both read")
    colleague.ends(conversation)
    until(lambda: watching.over and plain.over, "the visitor's pages end")

    for received in (
        watching.all,
        plain.all,
        repr(page.events).encode(),
        repr(back.events).encode(),
    ):
        assert b"laatste woord" in received
        assert b"fluister" not in received
    texts = [one["text"] for one in other.of("whisper")]
    assert texts == ["fluister-een", "fluister-twee", "fluister-drie", "fluister-vier"]


class Bytes:
    """Every byte of a visitor's stream."""

    address, method = "/chat/events", "GET"

    def __init__(self, service: Service, visitor: Visitor) -> None:
        self.all = b""
        self.over = False
        self._visitor = visitor
        self._http = httpx.Client(base_url=service.url, timeout=60, verify=NO_TLS)
        threading.Thread(target=self._read, daemon=True).start()

    def _ask(self) -> dict[str, Any]:
        return {
            "headers": {
                "Accept": "text/event-stream",
                "Authorization": f"Bearer {self._visitor.token}",
            }
        }

    def _read(self) -> None:
        with self._http.stream(self.method, self.address, **self._ask()) as answer:
            for piece in answer.iter_bytes():
                self.all += piece
        self.over = True


class PlainPage(Bytes):
    """Every byte of the page without JavaScript; asked for with the same key as the chat."""

    address, method = "/chat", "POST"

    def _ask(self) -> dict[str, Any]:
        return {
            "headers": {"Accept": "text/html"},
            "data": {"audience": "self", "key": self._visitor.key},
        }


def test_a_whisper_survives_a_reload_and_a_cut_line_and_comes_once(service, advisor, desk):
    _, conversation = talking(service, advisor)
    first = advisor.whispers(conversation, "een", "k")
    again = advisor.whispers(conversation, "een", "k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    until(lambda: desk.of("whisper"), "the whisper")
    place = desk.last_id
    desk.cut()
    advisor.whispers(conversation, "twee")
    advisor.says(conversation, "hardop")

    back, reloaded = advisor.listens(place), advisor.listens()

    until(lambda: back.texts() == ["hardop"], "what was missed")
    until(lambda: reloaded.texts() == ["hardop"], "all")
    until(lambda: len(reloaded.of("whisper")) == 2 and back.of("whisper"), "all whispers")
    assert [one["text"] for one in back.of("whisper")] == ["twee"]
    assert [one["text"] for one in reloaded.of("whisper")] == ["een", "twee"]
    # A place that was told with a whisper is one among the messages too.
    third = advisor.listens(reloaded.last_id)
    advisor.whispers(conversation, "drie")
    until(lambda: third.of("whisper"), "the next whisper")
    assert [one["text"] for one in third.of("whisper")] == ["drie"]
    assert third.texts() == []
    for stream in (back, reloaded, third):
        stream.cut()


def test_nobody_else_whispers_and_nothing_of_it_stays(service, store, advisor, colleague):
    visitor, conversation = talking(service, advisor)
    assert colleague.whispers(conversation, "ik hoor hier niet").status_code == 410
    advisor.whispers(conversation, "geheim")
    key = keys.whisper_key(conversation)
    assert 0 < store.ttl(key) <= store.ttl(keys.conversation_key(conversation))
    assert b"geheim" not in repr(store.xrange(key)).encode()

    visitor.ends()

    assert not store.exists(key)
    assert advisor.whispers(conversation, "te laat").status_code == 410
    visitor, conversation = talking(service, advisor)
    advisor.whispers(conversation, "geheim")
    advisor.ends(conversation)
    assert not store.exists(keys.whisper_key(conversation))


# Looking along


def test_a_colleague_who_is_asked_looks_along_and_the_advisor_sees_it(
    service, advisor, colleague, desk, other
):
    visitor, conversation = talking(service, advisor, text="hallo")
    assert colleague.does("look", conversation).status_code == 410
    advisor.does("invite", conversation, to=colleague.id)
    until(lambda: last(other, "look").get("invited"), "the colleague is asked")
    assert other.of("look")[-1]["invited"][0]["by_name"] == "Noor"
    until(lambda: watchers(desk), "the advisor sees who was asked")
    assert watchers(desk)[0]["how"] == "invited"

    looked = colleague.does("look", conversation).json()

    assert looked["messages"][0]["text"] == "hallo"
    until(lambda: (watchers(desk) or [{}])[0].get("how") == "looks", "the advisor sees it")
    assert watchers(desk)[0]["name"] == "Sam"
    until(lambda: other.texts() == ["hallo"], "the colleague reads it")
    assert other.of("state")[-1]["role"] == "look"
    until(lambda: last(other, "look")["invited"] == [], "no longer asked")
    visitor.says("nog iets")
    until(lambda: other.texts() == ["hallo", "nog iets"], "the colleague reads on")
    assert colleague.says(conversation, "ik praat mee").status_code == 410
    assert colleague.ends(conversation).status_code == 410

    # It survives a reload.
    other.cut()
    again = colleague.listens()
    until(lambda: again.texts() == ["hallo", "nog iets"], "the reloaded page reads it")

    colleague.does("leave", conversation)
    until(lambda: watchers(desk) == [], "the advisor sees that they left")
    until(lambda: again.of("ended"), "the page closes it")
    assert again.of("ended")[-1]["reason"] == "look-over"
    visitor.says("niet voor jou")
    until(lambda: "niet voor jou" in desk.texts(), "the advisor reads it")
    assert colleague.http.get(f"/desk/conversations/{conversation}/look").status_code == 410
    assert "niet voor jou" not in again.texts()
    again.cut()


def test_a_coordinator_looks_along_in_their_regions_only(service, advisor, coordinator, desk):
    _, here = talking(service, advisor, region="VT14", text="hier")
    _, elsewhere = talking(service, advisor, region="VT01")

    listed = coordinator.http.get("/desk/look").json()["conversations"]
    assert [one["conversation"] for one in listed] == [here]
    assert coordinator.does("look", elsewhere).status_code == 410
    assert coordinator.does("look", here).status_code == 200
    until(lambda: any(one["watchers"] for one in desk.of("watchers")), "the advisor sees it")
    told = next(one for one in desk.of("watchers") if one["watchers"])
    assert (told["conversation"], told["watchers"][0]["name"]) == (here, "Kim")
    assert advisor.http.get("/desk/look").status_code == 403


def test_a_watcher_who_is_silent_is_no_longer_shown(service, store, advisor, coordinator, desk):
    _, conversation = talking(service, advisor)
    coordinator.does("look", conversation)
    until(lambda: watchers(desk), "the advisor sees it")

    store.hset(keys.watchers_key(conversation), coordinator_id(store, conversation), "1000 Kim")

    until(lambda: watchers(desk) == [], "no longer shown")
    assert coordinator.http.get(f"/desk/conversations/{conversation}/look").status_code == 410


def coordinator_id(store: Redis, conversation: str) -> Any:
    return next(iter(store.hkeys(keys.watchers_key(conversation))))


# Handing over


def test_a_conversation_is_handed_over_warm_to_a_person(service, advisor, colleague, desk, other):
    visitor, conversation = talking(service, advisor, text="hallo")
    page = visitor.listens()
    third = Advisor(service.hires("Bo")).signs_in()
    bystander = third.listens()
    until(lambda: bystander.of("offer"), "the third desk is open")

    done = advisor.does("transfer", conversation, to=colleague.id, note="ze is erg bang")
    assert done.status_code == 204
    until(lambda: offered(other) == [conversation], "it is offered")
    offer = other.of("offer")[-1]["offers"][0]
    assert (offer["note"], offer["by_name"]) == ("ze is erg bang", "Noor")
    until(lambda: last(desk, "offer").get("made"), "the advisor sees that it is offered")
    assert advisor.says(conversation, "ogenblik").status_code == 201
    assert third.does("accept", conversation).json() == {"reason": "over"}

    taken = colleague.does("accept", conversation).json()

    assert taken["messages"][0]["text"] == "hallo"
    assert [one["text"] for one in taken["whispers"]] == ["ze is erg bang"]
    until(lambda: "Je praat nu verder met Sam." in page.texts("system"), "the visitor is told")
    until(lambda: page.of("state")[-1]["advisor"] == "Sam", "the visitor's page says so")
    until(lambda: desk.of("ended"), "the old desk knows")
    ended = desk.of("ended")[-1]
    assert (ended["conversation"], ended["reason"], ended["to"]) == (conversation, "moved", "Sam")
    assert advisor.says(conversation, "nog even").status_code == 410
    assert colleague.says(conversation, "dag").status_code == 201
    until(lambda: "dag" in page.texts(), "the visitor reads the new advisor")
    until(
        lambda: offered(other) == [] and last(desk, "offer").get("made") == [], "the offer is over"
    )
    assert colleague.does("accept", conversation).status_code == 200, "again, after a lost answer"
    assert all(not one["offers"] for one in bystander.of("offer"))
    for stream in (page, bystander):
        stream.cut()


def test_to_a_region_it_is_offered_to_all_who_serve_it_and_one_gets_it(
    service, advisor, colleague, desk, other
):
    bo = Advisor(service.hires("Bo", "VT14")).signs_in()
    bos = bo.listens()
    until(lambda: bos.of("offer"), "Bo's desk is open")
    _, conversation = talking(service, advisor, region="VT01")

    assert advisor.does("transfer", conversation, to="VT14").status_code == 204
    until(lambda: offered(bos) == offered(other) == [conversation], "both see it")
    assert bos.of("offer")[-1]["offers"][0]["to"]["region"] == "VT14"
    assert bo.does("accept", conversation).status_code == 200
    assert colleague.does("accept", conversation).json() == {"reason": "over"}
    until(lambda: offered(bos) == offered(other) == [], "it is over")
    until(lambda: bos.of("waiting")[-1]["mine"] == [conversation] or bos.of("state"), "Bo has it")
    bos.cut()


def test_to_a_lane_the_conversation_changes_lane(service, store, advisor, colleague, desk, other):
    colleague.chooses(lanes=["professional"])
    _, conversation = talking(service, advisor)
    assert advisor.does("transfer", conversation, to="professional").status_code == 204
    until(lambda: offered(other) == [conversation], "it is offered")

    assert colleague.does("accept", conversation).status_code == 200
    assert store.hget(keys.conversation_key(conversation), "lane") == b"professional"


def test_who_says_no_is_not_asked_again_and_the_advisor_knows(
    service, advisor, colleague, desk, other
):
    _, conversation = talking(service, advisor)
    for to in (colleague.id, "NL"):
        advisor.does("transfer", conversation, to=to)
        until(lambda: offered(other) == [conversation], "it is offered")
        colleague.does("decline", conversation)
        until(lambda: offered(other) == [], "it is gone")
        assert colleague.does("accept", conversation).json() == {"reason": "over"}
        if to != "NL":
            until(lambda: last(desk, "offer").get("made") == [], "the advisor knows")
    assert [one["conversation"] for one in desk.of("offer")[-1]["made"]] == [conversation]


def test_an_offer_can_be_withdrawn_and_runs_out_without_harm(
    service, store, advisor, colleague, desk, other
):
    visitor, conversation = talking(service, advisor)
    advisor.does("transfer", conversation, to=colleague.id)
    until(lambda: offered(other) == [conversation], "it is offered")
    assert advisor.does("withdraw", conversation).status_code == 204
    until(lambda: offered(other) == [], "it is gone")

    advisor.does("transfer", conversation, to=colleague.id)
    until(lambda: offered(other) == [conversation], "it is offered again")
    store.hset(keys.conversation_key(conversation), "offer_until", 1)  # two minutes later
    until(lambda: offered(other) == [] and last(desk, "offer").get("made") == [], "it ran out")
    assert colleague.does("accept", conversation).json() == {"reason": "over"}
    assert advisor.says(conversation, "we praten gewoon verder").status_code == 201
    advisor.does("transfer", conversation, to=colleague.id)
    until(lambda: offered(other) == [conversation], "it is offered once more")
    visitor.ends()
    until(lambda: offered(other) == [], "nobody is left to hand over")


def test_the_limit_counts_when_it_is_accepted(service, advisor, colleague, desk, other):
    colleague.chooses(most=1)
    talking(service, colleague)
    _, conversation = talking(service, advisor)
    advisor.does("transfer", conversation, to=colleague.id)
    until(lambda: offered(other), "it is offered")

    assert colleague.does("accept", conversation).json() == {"reason": "at-limit"}
    assert advisor.says(conversation, "ik ben er nog").status_code == 201
    colleague.chooses(most=2)
    assert colleague.does("accept", conversation).status_code == 200


def test_nothing_is_offered_to_who_is_not_there(service, advisor, desk):
    _, conversation = talking(service, advisor)

    absent = advisor.does("transfer", conversation, to="987654")
    assert (absent.status_code, absent.json()) == (409, {"reason": "absent"})
    assert advisor.does("transfer", conversation, to="VT14").json() == {"reason": "absent"}
    for wrong in ("", "VT99", "iemand", advisor.id):
        refused = advisor.does("transfer", conversation, to=wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, "to")


def test_an_offer_survives_a_reload_of_both_desks(service, advisor, colleague, desk, other):
    _, conversation = talking(service, advisor)
    advisor.does("transfer", conversation, to=colleague.id, note="let op")
    until(lambda: offered(other), "it is offered")

    mine, theirs = advisor.listens(), colleague.listens()

    until(lambda: mine.of("offer") and theirs.of("offer"), "both read it again")
    assert mine.of("offer")[0]["made"][0]["note"] == "let op"
    assert theirs.of("offer")[0]["offers"][0]["note"] == "let op"
    for stream in (mine, theirs):
        stream.cut()


# Colleagues


def test_the_list_of_colleagues_follows_what_they_do(service, advisor, colleague, desk, other):
    until(lambda: names(desk) == [("Noor", "available"), ("Sam", "available")], "both are there")
    colleague.chooses(status="busy", langs=["nl"])
    until(lambda: names(desk)[1] == ("Sam", "busy"), "Sam is busy")
    assert desk.of("colleagues")[-1]["colleagues"][1]["langs"] == ["nl"]
    assert [one["me"] for one in desk.of("colleagues")[-1]["colleagues"]] == [True, False]
    talking(service, colleague)
    until(lambda: desk.of("colleagues")[-1]["colleagues"][1]["chats"] == 1, "Sam has a chat")


# Why somebody came back


def test_the_waiting_list_says_why_somebody_came_back(service, store, advisor, colleague, desk):
    visitor, _ = talking(service, advisor)
    code = visitor.http.post("/chat/code").json()["code"]
    visitor.http.post("/chat/return", data={"code": code})
    until(lambda: last(desk, "state").get("back") == "code", "with four words")
    assert desk.of("state")[-1]["returned"]
