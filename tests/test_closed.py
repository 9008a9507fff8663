"""What visitors are told when there is no chat now, over HTTP; and the words for when there is."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from flask import Flask
from sqlalchemy import delete

from luwte import create_app, languages
from luwte.chat.database import engine_for, migrate, writing
from luwte.chat.hours import Hours, OtherDayRow, SwitchRow, WeekRow
from luwte.chat.moments import open_from, we_are_back
from luwte.chat.timetable import Week, local, moment, read_spans
from luwte.config import Settings
from tests.processes import busy
from tests.servers import RedisServer, redis_server, until
from tests.service import Advisor, Service, Visitor, get, post, running
from tests.test_timetable import at

pytest_plugins = ["tests.databases"]

PAGE = {"Accept": "text/html"}
OFFICE_HOURS = Week((read_spans(["09:00-17:00"]),) * 7)
PHONE = "Bellen kan altijd: 0800-2000, gratis, dag en nacht."
PHONE_EN = "You can always call: 0800-2000, free, day and night."
SEEN_S = 2.0


@pytest.fixture(scope="module")
def redis_here() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(redis_here: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("closed")
    # One process: which of several answers is chance, and each looks at the clock by itself.
    with running(folder, redis_url=redis_here.url, workers=1, QUEUE_CAP="2") as service:
        yield service


@pytest.fixture
def hours(house: Service) -> Iterator[Hours]:
    """The hours of the running service, from another process; none at first."""
    engine = engine_for(f"sqlite:///{house.folder}/data/luwte.sqlite3")
    with writing(engine) as session:
        for kind in (WeekRow, OtherDayRow, SwitchRow):
            session.execute(delete(kind))
    house.looks_into_its_store().flushall()
    soon(lambda: not re.search(r"data-closed|\(nu gesloten\)", get(f"{house.url}/chat").text))
    yield Hours(engine, region_codes=("VT01", "VT14"))
    engine.dispose()


def soon(true: Callable[[], bool]) -> None:
    """Within two seconds."""
    until(lambda: all(true() for _ in range(6)), "it is known", SEEN_S * (1 + 4 * busy()))


def tries(house: Service, start: str = "/chat", **fields: str) -> httpx.Response:
    return Visitor(house, start).asks(**fields)


def is_closed(house: Service, **fields: str) -> bool:
    """Until it is known somebody may come in, and then the next ones are told *full*."""
    return bool(tries(house, **fields).json().get("reason") == "closed")


def closes_until_tomorrow_at_nine(hours: Hours) -> datetime:
    today = local(datetime.now(UTC)).date()
    hours.set_week("", OFFICE_HOURS)
    hours.add_exception("", today, [])
    return moment(today + timedelta(days=1), 9 * 60)


def text_of(page: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page.text)).split())


def test_closed_says_why_when_to_try_again_and_whom_to_call(house: Service, hours: Hours) -> None:
    opens_at = closes_until_tomorrow_at_nine(hours)
    soon(lambda: is_closed(house))

    told = tries(house).json()
    assert datetime.fromisoformat(told.pop("opens_at")) == opens_at
    assert told == {
        "reason": "closed",
        "phone": "0800-2000",
        "error": f"De chat is nu gesloten. Morgen om 9.00 uur zijn we er weer. {PHONE}",
        "field": None,
    }
    told = tries(house, "/en/chat").json()["error"]
    assert told == f"The chat is closed now. We are back tomorrow at 9:00. {PHONE_EN}"


def test_a_page_that_is_closed_says_so_before_anything_is_asked(
    house: Service, hours: Hours
) -> None:
    closes_until_tomorrow_at_nine(hours)
    soon(lambda: "data-closed" in get(f"{house.url}/chat").text)

    for path, sentence, home, button in (
        ("/chat", "Morgen om 9.00 uur zijn we er weer.", "/", "Open vanaf morgen 9.00 uur"),
        ("/en/chat", "We are back tomorrow at 9:00.", "/en/", "Open from tomorrow 9:00"),
    ):
        page = get(f"{house.url}{path}")
        assert page.status_code == 200 and sentence in text_of(page)
        assert re.search(r"<form data-chat-start[^>]* hidden>", page.text)
        assert button in text_of(get(f"{house.url}{home}"))
        # A page from before closing time, without JavaScript.
        refused = post(f"{house.url}{path}", data={"audience": "self"}, headers=PAGE)
        assert refused.status_code == 503 and sentence in text_of(refused)
        assert "data-phone" in refused.text and "data-exit" in refused.text


def test_closed_by_hand_without_an_end_says_why_and_does_not_promise(
    house: Service, hours: Hours
) -> None:
    hours.switch("", open=False, reason={"nl": "We hebben een storing", "en": "Out of order"})
    soon(lambda: is_closed(house))

    told = tries(house, region="VT14").json()
    unknown = "We weten nog niet wanneer de chat weer open is."
    assert told["error"] == f"De chat is nu gesloten. We hebben een storing. {unknown} {PHONE}"
    assert told["opens_at"] is None
    assert "Out of order." in tries(house, "/en/chat").json()["error"]
    assert "Nu gesloten" in get(house.url).text


def test_somebody_of_a_closed_region_hears_it_and_may_choose_none(
    house: Service, hours: Hours
) -> None:
    hours.switch("VT14", open=False, reason={"nl": "Te weinig mensen vandaag."})
    soon(lambda: is_closed(house, region="VT14"))

    told = tries(house, region="VT14").json()
    assert (told["reason"], told["field"]) == ("closed", "region")
    assert told["error"].startswith(
        "In de regio Noord- en Oost-Gelderland is de chat nu gesloten. Te weinig mensen vandaag."
    )
    assert "Je kunt wel chatten zonder een regio te kiezen." in told["error"]
    english = tries(house, "/en/chat", region="VT14").json()["error"]
    assert english.startswith("In the region Noord- en Oost-Gelderland the chat is closed now.")

    sent = {"audience": "other", "region": "VT14", "key": uuid.uuid4().hex}
    page = post(f"{house.url}/chat", data=sent, headers=PAGE)
    assert page.status_code == 503
    assert "Je kunt wel chatten zonder een regio te kiezen." in page.text
    assert "Kies hier iets anders." in page.text
    assert re.search(r'value="VT14" selected>Noord- en Oost-Gelderland \(nu gesloten\)', page.text)
    assert re.search(r'value="other"[^>]* checked', page.text)
    again = tries(house, audience="other", region="", key=sent["key"])
    assert again.status_code == 201
    assert tries(house, region="VT01").status_code == 201
    assert "Nu open" in get(house.url).text


def test_somebody_without_a_region_hears_that_some_are_open(house: Service, hours: Hours) -> None:
    closes_until_tomorrow_at_nine(hours)
    today = local(datetime.now(UTC)).date()
    hours.add_exception("VT14", today, read_spans(["00:00-24:00"]))
    soon(lambda: is_closed(house))

    told = tries(house).json()
    assert told["field"] == "region"
    assert told["error"].startswith("Zonder regio is de chat nu gesloten. Morgen om 9.00 uur")
    assert "Kies de regio waar je woont." in told["error"]
    assert tries(house, region="VT14").status_code == 201
    assert "In sommige regio's nu open" in text_of(get(house.url))
    assert "data-closed" not in get(f"{house.url}/chat").text


def test_whoever_waits_or_talks_is_never_thrown_out_by_closing(
    house: Service, hours: Hours
) -> None:
    advisor = Advisor(house.hires("Noor")).signs_in()
    talking, waiting = Visitor(house), Visitor(house)
    talking.asks()
    conversation = advisor.takes().json()["conversation"]
    waiting.asks(key="k-12345678")
    code = talking.http.post("/chat/code").json()["code"]
    page, desk = talking.listens(), advisor.listens()

    hours.switch("", open=False)
    soon(lambda: is_closed(house))

    assert talking.says("ben je er nog?").status_code == 201
    assert advisor.says(conversation, "ja").status_code == 201
    until(lambda: page.texts() == ["ben je er nog?", "ja"], "both are read")
    # An answer that was lost: the page asks again.
    again = Visitor(house).asks(key="k-12345678")
    assert (again.status_code, again.json()["token"]) == (200, waiting.token)
    assert waiting.says("ik wacht").status_code == 201
    back = Visitor(house).http.post("/chat/return", data={"code": code})
    assert back.status_code == 200
    advisor.ends(conversation)
    assert advisor.takes().status_code == 200
    desk.cut()


def test_full_says_when_to_try_again(house: Service, hours: Hours) -> None:
    for _ in range(2):
        assert tries(house).status_code == 201

    told = tries(house).json()
    assert (told["reason"], told["opens_at"]) == ("full", None)
    assert "Probeer het over een kwartier opnieuw" in told["error"]
    assert "0800-2000" in told["error"]
    english = tries(house, "/en/chat").json()
    assert english["reason"] == "full" and "quarter of an hour" in english["error"]
    page = post(f"{house.url}/chat", data={"audience": "self"}, headers=PAGE)
    assert page.status_code == 503 and "Het is nu heel druk in de chat" in page.text


def test_full_just_before_closing_does_not_send_anybody_to_a_closed_door(
    house: Service, hours: Hours
) -> None:
    for _ in range(2):
        tries(house)
    closes_until_tomorrow_at_nine(hours)
    hours.switch("", open=True, until=datetime.now(UTC) + timedelta(minutes=10))

    def told() -> str:
        return str(tries(house).json()["error"])

    soon(lambda: "kwartier" not in told())
    assert told().startswith("Er wachten nu al veel mensen. Morgen om 9.00 uur zijn we er weer.")


def test_a_fault_has_words_of_its_own(
    house: Service, hours: Hours, redis_here: RedisServer
) -> None:
    redis_here.stop()
    try:
        told = tries(house).json()
        english = tries(house, "/en/chat").json()["error"]
        home = get(house.url)
    finally:
        redis_here.start()

    assert (told["reason"], told["opens_at"]) == ("unavailable", None)
    assert "over een paar minuten opnieuw" in told["error"] and "0800-2000" in told["error"]
    assert "in a few minutes" in english
    assert home.status_code == 200


def test_a_trial_may_ignore_the_hours(tmp_path: Path) -> None:
    settings = Settings(
        secret_keys=("geheim",), redis_url="redis://127.0.0.1:1", data_dir=tmp_path / "data"
    )
    migrate(settings.sql_url)
    hours = Hours(engine_for(settings.sql_url))
    hours.switch("", open=False)

    def home(always_open: bool) -> str:
        app = create_app(Settings(**(vars(settings) | {"always_open": always_open})))
        return app.test_client().get("/").text

    assert "Nu open" in home(True)
    assert "Nu gesloten" in home(False)


@pytest.fixture(scope="module")
def texts() -> Flask:
    app = Flask("luwte")
    languages.register(app)
    return app


@pytest.mark.parametrize(
    ("opens", "dutch", "english", "short", "short_english"),
    [
        (
            "2026-11-23 14:00",
            "Vandaag om 14.00 uur zijn we er weer.",
            "We are back today at 14:00.",
            "Open vanaf 14.00 uur",
            "Open from 14:00",
        ),
        (
            "2026-11-24 00:30",
            "Morgen om 0.30 uur zijn we er weer.",
            "We are back tomorrow at 0:30.",
            "Open vanaf morgen 0.30 uur",
            "Open from tomorrow 0:30",
        ),
        (
            "2026-11-29 09:05",
            "Zondag om 9.05 uur zijn we er weer.",
            "We are back on Sunday at 9:05.",
            "Open vanaf zondag 9.05 uur",
            "Open from Sunday 9:05",
        ),
        (
            "2026-11-30 09:00",
            "Maandag 30 november om 9.00 uur zijn we er weer.",
            "We are back on Monday 30 November at 9:00.",
            "Open vanaf maandag 30 november 9.00 uur",
            "Open from Monday 30 November 9:00",
        ),
    ],
)
def test_when_is_said_as_people_say_it(
    texts: Flask, opens: str, dutch: str, english: str, short: str, short_english: str
) -> None:
    now = at("2026-11-23 00:15")  # still the day before in UTC
    with texts.test_request_context("/chat"):
        assert (we_are_back(at(opens), now), open_from(at(opens), now)) == (dutch, short)
    with texts.test_request_context("/en/chat"):
        assert (we_are_back(at(opens), now), open_from(at(opens), now)) == (english, short_english)
