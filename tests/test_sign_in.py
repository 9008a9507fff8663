"""Signing in at the desk: what the browser gets, who is let through, and what guessing meets."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import pytest
from flask import Flask, Response, jsonify, render_template_string
from flask.testing import FlaskClient
from flask_babel import Babel
from jinja2 import ChoiceLoader, DictLoader
from redis import Redis
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from luwte.chat import store
from luwte.chat.audit import Audit
from luwte.chat.database import engine_for
from luwte.chat.desk_session import SignIn
from luwte.chat.sign_in import coordinator_only, current_member, register, signed_in
from luwte.chat.staff import Staffing
from luwte.chat.tries import Tries

pytest_plugins = ["tests.databases"]

PASSWORD = "een kalme dag in mei"
SECRETS = ("een geheim van deze toetsen",)
HOUR_S = 3600
BASE = "<title>{% block title %}{% endblock %}</title><main>{% block main %}{% endblock %}</main>"
JSON = {"Accept": "application/json"}


class Clock:
    """The service's clock; the tests move it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class House:
    """A small service with a desk, an office, and a public page."""

    app: Flask
    staffing: Staffing
    clock: Clock

    def browser(self) -> Browser:
        return Browser(self)


class Browser:
    """Somebody's browser, with the verbs of somebody who signs in."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client: FlaskClient = house.app.test_client()

    def opens(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def token(self) -> str:
        page = self.opens("/desk/sign-in").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def signs_in(self, email: str = "noor@example.org", **change: str) -> TestResponse:
        typed = {"csrf_token": self.token(), "email": email, "password": PASSWORD, "code": "000000"}
        if "code" not in change:
            typed["code"] = self.house.staffing.code("noor@example.org")
        headers = JSON if change.pop("as_json", "") else {}
        return self.client.post("/desk/sign-in", data=typed | change, headers=headers)

    def posts(self, path: str, *, json: bool = False) -> TestResponse:
        headers = {"X-CSRFToken": self.opens("/desk/").headers.get("X-Token", "")}
        return self.client.post(path, headers=headers | (JSON if json else {}))

    def is_in(self) -> bool:
        return self.opens("/desk/").status_code == 200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(engine: Engine, redis: Redis, clock: Clock) -> House:
    staffing = Staffing(engine, secrets=SECRETS, now=clock)
    staffing.add("noor@example.org", "Noor", "advisor", PASSWORD)
    app = small_app()
    app.extensions["luwte.audit"] = Audit(engine)
    register(app, SignIn(staffing, Tries(redis, "a secret"), clock))
    return House(app, staffing, clock)


@pytest.fixture
def browser(house: House) -> Browser:
    return house.browser()


def small_app() -> Flask:
    app = Flask(__name__)
    app.secret_key = "a secret"
    app.jinja_env.autoescape = True
    app.jinja_loader = ChoiceLoader([DictLoader({"base.html": BASE})])
    Babel(app, default_locale="nl")

    @app.get("/desk/", endpoint="desk.home")
    @signed_in
    def desk() -> Response:
        member = current_member()
        answer = Response(member.name if member else "nobody")
        answer.headers["X-Token"] = render_template_string("{{ csrf_token() }}")
        return answer

    @app.post("/desk/take")
    @signed_in
    def take() -> Response:
        return jsonify(taken=True)

    @app.get("/office/")
    @coordinator_only
    def office() -> str:
        return "the day"

    @app.route("/", methods=["GET", "POST"])
    def public() -> str:
        return f"{current_member()}"

    return app


def said(answer: TestResponse) -> str:
    """The page's words."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def cookie_of(answer: TestResponse) -> str:
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    return cookies[0]


def test_somebody_with_password_and_code_comes_to_the_desk(browser: Browser) -> None:
    answer = browser.signs_in("Noor@Example.org")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")
    assert browser.opens("/desk/").text == "Noor"


def test_who_is_in_already_goes_from_the_form_to_the_desk(browser: Browser) -> None:
    browser.signs_in()

    assert browser.opens("/desk/sign-in").headers["Location"] == "/desk/"


def test_the_cookie_is_for_this_site_only_and_gone_with_the_browser(browser: Browser) -> None:
    cookie = cookie_of(browser.signs_in())

    name, *marks = cookie.split("; ")
    assert name.startswith("desk=")
    assert sorted(marks) == ["HttpOnly", "Path=/", "SameSite=Strict"]


def test_behind_a_trusted_proxy_with_tls_the_cookie_is_secure(house: House) -> None:
    house.app.wsgi_app = ProxyFix(house.app.wsgi_app, x_proto=1)  # type: ignore[method-assign]
    browser = house.browser()
    browser.client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"

    assert "Secure" in cookie_of(browser.opens("/desk/sign-in")).split("; ")


def test_over_tls_signing_in_works_without_a_referrer(house: House) -> None:
    browser = house.browser()
    browser.client.environ_base["wsgi.url_scheme"] = "https"

    page = browser.client.get("/desk/sign-in", base_url="https://luwte.example/")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    answer = browser.client.post(
        "/desk/sign-in",
        base_url="https://luwte.example/",
        data={
            "csrf_token": token[1],
            "email": "noor@example.org",
            "password": PASSWORD,
            "code": house.staffing.code("noor@example.org"),
        },
    )

    assert answer.status_code == 303
    assert "Secure" in cookie_of(answer).split("; ")


def test_neither_address_nor_browser_is_in_the_session_in_any_form(browser: Browser) -> None:
    browser.signs_in()

    with browser.client.session_transaction("/desk/") as session:
        assert set(session) <= {"_user_id", "_fresh", "began", "number", "csrf_token"}


def test_signing_in_forgets_what_the_session_was_before(browser: Browser) -> None:
    before = browser.token()
    browser.signs_in()

    answer = browser.client.post("/desk/take", headers=JSON | {"X-CSRFToken": before})

    assert answer.status_code == 400


def test_public_pages_neither_set_nor_read_a_cookie(browser: Browser) -> None:
    browser.signs_in()

    for answer in (browser.opens("/"), browser.client.post("/"), browser.opens("/desk-of-wood")):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert browser.opens("/").text == "None"


def test_a_session_is_not_written_again_with_each_page(browser: Browser) -> None:
    browser.signs_in()
    browser.opens("/desk/")

    assert "Set-Cookie" not in browser.opens("/desk/").headers


@pytest.mark.parametrize(
    "change",
    [
        {"password": "een heel ander wachtwoord"},
        {"code": "000000"},
        {"email": "niemand@example.org"},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(browser: Browser, change: dict[str, str]) -> None:
    answer = browser.signs_in(**change)

    assert answer.status_code == 422
    assert "Dit klopt niet." in said(answer)
    assert not browser.is_in()


def test_after_a_fault_the_address_is_kept_and_the_secrets_are_not(browser: Browser) -> None:
    answer = browser.signs_in("<i>@example.org", password="geheim<woord>", code="123 456")

    assert 'value="&lt;i&gt;@example.org"' in answer.text
    assert "geheim" not in answer.text
    assert "123 456" not in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "", "Vul hier je e-mailadres in"),
        ("email", "noor", "Vul hier je e-mailadres in"),
        ("email", "noor@exam\tple.org", "Vul hier je e-mailadres in"),
        ("password", "", "Vul hier je wachtwoord in."),
        ("code", "", "Vul hier de zes cijfers uit je app in."),
        ("code", "12345", "Vul hier de zes cijfers uit je app in."),
        ("code", "١٢٣٤٥٦", "Vul hier de zes cijfers uit je app in."),
    ],
)
def test_a_wrong_field_is_named_in_a_sentence_beside_it(
    browser: Browser, field: str, typed: str, sentence: str
) -> None:
    page = browser.signs_in(**{field: typed})
    assert page.status_code == 422
    assert sentence in said(page)
    assert f'aria-describedby="sign-in-{field}-error' in page.text

    call = browser.signs_in(**{field: typed}, as_json="yes")
    assert call.status_code == 422
    assert call.json
    assert call.json["field"] == field
    assert call.json["error"].startswith(sentence)


@pytest.mark.parametrize(
    "body",
    [
        "email=a&email=b",
        "password=" + "x" * 1001,
        "email=noor%00@example.org",
    ],
)
def test_a_form_that_no_page_of_ours_sends_is_malformed(browser: Browser, body: str) -> None:
    answer = browser.client.post(
        "/desk/sign-in",
        data=f"csrf_token={browser.token()}&{body}",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 400
    assert "Vul het opnieuw in." in said(answer)


def test_another_kind_of_body_is_refused(browser: Browser) -> None:
    answer = browser.client.post(
        "/desk/sign-in", json={"email": "a@b"}, headers={"X-CSRFToken": browser.token()}
    )

    assert answer.status_code == 415
    assert "Vul het opnieuw in." in said(answer)


@pytest.mark.parametrize("token", ["", "nonsense", "é", "\x00"])
def test_a_form_without_our_token_is_refused_with_a_fresh_form(
    browser: Browser, token: str
) -> None:
    page = browser.signs_in(csrf_token=token)
    assert page.status_code == 400
    assert "Deze pagina was verlopen." in said(page)
    assert 'name="csrf_token" value="' in page.text
    assert 'value="noor@example.org"' in page.text

    call = browser.signs_in(csrf_token=token, as_json="yes")
    assert call.status_code == 400
    assert call.json
    assert call.json["error"].startswith("Deze pagina was verlopen.")


def test_every_post_to_the_desk_needs_the_token(browser: Browser) -> None:
    browser.signs_in()

    assert browser.posts("/desk/take").status_code == 200
    page = browser.client.post("/desk/take")
    call = browser.client.post("/desk/take", headers=JSON)

    assert page.status_code == call.status_code == 400
    assert call.json == {"error": "Deze pagina is verlopen. Laad de pagina opnieuw.", "field": None}


def test_nobody_is_led_to_the_sign_in_and_a_script_is_told(browser: Browser) -> None:
    for method in (browser.client.get, browser.client.post):
        path = "/desk/" if method == browser.client.get else "/desk/take"
        page = method(path)
        assert (page.status_code, page.headers["Location"]) == (302, "/desk/sign-in")
        for accept in ("application/json", "text/event-stream"):
            call = method(path, headers={"Accept": accept})
            assert (call.status_code, call.json) == (401, {"error": "Log eerst in.", "field": None})


def test_the_office_is_for_coordinators(house: House, browser: Browser) -> None:
    assert browser.opens("/office/").status_code == 302

    browser.signs_in()
    assert browser.opens("/office/").status_code == 403
    told = browser.opens("/office/", Accept="application/json")
    assert told.status_code == 403
    assert told.json == {"error": "Dit kan alleen een coördinator doen.", "field": None}

    house.staffing.add("anna@example.org", "Anna", "coordinator", PASSWORD)
    anna = house.browser()
    anna.signs_in("anna@example.org", code=house.staffing.code("anna@example.org"))
    assert anna.opens("/office/").text == "the day"


def test_signing_out_ends_the_session_in_this_browser_only(house: House, browser: Browser) -> None:
    other = house.browser()
    browser.signs_in()
    other.signs_in()

    answer = browser.posts("/desk/sign-out")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/sign-in")
    assert "Expires=Thu, 01 Jan 1970" in cookie_of(answer)
    assert not browser.is_in()
    assert other.is_in()


def test_a_link_elsewhere_cannot_sign_somebody_out(browser: Browser) -> None:
    browser.signs_in()

    assert browser.opens("/desk/sign-out").status_code == 405
    assert browser.client.post("/desk/sign-out").status_code == 400
    assert browser.is_in()


def test_a_session_ends_after_twelve_hours(browser: Browser, clock: Clock) -> None:
    browser.signs_in()

    clock.passes(12 * HOUR_S - 1)
    assert browser.is_in()
    clock.passes(1)
    assert not browser.is_in()


@pytest.mark.parametrize("verb", ["disable", "sign_out_everywhere"])
def test_a_session_ends_at_once_when_the_account_says_so(
    house: House, browser: Browser, verb: str
) -> None:
    browser.signs_in()

    getattr(house.staffing, verb)("noor@example.org")

    assert not browser.is_in()


def test_a_session_sealed_with_another_secret_is_none(house: House, browser: Browser) -> None:
    browser.signs_in()

    house.app.secret_key = "another secret"

    assert not browser.is_in()


@pytest.mark.parametrize(
    "cookie",
    ["desk=nonsense", "desk=é.é.é", "remember_token=1|é", "remember_token=|", ";=1|é", "desk"],
)
def test_a_strange_cookie_is_nobody_and_no_fault_of_ours(browser: Browser, cookie: str) -> None:
    browser.client = browser.house.app.test_client(use_cookies=False)
    header = cookie.encode().decode("latin-1")

    assert browser.opens("/desk/", Cookie=header).status_code == 302
    assert browser.opens("/desk/sign-in", Cookie=header).status_code == 200


@pytest.mark.parametrize("email", ["noor@example.org", "niemand@example.org"])
def test_after_five_wrong_tries_nobody_may_guess_for_a_while(browser: Browser, email: str) -> None:
    for _ in range(5):
        assert browser.signs_in(email, code="000000").status_code == 422

    page = browser.signs_in(email.upper())
    call = browser.signs_in(email, as_json="yes")

    assert page.status_code == call.status_code == 429
    assert 890 <= int(page.headers["Retry-After"]) <= 900
    assert "Probeer het over 15 minuten opnieuw." in said(page)
    assert call.json
    assert "15 minuten" in call.json["error"]
    assert browser.signs_in("anna@example.org", code="000000").status_code == 422, "not for others"


def test_a_right_sign_in_forgets_the_wrong_ones(browser: Browser, redis: Redis) -> None:
    for _ in range(4):
        browser.signs_in(code="000000")

    assert browser.signs_in().status_code == 303
    assert redis.keys() == []


def test_the_store_of_tries_knows_no_address_and_forgets_by_itself(
    browser: Browser, redis: Redis
) -> None:
    browser.signs_in(code="000000")
    browser.signs_in(code="000000")

    (key,) = redis.keys()
    assert b"noor" not in key
    assert 0 < redis.ttl(key) <= 900


def test_without_the_store_of_tries_nobody_gets_in_and_the_page_says_so(
    house: House, engine: Engine, clock: Clock
) -> None:
    nowhere = store.connect("redis://127.0.0.1:1/0")
    app = small_app()
    register(app, SignIn(house.staffing, Tries(nowhere, "a secret"), clock))
    browser = House(app, house.staffing, clock).browser()

    page, call = browser.signs_in(), browser.signs_in(as_json="yes")

    assert page.status_code == call.status_code == 503
    assert "Inloggen lukt op dit moment niet." in said(page)
    assert not browser.is_in()


def test_without_the_database_the_desk_says_so(house: House, redis: Redis, clock: Clock) -> None:
    browser = house.browser()
    browser.signs_in()
    broken = Staffing(engine_for("postgresql://nobody@127.0.0.1:1/none"), now=clock)
    house.app.extensions["luwte.sign_in"] = SignIn(broken, Tries(redis, "a secret"), clock)

    assert browser.opens("/desk/").status_code == 503
    call = browser.opens("/desk/", Accept="application/json")
    assert call.status_code == 503
    assert call.json
    assert call.json["error"].startswith("Dit werkt op dit moment niet.")
    assert browser.client.post("/desk/take").status_code == 503
