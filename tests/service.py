"""The whole service as a visitor meets it: started by `luwte serve`, ended by us."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pyotp
from redis import Redis

from luwte.chat.database import engine_for
from luwte.chat.hours import Hours
from luwte.chat.staff import Staffing
from luwte.chat.store import connect
from luwte.config import CONTENT, LIMITS, NEVER_OFF, Settings
from luwte.regions import read_regions
from luwte.staff_key import factor_secrets
from tests.servers import ended, free_port, until

LUWTE = [sys.executable, "-m", "luwte"]
PASSWORD = "een lang wachtwoord"

# All tests come from one address, and much faster than people: only those of the limits have any.
NO_LIMITS = {f"LIMIT_{name.upper()}": "off" for name in LIMITS if name not in NEVER_OFF}
NO_LIMITS |= {"PROOF_OF_WORK": "off", "GIVE_WAY": "off"}

# For clients of our own on this machine: to read all authorities takes longer than to ask.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
get = partial(httpx.get, verify=NO_TLS)
post = partial(httpx.post, verify=NO_TLS)


class Service:
    """`luwte serve` with a data folder of its own; the embedded store unless a Redis is given."""

    def __init__(
        self,
        folder: Path,
        *,
        redis_url: str = "",
        workers: int = 2,
        limited: bool = False,
        **settings: str,
    ):
        """`limited`: with the limits that a service has by default."""
        settings = settings if limited else NO_LIMITS | settings
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.workers = workers
        # Not even the variables of whoever runs the tests: only what is set here counts.
        self.env = {name: value for name, value in os.environ.items() if "LUWTE" not in name}
        self.env["LUWTE_DATA_DIR"] = str(folder / "data")
        if redis_url:
            self.env |= {"LUWTE_REDIS_URL": redis_url, "LUWTE_SECRET_KEY": "geheim-" * 8}
        self.env |= {f"LUWTE_{name}": value for name, value in settings.items()}
        self.output = folder / "output.txt"

    def start(self) -> None:
        words = ["serve", "--port", str(self.port), "--workers", str(self.workers)]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*LUWTE, *words], env=self.env, stdout=output, stderr=output
            )
        until(self.ready, "the service is ready")

    def ready(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        try:
            return get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def looks_into_its_store(self) -> Redis:
        """The store that the service uses, from the outside."""
        if url := self.env.get("LUWTE_REDIS_URL"):
            return connect(url)
        store = self.folder / "data" / "store"
        short_cut = store / "short-cut"
        folder = short_cut.readlink() if short_cut.is_symlink() else store
        return Redis(unix_socket_path=str(folder / "valkey.sock"))

    def stop(self) -> None:
        ended(self.process)

    def hires(self, name: str, *regions: str, role: str = "advisor") -> Member:
        """A new member of the staff; made here, since a command takes a second to begin."""
        email = f"{name.lower()}.{uuid.uuid4().hex[:6]}@example.org"
        engine = engine_for(Settings.from_env(self.env).sql_url)
        codes = tuple(region.code for region in read_regions(CONTENT))
        secrets = factor_secrets(Settings.from_env(self.env))
        staffing = Staffing(engine, secrets=secrets, region_codes=codes)
        _, uri = staffing.add(email, name, role, PASSWORD, regions)
        engine.dispose()
        return Member(self, email, name, uri)

    def closes(self) -> None:
        """No chat from now on, until further notice."""
        engine = engine_for(Settings.from_env(self.env).sql_url)
        reason = {"nl": "We hebben een storing", "en": "Out of order"}
        codes = tuple(region.code for region in read_regions(CONTENT))
        Hours(engine, region_codes=codes).switch("", open=False, reason=reason)
        engine.dispose()
        until(lambda: "data-closed" in get(f"{self.url}/chat").text, "the chat is closed")


class Member:
    """Somebody who may sign in."""

    def __init__(self, service: Service, email: str, name: str, uri: str) -> None:
        self.service = service
        self.email = email
        self.name = name
        self.codes: Any = pyotp.parse_uri(uri)

    def code(self) -> str:
        return str(self.codes.now())


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[Service]:
    service = Service(folder, **options)
    service.start()
    try:
        yield service
    finally:
        service.stop()


class Stream:
    """Reads an event stream in the background, as an open page does."""

    begun: ClassVar[list[Stream]] = []

    def __init__(self, client: httpx.Client, address: str, **headers: str) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []  # name, id, data
        self.times: list[float] = []  # when each arrived, Unix time
        self.status = 0
        self._client, self._address, self._headers = client, address, headers
        self._cut = False
        self._line: socket.socket | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.begun.append(self)

    @classmethod
    def cut_all(cls) -> None:
        for stream in cls.begun:
            stream.cut()
        cls.begun.clear()

    def _read(self) -> None:
        with suppress(httpx.HTTPError):  # a line that is cut is what some tests are about
            self._listen()

    def _listen(self) -> None:
        headers = {"Accept": "text/event-stream"} | self._headers
        timeout = httpx.Timeout(60)
        with self._client.stream("GET", self._address, headers=headers, timeout=timeout) as answer:
            self.status = answer.status_code
            self._line = answer.extensions["network_stream"].get_extra_info("socket")
            if self._cut:
                return
            name = number = ""
            for line in answer.iter_lines():
                if self._cut:
                    return
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "id":
                    number = value
                elif field == "data":
                    self.times.append(time.time())
                    self.events.append((name, number, json.loads(value)))
                    number = ""

    def cut(self) -> None:
        """The line breaks at once: a page that seemed open would still be somebody's."""
        self._cut = True
        if self._line:
            with suppress(OSError):  # it has ended by itself
                self._line.shutdown(socket.SHUT_RDWR)

    def of(self, name: str) -> list[dict[str, Any]]:
        return [data for kind, _, data in list(self.events) if kind == name]

    def texts(self, *senders: str) -> list[str]:
        return [
            m["text"]
            for m in self.of("message")
            if m["from"] in (senders or ("visitor", "advisor"))
        ]

    @property
    def last_id(self) -> str:
        return [number for _, number, _ in self.events if number][-1]


class Visitor:
    """Somebody who asks for help, over the contract's interface."""

    def __init__(self, service: Service, start: str = "/chat") -> None:
        self.http = httpx.Client(
            base_url=service.url, headers={"Accept": "application/json"}, verify=NO_TLS
        )
        self.start = start
        self.token = self.key = ""

    def asks(self, **fields: str) -> httpx.Response:
        sent = {"audience": "self", "key": uuid.uuid4().hex} | fields
        self.key = sent["key"]
        answer = self.http.post(self.start, data=sent)
        if answer.status_code in (200, 201):
            self.token = answer.json()["token"]
            self.http.headers["Authorization"] = f"Bearer {self.token}"
        return answer

    def listens(self, after: str = "") -> Stream:
        headers = {"Last-Event-ID": after} if after else {}
        return Stream(self.http, "/chat/events", **headers)

    def says(self, text: str, key: str = "") -> httpx.Response:
        return self.http.post("/chat/messages", data={"text": text, "key": key or uuid.uuid4().hex})

    def ends(self) -> httpx.Response:
        return self.http.post("/chat/end")


class Advisor:
    """Somebody who answers, over the contract's interface."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.http = httpx.Client(base_url=member.service.url, verify=NO_TLS)

    def signs_in(self) -> Advisor:
        page = self.http.get("/desk/sign-in").text
        token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
        if not token:
            token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        sent = {
            "email": self.member.email,
            "password": PASSWORD,
            "code": self.member.code(),
            "csrf_token": token,
        }
        answer = self.http.post("/desk/sign-in", data=sent)
        assert answer.status_code == 303, answer.text
        desk = self.http.get("/desk/").text
        token = desk.partition('name="csrf-token" content="')[2].partition('"')[0]
        self.http.headers.update({"X-CSRFToken": token, "Accept": "application/json"})
        return self

    def listens(self, after: str = "") -> Stream:
        return Stream(self.http, "/desk/events", **({"Last-Event-ID": after} if after else {}))

    def takes(self, conversation: str = "") -> httpx.Response:
        return self.http.post("/desk/take", data={"conversation": conversation})

    def says(self, conversation: str, text: str, key: str = "") -> httpx.Response:
        return self.http.post(
            f"/desk/conversations/{conversation}/messages",
            data={"text": text, "key": key or uuid.uuid4().hex},
        )

    def ends(self, conversation: str, reason: str = "done") -> httpx.Response:
        return self.http.post(f"/desk/conversations/{conversation}/end", data={"reason": reason})

    @property
    def id(self) -> str:
        colleagues = self.http.get("/desk/colleagues").json()["colleagues"]
        return str(next(one["id"] for one in colleagues if one["me"]))

    def chooses(self, **choice: Any) -> httpx.Response:
        """Changes the shift: regions, lanes, langs, most, status."""
        return self.http.post("/desk/shift", json=choice)

    def does(self, act: str, conversation: str, **fields: str) -> httpx.Response:
        """What colleagues do together: transfer, accept, decline, withdraw, invite, look, leave."""
        return self.http.post(f"/desk/conversations/{conversation}/{act}", data=fields)

    def whispers(self, conversation: str, text: str, key: str = "") -> httpx.Response:
        return self.does("whisper", conversation, text=text, key=key or uuid.uuid4().hex)

    def signs_out(self, **fields: str) -> httpx.Response:
        return self.http.post("/desk/sign-out", data=fields)
