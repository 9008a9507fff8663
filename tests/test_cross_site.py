"""What another site's page sends is refused, on every route that takes a post."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import Forbidden

from luwte.application import create_app
from luwte.chat.database import migrate
from luwte.config import Settings
from luwte.headers import policy
from luwte.page_parts import read_parts
from tests.test_headers import EXIT, JSON, PAGE

# By the browser's word, or in older ones by the Origin alone.
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "http://localhost.elsewhere.example"},
)
OURS: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "null"},
    {"Origin": "http://localhost"},
    {},
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Without a store: what is foreign is refused before anything is asked of one."""
    settings = Settings(
        secret_keys=("a secret of the tests",),
        redis_url="redis://127.0.0.1:1",
        data_dir=tmp_path_factory.mktemp("data"),
        exit_url=EXIT,
        always_open=True,
    )
    migrate(settings.sql_url)
    app = create_app(settings)
    yield app
    chat = app.extensions["luwte.chat"]
    chat.care.stop()
    chat.hub.stop()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def posts(app: Flask) -> list[tuple[str, str]]:
    """Every route that takes more than a question: its endpoint, and an address of it."""
    filled = {"int": 1, "default": "x", "path": "x"}
    found = []
    for rule in app.url_map.iter_rules():
        if not (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            continue
        values = {name: filled["int" if name == "number" else "default"] for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
        found.append((rule.endpoint, path))
    return found


def is_for_staff(path: str) -> bool:
    return path.startswith(("/desk", "/office"))


def test_every_post_from_another_site_is_refused(app: Flask, client: FlaskClient) -> None:
    walked = posts(app)
    assert len(walked) > 60
    for endpoint, path in walked:
        for headers in FOREIGN:
            # An old browser's exit is never refused, and staff have a token.
            told = "Sec-Fetch-Site" in headers
            if not told and endpoint.startswith("leave_"):
                continue
            answer = client.post(path, headers=PAGE | headers)
            # Whatever goes into the hidden frame of the chat without script is answered 204.
            refused: tuple[int, ...] = (204,) if endpoint.startswith("plain_") else (403,)
            if is_for_staff(path) and not told:
                refused = (303, 302, 400)
            assert answer.status_code in refused, (path, headers, answer.status_code)
            assert "Set-Cookie" not in answer.headers or is_for_staff(path)


def test_the_posts_of_our_own_pages_are_never_taken_for_foreign(app, client) -> None:
    for _endpoint, path in posts(app):
        for headers in OURS:
            assert client.post(path, headers=JSON | headers).status_code != 403, (path, headers)


def test_the_exit_works_in_old_browsers_even_behind_a_proxy_that_tells_the_wrong_name(client):
    for headers in (*OURS, {"Origin": "https://the-centre.example"}):
        for path in ("/weg", "/en/weg"):
            answer = client.post(path, headers=PAGE | headers)
            assert (answer.status_code, answer.headers["Location"]) == (303, EXIT), headers
    assert client.post("/weg", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_foreign_message_of_the_chat_without_script_never_reaches_the_chat(app: Flask) -> None:
    """It is answered 204 like any other, so the step before the view has to tell."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    with (
        app.test_request_context("/chat/plain/messages", method="POST", headers=headers),
        pytest.raises(Forbidden),
    ):
        app.preprocess_request()


def test_the_cookie_of_staff_is_never_sent_from_elsewhere(app: Flask) -> None:
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Strict"
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True


def test_the_policy_allows_nothing_inline_but_our_own_and_one_maker_of_html(app: Flask) -> None:
    said = policy(read_parts(Path("static")), app.config["LUWTE"])

    for loose in ("unsafe-", "strict-dynamic", "nonce-", " * ", "http:", "blob:"):
        assert loose not in said.replace("http://", ""), loose
    rules = dict(rule.strip().split(" ", 1) for rule in said.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["trusted-types"] == "luwte"
    # And one script makes it: html comes into a page in one place.
    ways = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|srcdoc|"
        r"createContextualFragment|setHTMLUnsafe|new Function|createPolicy"
    )
    users = {
        path.name for path in Path("static").glob("*.js") if ways.search(path.read_text("utf-8"))
    }
    assert users == {"page.js"}
