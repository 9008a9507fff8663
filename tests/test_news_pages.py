"""The pages of the news, as a reader, a feed reader and a calendar get them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import icalendar
import pytest
from flask.testing import FlaskClient

from luwte.articles import Library
from luwte.chat.database import migrate
from luwte.config import CONTENT, Settings
from luwte.stories.pieces import AMSTERDAM
from luwte.stories.reading import load_news
from tests.news_folder import FACTS, NewsEditor
from tests.test_headers import SETTINGS, application

ATOM = "{http://www.w3.org/2005/Atom}"
TODAY = datetime.now(AMSTERDAM).date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
ROOTS = ["/nieuws/", "/en/news/"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A reader of the site's own news."""
    yield from _reader(CONTENT, tmp_path_factory.mktemp("own"))


@pytest.fixture
def editor(tmp_path: Path) -> NewsEditor:
    return NewsEditor(tmp_path / "content")


@pytest.fixture
def reader(editor: NewsEditor, tmp_path: Path) -> Iterator[FlaskClient]:
    """A reader of a small folder, which the test makes before it asks for one."""
    vacancy = FACTS["vacancy"].replace("2026-12-31", str(YESTERDAY))
    editor.writes_piece("gone", "vacancy", day=str(YESTERDAY), facts=vacancy)
    open_one = FACTS["vacancy"].replace("2026-12-31", str(TODAY))
    editor.writes_piece("open", "vacancy", day=str(YESTERDAY), facts=open_one)
    for id, day in (("was", YESTERDAY), ("comes", TOMORROW)):
        facts = f"starts: {day} 13:00\nends: {day} 17:00\nplace: De Kuil"
        editor.writes_piece(id, "event", day=str(YESTERDAY), facts=facts)
    editor.writes_piece("later", day=str(TOMORROW))
    yield from _reader(editor.folder, tmp_path)


def _reader(content: Path, data: Path) -> Iterator[FlaskClient]:
    settings = Settings(
        secret_keys=SETTINGS.secret_keys,
        redis_url=SETTINGS.redis_url,
        data_dir=data,
        content=content,
        always_open=True,
    )
    migrate(settings.sql_url)
    with application(settings) as app:
        yield app.test_client(use_cookies=False)


def sitemap(reader: FlaskClient) -> list[str]:
    return re.findall(r"<loc>http://localhost(.*?)</loc>", reader.get("/sitemap.xml").text)


def reads(reader: FlaskClient, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    return answer.text


# The site's own


def test_the_sites_own_news_has_no_faults() -> None:
    assert load_news(CONTENT, Library.load(CONTENT)).faults == []


def test_every_page_answers_in_both_languages_and_leads_to_its_twin(own: FlaskClient) -> None:
    paths = [path for path in sitemap(own) if path.startswith(tuple(ROOTS))]
    assert len(paths) >= 40
    for path in paths:
        page = reads(own, path)
        assert "data-exit" in page and "data-phone" in page and "data-back" in page, path
        (twin,) = re.findall(r'class="language" href="([^"]+)"', page)
        assert twin in paths and twin.startswith("/en/") != path.startswith("/en/"), path


def test_every_link_within_the_news_leads_somewhere(own: FlaskClient) -> None:
    links = set()
    for path in sitemap(own):
        if path.startswith(tuple(ROOTS)):
            main = reads(own, path).partition("<main")[2].partition("</main>")[0]
            links |= set(re.findall(r'href="(/[^"#]*)', main))
    assert len(links) > 40
    assert [link for link in links if own.get(link).status_code != 200] == []


def test_each_piece_of_ours_says_that_it_is_an_example(own: FlaskClient) -> None:
    pieces = [path for path in sitemap(own) if re.search(r"/20\d\d/[^/]+$", path)]
    # Vacancies are gone after their day.
    assert len(pieces) > 20
    for path in pieces:
        mark = "This is an example" if path.startswith("/en/") else "Dit is een voorbeeld"
        assert mark in reads(own, path), path


@pytest.mark.parametrize("root", ROOTS)
def test_the_feed_is_sound_and_its_ids_are_absolute(own: FlaskClient, root: str) -> None:
    answer = own.get(f"{root}feed.xml")
    feed = ElementTree.fromstring(answer.text)  # noqa: S314 - our own answer
    entries = feed.findall(f"{ATOM}entry")

    assert answer.mimetype == "application/atom+xml" and len(entries) >= 10
    ids = [part.findtext(f"{ATOM}id") or "" for part in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith(f"http://localhost{root}") for id in ids)
    for part in (feed, *entries):
        assert part.findtext(f"{ATOM}title")
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated") or "").tzinfo
    dates = [entry.findtext(f"{ATOM}published") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)


def test_an_issue_names_the_other_articles(own: FlaskClient) -> None:
    page = reads(own, "/nieuws/2026/wie-belt-er-eerst")
    box = page.partition("Andere artikelen in dit nummer")[2].partition("</nav>")[0]
    assert re.findall(r'href="/nieuws/2026/([^"]+)"', box) == [
        "drie-stemmen-over-een-plan",
        "een-jongerencoach-staat-er-niet-alleen-voor",
    ]
    assert "Other articles in this issue" in reads(own, "/en/news/2026/who-calls-first")


def test_a_double_portrait_has_a_box_for_each_and_one_about_the_subject(own: FlaskClient) -> None:
    page = reads(own, "/nieuws/2026/de-agent-en-de-maatschappelijk-werker")
    titles = ["Over Karin Smit", "Over Youssef Amrani", "Tijdelijk huisverbod"]
    assert re.findall(r'<aside class="card prose" aria-label="([^"]+)"', page) == titles


def test_a_magazine_is_printed_as_one_page_with_every_story_and_no_id_twice(
    own: FlaskClient,
) -> None:
    page = reads(own, "/nieuws/2026/magazine-tien-jaar-duinrand/afdrukken")
    assert page.count('<article class="page story">') == 4
    assert "Youssef kan stil zijn" in page and "Over Karin Smit" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert re.findall(r"<h([1-6])", page.partition("<main")[2])[0] == "1"


def test_each_figure_has_a_drawing_a_table_and_its_source(own: FlaskClient) -> None:
    page = reads(own, "/nieuws/cijfers")
    parts = page.partition("<main")[2].split("<section ")[1:]
    assert len(parts) == 5
    for part in parts:
        assert "<svg" in part and "<table" in part and "Bron: " in part
    assert "127.600" in page and "(zelf berekend)" in page and "niet bekend" in page
    assert "127,600" in reads(own, "/en/news/figures")


def test_the_agenda_is_a_calendar_file_that_a_browser_downloads(own: FlaskClient) -> None:
    answer = own.get("/en/news/2026/study-afternoon-talking-with-children.ics")
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.mimetype == "text/calendar"
    assert event["summary"] == "Study afternoon: talking with children"
    assert own.get("/nieuws/2026/wie-belt-er-eerst.ics").status_code == 404


# What the day does


def test_a_closed_vacancy_is_gone_and_stands_nowhere(reader: FlaskClient) -> None:
    year = YESTERDAY.year
    answer = reader.get(f"/nieuws/{year}/gone")

    assert answer.status_code == 410
    assert "Deze vacature is gesloten" in answer.text and "data-exit" in answer.text
    assert "This vacancy is closed" in reader.get(f"/en/news/{year}/gone").text
    lists = [reads(reader, path) for path in ("/nieuws/vacatures", f"/nieuws/{year}/")]
    lists += [reads(reader, "/nieuws/feed.xml"), reads(reader, "/sitemap.xml")]
    assert [f"/nieuws/{year}/gone" in text for text in lists] == [False] * 4
    assert [f"/nieuws/{year}/open" in text for text in lists] == [True] * 4


def test_past_events_are_archived_and_not_in_the_calendar(reader: FlaskClient) -> None:
    coming, _, past = reads(reader, "/nieuws/agenda").partition("Geweest")
    assert "Over comes" in coming and "Over was" not in coming
    assert "Over was" in past and "Over comes" not in past
    calendar = icalendar.Calendar.from_ical(reader.get("/nieuws/agenda.ics").data)
    assert [event["summary"] for event in calendar.walk("VEVENT")] == ["Over comes"]
    assert "Deze bijeenkomst is geweest." in reads(reader, f"/nieuws/{YESTERDAY.year}/was")


def test_what_is_not_out_yet_is_not_there(reader: FlaskClient) -> None:
    assert reader.get(f"/nieuws/{TOMORROW.year}/later").status_code == 404
    assert "Over later" not in reads(reader, "/nieuws/")


def test_a_year_without_news_and_an_unknown_piece_are_not_found(reader: FlaskClient) -> None:
    for path in ("/nieuws/1999/", "/nieuws/2026/nergens", "/nieuws/nergens", "/nieuws/cijfers"):
        assert reader.get(path).status_code == 404, path


def test_a_piece_that_is_real_is_not_called_an_example(reader: FlaskClient) -> None:
    assert date(2026, 11, 10) <= TODAY
    assert "Dit is een voorbeeld" not in reads(reader, "/nieuws/2026/a-piece")
