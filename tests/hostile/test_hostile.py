"""Every hostile text through every field and address of the running service.

Nothing answers 5xx, nothing is stored that was refused, every answer is ours in type and headers, and
nothing comes back as what it pretends to be.
"""

# ruff: noqa: E501 - a table of places, each on a line of its own
from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import text as sql

from luwte.chat import keys
from luwte.chat.database import engine_for, reading
from luwte.config import LIMITS, Settings
from tests.hostile.asker import Asker, in_path, raw
from tests.hostile.corpus import BODIES, CORPUS, NO_TEXTS
from tests.hostile.kept import Kept
from tests.servers import redis_server, until
from tests.service import Advisor, Service, Visitor, running

# What many read or is kept meets every text; the other places take turns, each with one in so many.
TURNS = 80
FREE = {f"LIMIT_{name.upper()}": "1000000 per minute" for name in LIMITS}
CANARY = "{canary}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: what is asked here would tire the limits of any other test."""
    folder = tmp_path_factory.mktemp("hostile")
    settings = FREE | {"ALWAYS_OPEN": "1", "PROOF_OF_WORK": "off", "QUEUE_CAP": "1000"}
    with redis_server() as store, running(folder, redis_url=store.url, **settings) as service:
        yield service


@pytest.fixture(scope="module")
def people(place: Service) -> tuple[Visitor, Advisor, Advisor, str]:
    visitor = Visitor(place)
    visitor.asks()
    advisor = Advisor(place.hires("Noor")).signs_in()
    boss = Advisor(place.hires("Baas", role="coordinator")).signs_in()
    return visitor, advisor, boss, advisor.takes().json()["conversation"]


def as_somebody(service: Service, who: Advisor | Visitor, accept: str) -> Asker:
    cookies = "; ".join(f"{name}={value}" for name, value in who.http.cookies.items())
    kept = {name: who.http.headers.get(name, "") for name in ("Authorization", "X-CSRFToken")}
    headers = {"Accept": accept, "Cookie": cookies} | kept
    return Asker(service, {name: value for name, value in headers.items() if value})


def fresh() -> str:
    return uuid.uuid4().hex


Place = Callable[[str], object]


def visitors_places(service: Service, visitor: Visitor) -> tuple[list[Asker], list[Place]]:
    page = Asker(service, {"Accept": "text/html"})
    script = as_somebody(service, visitor, "application/json")
    token = visitor.token

    def starts(field: str) -> Place:
        def start(text: str) -> None:
            sent = {"audience": "self", "key": fresh()} | {field: text}
            got = script.posts("/chat", sent)
            if got.status == 201:
                began = got.body.partition('"token":"')[2].partition('"')[0]
                script.sends("POST", "/chat/end", b"", "", {"Authorization": f"Bearer {began}"})

        return start

    turns: list[Place] = [
        *(
            starts(field)
            for field in ("audience", "danger", "region", "topic", "text", "key", "word")
        ),
        lambda text: page.posts(
            "/chat", {"audience": text, "key": text, "word": text, "topic": text}
        ),
        lambda text: page.posts("/en/chat", {"audience": "x", "key": text}),
        lambda text: script.posts("/en/zoeken", {"q": text}, as_json=True),
        lambda text: script.posts("/chat/messages", {"text": "dag", "key": text}),
        lambda text: script.posts("/chat/return", {"code": text}),
        lambda text: page.posts("/chat/return", {"code": text}),
        lambda text: script.posts("/chat/helped", {"answer": "yes", "ticket": text}),
        lambda text: script.posts("/chat/helped", {"answer": text, "ticket": "x"}),
        lambda text: page.posts("/chat/messages", {"token": text, "text": "x", "key": "k"}),
        lambda text: page.posts("/chat/plain/messages", {"token": text, "text": text}),
        lambda text: page.posts("/chat/plain/messages", {"token": token, "text": text}),
        lambda text: page.posts("/chat/plain/anyway", {"token": token, "held": text}),
        lambda text: page.posts("/chat/plain/helped", {"answer": text, "ticket": text}),
        lambda text: page.gets(f"/{in_path(text)}"),
        lambda text: page.gets(f"/geweld-thuis/{in_path(text)}"),
        lambda text: page.gets(f"/regio/{in_path(text)}"),
        lambda text: page.gets(f"/en/{in_path(text)}/{in_path(text)}"),
        lambda text: page.gets(f"/zoeken?q={in_path(text)}&{in_path(text)}"),
        lambda text: page.gets(f"/desk/invitation/{in_path(text)}"),
        lambda text: page.posts("/desk/sign-in", {"email": text, "password": text, "code": text}),
        lambda text: page.posts("/weg", {"to": text, "next": text}),
    ]
    # A header holds no line break; a client that sends one sends two headers.
    for name in ("Authorization", "Last-Event-ID", "Accept", "Accept-Language", "Cookie", "Origin",
                 "Host", "X-Forwarded-Host", "User-Agent", "Referer", "Sec-Fetch-Site"):  # fmt: skip
        turns.append(_in_header(page, name))
    return [page, script], turns


def _in_header(asker: Asker, name: str) -> Place:
    def ask(text: str) -> None:
        line = "".join(letter for letter in text if letter >= " " and letter != "\x7f")[:1_500]
        path = "/chat/events" if name in ("Authorization", "Last-Event-ID") else "/zoeken"
        asker.gets(path, **{name: line})

    return ask


def staffs_places(
    service: Service, advisor: Advisor, boss: Advisor, talk: str
) -> tuple[list[Asker], list[Place]]:
    desk = as_somebody(service, advisor, "application/json")
    form = as_somebody(service, advisor, "text/html")
    office = as_somebody(service, boss, "text/html")
    of = f"/desk/conversations/{talk}"

    def at_desk(path: str, field: str, **also: str) -> Place:
        return lambda text: desk.posts(path, {field: text} | also)

    def by_form(asker: Asker, path: str, *fields: str, **also: str) -> Place:
        return lambda text: asker.posts(path, dict.fromkeys(fields, text) | also)

    days = [f"day-{n}" for n in range(7)]
    return [desk, form, office], [
        at_desk(f"{of}/messages", "key", text="dag"),
        lambda text: desk.posts(f"{of}/whisper", {"text": text, "key": fresh()}),
        at_desk(f"{of}/transfer", "to", note="x"),
        at_desk(f"{of}/transfer", "note", to="nobody"),
        at_desk(f"{of}/invite", "to"),
        at_desk(f"{of}/draft", "text"),
        at_desk(f"{of}/articles", "q"),
        at_desk(f"{of}/card", "card", key="k"),
        lambda text: desk.posts(f"{of}/card", {"card": "article", "article": text, "key": fresh()}),
        at_desk(f"{of}/word", "step"),
        lambda text: desk.posts(f"{of}/end", {"reason": text or "x", "keep_out": text}),
        lambda text: desk.posts(f"/desk/conversations/{in_path(text)}/messages", {"text": "x", "key": "k"}),
        lambda text: desk.gets(f"/desk/conversations/{in_path(text)}/draft"),
        lambda text: desk.posts("/desk/take", {"conversation": text or "x"}),
        lambda text: desk.posts("/desk/shift", {"regions": text, "lanes": text, "langs": text}),
        lambda text: desk.posts("/desk/shift", {"most": [text], "status": text}, as_json=True),
        at_desk("/desk/sound", "volume"),
        by_form(form, "/desk/answers", "title", "text", "place", "lang", "step"),
        by_form(form, "/desk/answers", "text", title="x", place="1", step="preview"),
        by_form(form, "/desk/answers", "place", title="x", text="x", step="preview"),
        lambda text: form.gets(f"/desk/answers/{in_path(text)}"),
        by_form(form, "/desk/account/passkeys/1/name", "name"),
        lambda text: desk.posts("/desk/account/passkeys", {"answer": {"id": text}, "name": text}, as_json=True),
        lambda text: desk.posts("/desk/passkey", {"id": text, "response": {"clientDataJSON": text}}, as_json=True),
        lambda text: form.gets(f"/desk/account?done={in_path(text)}"),
        by_form(office, "/office/staff/new", "email", "name", "role", "regions"),
        by_form(office, "/office/staff/1", "name", "role", "regions"),
        lambda text: office.gets(f"/office/staff/{in_path(text)}"),
        by_form(office, "/office/answers/shared/nl/new", "title", "text", step="preview"),
        lambda text: office.gets(f"/office/answers/shared/{in_path(text)}/{in_path(text)}"),
        by_form(office, "/office/answers/text/nl/start", "text", step="preview"),
        by_form(office, "/office/hours/landelijk/week", *days, do="preview"),
        by_form(office, "/office/hours/landelijk/day", "day", "hours", "reason-nl", do="preview"),
        by_form(office, "/office/hours/landelijk/day/remove", "day"),
        by_form(office, "/office/hours/landelijk/switch", "until", "reason-nl", open="yes", do="preview"),
        lambda text: office.gets(f"/office/hours/{in_path(text)}?day={in_path(text)}"),
        lambda text: office.gets(f"/office/figures?period=own&from={in_path(text)}&to={in_path(text)}&region={in_path(text)}&choice={in_path(text)}"),
        lambda text: office.posts(f"/office/figures/export?date={in_path(text)}&period={in_path(text)}", {}),
        lambda text: office.gets(f"/office/audit?day={in_path(text)}&member={in_path(text)}&page={in_path(text)}&act={in_path(text)}"),
        lambda text: office.posts(f"/office/audit/export?day={in_path(text)}", {}),
    ]  # fmt: skip


def staff_rows(service: Service) -> list[Any]:
    engine = engine_for(Settings.from_env(service.env).sql_url)
    with reading(engine) as session:
        rows = session.execute(
            sql("select email, name, role, regions from staff order by id")
        ).all()
    engine.dispose()
    return list(rows)


def said_in(store: Redis, talk: str) -> int:
    """How much both said; that somebody came or was away for long on a full machine is no text."""
    log: Any = store.xrange(keys.log_key(talk))
    return sum(fields[b"f"] in (b"visitor", b"advisor") for _, fields in log)


def test_no_text_does_harm_where_many_read_it(place: Service, people: Any) -> None:
    visitor, advisor, _, talk = people
    # Whoever has said all must still be there when the others are done.
    desk = advisor.listens()
    until(lambda: desk.of("state"), "the desk is open")
    store: Redis = place.looks_into_its_store()
    page = Asker(place, {"Accept": "text/html"})
    other = Asker(place, {"Accept": "text/html"})
    says = as_somebody(place, visitor, "application/json")
    answers = as_somebody(place, advisor, "application/json")
    assert len(CORPUS) >= 1_000
    before, kept = said_in(store, talk), Kept(place)

    def says_all(asker: Asker, path: str) -> int:
        sent = ({"text": text, "key": fresh()} for text in CORPUS)
        return sum(asker.posts(path, one).status == 201 for one in sent)

    def asks_all(asker: Asker, path: str, field: str) -> int:
        return sum(asker.posts(path, {field: text}).status in (200, 413, 422) for text in CORPUS)

    # Four at once, as there are four who type: two of them in one conversation.
    with ThreadPoolExecutor(4) as at_once:
        taken = [
            at_once.submit(says_all, says, "/chat/messages"),
            at_once.submit(says_all, answers, f"/desk/conversations/{talk}/messages"),
        ]
        asked = [
            at_once.submit(asks_all, page, "/zoeken", "q"),
            at_once.submit(asks_all, other, "/regio", "plaats"),
        ]

    assert [fault for asker in (page, other, says, answers) for fault in asker.faults] == []
    assert [one.result() for one in asked] == [len(CORPUS)] * 2
    assert said_in(store, talk) == before + sum(one.result() for one in taken)
    # The open desk gives its signs of life for the lines that it serves.
    changed = {name for name in kept.changed() if ":serving:" not in name}
    assert changed <= {keys.log_key(talk), keys.conversation_key(talk)}
    assert visitor.says("nog steeds").status_code == 201
    desk.cut()


def test_no_text_does_harm_in_any_other_place(place: Service, people: Any) -> None:
    visitor, advisor, boss, talk = people
    store: Redis = place.looks_into_its_store()
    store.set(CANARY, "sings")
    staff = staff_rows(place)
    askers, turns = visitors_places(place, visitor)
    more, at_work = staffs_places(place, advisor, boss, talk)
    turns += at_work
    kept = Kept(place)
    for asker in (*askers, *more):
        asker.kept = kept

    for number, text in enumerate(CORPUS):
        for turn, ask in enumerate(turns):
            if (number + turn) % TURNS == 0:
                ask(text)

    assert [fault for asker in (*askers, *more) for fault in asker.faults] == []
    assert store.get(CANARY) == b"sings"
    assert all(key == CANARY.encode() or b"hit" not in key for key in store.keys("*"))
    assert staff_rows(place) == staff
    assert visitor.says("nog steeds").status_code == 201


def test_what_is_no_text_and_no_body_is_refused(place: Service, people: Any) -> None:
    visitor, advisor, boss, talk = people
    script = as_somebody(place, visitor, "application/json")
    desk = as_somebody(place, advisor, "application/json")
    office = as_somebody(place, boss, "text/html")
    script.kept = desk.kept = office.kept = Kept(place)
    of = f"/desk/conversations/{talk}"
    addresses = [
        *((script, path) for path in ("/chat", "/chat/messages", "/chat/return", "/chat/helped", "/chat/plain/messages",
                                      "/chat/typing", "/zoeken", "/regio", "/en/weg", "/desk/sign-in")),
        *((desk, path) for path in (f"{of}/messages", f"{of}/whisper", f"{of}/draft", f"{of}/transfer", f"{of}/card",
                                    "/desk/take", "/desk/shift", "/desk/sound", "/desk/passkey", "/desk/account/passkeys",
                                    "/desk/account/passkeys/ask", "/desk/answers")),
        *((office, path) for path in ("/office/staff/new", "/office/hours/landelijk/week", "/office/answers/shared/nl/new")),
    ]  # fmt: skip
    for asker, path in addresses:
        for kind, body in BODIES:
            asker.sends("POST", path, body, kind)
        for value in NO_TEXTS:
            fields = ("text", "key", "q", "plaats", "code", "audience", "conversation", "token", "note", "to", "volume",
                      "regions", "lanes", "most", "status", "name", "password", "answer", "id", "ticket")  # fmt: skip
            asker.posts(path, dict.fromkeys(fields, value), as_json=True)
    for address in ("99999999999999999999", "٣", "-1", "0", "1e3", "9" * 300):
        for path in ("", "/link", "/disable", "/enable"):
            office.posts(f"/office/staff/{in_path(address)}{path}", {})
        desk.posts(f"/desk/account/passkeys/{in_path(address)}/remove", {})

    assert script.faults + desk.faults + office.faults == []


def test_bytes_that_no_client_sends_are_answered_and_the_service_goes_on(place: Service) -> None:
    for head in (
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%ff%fe%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"*1\r\n$8\r\nFLUSHALL\r\n",
        b"\r\n" * 500,
    ):  # fmt: skip
        answer = raw(place, head)
        assert not answer or answer.startswith(b"HTTP/1.1 "), head[:60]
        assert b" 50" not in answer[:13], head[:60]
        assert not answer or b"no-store" in answer, head[:60]
    assert place.ready()
