"""Pages that are the same for everyone: made once, sent compressed, never older than allowed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from luwte.application import create_app
from luwte.chat.database import migrate
from luwte.made_pages import MADE_EACH_TIME, MADE_ONCE, MadePages, takes_gzip
from tests.house import content_of
from tests.test_headers import SETTINGS, faults_of

ARTICLE = "/geweld-thuis/iemand-helpen"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}
TLS = "https://luwte.example"

Makes = Callable[..., Flask]


@pytest.fixture
def makes(tmp_path: Path) -> Iterator[Makes]:
    """Applications without a store."""
    made = []

    def make(**settings: object) -> Flask:
        own = replace(SETTINGS, data_dir=tmp_path, **settings)  # type: ignore[arg-type]
        made.append(create_app(own, content_of(own.content)))
        return made[-1]

    migrate(replace(SETTINGS, data_dir=tmp_path).sql_url)
    yield make
    for app in made:
        app.extensions["luwte.chat"].care.stop()
        app.extensions["luwte.chat"].hub.stop()


@pytest.fixture
def app(makes: Makes) -> Flask:
    return makes(always_open=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def breaks_from_now_on(app: Flask) -> None:
    """Whatever is answered after this was made before it."""

    def breaks(**values: str) -> str:
        raise RuntimeError("a fault")

    app.view_functions = dict.fromkeys(app.view_functions, breaks)


def text_of(answer: TestResponse) -> str:
    assert answer.headers["Content-Length"] == str(len(answer.data))
    if answer.headers.get("Content-Encoding") == "gzip":
        return gzip.decompress(answer.data).decode()
    return answer.text


@pytest.mark.parametrize("path", ["/", "/en/", ARTICLE, "/geweld-thuis/", "/veilig-internetten"])
def test_a_page_is_made_once_with_every_header(app: Flask, client: FlaskClient, path: str) -> None:
    first = client.get(path)
    breaks_from_now_on(app)
    plain, small = client.get(path), client.get(path, headers=GZIP)
    head = client.head(path)

    assert text_of(plain) == text_of(small) == first.text
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert (head.data, head.headers) == (b"", plain.headers)
    for answer in (first, plain, small, head):
        assert answer.status_code == 200
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert faults_of(answer) == []
    assert client.get("/en/professionals/").status_code == 500


@pytest.mark.parametrize(
    "asked",
    [
        {"query_string": "a=b"},
        {"headers": {"Cookie": "weg=1"}},
        {"headers": {"Authorization": "Bearer x"}},
        {"method": "POST"},
    ],
)
def test_a_request_that_says_more_is_not_answered_from_memory(app, client, asked) -> None:
    client.get(ARTICLE)
    breaks_from_now_on(app)

    assert client.get(ARTICLE).status_code == 200
    assert client.open(ARTICLE, **asked).status_code in (500, 405)


def test_after_the_exit_without_javascript_back_still_leads_away(client: FlaskClient) -> None:
    client.get(ARTICLE)
    page = {"Accept": "text/html", "Cookie": "weg=1"} | GZIP

    assert client.get(ARTICLE, headers=page).status_code == 303
    assert client.get(ARTICLE, headers=GZIP).status_code == 200


def test_home_says_at_once_when_the_chat_closes_and_opens(app: Flask, client: FlaskClient) -> None:
    assert "Nu open" in client.get("/").text
    article = client.get(ARTICLE).text
    hours = app.extensions["luwte.chat"].hours

    hours.switch("", open=False)
    assert "Nu gesloten" in client.get("/").text
    assert "Chat closed" not in client.get("/").text
    assert "Nu open" not in text_of(client.get("/", headers=GZIP))

    hours.remove_switch("")
    assert "Nu open" in client.get("/").text
    assert client.get(ARTICLE).text == article


def test_home_is_made_anew_when_a_minute_has_gone(app: Flask, client: FlaskClient) -> None:
    hours = app.extensions["luwte.chat"].hours
    client.get("/")
    breaks_from_now_on(app)
    now = hours._clock()
    hours._clock = lambda: now + 61

    assert client.get("/").status_code == 500


def test_a_fault_is_not_kept(app: Flask, client: FlaskClient) -> None:
    view = app.view_functions["pages_nl.article"]
    breaks_from_now_on(app)
    assert client.get(ARTICLE).status_code == 500
    app.view_functions["pages_nl.article"] = view

    assert client.get(ARTICLE).status_code == 200
    assert client.get("/geweld-thuis/niets").status_code == 404


def test_each_host_and_scheme_is_told_its_own(makes: Makes) -> None:
    client = makes(hsts_s=3600, trusted_proxies=1).test_client(use_cookies=False)
    for _again in range(2):
        here = client.get(ARTICLE)
        there = client.get(ARTICLE, base_url=TLS)
        proxied = client.get(
            ARTICLE, headers={"X-Forwarded-Host": "een.example", "X-Forwarded-Proto": "https"}
        )

        assert f">http://localhost{ARTICLE}<" in here.text
        assert f">{TLS}{ARTICLE}<" in there.text
        assert f">https://een.example{ARTICLE}<" in proxied.text
        assert "Strict-Transport-Security" not in here.headers
        assert "Strict-Transport-Security" in there.headers
        assert "Strict-Transport-Security" in proxied.headers


def test_what_is_kept_is_bounded_whoever_asks(app: Flask) -> None:
    kept: MadePages = app.extensions["luwte.made_pages"]
    client = app.test_client(use_cookies=False)
    kept._most_bytes = 200_000
    for number in range(20):
        assert client.get(ARTICLE, base_url=f"http://h{number}.example").status_code == 200

    sizes = [page.size for page in kept._pages.values()]
    assert 1 < len(sizes) < 10
    assert sum(sizes) == kept._bytes <= 200_000


def test_only_pages_without_a_secret_are_compressed(app: Flask, client: FlaskClient) -> None:
    """Whatever is not on the lists, every answer to a form among it, is sent as it is."""
    some = {"section": "professionals", "slug": "advies-vragen"}
    asked = [
        ("GET", path) for path in re.findall(r"localhost(/.*?)<", client.get("/sitemap.xml").text)
    ]
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: some.get(found[1], "1"), rule.rule)
        asked += [(method, path) for method in {"GET", "POST"} & (rule.methods or set())]
    listed, addresses = set(), app.url_map.bind("localhost")
    for method, path in asked:
        with client.open(path, method=method, headers=GZIP | {"Accept": "*/*"}) as answer:
            if "Content-Encoding" in answer.headers:
                view = str(addresses.match(path, method)[0])
                listed.add(view.replace("_nl.", ".").replace("_en.", "."))
                assert method == "GET"

    assert listed == {*MADE_ONCE, *MADE_EACH_TIME}


def test_a_page_that_is_made_each_time_is(client: FlaskClient) -> None:
    first, second = (text_of(client.get("/chat", headers=GZIP)) for _ in range(2))

    assert first != second
    assert client.get("/chat", headers=GZIP).headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate, gzip ;q=1.0", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("br", False),
        ("", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


# What a first view weighs: the whole answer, headers and all, since nothing else is fetched for it.

FLIGHT = 14 * 1024  # what a new TCP connection carries in its first flight, ten segments
LONGER = 18 * 1024


def weight_of(answer: TestResponse) -> int:
    head = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
    return len("HTTP/1.1 200 OK\r\n\r\n") + head + len(answer.data)


def test_every_first_view_is_light(app: Flask, client: FlaskClient) -> None:
    most = {"/": FLIGHT, "/chat": LONGER}
    for section in app.extensions["luwte.library"].sections("nl"):
        most[f"/{section.slug}/"] = FLIGHT
        for article in section.articles:
            most[f"/{section.slug}/{article.slug}"] = LONGER if article.tool else FLIGHT
    weights = {path: weight_of(client.get(path, headers=GZIP)) for path in most}

    assert {
        path: f"{weight:,} of {most[path]:,} bytes"
        for path, weight in weights.items()
        if weight > most[path]
    } == {}
