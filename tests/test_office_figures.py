"""The office's figures: what is shown of what was counted, to whom, and in which words."""

from __future__ import annotations

import csv
import html
import io
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from luwte.chat import keys
from luwte.chat.audit_trail import AuditRow
from luwte.chat.charts import Column, columns, top_of
from luwte.chat.database import engine_for, reading
from luwte.chat.figure_report import Report, Sheets, Wanted, period
from luwte.chat.figure_sheets import Figure
from luwte.chat.figure_store import FigureStore
from luwte.chat.timetable import AMSTERDAM, local
from tests.databases import PostgresServer
from tests.servers import until
from tests.service import Advisor, Service, Visitor, running

pytest_plugins = ["tests.databases"]

# Long over, and a month of its own for each test.
MONDAY = date(2025, 3, 3)


class House:
    """A service with figures of the past."""

    def __init__(self, service: Service, url: str) -> None:
        self.service = service
        self.engine = engine_for(url)
        self.store = FigureStore(self.engine)

    def counted(
        self,
        number: int,
        measure: str = "started",
        *,
        day: date = MONDAY,
        hour: int = 14,
        region: str = "VT14",
        lane: str = "public",
        lang: str = "nl",
        topic: str = "partner",
    ) -> None:
        at = datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM).astimezone(UTC)
        dimensions = (("", ""), ("lane", lane), ("lang", lang), ("topic", topic))
        fields = {f"{measure}|{region}|{kind}|{value}": number for kind, value in dimensions}
        assert self.store.add(uuid.uuid4().hex, at, fields)

    def coordinator(self, *regions: str) -> Advisor:
        return Advisor(self.service.hires("Cora", *regions, role="coordinator")).signs_in()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'luwte.sqlite3'}"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_of_the_run")
        server.empty()
        url = server.url
    with running(folder, workers=1, DATABASE_URL=url, ALWAYS_OPEN="1") as service:
        yield House(service, url)


@pytest.fixture(scope="module")
def cora(house: House) -> Advisor:
    return house.coordinator()


@pytest.fixture
def month(house: House) -> Iterator[date]:
    """The first Monday of a month in which nothing was counted yet."""
    first = getattr(house, "next_month", date(2020, 6, 1))
    house.next_month = (first + timedelta(days=40)).replace(day=1)  # type: ignore[attr-defined]
    yield first + timedelta(days=-first.weekday() % 7)


def page(who: Advisor, day: date, kind: str = "month", **asked: str) -> str:
    sent = {"period": kind, "date": day.isoformat()} | asked
    answer = who.http.get("/office/figures", params=sent, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def table(text: str, name: str) -> dict[str, list[str]]:
    """The rows of a table on the page, by their first cell."""
    found = re.search(
        rf'<section class="card" aria-labelledby="figures-{name}">.*?</section>', text, re.S
    )
    if not found:
        return {}
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', found[0], re.S)
    return {
        html.unescape(first): re.findall(r'<td class="number">(.*?)</td>', rest)
        for first, rest in rows
    }


def totals(text: str) -> dict[str, str]:
    return dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", text))


def test_the_page_shows_totals_days_and_hours(house, cora, month):
    house.counted(23, day=month, hour=9)
    house.counted(19, day=month + timedelta(days=1), hour=10)
    house.counted(31, "taken", day=month)
    house.counted(11, "left", day=month)

    text = page(cora, month)

    assert totals(text) == {"Begonnen": "40", "Aangenomen": "30", "Weggegaan": "10"}
    days = list(table(text, "day").values())
    assert days[month.day - 1] == ["25", "30", "10"]
    assert days[month.day] == ["20", "–", "–"]
    hours = table(text, "hour")
    assert (hours["9 uur"], hours["10 uur"], hours["11 uur"]) == (["25"], ["20"], ["–"])


def test_a_count_under_five_is_shown_nowhere(house, cora, month):
    house.counted(4, day=month)
    house.counted(40, day=month, region="VT01", topic="child")

    text = page(cora, month)

    assert table(text, "region") == {"Amsterdam-Amstelland": ["40", "–", "–"]}
    assert "Noord- en Oost-Gelderland" not in str(table(text, "region"))
    assert page(cora, month, region="VT14").count("<dd>–</dd>") == 3
    assert "&lt; 5" in text


def test_a_choice_filters_and_brings_its_own_totals(house, cora, month):
    house.counted(30, day=month, topic="child", lang="en")
    house.counted(20, day=month, topic="partner")

    text = page(cora, month, choice="topic:child")

    assert totals(text)["Begonnen"] == "30"
    assert list(table(text, "day").values())[month.day - 1][0] == "30"
    assert table(text, "region") == {"Noord- en Oost-Gelderland": ["30", "–", "–"]}
    assert table(text, "lang") == {}, "a third choice is not published"
    both = page(cora, month, choice="topic:child", region="VT14")
    assert totals(both)["Begonnen"] == "30"
    assert table(both, "hour") == {}


def test_who_coordinates_a_region_sees_that_region_only(house, month):
    house.counted(30, day=month, region="VT14")
    house.counted(60, day=month, region="VT01")
    house.counted(90, day=month, region="NL")
    mine = house.coordinator("VT14")

    text = page(mine, month)

    assert totals(text)["Begonnen"] == "30"
    assert table(text, "region") == {"Noord- en Oost-Gelderland": ["30", "–", "–"]}
    assert list(table(text, "day").values())[month.day - 1][0] == "30"
    assert "Amsterdam" not in text
    for other in ("VT01", "NL"):
        asked = {"period": "month", "date": month.isoformat(), "region": other}
        assert mine.http.get("/office/figures", params=asked).status_code == 422
        sent = mine.http.post("/office/figures/export", params=asked)
        assert sent.status_code == 422


def test_who_coordinates_two_regions_sees_the_sum_of_what_is_shown(house, month):
    house.counted(30, day=month, region="VT14")
    house.counted(3, day=month, region="VT01")
    house.counted(90, day=month, region="VT02")

    text = page(house.coordinator("VT14", "VT01"), month)

    assert totals(text)["Begonnen"] == "≥ 30"
    assert list(table(text, "region")) == ["Noord- en Oost-Gelderland"]


def test_answers_reasons_and_times_are_shown(house, cora, month):
    for measure, number in {
        "ended.visitor": 12,
        "ended.advisor.done": 30,
        "helped.yes": 21,
        "helped.bit": 9,
        "helped.no": 2,
        "wait.0": 6,
        "wait.2": 10,
        "wait.3": 30,
        "wait.6": 12,
        "length.2": 40,
    }.items():
        house.counted(number, measure, day=month)

    text = page(cora, month)

    assert table(text, "ended")["De medewerker: geholpen"] == ["30"]
    assert table(text, "helped") == {"Ja": ["20"], "Een beetje": ["10"], "Nee": ["–"]}
    assert table(text, "wait")["2 tot 5 minuten"] == ["30"]
    assert "<b>2 tot 5 minuten</b>" in text
    assert "<b>10 tot 20 minuten</b>" not in text or "<b>20 tot 30 minuten</b>" in text
    assert "<b>te weinig om te zeggen</b>" in text, "of nine in ten, with forty lengths"


def test_what_goes_on_today_is_not_shown_yet(house, cora):
    today = local(datetime.now(UTC)).date()
    house.counted(500, day=today, hour=0)

    text = page(cora, today, "day")

    assert totals(text) == {"Begonnen": "0", "Aangenomen": "0", "Weggegaan": "0"}
    assert "Deze periode loopt nog" in text


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "own"},
        {"period": "own", "from": "2025-03-09", "to": "2025-03-01"},
        {"period": "own", "from": "2001-01-01", "to": "2025-03-01"},
        {"date": "gisteren"},
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"region": "VT99"},
        {"choice": "topic:geheim"},
        {"choice": "hour:12"},
    ],
)
def test_what_cannot_be_read_gets_a_sentence(cora, asked: Mapping[str, str]):
    answer = cora.http.get("/office/figures", params=asked, headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_own_dates_are_the_sum_of_what_is_published(house, cora, month):
    for place, number in enumerate((6, 3, 11)):
        house.counted(number, day=month + timedelta(days=place))

    text = page(cora, month, "own", **{"from": str(month), "to": str(month + timedelta(days=2))})

    assert totals(text)["Begonnen"] == "≥ 15"
    assert [row[0] for row in table(text, "day").values()] == ["5", "–", "10"]


def test_the_file_has_the_same_numbers_and_the_export_is_noted(house, cora, month):
    house.counted(30, day=month, region="VT01")
    house.counted(12, day=month, region="VT02")
    house.counted(2, day=month, region="VT14")
    asked = {"period": "month", "date": month.isoformat()}

    answer = cora.http.post("/office/figures/export", params=asked)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["Amsterdam-Amstelland", "30", "", ""] in rows
    assert not [row for row in rows if "Noord- en Oost-Gelderland" in row]
    with reading(house.engine) as session:
        last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    first, end = period("month", month)
    assert last is not None
    assert (last.act, last.about) == ("figures.export", f"{first} {end}")


def test_only_coordinators_get_in_and_a_file_is_asked_for_by_a_page_of_ours(house, cora):
    advisor = Advisor(house.service.hires("Noor")).signs_in()
    assert advisor.http.get("/office/figures").status_code == 403
    assert advisor.http.post("/office/figures/export").status_code == 403
    headers = {"X-CSRFToken": "no"}
    assert cora.http.post("/office/figures/export", headers=headers).status_code in (400, 403)


def test_no_name_of_an_advisor_stands_in_the_figures(house, cora):
    visitor, noor = Visitor(house.service), Advisor(house.service.hires("Wilhelmina")).signs_in()
    visitor.asks()
    noor.ends(noor.takes().json()["conversation"])

    redis = house.service.looks_into_its_store()
    until(
        lambda: any(
            b"ended" in str(redis.hgetall(key)).encode()
            for key in redis.scan_iter("{staff}:figures:2*")
        ),
        "it is counted",
    )

    counted = str([redis.hgetall(key) for key in redis.scan_iter("{staff}:figures:2*")])
    assert noor.member.name not in counted
    assert noor.member.email not in counted


# Did this help?, over HTTP.


def test_the_ticket_comes_with_the_start_and_counts_one_answer(house):
    visitor = Visitor(house.service)
    ticket = visitor.asks().json()["helped"]
    visitor.ends()
    del visitor.http.headers["Authorization"]

    first = visitor.http.post("/chat/helped", data={"ticket": ticket, "answer": "yes"})
    again = visitor.http.post("/chat/helped", data={"ticket": ticket, "answer": "no"})

    assert (first.status_code, again.status_code) == (204, 410)
    assert again.json()["error"]
    redis, name = house.service.looks_into_its_store(), keys.conversation_of(visitor.token)
    assert not [key for key in redis.scan_iter("*") if name.encode() in key]


def test_an_answer_that_is_none_or_comes_from_elsewhere_counts_for_nothing(house):
    visitor = Visitor(house.service)
    ticket = visitor.asks().json()["helped"]
    sent = {"ticket": ticket, "answer": "yes"}

    assert visitor.http.post("/chat/helped", data=sent | {"answer": "wow"}).status_code == 422
    assert visitor.http.post("/chat/helped", data=sent | {"ticket": "x"}).status_code == 410
    assert visitor.http.post("/chat/helped", data=sent | {"ticket": "x" * 500}).status_code == 422
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.http.post("/chat/helped", data=sent, headers=foreign).status_code == 403
    assert visitor.http.post("/chat/helped", data=sent).status_code == 204
    visitor.ends()


def test_without_javascript_the_answer_is_always_nothing(house):
    visitor = Visitor(house.service)
    ticket = visitor.asks().json()["helped"]
    visitor.ends()

    for sent in ({"ticket": ticket, "answer": "bit"}, {"ticket": "x", "answer": "yes"}, {}):
        assert visitor.http.post("/chat/plain/helped", data=sent).status_code == 204

    spent = visitor.http.post("/chat/helped", data={"ticket": ticket, "answer": "yes"})
    assert spent.status_code == 410


# Parts.


def test_a_chart_is_whole_and_says_what_it_is():
    drawn = columns(
        "c", "Per dag & nacht", "Een <b>", [Column("1", [5, None]), Column("2", [0, 7])]
    )

    root = ElementTree.fromstring(str(drawn))  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert [root.find("title").text, root.find("desc").text] == ["Per dag & nacht", "Een <b>"]
    assert len(root.findall("rect")) == 2
    assert len(root.findall("path[@class='unknown']")) == 1
    assert "style" not in str(drawn)


@pytest.mark.parametrize(("most", "top"), [(0, 5), (5, 5), (6, 10), (11, 20), (230, 500)])
def test_an_axis_ends_in_a_round_number(most, top):
    assert top_of([0, most]) == top


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", "2026-02-11", "2026-02-11"),
        ("week", "2026-02-09", "2026-02-15"),
        ("month", "2026-02-01", "2026-02-28"),
    ],
)
def test_a_period_is_the_one_in_which_a_day_lies(kind, first, last):
    found = period(kind, date(2026, 2, 11))

    assert [str(day) for day in found] == [first, last]


def test_many_days_become_months(house, month):
    for place in range(4):
        house.counted(20, day=month + timedelta(days=30 * place))
    wanted = Wanted(month.replace(day=1), month + timedelta(days=120))

    report = Report(Sheets(house.store), wanted, date(2026, 1, 1))

    assert report.tables[0].name == "month"
    assert report.totals["started"] == Figure(80, False)
