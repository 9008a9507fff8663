"""Many conversations from known addresses with known words, and every fault that comes to mind:
nothing of it is in any log line, value of a store, row or file that the service wrote.

`CHAOS_RECORDS=200 pytest tests/test_records.py` for a longer run.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.exceptions import RedisError

from luwte.chat import keys
from tests.chaos import size
from tests.chaos.running import OPEN_DOOR, a_plan, crowd, kill_a_worker, nobody_lost_a_word
from tests.processes import environment, luwte
from tests.servers import RedisServer, redis_server, until
from tests.service import NO_TLS, PASSWORD, Advisor, Member, Service, Visitor
from tests.written import Written

CONVERSATIONS = size("RECORDS", 60)
# Nothing else looks like these.
WORDS = [f"kenwoord{number}zeldzaam" for number in range(CONVERSATIONS)]
TYPED = {
    name: f"kenwoord-{name}-zeldzaam"
    for name in ("zoek", "plaats", "pad", "vraag", "code", "kop", "los", "staf", "fout", "stuk")
}
NETWORK = "127.0.3."
ADDRESSES = [f"{NETWORK}{number}" for number in range(1, 251)]
AGENT = "OudeTelefoon/7 (zeldzame browser)"
FORWARDED = "203.0.113.77"
OF_THE_VISITOR = {
    "User-Agent": AGENT,
    "Referer": "https://zeldzame-verwijzer.example/?q=kenwoord-verwijzer",
    "X-Forwarded-For": FORWARDED,
}
SAID = [*WORDS, *TYPED.values(), "kenwoord-verwijzer"]
OF_WHOM = [NETWORK, FORWARDED, "OudeTelefoon", "zeldzame browser", "zeldzame-verwijzer"]
# As four or sixteen bytes an address would say as much.
AS_NUMBERS = [socket.inet_pton(socket.AF_INET6, f"::ffff:{one}") for one in ADDRESSES]


class House:
    """A service with stores of its own, and everything that it wrote."""

    def __init__(self, store: RedisServer, folder: Path) -> None:
        self.store = store
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        settings: dict[str, Any] = dict(OPEN_DOOR)
        self.service = Service(folder, redis_url=store.url, limited=True, **settings)
        self.service.env["TMPDIR"] = str(self.temporary)
        self.written = Written()
        self.tokens: list[str] = []
        self.codes: list[str] = []

    @property
    def data(self) -> Path:
        return self.service.folder / "data"

    def log(self) -> str:
        return self.service.output.read_text()

    def somebody(self, number: int = 1) -> httpx.Client:
        """A visitor's client, from an address that we know."""
        return httpx.Client(
            base_url=self.service.url,
            headers=OF_THE_VISITOR | {"Accept": "application/json"},
            transport=httpx.HTTPTransport(local_address=ADDRESSES[number], verify=NO_TLS),
            timeout=30,
        )

    def visitor(self, number: int = 1) -> Visitor:
        visitor = Visitor(self.service)
        visitor.http = self.somebody(number)
        return visitor

    def hears_raw(self, sent: bytes) -> bytes:
        where = ("127.0.0.1", self.service.port)
        with socket.create_connection(where, 30, source_address=(ADDRESSES[9], 0)) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            answer = b""
            with suppress(OSError):
                while part := line.recv(65_536):
                    answer += part
            return answer


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    log = folder / "store.log"
    options = ("--rdbcompression", "no", "--logfile", str(log), "--loglevel", "verbose")
    with redis_server(*options) as store:
        house = House(store, folder)
        house.service.start()
        try:
            yield house
        finally:
            if house.service.process.poll() is None:
                house.service.stop()


@pytest.fixture(scope="module")
def lived(house: House) -> House:
    """The house after a day with everything in it; it has closed."""
    everybody_chats(house)
    somebody_looks_around(house)
    requests_are_malformed(house)
    a_worker_is_killed(house)
    a_value_is_broken(house)
    the_staffs_table_is_broken(house)
    the_store_goes_and_comes_back(house)
    house.written.takes_store("the store at the end", house.service, house.store)
    house.service.stop()
    for words in (("check",), ("staff", "list")):
        told = subprocess.run(
            [sys.executable, "-m", "luwte", *words], env=house.service.env, capture_output=True
        )
        house.written.add(f"luwte {words[0]}", told.stdout + told.stderr)
    house.written.takes_rows(house.data / "luwte.sqlite3")
    house.written.takes_files(house.service.folder, house.store.folder)
    return house


def everybody_chats(house: House) -> None:
    plan = a_plan(
        house.service,
        CONVERSATIONS,
        words=WORDS,
        headers=OF_THE_VISITOR,
        addresses=ADDRESSES,
        messages=2,
        pause_s=0.3,
        hold=True,
        cuts_per_s=5.0,
        cut_posts=0.05,
    )
    with crowd(plan) as people:
        until(lambda: people.now["said"] > CONVERSATIONS, "everybody talks")
        house.written.takes_store("the store, open", house.service, house.store)
        tally = people.tally("Everybody chatted")
    nobody_lost_a_word(tally, plan)
    house.tokens = people.tokens
    for number, token in enumerate(house.tokens[:5]):
        visitor = house.visitor(number)
        visitor.http.headers["Authorization"] = f"Bearer {token}"
        house.codes.append(visitor.http.post("/chat/code").json()["code"])
    house.written.takes_store("the store, all said", house.service, house.store)
    for token in house.tokens:
        visitor = Visitor(house.service)
        visitor.http.headers["Authorization"] = f"Bearer {token}"
        assert visitor.ends().status_code == 204
        visitor.http.close()


def somebody_looks_around(house: House) -> None:
    with house.somebody() as page:
        assert page.post("/zoeken", data={"q": TYPED["zoek"]}).status_code == 200
        assert page.post("/regio", data={"plaats": TYPED["plaats"]}).status_code == 200
        assert page.get(f"/{TYPED['pad']}/{TYPED['pad']}").status_code == 404
        assert page.get("/", params={TYPED["vraag"]: TYPED["vraag"]}).status_code == 200
        assert page.get("/", headers={"Accept-Language": TYPED["kop"]}).status_code == 200
        wrong = f"{TYPED['code']} een twee drie"
        assert page.post("/chat/return", data={"code": wrong}).status_code == 410
        assert page.post("/chat", data={"audience": TYPED["fout"]}).status_code == 422
        assert page.post("/chat", data={"text": TYPED["los"] * 9_000}).status_code == 413


def requests_are_malformed(house: House) -> None:
    word = TYPED["stuk"].encode()
    agent = b"Host: x\r\nUser-Agent: " + AGENT.encode() + b"\r\n"
    form = agent + b"Content-Type: application/x-www-form-urlencoded\r\n"
    for sent in (
        word + b"\r\n\r\n",
        b"GET /" + word + b" HTTP/7.7\r\n" + agent + b"\r\n",
        b"GET /" + word * 1_000 + b" HTTP/1.1\r\n" + agent + b"\r\n",
        b"GET / HTTP/1.1\r\n" + agent + word + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + agent + (b"X: " + word + b"\r\n") * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + agent + b"Expect: " + word + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + agent + b"Host: " + word + b"\xff\r\n\r\n",
        b"POST /chat HTTP/1.1\r\n" + form + b"Content-Length: 900\r\n\r\n" + word,
        b"POST /chat HTTP/1.1\r\n" + form + b"Transfer-Encoding: chunked\r\n\r\n" + word + b"\r\n",
    ):
        answer = house.hears_raw(sent)
        assert b" 500 " not in answer.split(b"\r\n")[0]


def a_worker_is_killed(house: House) -> None:
    visitor = house.visitor(11)
    visitor.asks(text=TYPED["los"])
    page = visitor.listens()
    until(lambda: page.of("state"), "the page is open")
    kill_a_worker(house.service, 0)
    kill_a_worker(house.service, 1)
    until(lambda: "SIGKILL" in house.log(), "that is told")
    until(house.service.ready, "others took over")


def a_value_is_broken(house: House) -> None:
    """A fault whose own text quotes what somebody typed."""
    visitor = house.visitor(12)
    visitor.asks()
    name = keys.conversation_of(visitor.token)
    with closing(house.service.looks_into_its_store()) as store:
        store.hset(keys.conversation_key(name), "joined", TYPED["fout"])
        assert visitor.http.get("/chat/events").status_code == 500
        store.delete(keys.conversation_key(name))


def the_staffs_table_is_broken(house: House) -> None:
    """A fault whose own text would hold the statement, and the address that was typed."""
    member = Member(
        house.service, f"{TYPED['staf']}@example.org", "Noor", f"otpauth://totp/x?secret={'A' * 32}"
    )
    with closing(sqlite3.connect(house.data / "luwte.sqlite3")) as rows:
        rows.execute("ALTER TABLE staff RENAME TO gone")
        try:
            with pytest.raises(AssertionError):
                Advisor(member).signs_in()
        finally:
            rows.execute("ALTER TABLE gone RENAME TO staff")


def the_store_goes_and_comes_back(house: House) -> None:
    house.store.stop()
    visitor = house.visitor(13)
    assert visitor.asks(text=TYPED["los"], topic=TYPED["zoek"]).status_code == 503
    with house.somebody(14) as page:
        assert page.post("/chat/return", data={"code": TYPED["code"]}).status_code == 503
    house.store.start()
    until(house.service.ready, "the store is back")
    until(lambda: visitor.asks(text=TYPED["los"]).status_code == 201, "the chat is back")


def test_nothing_of_anybody_is_in_what_was_written(lived: House) -> None:
    expected = {"the store, open", "the store, all said", "the store at the end", "SQL"}
    assert expected | {"luwte check", "luwte staff"} <= set(lived.written.places)
    assert lived.written.tells_of([*SAID, *OF_WHOM, *lived.codes, *lived.tokens, PASSWORD]) == {}

    names = [keys.conversation_of(token) for token in lived.tokens]
    assert lived.written.tells_of(names, "the store") == {}, "a conversation is known to the store"
    assert names[0] in lived.written.tells_of(names)["the store, open"]
    numbers = [raw for raw in AS_NUMBERS for where in lived.written.places.values() if raw in where]
    assert numbers == []


def test_what_went_wrong_is_told_in_single_lines(lived: House) -> None:
    lines = lived.log().splitlines()
    ours = [line for line in lines if line.startswith("luwte: ")]

    for told in ("ValueError at", "SIGKILL", "the store does not answer"):
        assert any(told in line for line in ours), f"{told}: {ours}"
    # What follows is how to sign in, which is for whoever started it.
    first = lines.index(ours[0])
    others = [line for line in lines[first:] if line not in ours]
    assert not [line for line in others if "Traceback" in line or "File " in line]
    assert "Traceback" not in lived.log()


def test_what_stands_there_is_found(house: House, tmp_path: Path) -> None:
    written = Written()
    with closing(house.service.looks_into_its_store()) as store, suppress(RedisError):
        store.xadd("plain", {"b": WORDS[0]})
        written.takes_store("store", house.service, house.store)
        store.delete("plain")
    with closing(sqlite3.connect(tmp_path / "rows.sqlite3")) as rows:
        rows.execute("CREATE TABLE visits (address TEXT)")
        rows.execute("INSERT INTO visits VALUES (?)", (ADDRESSES[3],))
        rows.commit()
    written.takes_rows(tmp_path / "rows.sqlite3")
    (tmp_path / "file").write_text(AGENT)
    written.takes_files(tmp_path)

    found = written.tells_of([*SAID, *OF_WHOM])

    assert found["store"] == [WORDS[0]]
    assert found["SQL"] == [NETWORK]
    assert found[str(tmp_path / "file")] == ["OudeTelefoon", "zeldzame browser"]


# The log itself

EVERY_LOG = """
import logging, sys, threading, warnings
from luwte import records
records.keep(sys.argv[1])
class Remembers:
    def __del__(self): raise ValueError("secret")
def breaks(): raise ValueError("secret")
logging.getLogger("redis").error("the address is secret")
logging.getLogger("luwte.chat.care").warning("a round\\nsecret second line")
try: breaks()
except ValueError: logging.getLogger("luwte").error("a fault", exc_info=True)
logging.getLogger("luwte").error("%d", "secret")
warnings.warn("secret", RuntimeWarning)
thread = threading.Thread(target=breaks); thread.start(); thread.join()
Remembers()
breaks()
"""


@pytest.mark.parametrize("form", ["plain", "json"])
def test_no_log_tells_more_than_a_kind_and_a_place(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_LOG, form], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert "secret" not in done.stderr
    lines = done.stderr.splitlines()
    if form == "json":
        told = [json.loads(line) for line in lines]
        assert set(told[0]) == {"at", "level", "part", "said"}
        lines = [f"luwte: {line['said']}" for line in told]
    assert all(line.startswith("luwte: ") for line in lines), done.stderr
    assert lines[0].startswith("luwte: redis tells of something (error) at <string>:")
    assert lines[1] == "luwte: a round"
    assert lines[2].startswith("luwte: a fault: ValueError at <string>:")
    assert lines[3].startswith("luwte: RuntimeWarning at ")
    assert sum("ValueError at" in line for line in lines[4:]) == 3


def test_the_form_of_the_log_is_a_setting(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import luwte.wsgi"],
        env=environment(tmp_path, LOG="json"),
        capture_output=True,
        text=True,
    )
    (line,) = done.stderr.splitlines()
    assert "LUWTE_SECRET_KEY is missing" in json.loads(line)["said"]

    wrong = luwte("check", data=tmp_path, LOG="xml")
    assert "LUWTE_LOG" in wrong.stderr
