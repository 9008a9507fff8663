"""What can tell who somebody is, is found in a message, and asked about before it is sent."""

from __future__ import annotations

import html
import re
import threading
import uuid
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from luwte.chat import personal
from tests.servers import until
from tests.service import NO_TLS, Advisor, Service

EXAMPLES = yaml.safe_load(Path("tests/personal_examples.yml").read_text("utf-8"))
# Of the articles; the test below holds it against the running site.
OURS = ("0202615275",)


@pytest.mark.parametrize(("text", "kinds"), EXAMPLES)
def test_what_is_personal_is_found_and_the_rest_left_alone(text: str, kinds: list[str]) -> None:
    assert list(personal.kinds_in(text, OURS)) == kinds


@given(st.integers(0, 99_999_999))
def test_of_ten_last_digits_at_most_one_makes_a_bsn(first: int) -> None:
    """Eleven is prime: a wrong digit, or two that changed places, is always noticed."""
    right = [n for n in range(10) if personal.is_bsn(f"{first:08}{n}")]

    assert len(right) <= 1
    for last in right:
        whole = f"{first:08}{last}"
        for place in range(8):
            other = str((int(whole[place]) + 1) % 10)
            assert not personal.is_bsn(whole[:place] + other + whole[place + 1 :])


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4), st.integers(0, 10**10 - 1))
def test_of_a_hundred_check_digits_one_makes_an_iban(bank: str, account: int) -> None:
    right = [n for n in range(2, 99) if personal.is_iban(f"NL{n:02}{bank}{account:010}")]

    assert len(right) == 1
    good = f"NL{right[0]:02}{bank}{account:010}"
    assert personal.kinds_in(f"mijn rekening {good.lower()} is leeg") == ("iban",)
    digit = str((int(good[-1]) + 1) % 10)
    assert not personal.is_iban(good[:-1] + digit)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert set(personal.kinds_in(text)) <= set(personal.KINDS)


class PlainVisitor:
    """Somebody whose browser has no script: a page that goes on loading, and posts beside it."""

    def __init__(self, service: Service) -> None:
        headers = {"Accept": "text/html"}
        self.http = httpx.Client(base_url=service.url, headers=headers, timeout=60, verify=NO_TLS)
        self.page = ""
        threading.Thread(target=self._loads, daemon=True).start()
        until(lambda: 'name="token"' in self.page, "the page begins")
        self.token = self._field("token")

    def _loads(self) -> None:
        sent = {"audience": "self", "key": uuid.uuid4().hex}
        # What ends it, ends the service too.
        with (
            suppress(httpx.HTTPError),
            self.http.stream("POST", "/chat", data=sent) as answer,
        ):
            for part in answer.iter_text():
                self.page += part

    def _field(self, name: str) -> str:
        return re.findall(rf'name="{name}" value="([^"]*)"', self.page)[-1]

    def says(self, text: str) -> None:
        sent = {"token": self.token, "text": text}
        assert self.http.post("/chat/plain/messages", data=sent).status_code == 204

    def is_asked(self, times: int) -> None:
        until(lambda: self.page.count("data-personal ") == times, "the page asks")

    def sends_anyway(self) -> None:
        sent = {"token": self.token, "held": self._field("held")}
        assert self.http.post("/chat/plain/anyway", data=sent).status_code == 204

    def sees(self, text: str) -> None:
        until(lambda: text in html.unescape(self.page), f"the page shows {text}")


def test_without_script_the_page_asks_first_and_sends_after_a_yes(service, advisor: Advisor, store):
    store.flushall()
    visitor = PlainVisitor(service)
    advisor.takes()
    desk = advisor.listens()
    visitor.says("bel me op 06-12345678")
    visitor.is_asked(1)

    assert "een telefoonnummer" in visitor.page and "een e-mailadres" not in visitor.page
    # Neither the page nor the store has the words: only what was sent is drawn.
    assert "12345678" not in visitor.page
    (held,) = store.keys("*:held:*")
    assert b"12345678" not in store.get(held)
    assert 0 < store.ttl(held) <= 60

    visitor.sends_anyway()
    visitor.sees("bel me op 06-12345678")
    visitor.sends_anyway()
    visitor.sees("Dat kan niet meer")
    visitor.says("bel 020-2615275 of 0800-2000")
    visitor.sees("bel 020-2615275 of 0800-2000")
    until(lambda: len(desk.texts("visitor")) == 2, "the advisor reads both, each once")
    assert store.keys("*:held:*") == []


def test_what_was_held_is_gone_with_the_conversation_and_goes_to_nobody_else(service, store):
    store.flushall()
    visitor, other = PlainVisitor(service), PlainVisitor(service)
    visitor.says("111222333")
    visitor.is_asked(1)
    foreign = {"token": other.token, "held": visitor._field("held")}
    assert other.http.post("/chat/plain/anyway", data=foreign).status_code == 204
    other.sees("Dat kan niet meer")
    assert len(store.keys("*:held:*")) == 1

    visitor.http.post("/chat/plain/end", data={"token": visitor.token})

    assert store.keys("*:held:*") == []
