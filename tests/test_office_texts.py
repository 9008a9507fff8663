"""The office's texts: who may change them, how they are tried out, and who reads them then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from flask import Flask
from sqlalchemy import Engine

from luwte.chat.chat_texts import MOST, ChatTexts, NoSuchText, shipped, written
from luwte.chat.clean import BadInput
from luwte.languages import register as with_languages
from tests.servers import until
from tests.service import Advisor, Service, get

pytest_plugins = ["tests.databases"]

HTML = {"Accept": "text/html"}
OWN = "Welkom. Je praat zo met een van ons."


@pytest.fixture
def texts(engine: Engine) -> Iterator[ChatTexts]:
    app = Flask("test")
    with_languages(app)
    with app.app_context():
        yield ChatTexts(engine)


def test_the_shipped_text_is_said_in_the_language_of_the_page(texts):
    assert texts.say("start", "nl") == shipped("start", "nl")
    assert texts.say("start", "en") == shipped("start", "en") != shipped("start", "nl")
    assert not any(text.changed for text in texts.all())


def test_a_text_of_the_office_is_said_in_its_language_alone_until_it_is_taken_back(texts):
    texts.change("start", "nl", OWN)
    assert texts.say("start", "nl") == OWN
    assert texts.say("start", "en") == shipped("start", "en")
    assert texts.one("start", "nl").changed

    texts.take_back("start", "nl")

    assert texts.say("start", "nl") == shipped("start", "nl")


def test_a_text_that_is_the_shipped_one_follows_it(texts):
    texts.change("start", "nl", OWN)
    texts.change("start", "nl", shipped("start", "nl"))

    assert not texts.one("start", "nl").changed


def test_other_texts_than_these_cannot_be_changed(texts):
    for name, lang in (("title", "nl"), ("start", "fr")):
        with pytest.raises(NoSuchText):
            texts.change(name, lang, OWN)
        with pytest.raises(NoSuchText):
            texts.one(name, lang)


@pytest.mark.parametrize("typed", ["", " \n ", "x" * (MOST + 1), None])
def test_what_cannot_be_a_text_is_refused(typed):
    with pytest.raises(BadInput):
        written(typed)


def test_without_a_database_the_shipped_text_is_said(tmp_path: Path):
    from luwte.chat.database import engine_for

    app = Flask("test")
    with_languages(app)
    with app.app_context():
        texts = ChatTexts(engine_for(f"sqlite:///{tmp_path / 'nothing' / 'here.sqlite3'}"))
        assert texts.say("closing", "nl") == shipped("closing", "nl")


@pytest.fixture(scope="module")
def _kim(service: Service) -> Advisor:
    return Advisor(service.hires("Kim", role="coordinator")).signs_in()


@pytest.fixture
def kim(_kim: Advisor) -> Iterator[Advisor]:
    """A coordinator; what she changed is as it was shipped afterwards."""
    yield _kim
    for address in ("text/nl/start", "text/en/start", "shared/nl/greeting"):
        sends(_kim, address, step="remove")


def sends(kim: Advisor, address: str, **sent: str) -> httpx.Response:
    sent = {"csrf_token": kim.http.headers["X-CSRFToken"]} | sent
    return kim.http.post(f"/office/answers/{address}", data=sent, headers=HTML)


def at_start(service: Service, start: str = "/chat") -> str:
    return get(f"{service.url}{start}").text


def test_a_coordinators_text_is_on_the_visitors_page(service, kim):
    assert sends(kim, "text/nl/start", text=f"  {OWN} ").status_code == 303

    until(lambda: OWN in at_start(service), "visitors read it")
    assert OWN not in at_start(service, "/en/chat")
    assert sends(kim, "text/nl/start", step="remove").status_code == 303
    until(lambda: OWN not in at_start(service), "visitors read the shipped one again")


def test_markup_in_a_text_stays_text(service, kim):
    sends(kim, "text/nl/start", text="<script>alert(1)</script> & {{ 7*7 }}")

    whole = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7*7 }}"
    until(lambda: whole in at_start(service), "visitors read it as it was typed")


def test_a_preview_shows_the_text_and_keeps_nothing(service, kim):
    page = sends(kim, "text/nl/start", text=OWN, step="preview")

    preview = page.text.partition("data-preview")[2]
    assert OWN in preview
    assert OWN not in kim.http.get("/office/answers", headers=HTML).text


def test_a_text_that_is_wrong_is_kept_in_the_form(kim):
    page = sends(kim, "text/nl/start", text="x" * (MOST + 1))

    assert page.status_code == 422
    assert "x" * (MOST + 1) in page.text
    assert "Dit is te lang" in page.text


def test_a_changed_hidden_and_restored_answer_is_so_on_the_desks(kim, advisor):
    made = {"title": "Welkom", "text": "Welkom, ik ben {name}.", "place": "10"}
    assert "Welkom, ik ben Noor." in sends(kim, "shared/nl/greeting", step="preview", **made).text
    assert answers_of(advisor)["greeting"] == "Begroeting"

    assert sends(kim, "shared/nl/greeting", **made).status_code == 303
    assert answers_of(advisor)["greeting"] == "Welkom"
    sends(kim, "shared/nl/greeting", step="hide")
    assert "greeting" not in answers_of(advisor)
    sends(kim, "shared/nl/greeting", step="show")
    assert answers_of(advisor)["greeting"] == "Welkom"
    sends(kim, "shared/nl/greeting", step="remove")
    assert answers_of(advisor)["greeting"] == "Begroeting"


def answers_of(advisor: Advisor) -> dict[str, str]:
    told = advisor.http.get("/desk/answers").json()["answers"]
    return {one["ref"]: one["title"] for one in told if one["lang"] == "nl"}


def test_a_new_answer_is_made_and_removed(kim, advisor):
    made = {"title": "Nieuw", "text": "Een nieuw antwoord.", "place": "1"}
    assert sends(kim, "shared/nl/new", **made | {"title": ""}).status_code == 422
    assert sends(kim, "shared/nl/new", **made).status_code == 303

    (ref,) = [ref for ref, title in answers_of(advisor).items() if title == "Nieuw"]
    assert sends(kim, f"shared/nl/{ref}", step="remove").status_code == 303
    assert ref not in answers_of(advisor)


def test_what_is_changed_stands_in_the_trail_without_its_words(kim):
    sends(kim, "text/nl/start", text=OWN)
    trail = kim.http.get("/office/audit", headers=HTML)

    if trail.status_code == 404:
        pytest.skip("no page shows the trail")
    assert "veranderde een tekst van de chat" in trail.text
    assert OWN not in trail.text


@pytest.mark.parametrize(
    "address",
    ["shared/nl/no-such", "shared/fr/greeting", "shared/nl/12345", "text/nl/x", "text/fr/start"],
)
def test_what_is_not_there_is_404(kim, address):
    made = {"title": "x", "text": "x", "place": "1"}

    assert kim.http.get(f"/office/answers/{address}", headers=HTML).status_code == 404
    assert sends(kim, address, **made).status_code == 404


def test_an_unknown_step_and_a_missing_token_change_nothing(kim, service):
    assert sends(kim, "text/nl/start", text=OWN, step="shout").status_code == 422
    bare = httpx.Client(base_url=service.url, cookies=kim.http.cookies)
    assert bare.post("/office/answers/text/nl/start", data={"text": OWN}).status_code == 400
    assert OWN not in at_start(service)


@pytest.mark.parametrize("address", ["", "/shared/nl/greeting", "/text/nl/start"])
def test_only_coordinators_come_here(advisor, service, address):
    assert advisor.http.get(f"/office/answers{address}").status_code == 403
    assert get(f"{service.url}/office/answers{address}").status_code == 302
    assert advisor.http.post("/office/answers/let-in").status_code == 403
