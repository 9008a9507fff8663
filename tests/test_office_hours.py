"""The office's opening hours: what may be typed, who may change what, and that the preview is what
visitors then see.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import delete, select

from luwte.chat.audit_trail import AuditRow
from luwte.chat.database import engine_for, reading, writing
from luwte.chat.hours import OtherDayRow, SwitchRow, WeekRow
from luwte.chat.hours_changes import may_change
from luwte.chat.staff import Member, Role
from luwte.chat.timetable import local
from luwte.chat.typed_hours import Unclear, read_date, read_day, read_until, written
from tests.processes import busy
from tests.servers import RedisServer, redis_server, until
from tests.service import Advisor, Service, Visitor, get, running
from tests.test_timetable import at

REGIONS = ("VT01", "VT14")
PAGE = {"Accept": "text/html"}
SEEN_S = 2.0
TOMORROW = str(local(datetime.now(UTC)).date() + timedelta(days=1))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("gesloten", ""),
        ("9-17", "09:00-17:00"),
        ("9.00 uur tot 12.30 uur, 13u-17u", "09:00-12:30, 13:00-17:00"),
        ("13:00–17:00 en 9:00–12:00", "09:00-12:00, 13:00-17:00"),
        ("22:00 - 02:00", "22:00-02:00"),
        ("0:00-24:00", "00:00-24:00"),
        ("Hele dag", "00:00-24:00"),
        ("9 to 5:30 and 18 to 20", None),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(Unclear):
            read_day(typed)
        return
    assert written(read_day(typed)) == kept
    assert read_day(written(read_day(typed))) == read_day(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("kwart over negen", "unclear"),
        ("9-12-17", "unclear"),
        ("9" * 200, "unclear"),
        ("9:60-17:00", "no-time"),
        ("24:00-25:00", "no-time"),
        ("9-9", "no-end"),
        ("9-13, 12-17", "overlap"),
    ],
)
def test_hours_that_cannot_be_kept_say_why(typed: str, code: str) -> None:
    with pytest.raises(Unclear) as fault:
        read_day(typed)
    assert fault.value.code == code


def test_a_moment_is_read_in_dutch_time_and_must_lie_ahead() -> None:
    now = at("2026-11-23 10:00")

    assert read_until("2026-11-23T17:30", now) == at("2026-11-23 17:30")
    assert read_until(" ", now) is None
    assert read_date("2026-11-23", date(2026, 11, 23)) == date(2026, 11, 23)
    for typed, code in (
        ("2026-11-23T09:59", "over"),
        ("2062-11-23T09:59", "far"),
        ("morgen", "no-date"),
        ("2026-11-23T17:30+05:00", "no-date"),
    ):
        with pytest.raises(Unclear) as fault:
            read_until(typed, now)
        assert fault.value.code == code


def member(*regions: str, role: Role = Role.COORDINATOR) -> Member:
    return Member(1, "c@example.org", "Cora", role, regions, 0, None, datetime.now(UTC))


def test_a_coordinator_changes_their_own_regions_and_the_country_with_all() -> None:
    def may(who: Member) -> list[str]:
        return [region for region in ("", *REGIONS) if may_change(who, region, REGIONS)]

    assert may(member()) == ["", "VT01", "VT14"]
    assert may(member("VT14")) == ["VT14"]
    assert may(member("VT14", "VT01")) == ["", "VT01", "VT14"]
    assert may(member(role=Role.ADVISOR)) == []


@pytest.fixture(scope="module")
def store_here() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(store_here: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("hours")
    with running(folder, redis_url=store_here.url) as service:
        yield service


class Coordinator(Advisor):
    """Somebody who plans, with the office's forms."""

    def opens(self, path: str) -> httpx.Response:
        return self.http.get(f"/office/hours{path}", headers=PAGE)

    def sends(self, path: str, **typed: str) -> httpx.Response:
        return self.http.post(f"/office/hours{path}", data=typed, headers=PAGE)

    def closes(self, path: str, **typed: str) -> httpx.Response:
        return self.sends(f"{path}/switch", open="no", **typed)


@pytest.fixture(scope="module")
def _cora(house: Service) -> Coordinator:
    cora = Coordinator(house.hires("Cora", role="coordinator"))
    cora.signs_in()
    return cora


@pytest.fixture
def cora(house: Service, _cora: Coordinator) -> Coordinator:
    """A coordinator of all regions; no rules are kept yet."""
    with writing(engine_for(database(house))) as session:
        for kind in (WeekRow, OtherDayRow, SwitchRow):
            session.execute(delete(kind))
    house.looks_into_its_store().flushall()
    soon(lambda: not re.search(r"data-closed|\(nu gesloten\)", text(house, "/chat")))
    return _cora


def database(house: Service) -> str:
    return f"sqlite:///{house.folder}/data/luwte.sqlite3"


def soon(true: object) -> None:
    """Within two seconds, whichever process answers."""
    assert callable(true)
    until(lambda: all(true() for _ in range(8)), "it is known", SEEN_S * (1 + 4 * busy()))


def is_closed(house: Service, region: str) -> bool:
    """Until it is known some may come in, and then the next ones are told *full*."""
    return bool(Visitor(house).asks(region=region).json().get("reason") == "closed")


def text(house: Service, path: str) -> str:
    return html.unescape(get(f"{house.url}{path}").text)


def acts(house: Service) -> list[tuple[str, str]]:
    """What the audit trail says, newest first."""
    with reading(engine_for(database(house))) as session:
        newest = select(AuditRow.act, AuditRow.about).order_by(AuditRow.id.desc())
        return [(act, about) for act, about in session.execute(newest)]


def sentences(page: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page.text)).split())


def card(page: httpx.Response, mark: str) -> str:
    """The text of the section with that id, up to the next heading of its level."""
    after = page.text.partition(f'id="{mark}"')[2]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", after.partition("<h2")[0])).split())


def today() -> date:
    return local(datetime.now(UTC)).date()


def test_closing_a_region_with_a_reason_is_seen_by_its_visitors_and_no_others(
    house: Service, cora: Coordinator
) -> None:
    kept = cora.closes("/VT14", **{"reason-nl": "Te weinig mensen", "reason-en": "Too few of us"})

    assert (kept.status_code, kept.headers["Location"]) == (303, "/office/hours/VT14")
    soon(lambda: is_closed(house, "VT14"))
    told = Visitor(house).asks(region="VT14").json()["error"]
    english = Visitor(house, "/en/chat").asks(region="VT14").json()["error"]
    assert "Te weinig mensen." in told and "Too few of us." in english
    assert not is_closed(house, "VT01")
    page = cora.opens("/VT14")
    assert "Bewaard." in sentences(page) and "Met de hand gesloten" in sentences(page)
    # What the office shows is what visitors read, word for word.
    assert told in card(page, "hours-now") and english in card(page, "hours-now")
    assert acts(house)[0] == ("hours.close", "VT14")

    cora.sends("/VT14/switch/remove")

    soon(lambda: not is_closed(house, "VT14"))
    assert acts(house)[0] == ("hours.scheme", "VT14")


def test_a_preview_shows_the_sentence_of_afterwards_and_keeps_nothing(
    house: Service, cora: Coordinator
) -> None:
    before = acts(house)
    until_then = f"{today() + timedelta(days=1)}T09:00"
    typed = {"until": until_then, "reason-nl": "Storing", "reason-en": "Out of order"}

    page = cora.closes("/VT14", do="preview", **typed)

    assert page.status_code == 200
    preview = card(page, "switch-preview")
    assert "nog niet bewaard" in preview and "weer open morgen 9.00 uur" in preview
    assert "Noord- en Oost-Gelderland (closed now)" in preview
    assert 'value="Storing"' in page.text and f'value="{until_then}"' in page.text
    assert not is_closed(house, "VT14")
    assert acts(house) == before

    cora.closes("/VT14", **typed)
    soon(lambda: is_closed(house, "VT14"))
    assert Visitor(house).asks(region="VT14").json()["error"] in preview
    assert Visitor(house, "/en/chat").asks(region="VT14").json()["error"] in preview


def test_a_week_has_several_hours_a_day_and_hours_across_midnight(
    house: Service, cora: Coordinator
) -> None:
    week = {"own": "yes", "day-0": "9-12.30 en 13:00-17:00", "day-4": "22:00-02:00"}

    preview = cora.sends("/VT14/week", do="preview", holidays="1", **week)
    assert "09:00-12:30, 13:00-17:00" in card(preview, "week-preview")
    assert cora.opens("/VT14").text.count('value="22:00-02:00"') == 0
    cora.sends("/VT14/week", holidays="1", **week)

    page = cora.opens("/VT14")
    assert 'value="09:00-12:30, 13:00-17:00"' in page.text
    assert 'value="22:00-02:00"' in page.text
    assert re.search(r'name="holidays" value="1"[^>]* checked', page.text)
    assert "Eigen week" in sentences(cora.opens(""))
    assert acts(house)[0] == ("hours.week", "VT14")

    cora.sends("/VT14/week", own="no")
    assert "Eigen week" not in sentences(cora.opens(""))


def test_another_day_has_its_reason_and_can_be_taken_away(
    house: Service, cora: Coordinator
) -> None:
    day = str(today() + timedelta(days=3))
    typed = {"day": day, "open": "yes", "hours": "10-12", "reason-nl": "Studiedag"}

    preview = card(cora.sends("/VT14/day", do="preview", **typed), "day-preview")
    assert "12:00: ■" not in preview and "Gesloten, weer open" in preview
    assert "In de regio Noord- en Oost-Gelderland is de chat nu gesloten. Studiedag." in preview
    cora.sends("/VT14/day", **typed)
    assert "10:00-12:00" in card(cora.opens("/VT14"), "hours-day")
    assert acts(house)[0] == ("hours.day", f"VT14 {day}")

    assert cora.sends("/VT14/day/remove", day=day).status_code == 303
    assert "10:00-12:00" not in cora.opens("/VT14").text
    again = len(acts(house))
    page = cora.http.post(
        "/office/hours/VT14/day/remove", data={"day": day}, headers=PAGE, follow_redirects=True
    )
    assert "Er is niets veranderd." in sentences(page)
    assert len(acts(house)) == again


def test_holidays_that_come_are_shown_with_what_holds_then(cora: Coordinator) -> None:
    week = {f"day-{n}": "9-17" for n in range(7)}
    cora.sends("/landelijk/week", own="yes", holidays="1", **week)

    assert "Eerste kerstdag" in card(cora.opens("/VT14"), "hours-holidays")
    christmas = re.findall(
        r"25 december \d{4} gesloten", card(cora.opens("/VT14"), "hours-holidays")
    )
    assert len(christmas) == 1


@pytest.mark.parametrize(
    ("path", "typed", "field", "sentence"),
    [
        ("/VT14/week", {"own": "yes", "day-2": "9-9"}, "week-day-2", "begint en eindigt tegelijk"),
        ("/VT14/day", {"day": "x", "open": "no"}, "day-day", "Vul hier een datum in."),
        ("/VT14/day", {"day": "2001-01-01", "open": "no"}, "day-day", "Dit is al voorbij."),
        (
            "/VT14/day",
            {"day": TOMORROW, "open": "yes", "hours": ""},
            "day-hours",
            "van wanneer tot wanneer",
        ),
        ("/VT14/switch", {"open": "maybe"}, "switch-open", "Kies of de chat open"),
        ("/VT14/switch", {"open": "no", "until": "1999-01-01T09:00"}, "switch-until", "al voorbij"),
        (
            "/VT14/switch",
            {"open": "no", "reason-nl": "x" * 201},
            "switch-reason-nl",
            "hoogstens 200",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    house: Service, cora: Coordinator, path: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    before = acts(house)

    page = cora.sends(path, **typed)

    assert page.status_code == 422
    assert f'href="#{field}"' in page.text and f'id="{field}"' in page.text
    assert html.unescape(page.text).count(sentence) == 2
    for name, value in typed.items():
        if name not in ("open", "own"):
            assert f'value="{value}"' in page.text, name
    assert acts(house) == before
    as_json = cora.http.post(f"/office/hours{path}", data=typed)
    assert as_json.status_code == 422 and sentence in as_json.json()["error"]


def test_a_coordinator_of_one_region_only_looks_at_the_others(
    house: Service, cora: Coordinator
) -> None:
    vera = Coordinator(house.hires("Vera", "VT14", role="coordinator"))
    vera.signs_in()

    for path in ("/VT01", "/landelijk"):
        assert vera.opens(path).status_code == 200
        assert "Bewaar" not in sentences(vera.opens(path))
        for act in ("week", "day", "day/remove", "switch", "switch/remove"):
            refused = vera.sends(f"{path}/{act}", open="no", own="no", day=str(today()))
            assert refused.status_code == 403, act
    assert vera.closes("/VT14").status_code == 303
    soon(lambda: is_closed(house, "VT14"))
    assert not is_closed(house, "VT01")


def test_a_form_of_another_site_changes_nothing(house: Service, cora: Coordinator) -> None:
    token = cora.http.headers.pop("X-CSRFToken")
    try:
        assert cora.closes("/VT14").status_code == 400
    finally:
        cora.http.headers["X-CSRFToken"] = token
    assert "Met de hand" not in sentences(cora.opens("/VT14"))


def test_what_holds_for_the_whole_country_is_said_at_the_region(cora: Coordinator) -> None:
    cora.closes("/landelijk")

    page = sentences(cora.opens("/VT14"))

    assert "Met de hand gesloten, voor het hele land. Dat gaat voor" in page
    assert "Gesloten, zonder einde" in page
