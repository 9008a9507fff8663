"""Luwte behind nginx or Caddy, set up as docs/operate.md says: what somebody meets by https."""

from __future__ import annotations

import socket
import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from luwte.application import MOST_BYTES
from luwte.away import write_pages
from luwte.config import Settings
from tests.browser.sites import Page, serving
from tests.proxy import Caddy, Nginx, Proxy, program, standing_before
from tests.servers import free_port, redis_server, until
from tests.service import Advisor, Service, Visitor, running

AGENT = "Zeldzame-Browser/7"
STARTS = 6


class Front(NamedTuple):
    """Luwte and the proxy before it."""

    proxy: Proxy
    service: Service

    def visitor(self, address: str = "127.0.0.1") -> Visitor:
        visitor = Visitor(self.service)
        visitor.http = self.proxy.client(address, **visitor.http.headers)
        visitor.http.headers["User-Agent"] = AGENT
        return visitor

    def advisor(self) -> Advisor:
        advisor = Advisor(self.service.hires("Noor"))
        advisor.http = self.proxy.client()
        return advisor.signs_in()


@pytest.fixture(scope="module", params=[Nginx, Caddy], ids=lambda kind: kind.kind)
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    program(request.param.kind)
    settings = {
        "TRUSTED_PROXIES": "1",
        "HSTS": "300",
        "ALWAYS_OPEN": "1",
        "LIMIT_STARTS": f"{STARTS} per 10 minutes",
    }
    folder = tmp_path_factory.mktemp("service")
    with (
        redis_server() as store,
        running(folder, redis_url=store.url, **settings) as service,
        standing_before(request.param, service.port) as proxy,
    ):
        yield Front(proxy, service)
        told = proxy.told()
    for word in (AGENT, "127.0.0.2", "/chat", "GET ", "POST ", "localhost:"):
        assert word not in told, told


def test_pages_come_by_https_and_nothing_of_them_is_kept(front: Front) -> None:
    with front.proxy.client() as browser:
        page = browser.get("/en/chat")
        sitemap = browser.get("/sitemap.xml")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Strict-Transport-Security"] == "max-age=300"
    assert "Set-Cookie" not in page.headers
    assert page.headers.get("Server", "nginx") == "nginx", "and no version"
    assert "https://localhost" in sitemap.text
    assert "http://localhost" not in sitemap.text


def test_plain_http_and_other_names_lead_nowhere_else(front: Front) -> None:
    answer = httpx.get(f"http://localhost:{front.proxy.http}/en/chat")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://localhost/en/chat")
    assert answer.headers["Cache-Control"] == "no-store"
    with pytest.raises(ssl.SSLError), _tls(front, "another.example") as line:
        line.recv(1)


def test_browsers_may_use_http_2(front: Front) -> None:
    with _tls(front, "localhost") as line:
        assert line.selected_alpn_protocol() == "h2"


def _tls(front: Front, name: str) -> ssl.SSLSocket:
    trusts = ssl.create_default_context(cafile=str(front.proxy.certificate))
    trusts.set_alpn_protocols(["h2", "http/1.1"])
    line = socket.create_connection(("127.0.0.1", front.proxy.https), timeout=10)
    return trusts.wrap_socket(line, server_hostname=name)


def test_a_conversation_goes_both_ways_at_once_and_resumes(front: Front) -> None:
    visitor, advisor = front.visitor(), front.advisor()
    assert visitor.asks(region="VT14").status_code == 201
    page, desk = visitor.listens(), advisor.listens()
    # Both lines stay open: what is here was passed on at once, and not when a buffer was full.
    until(lambda: page.of("state") and desk.of("waiting"), "the first events are here")
    conversation = advisor.takes().json()["conversation"]
    assert visitor.says("mag ik iets vragen?").status_code == 201
    assert advisor.says(conversation, "natuurlijk").status_code == 201
    until(lambda: page.texts() == desk.texts() == ["mag ik iets vragen?", "natuurlijk"], "both")

    last = page.last_id
    page.cut()
    assert advisor.says(conversation, "vertel maar").status_code == 201
    again = visitor.listens(after=last)
    until(lambda: again.texts() == ["vertel maar"], "only what was missed")
    assert advisor.ends(conversation).status_code in (200, 204)
    until(lambda: again.of("ended"), "the end is told")


def test_the_desks_cookie_goes_by_https_only(front: Front) -> None:
    advisor = front.advisor()
    (cookie,) = [cookie for cookie in advisor.http.cookies.jar if cookie.name == "desk"]
    assert cookie.secure
    assert advisor.http.get("/desk/").status_code == 200


def test_limits_count_each_clients_own_address(front: Front) -> None:
    for _ in range(STARTS):
        assert front.visitor("127.0.0.2").asks().status_code == 201
    assert front.visitor("127.0.0.2").asks().status_code == 429
    assert front.visitor("127.0.0.3").asks().status_code == 201

    liar = front.visitor("127.0.0.2")
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}
    liar.http.headers.update(forged | {"Forwarded": "for=203.0.113.9"})
    assert liar.asks().status_code == 429


def test_the_largest_form_gets_through_and_larger_is_refused_kindly(front: Front) -> None:
    """It does not touch the disk: the proxy may not write in this test."""
    fields = {"audience": "self", "key": uuid.uuid4().hex, "filling": ""}
    with front.proxy.client("127.0.0.4", Accept="application/json") as browser:
        spent = len(str(httpx.QueryParams(fields)))
        fields["filling"] = "a" * (MOST_BYTES - spent)
        assert browser.post("/chat", data=fields).status_code == 201
        fields["filling"] += "a"
        refused = browser.post("/en/chat", data=fields, headers={"Accept": "text/html"})
    assert refused.status_code == 413
    _is_kind(refused, "en", "")


def test_the_exit_leads_away(front: Front) -> None:
    with front.proxy.client(Accept="text/html") as browser:
        _leads_away(browser)


def _leads_away(browser: httpx.Client) -> None:
    for path in ("/weg", "/en/weg"):
        answer = browser.post(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, Settings().exit_url)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "weg=1" in answer.headers["Set-Cookie"]
        assert "Max-Age=60" in answer.headers["Set-Cookie"]


def test_while_luwte_is_down_the_phone_and_the_exit_are_there(front: Front) -> None:
    front.service.stop()
    try:
        with front.proxy.client() as browser:
            for path, lang, what in (
                ("/", "nl", "Deze site doet het nu even niet"),
                ("/chat", "nl", "Deze site doet het nu even niet"),
                ("/en/chat", "en", "This site is not working right now"),
            ):
                answers = [browser.get(path), browser.post(path, data={"audience": "self"})]
                for answer in answers:
                    assert answer.status_code in (502, 503)
                    _is_kind(answer, lang, what)
            _leads_away(browser)
    finally:
        front.service.start()
    with front.proxy.client() as browser:
        until(lambda: browser.get("/").status_code == 200, "the pages are back")


@pytest.mark.parametrize("kind", [Nginx, Caddy], ids=lambda kind: kind.kind)
def test_a_group_that_is_back_is_asked_at_once_though_it_was_given_up(kind: type[Proxy]) -> None:
    """In a restart of one after the other the next one may stop before the proxy asks again."""
    back, away = free_port(), free_port()
    with standing_before(kind, back, away) as proxy, proxy.client() as browser:
        assert [browser.get("/").status_code // 100 for _ in range(4)] == [5] * 4
        with serving(type("Group", (Page,), {"pages": {"/": "er is weer iemand"}}), port=back):
            assert browser.get("/").status_code == 200


def _is_kind(answer: httpx.Response, lang: str, what: str) -> None:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'self' https:" in answer.headers["Content-Security-Policy"]
    assert f'<html lang="{lang}"' in answer.text
    assert what in answer.text
    assert 'href="tel:08002000"' in answer.text
    assert 'href="tel:112"' in answer.text
    assert f'action="{"/en" if lang == "en" else ""}/weg"' in answer.text


def test_the_pages_for_the_proxy_have_the_centres_own_numbers(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "organisation.yml").write_text("phone: 088 123 45 67\n")
    written = write_pages(Settings(content=content), tmp_path / "away")
    assert [file.name for file in written] == [
        "away.nl.html",
        "away.en.html",
        "refused.nl.html",
        "refused.en.html",
    ]
    for file in written:
        assert 'href="tel:0881234567"' in file.read_text()
        assert "0800-2000" not in file.read_text()
        assert file.stat().st_mode & 0o777 == 0o644
