"""Sends what somebody means harm with, on one connection that stays open, and judges the answers."""

# ruff: noqa: E501 - tables
from __future__ import annotations

import http.client
import json
import re
import socket
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

from tests.hostile.corpus import HEADER, PRODUCT
from tests.hostile.kept import Kept
from tests.service import Service, get

THEIRS = ("hit(", "evil.example")
FORM = "application/x-www-form-urlencoded"
TYPES = ("text/html; charset=utf-8", "application/json", "text/csv; charset=utf-8",
         "text/event-stream; charset=utf-8", "application/xml", "text/plain; charset=utf-8")  # fmt: skip
RUNS = re.compile(r"(?i)^on|^srcdoc$|^style$")
PARTS = re.compile(r"<(script|style)\b[^>]*>.*?</\1>", re.DOTALL)


class Live(HTMLParser):
    """What of a page would run, or lead elsewhere, because somebody wrote it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            address = name in ("href", "src", "action", "formaction", "data", "content") and value
            runs = RUNS.search(name) or (
                address and re.match(r"(?i)\s*(java|vb)script:", str(value))
            )
            if runs or "evil.example" in (value or "" if tag in ("base", "link", "meta") else ""):
                self.found.append(f"<{tag} {name}={value!r:.60}>")

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and "hit(" in data:
            self.found.append(f"<{self._inside}> {data:.60}")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str


@dataclass
class Asker:
    """`faults` are the answers that should not be.

    With `kept`, a refusal after which anything is kept that was not before is one of them.
    """

    service: Service
    headers: dict[str, str] = field(default_factory=dict)
    kept: Kept | None = None
    faults: list[str] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)

    @cached_property
    def _ours(self) -> set[str]:
        pages = [get(self.service.url + path).text for path in ("/", "/desk/sign-in")]
        return {found[0] for page in pages for found in PARTS.finditer(page)}

    def posts(self, path: str, sent: dict[str, Any], *, as_json: bool = False) -> Answer:
        if as_json:
            return self.sends("POST", path, json.dumps(sent).encode(), "application/json")
        return self.sends("POST", path, urlencode(sent, errors="replace").encode(), FORM)

    def gets(self, path: str, **headers: str) -> Answer:
        return self.sends("GET", path, None, "", headers)

    def sends(
        self,
        method: str,
        path: str,
        body: bytes | None,
        kind: str,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        told = self.headers | (headers or {}) | ({"Content-Type": kind} if kind else {})
        encoded = {name: value.encode("utf-8") for name, value in told.items()}
        try:
            answer = self._ask(method, path, body, encoded)
        except (http.client.HTTPException, ConnectionError, TimeoutError):
            # Refused before it was read whole, or a line that had just been closed: once more.
            self._line.close()
            answer = self._ask(method, path, body, encoded)
        self.asked += 1
        what = f"{method} {path[:80]} {(body or b'')[:120]!r}"
        self._judge(what, answer)
        if self.kept and self.kept.changed() and answer.status in range(400, 500):
            # What the service did by itself at that moment, it does not do again.
            answer = self._ask(method, path, body, encoded)
            if changed := self.kept.changed():
                self.faults.append(f"{what}: {answer.status}, but it changed {', '.join(changed)}")
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, bytes]) -> Answer:
        self._line.request(method, path, body, headers)
        got = self._line.getresponse()
        kind = got.headers.get("Content-Type", "")
        # A page that goes on loading is known by how it begins.
        endless = kind.startswith("text/event-stream") or got.headers.get("X-Accel-Buffering")
        whole = got.read1(65_536) if endless else got.read()
        if endless or got.will_close:
            self._line.close()
        return Answer(got.status, got.headers, whole.decode("utf-8", "replace"))

    def _judge(self, what: str, answer: Answer) -> None:
        found = []
        headers = answer.headers
        if answer.status >= 500:
            found.append(f"{answer.status}")
        if headers.get("Cache-Control") != "no-store" or headers.get("X-Content-Type-Options") != (
            "nosniff"
        ):
            found.append("headers")
        if "Content-Security-Policy" not in headers:
            found.append("no policy")
        if HEADER in headers or "hit=" in headers.get("Set-Cookie", ""):
            found.append("a header of theirs")
        if answer.body and headers.get("Content-Type") not in TYPES:
            found.append(f"type {headers.get('Content-Type')}")
        if answer.status in range(300, 400) and "evil" in headers.get("Location", ""):
            found.append("leads elsewhere")
        if PRODUCT in answer.body:
            found.append("a template was worked out")
        if headers.get("Content-Type", "").startswith("text/html"):
            if any(mark in answer.body for mark in THEIRS):
                found += Live(self._theirs(answer.body)).found
        elif headers.get("Content-Type") == "application/json":
            json.loads(answer.body)
        if found:
            self.faults.append(f"{what}: {', '.join(found)}")

    def _theirs(self, page: str) -> str:
        """Where something of theirs may stand: parsing takes longer than asking."""
        before, _, rest = page.partition("<main")
        main, _, after = rest.rpartition("</main>")
        for ours in self._ours:
            before, after = before.replace(ours, ""), after.replace(ours, "")
        around = any(mark in before + after for mark in THEIRS)
        return f"{before}<main{main}</main>{after}" if around else f"<main{main}</main>"


def raw(service: Service, lines: bytes) -> bytes:
    """What the service answers to bytes that no client would send."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as line:
        line.sendall(lines)
        line.shutdown(socket.SHUT_WR)
        got = b""
        while part := line.recv(65_536):
            got += part
    return got


def in_path(text: str) -> str:
    return quote(text[:1_500], safe="")
