"""Every public answer, whatever it is: not cacheable, no cookie, all headers. A new route must say
here how it is asked, or this fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from luwte.application import create_app
from luwte.chat.database import migrate
from luwte.config import BadSetting, Settings
from luwte.page_parts import csp_hash
from tests.house import content_of
from tests.servers import RedisServer

EXIT = "https://weer.example/vandaag"
ONION = f"http://{'a' * 56}.onion"
SETTINGS = Settings(
    secret_keys=("a secret of the tests",),
    redis_url="redis://127.0.0.1:1",
    exit_url=EXIT,
    always_open=True,
)
JSON = {"Accept": "application/json"}
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Request-OTR": "1",
}
REFUSED = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
# What lets a browser keep an answer, or remember or tell anything of it.
NEVER = (
    "Set-Cookie",
    "ETag",
    "Last-Modified",
    "Expires",
    "Server-Timing",
    "Clear-Site-Data",
    "Report-To",
    "NEL",
    "Reporting-Endpoints",
    "Link",
    "Refresh",
    "Access-Control-Allow-Origin",
)


@dataclass(frozen=True)
class Asked:
    """One request and the answer that shows it went where it should."""

    path: str
    status: int = 200
    method: str = "GET"
    data: dict[str, Any] | bytes = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    # Who asks: tries are counted for each.
    address: str = "127.0.0.1"

    def by(self, client: FlaskClient) -> TestResponse:
        headers = PAGE | {"Sec-Fetch-Site": "same-origin"} | self.headers
        return client.open(
            self.path,
            method=self.method,
            data=self.data,
            headers=headers,
            environ_overrides={"REMOTE_ADDR": self.address},
        )


def posted(path: str, status: int, headers: dict[str, str] | None = None, **data: str) -> Asked:
    return Asked(path, status, "POST", data, headers or {})


TOKEN = {"Authorization": "Bearer {token}"}
UNKNOWN = {"Authorization": f"Bearer NL.{'a' * 43}"}
FOREIGN = {"Sec-Fetch-Site": "cross-site"}
PLAIN = {"Content-Type": "text/plain"}

# The public routes, as in `app.url_map`, each with its requests. {token} is a waiting visitor's,
# {key} a new one, {article} one that is there. Those of both languages are asked in both.
BOTH = {
    "pages.home": [Asked("/")],
    "pages.safe": [Asked("/veilig-internetten")],
    "helplines.show": [Asked("/hulplijnen")],
    "regions.start": [Asked("/regio")],
    "regions.find": [
        posted("/regio", 200, plaats="Utrecht"),
        posted("/regio", 200, plaats="Hengelo"),
        posted("/regio", 422),
        posted("/regio", 422, JSON),
    ],
    "regions.region": [Asked("/regio/utrecht"), Asked("/regio/nergens", 404)],
    "pages.section": [Asked("/professionals/"), Asked("/nergens/", 404)],
    "pages.section_without_slash": [Asked("/professionals", 308), Asked("/nergens", 404)],
    "pages.article": [
        Asked("/{article}"),
        Asked("/professionals/niets", 404),
        Asked("/nergens/niets", 404, headers=JSON),
    ],
    "search.form": [Asked("/zoeken"), Asked("/zoeken?q=slaan")],
    "search.results": [
        posted("/zoeken", 200, q="mijn man slaat me"),
        posted("/zoeken", 422, q=""),
        posted("/zoeken", 422, JSON, q="x" * 201),
        Asked("/zoeken", 415, "POST", b"x", PLAIN),
    ],
    "leave.leave": [posted("/weg", 303)],
    "chat.start": [Asked("/chat")],
    "chat.talk": [Asked("/chat/talk")],
    "chat.join": [
        posted("/chat", 201, JSON, audience="self", key="{key}"),
        posted("/chat", 200, audience="self", key="{key}"),
        posted("/chat", 422, audience="nobody"),
        posted("/chat", 422, JSON, audience="nobody"),
        posted("/chat", 403, FOREIGN),
        posted("/chat", 403, FOREIGN | JSON),
        Asked("/chat", 415, "POST", b"x", PLAIN),
        Asked(
            "/chat",
            413,
            "POST",
            b"audience=" + b"x" * 100_000,
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
        Asked("/chat", 400, "POST", b"{", {"Content-Type": "application/json"}),
    ],
    "chat.events": [
        Asked("/chat/events", headers=TOKEN),
        Asked("/chat/events", 410, headers=UNKNOWN),
    ],
    "chat.say": [
        posted("/chat/messages", 201, TOKEN, text="dag", key="{key}"),
        posted("/chat/messages", 422, TOKEN, text="", key="{key}"),
        posted("/chat/messages", 410, UNKNOWN, text="dag", key="{key}"),
        posted("/chat/messages", 410, text="dag", key="{key}"),
    ],
    "chat.typing": [posted("/chat/typing", 204, TOKEN), posted("/chat/typing", 410, UNKNOWN)],
    "chat.code": [posted("/chat/code", 200, TOKEN), posted("/chat/code", 410, UNKNOWN)],
    "chat.come_back": [
        posted("/chat/return", 410, JSON, code="aap noot mies wim"),
        *[posted("/chat/return", 410, code="aap noot mies wim")] * 4,
        posted("/chat/return", 429, code="aap noot mies wim"),
    ],
    "chat.end": [posted("/chat/end", 410, UNKNOWN), posted("/chat/end", 204, TOKEN)],
    "chat.helped": [
        posted("/chat/helped", 410, ticket="x", answer="yes"),
        posted("/chat/helped", 422, ticket="x", answer="wow"),
        posted("/chat/helped", 403, FOREIGN, ticket="x", answer="yes"),
    ],
    "plain.say": [posted("/chat/plain/messages", 204, token="x", text="dag")],
    "plain.send_anyway": [posted("/chat/plain/anyway", 204, token="x", held="k")],
    "plain.end": [posted("/chat/plain/end", 204, token="x")],
    "plain.helped": [posted("/chat/plain/helped", 204, ticket="x", answer="yes")],
}
# The news has other addresses in each language, and what it shows changes with the day: {piece},
# {event} and {magazine} are ones that are there.
NEWS = {
    "news.overview": ["/"],
    "news.listing": ["/interviews"],
    "news.agenda": ["/agenda"],
    "news.calendar": ["/agenda.ics"],
    "news.figures": {"nl": ["/cijfers"], "en": ["/figures"]},
    "news.feed": ["/feed.xml"],
    "news.year": ["/2026/"],
    "news.piece": ["/{piece}"],
    "news.event_file": ["/{event}.ics"],
    "news.edition": {"nl": ["/{magazine}/afdrukken"], "en": ["/{magazine}/print"]},
}
NEWS_ROOTS = {"nl": "/nieuws", "en": "/en/news"}
ONCE = {
    "health.alive": [Asked("/healthz")],
    "health.ready": [Asked("/readyz")],
    "sitemap": [Asked("/sitemap.xml")],
    "robots": [Asked("/robots.txt")],
}
# Who works here signs in and has a cookie: see test_sign_in.
STAFF = ("desk", "sign_in.", "passkey_sign_in.", "invitation.", "office")


@pytest.fixture
def app(redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path) -> Iterator[Flask]:
    settings = replace(SETTINGS, redis_url=redis_of_the_run.url, data_dir=tmp_path)
    migrate(settings.sql_url)
    with application(settings) as app:
        yield app


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """Its threads, which a request may start, end with it."""
    app = create_app(settings, content_of(settings.content))
    try:
        yield app
    finally:
        chat = app.extensions["luwte.chat"]
        chat.care.stop()
        chat.hub.stop()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def every_request() -> Iterator[tuple[str, Asked]]:
    """Each with the endpoint that it is for."""
    for endpoint, requests in ONCE.items():
        yield from ((endpoint, asked) for asked in requests)
    for endpoint, paths in NEWS.items():
        view = endpoint.partition(".")[2]
        for lang, root in NEWS_ROOTS.items():
            for path in paths[lang] if isinstance(paths, dict) else paths:
                yield f"news_{lang}.{view}", Asked(root + path)
    for endpoint, requests in BOTH.items():
        part, _, view = endpoint.partition(".")
        for asked in requests:
            yield f"{part}_nl.{view}", asked
            english = replace(asked, path=f"/en{asked.path}", address="127.0.0.2")
            yield f"{part}_en.{view}", english


class Visitor:
    """Fills in what a request needs, and keeps no cookie."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client(use_cookies=False)
        library = app.extensions["luwte.library"]
        self.articles = {}
        for start, lang in (("", "nl"), ("/en", "en")):
            article = library.sections(lang)[0].articles[0]
            self.articles[start] = f"{article.section.slug}/{article.slug}"
        self.news = app.extensions["luwte.news"]

    def asks(self, asked: Asked) -> TestResponse:
        start = "/en" if asked.path.startswith("/en/") else ""
        path = asked.path.replace("{article}", self.articles[start])
        path = re.sub(r"\{(piece|event|magazine)\}", lambda kind: self._news(start, kind[1]), path)
        headers = dict(asked.headers)
        if headers.get("Authorization") == TOKEN["Authorization"]:
            headers["Authorization"] = f"Bearer {self._token()}"
        data = asked.data
        if isinstance(data, dict) and "key" in data:
            data = data | {"key": uuid.uuid4().hex}
        return replace(asked, path=path, data=data, headers=headers).by(self.client)

    def _news(self, start: str, kind: str) -> str:
        """The newest of that kind, as its year and name."""
        kinds = () if kind == "piece" else (kind,)
        piece = self.news.pieces(start[1:] or "nl", date.today(), *kinds)[0]
        return f"{piece.date.year}/{piece.slug}"

    def _token(self) -> str:
        answer = posted("/chat", 201, JSON, audience="self", key=uuid.uuid4().hex).by(self.client)
        return str(answer.json["token"])  # type: ignore[index]


def faults_of(answer: TestResponse, *, guard: bool = False) -> list[str]:
    """What is missing in an answer's headers, or should not be there."""
    found = [f"{name}: {answer.headers.get(name)}" for name in HEADERS if not _says(answer, name)]
    found += [
        name for name in NEVER if name in answer.headers and not (guard and name == "Set-Cookie")
    ]
    allowed = answer.headers.get("Permissions-Policy", "")
    found += [f"{feature} is allowed" for feature in REFUSED if f"{feature}=()" not in allowed]
    return found + [f"CSP: {fault}" for fault in policy_faults(answer)]


def _says(answer: TestResponse, name: str) -> bool:
    return answer.headers.getlist(name) == [HEADERS[name]]


def policy_of(answer: TestResponse) -> dict[str, list[str]]:
    (text,) = answer.headers.getlist("Content-Security-Policy") or [""]
    rules = [rule.split() for rule in text.split(";") if rule.strip()]
    return {name: values for name, *values in rules}


def policy_faults(answer: TestResponse) -> list[str]:
    policy = policy_of(answer)
    found = [
        name for name, values in policy.items() if any("unsafe" in v or "*" in v for v in values)
    ]
    exactly = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    found += [name for name, value in exactly.items() if policy.get(name) != [value]]
    for name in ("script-src", "style-src"):
        sources = policy.get(name, [""])
        found += [name for source in sources if not re.fullmatch(r"'sha256-[\w+/]{43}='", source)]
    return found


# Every route


def test_no_route_is_forgotten(app: Flask) -> None:
    known = {endpoint for endpoint, _ in every_request()}
    there = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert {name for name in there if not name.startswith(STAFF)} == known


def test_no_public_answer_is_kept_sets_a_cookie_or_lacks_a_header(app: Flask) -> None:
    visitor = Visitor(app)
    faults = {}
    for endpoint, asked in every_request():
        answer = visitor.asks(asked)
        with answer:
            assert (answer.status_code, _endpoint(app, answer)) == (asked.status, endpoint)
            found = faults_of(answer, guard=endpoint.startswith("leave_"))
        if found:
            faults[f"{asked.method} {asked.path} {asked.status}"] = found

    assert faults == {}


def _endpoint(app: Flask, answer: TestResponse) -> str:
    adapter = app.url_map.bind("localhost")
    found: str = adapter.match(answer.request.path, answer.request.method)[0]
    return found


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_answered_as_carefully(app: Flask, method: str) -> None:
    visitor = Visitor(app)
    statuses = set()
    for _, asked in every_request():
        answer = visitor.asks(replace(asked, method=method, data={}, headers={}))
        with answer:
            statuses.add(answer.status_code)
            assert faults_of(answer) == [], f"{method} {asked.path} {answer.status_code}"

    assert max(statuses) < 500 and (405 in statuses or method in ("HEAD", "OPTIONS"))


def test_without_its_stores_every_answer_is_as_careful(tmp_path: Path) -> None:
    statuses = set()
    with application(replace(SETTINGS, data_dir=tmp_path)) as app:
        client = app.test_client(use_cookies=False)
        for endpoint, asked in every_request():
            answer = replace(asked, path=asked.path.replace("{article}", "a/b")).by(client)
            with answer:
                statuses.add(answer.status_code)
                found = faults_of(answer, guard=endpoint.startswith("leave_"))
                assert found == [], f"{asked.path} {answer.status_code}"

    assert 503 in statuses and 500 not in statuses


def test_a_fault_of_our_own_is_answered_as_carefully(app: Flask, client: FlaskClient) -> None:
    def breaks() -> str:
        raise RuntimeError("a fault")

    app.view_functions["pages_nl.home"] = breaks
    answer = Asked("/", 500).by(client)

    assert answer.status_code == 500
    assert "data-exit" in answer.text and "data-phone" in answer.text
    assert faults_of(answer) == []


def test_nobody_who_is_not_signed_in_gets_a_cookie_or_a_copy_from_the_desk(app, client) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(STAFF)]
    assert rules
    for rule in rules:
        path = re.sub("<.*?>", "x", rule.rule)
        for method in rule.methods - {"OPTIONS"}:
            answer = Asked(path, method=method).by(client)
            with answer:
                faults = faults_of(answer, guard=path == "/desk/sign-in")
            assert faults == [], f"{method} {path}"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (posted("/en/chat", 403, FOREIGN), "came from another website"),
        (posted("/chat/messages", 403, FOREIGN), "kwam van een andere website"),
        (Asked("/chat", 415, "POST", b"x", PLAIN), "Stuur een formulier of JSON."),
        (posted("/chat", 413, topic="x" * 100_000), "Dit is te groot om te versturen."),
        (posted("/desk/take", 403, FOREIGN), "kwam van een andere website"),
    ],
)
def test_what_the_chat_refuses_is_a_page_with_the_phone_and_the_exit(
    client: FlaskClient, asked: Asked, sentence: str
) -> None:
    page, told = asked.by(client), replace(asked, headers=asked.headers | JSON).by(client)

    assert (page.status_code, told.status_code) == (asked.status, asked.status)
    assert sentence in page.text and "data-exit" in page.text and "data-phone" in page.text
    assert told.json and sentence in told.json["error"] and told.json["field"] is None


def test_the_walk_notices_each_fault(app: Flask, client: FlaskClient) -> None:
    spoils = {
        "Set-Cookie": "a=b",
        "ETag": "x",
        "Cache-Control": "max-age=60",
        "Request-OTR": "",
        "Referrer-Policy": "origin",
        "Permissions-Policy": "camera=()",
        "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'",
    }
    for name, value in spoils.items():
        answer = Asked("/").by(client)
        assert faults_of(answer) == []
        answer.headers[name] = value
        assert faults_of(answer) != [], name


# The policy and the page


class Inline(HTMLParser):
    """What a page's own scripts and styles are, and what it should not have at all."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.script: list[str] = []
        self.style: list[str] = []
        self.forbidden: list[str] = []
        self._part: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._part = self.script if tag == "script" else self.style
            self._part.append("")
        for name, value in attrs:
            # A place within the page is not fetched.
            within = value == "data:," or (value or "").startswith("#")
            outside = name == "src" or (tag == "link" and name == "href" and not within)
            if outside or name == "style" or name.startswith("on"):
                self.forbidden.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._part is not None:
            self._part[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._part = None


def test_each_page_holds_only_scripts_and_styles_that_the_policy_names(client: FlaskClient) -> None:
    paths = re.findall(r"<loc>http://localhost(.*?)</loc>", client.get("/sitemap.xml").text)
    for path in [*paths, "/nergens", "/en/nergens", "/desk/sign-in"]:
        answer = client.get(path)
        policy, inline = policy_of(answer), Inline(answer.text)

        assert inline.forbidden == [], path
        assert {csp_hash(text) for text in inline.script} <= set(policy["script-src"]), path
        assert {csp_hash(text) for text in inline.style} <= set(policy["style-src"]), path
        some = re.findall(r"<(style|script) data-part=", answer.text)
        styles = len(inline.style) - some.count("style")
        assert styles == (2 if path.startswith("/desk") else 1), path
        # The exit's own comes before anything that is shown.
        if not path.startswith("/desk"):
            assert answer.text.index("<script>") < answer.text.index("<body>"), path
            assert len(inline.script) - some.count("script") == 2, path


def test_the_form_of_the_exit_may_lead_where_the_exit_leads(client: FlaskClient) -> None:
    """Chromium asks the policy of each redirect after a form: see test_exit."""
    sources = policy_of(client.get("/"))["form-action"]

    assert sources[0] == "'self'" and "https://weer.example" in sources


# By setting


def answer_with(**settings: str | int) -> FlaskClient:
    return create_app(replace(SETTINGS, **settings)).test_client(use_cookies=False)  # type: ignore[arg-type]


def test_tor_browser_is_told_of_the_onion_service_when_there_is_one() -> None:
    client = answer_with(onion_location=ONION)

    assert client.get("/robots.txt").headers["Onion-Location"] == f"{ONION}/robots.txt"
    assert client.get("/a%0d%0ab/é").headers["Onion-Location"] == f"{ONION}/a%0D%0Ab/%C3%A9"
    assert "Onion-Location" not in answer_with().get("/robots.txt").headers


def test_https_is_asked_for_by_setting_and_over_https_only() -> None:
    client = answer_with(hsts_s=3600)
    tls = "https://luwte.example"

    headers = client.get("/robots.txt", base_url=tls).headers
    assert headers["Strict-Transport-Security"] == "max-age=3600"
    assert "Strict-Transport-Security" not in client.get("/robots.txt").headers
    unasked = answer_with().get("/robots.txt", base_url=tls).headers
    assert "Strict-Transport-Security" not in unasked


def test_the_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_env({"LUWTE_ONION_LOCATION": f"{ONION}/", "LUWTE_HSTS": "31536000"})

    assert (settings.onion_location, settings.hsts_s) == (ONION, 31_536_000)


@pytest.mark.parametrize(
    "env",
    [
        {"LUWTE_ONION_LOCATION": "https://luwte.example"},
        {"LUWTE_ONION_LOCATION": f"{ONION}/pad"},
        {"LUWTE_ONION_LOCATION": "abc.onion"},
        {"LUWTE_HSTS": "a year"},
        {"LUWTE_HSTS": "-1"},
    ],
)
def test_a_value_that_cannot_be_used_is_named(env: dict[str, str]) -> None:
    (name,) = env
    with pytest.raises(BadSetting, match=name):
        Settings.from_env(env)
