"""News and stories: what an editor writes comes out on its day, and what is wrong is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from luwte.articles import NotFound
from luwte.stories.calendar_files import calendar_of
from luwte.stories.news import Closed
from luwte.stories.pieces import AMSTERDAM, Event, Interview, Magazine
from tests.news_folder import FACTS, NewsEditor, ids

TODAY = date(2026, 11, 25)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def editor(tmp_path: Path) -> NewsEditor:
    return NewsEditor(tmp_path / "content")


# What is read


def test_a_piece_of_each_kind_is_read_without_a_fault(editor: NewsEditor) -> None:
    for kind in FACTS:
        editor.writes_piece(f"the-{kind}", kind, more="issue: 1" if kind == "news" else "")
    news = editor.brings_out()

    assert news.faults == []
    found = {piece.kind: piece for piece in news.pieces("nl", TODAY)}
    assert found.keys() == FACTS.keys()
    assert news.piece("nl", 2026, "the-news", TODAY).url == "/nieuws/2026/the-news"
    assert "<p>Dit is nieuws.</p>" in found["news"].html
    assert [text.floor for text in news.texts] == [60] * 16


def test_the_library_leaves_the_folder_alone_and_links_to_it(editor: NewsEditor) -> None:
    editor.writes_article("## A\n\n[nieuws](section:news)")
    library = editor.publishes()

    assert library.faults == []
    assert library.count() == 2
    section = library.news("nl")
    assert section and section.articles == []
    assert '<a href="/nieuws/">' in library.article("nl", "geweld-thuis", "iemand-helpen").html


def test_a_centre_may_do_without_news(tmp_path: Path) -> None:
    editor = NewsEditor(tmp_path / "content")
    for lang, name in (("nl", "nieuws"), ("en", "news")):
        for path in sorted((editor.folder / lang / name).rglob("*.md")):
            path.unlink()
        (editor.folder / lang / name / "2026").rmdir()
        (editor.folder / lang / name).rmdir()
    news = editor.brings_out()
    assert (news.faults, news.roots, news.pieces("nl", TODAY)) == ([], {}, [])


def test_an_interview_knows_who_speaks_and_has_its_boxes(editor: NewsEditor) -> None:
    people = "people:\n  - {name: Noor Wit, role: agent, about: Noor fietst.}\n"
    people += "  - {name: Sam, role: hulpverlener, about: Sam kookt.}\nabout_title: Wet\nabout: Zo."
    spoken = "**Noor:** Ik kijk.\n\n**Sam:** Ik luister."
    editor.writes_piece("two", "interview", facts=f"form: double\n{people}", body=spoken)
    news = editor.brings_out()

    assert news.faults == []
    piece = news.piece("nl", 2026, "two", TODAY)
    assert isinstance(piece, Interview)
    assert [(p.name, p.about) for p in piece.people] == [
        ("Noor Wit", "Noor fietst."),
        ("Sam", "Sam kookt."),
    ]
    assert (piece.about_title, piece.about) == ("Wet", "Zo.")


def test_a_workshop_that_is_given_twice_is_counted(editor: NewsEditor) -> None:
    programme = "programme: ['15:00 Tekenen', '13:00 Inloop', '14:00 Tekenen']"
    editor.writes_piece("day", "event", more=programme)
    news = editor.brings_out()
    event = news.piece("nl", 2026, "day", TODAY)
    assert isinstance(event, Event)
    assert [(item.at, item.turn, item.turns) for item in event.programme] == [
        ("13:00", 1, 1),
        ("14:00", 1, 2),
        ("15:00", 2, 2),
    ]


# What the day does


def test_a_piece_comes_out_on_its_date(editor: NewsEditor) -> None:
    editor.writes_piece("later", day="2026-11-26")
    news = editor.brings_out()

    assert ids(news, TODAY) == ["a-piece"]
    with pytest.raises(NotFound):
        news.piece("nl", 2026, "later", TODAY)
    assert ids(news, TOMORROW) == ["later", "a-piece"]


def test_a_vacancy_is_there_on_its_last_day_and_gone_the_day_after(editor: NewsEditor) -> None:
    facts = FACTS["vacancy"].replace("2026-12-31", "2026-11-25")
    editor.writes_piece("job", "vacancy", facts=facts)
    news = editor.brings_out()

    assert ids(news, TODAY, "vacancy") == ["job"]
    assert ids(news, TOMORROW) == ["a-piece"]
    with pytest.raises(Closed):
        news.piece("nl", 2026, "job", TOMORROW)


def test_events_come_first_and_past_ones_are_archived(editor: NewsEditor) -> None:
    for id, day in (("old", "2026-11-20"), ("late", "2026-12-20"), ("soon", "2026-11-25")):
        facts = f"starts: {day} 13:00\nends: {day} 17:00\nplace: De Kuil"
        editor.writes_piece(id, "event", facts=facts)
    news = editor.brings_out()

    assert [event.id for event in news.coming("nl", TODAY)] == ["soon", "late"]
    assert [event.id for event in news.past("nl", TODAY)] == ["old"]
    assert [event.id for event in news.past("nl", TOMORROW)] == ["soon", "old"]


def test_the_pieces_of_an_issue_are_found_and_the_years_are_listed(editor: NewsEditor) -> None:
    editor.writes_piece("letter", "newsletter")
    editor.writes_piece("one", more="issue: 1", day="2026-11-01")
    editor.writes_piece("two", more="issue: 1", day="2026-11-02")
    editor.writes_piece("older", day="2025-01-01")
    news = editor.brings_out()

    assert [piece.id for piece in news.in_issue("nl", 1, TODAY)] == ["one", "two"]
    issue = news.newsletter("nl", 1, TODAY)
    assert issue and issue.id == "letter"
    assert news.newsletter("nl", None, TODAY) is None
    assert news.years("nl", TODAY) == [2026, 2025]


def test_a_magazine_has_its_stories_in_its_own_order(editor: NewsEditor) -> None:
    editor.writes_piece("b-piece", day="2026-11-26")
    editor.writes_piece("c-piece", day="2026-11-01")
    facts = "theme: Tien jaar\nstories: [c-piece, b-piece, a-piece]"
    editor.writes_piece("mag", "magazine", facts=facts)
    news = editor.brings_out()
    magazine = news.piece("nl", 2026, "mag", TODAY)
    assert isinstance(magazine, Magazine)
    assert [piece.id for piece in news.stories(magazine, TODAY)] == ["c-piece", "a-piece"]


def test_a_calendar_file_has_each_event_at_its_own_moment(editor: NewsEditor) -> None:
    editor.writes_piece("day", "event")
    (event,) = editor.brings_out().coming("nl", TODAY)
    calendar = icalendar.Calendar.from_ical(calendar_of([event], "https://luwte.example"))
    (found,) = calendar.walk("VEVENT")

    assert found.decoded("dtstart") == datetime(2026, 12, 10, 13, tzinfo=AMSTERDAM)
    assert found.decoded("dtend") == datetime(2026, 12, 10, 17, tzinfo=AMSTERDAM)
    assert (found["summary"], found["location"]) == ("Over day", "De Kuil")
    assert found["url"] == "https://luwte.example/nieuws/2026/day"
    assert found["uid"] and found["dtstamp"]


# What is told


def fault_of(editor: NewsEditor, kind: str, facts: str, body: str = "Nieuws.") -> tuple[int, str]:
    editor.writes_piece("broken", kind, facts=facts, body=body)
    return editor.told_in_dutch()


PEOPLE = "people:\n  - {name: Noor, role: agent}\n"
THREE = PEOPLE + "  - {name: Sam, role: arts}\n  - {name: Lies, role: juf}"
TALK = "**Noor:** Ja.\n\n**Sam:** Ja.\n\n**Lies:** Ja."
EVENT = "starts: 2026-12-10 13:00\nends: {}\nplace: De Kuil\n"


@pytest.mark.parametrize(
    ("kind", "facts", "body", "line", "says"),
    [
        ("party", "", "x", 3, "'kind' is 'party': choose from news, interview"),
        ("news", "closes: 2026-12-01", "x", 7, "'closes' is not a known key"),
        ("news", "example: perhaps", "x", 7, "'example' is 'perhaps': choose from yes, no."),
        ("news", "issue: 9", "x", 7, "there is no newsletter with number 9"),
        ("news", "next: article:nobody", "x", 7, "no article in 'nl' has the id 'nobody'"),
        ("news", "next: sleep", "x", 7, "'next' is 'sleep': choose from chat"),
        ("news", "", "[x](news:nobody)", 8, "no piece in 'nl' has the id 'nobody'"),
        ("news", "", "[x](article:nobody)", 8, "no article in 'nl' has the id 'nobody'"),
        ("news", "", "", 2, "has no text"),
        ("newsletter", "number: 1", "x", 7, "no piece belongs to it"),
        ("newsletter", "", "x", 1, "'number' is missing"),
        ("magazine", "theme: A\nstories: [nobody]", "x", 8, "has the id 'nobody'"),
        ("magazine", "theme: A\nstories: [a-piece, a-piece]", "x", 8, "stands here twice"),
        ("magazine", "theme: A\nstories: [broken]", "x", 8, "is a magazine: name a story"),
        ("project", "state: maybe", "x", 7, "choose from running, ended"),
        ("event", EVENT.format("morgen"), "x", 8, "'ends' is 'morgen': give a day and a time"),
        ("event", EVENT.format("2026-12-10 12:00"), "x", 8, "'ends' is not after 'starts'"),
        ("event", EVENT.format("2026-02-30 12:00"), "x", 8, "give a day and a time"),
        (
            "event",
            EVENT.format("2026-12-10 17:00") + "programme: ['Inloop']",
            "x",
            10,
            "begin with a time",
        ),
        (
            "event",
            EVENT.format("2026-12-10 17:00") + "programme: ['09:00 Inloop']",
            "x",
            10,
            "09:00 is outside the event",
        ),
        (
            "vacancy",
            "closes: 2026-11-01\nhours: 20\nplace: A\napply: B",
            "x",
            7,
            "'closes' is before 'date'",
        ),
        ("interview", "form: solo\n" + PEOPLE, "x", 7, "'form' is 'solo': choose from one"),
        ("interview", "form: one\npeople: Noor", "x", 8, "must be a list: begin"),
        ("interview", "form: round-table\n" + PEOPLE, "**Noor:** Ja.", 8, "has 3 to 8"),
        ("interview", "form: round-table\n" + THREE, TALK[:-14], 7, "Lies never speaks"),
        (
            "interview",
            "form: round-table\n" + THREE,
            TALK + "\n\n**Tom:** Ja.",
            19,
            "'Tom' speaks here",
        ),
        ("interview", "form: voices\n" + THREE, TALK, 7, "has no reaction"),
        ("interview", "form: voices\n" + THREE, TALK + "\n\n> Mooi.", 19, "is not signed"),
        (
            "interview",
            "form: double\n" + PEOPLE + "  - {name: Sam, role: arts}",
            TALK[:-16],
            8,
            "write 'about' for all",
        ),
        ("interview", "form: one\nabout: Zo.\n" + PEOPLE, "x", 8, "needs both 'about_title'"),
    ],
)
def test_each_fault_names_its_line_and_its_remedy(
    editor: NewsEditor, kind: str, facts: str, body: str, line: int, says: str
) -> None:
    found = fault_of(editor, kind, facts, body)
    assert says in found[1] and found[0] == line, found


def test_a_bad_date_is_told_and_the_others_stay(editor: NewsEditor) -> None:
    path = editor.writes_piece("broken")
    editor.writes(path, path.read_bytes().replace(b"2026-11-10", b"10 november"))
    line, text = editor.told_in_dutch()

    assert (line, text) == (6, "'date' is '10 november': give a day as year-month-day.")
    assert ids(editor.brings_out(), TODAY) == ["a-piece"]


def test_a_piece_in_the_folder_of_another_year_is_told(editor: NewsEditor) -> None:
    path = editor.writes_piece("broken")
    editor.writes(path.parent.with_name("2025") / path.name, path.read_bytes())
    path.unlink()
    assert editor.told_in_dutch() == (6, "'date' is in 2026: move the file to that folder.")


def test_a_file_beside_the_years_is_told(editor: NewsEditor) -> None:
    path = editor.writes_piece("broken")
    path.rename(path.parent.parent / path.name)
    assert "is in the wrong place: news is <year>/<name>.md" in editor.told_in_dutch()[1]


def test_a_piece_without_its_twin_is_told(editor: NewsEditor) -> None:
    editor.writes_piece("alone", only="nl")
    text = "has no twin in 'en': write the piece there with id: alone"
    assert editor.told() == [("nl/nieuws/2026/alone.md", 2, text)]


def test_twins_of_different_days_are_told(editor: NewsEditor) -> None:
    editor.writes_piece("apart", day="2026-11-01", only="en")
    editor.writes_piece("apart", day="2026-11-02", only="nl")
    text = "its twin in 'nl' has another kind or other dates: make them the same."
    assert editor.told() == [("en/news/2026/apart.md", 6, text)]


def test_an_id_that_is_used_twice_is_told(editor: NewsEditor) -> None:
    path = editor.writes_piece("broken")
    editor.writes(path, path.read_bytes().replace(b"id: broken", b"id: a-piece"))
    assert "'id' is 'a-piece', as in nl/nieuws/2026/a-piece.md" in editor.told_in_dutch()[1]


# Published figures

COLUMNS = (
    "chart,label_nl,label_en,series_nl,series_en,unit_nl,unit_en,note_nl,note_en,value,mark,source"
)
ROW = "reports,2021,2021,Meldingen,Reports,aantal,number,bijna,almost,120000,seen,CBS"


def writes_figures(editor: NewsEditor, *rows: str, chart: str = "reports") -> None:
    editor.writes(editor.folder / "figures.csv", "\n".join((COLUMNS, *rows)))
    top = f"title: Cijfers\nsummary: Kort.\ncharts:\n  - {{chart: {chart}, title: A, text: B}}"
    for lang, name in (("nl", "nieuws"), ("en", "news")):
        editor.writes(editor.folder / lang / name / "_figures.md", f"---\n{top}\n---\nZo is het.\n")


def test_figures_stand_by_label_and_series_with_their_source_and_mark(editor: NewsEditor) -> None:
    derived = "reports,2023,2023,Meldingen,Reports,aantal,number,,,127600,derived,CBS 85361"
    writes_figures(editor, ROW, ROW.replace("Meldingen,Reports", "Adviezen,Advice"), derived)
    news = editor.brings_out()

    assert news.faults == []
    (chart,) = news.figures["en"].charts
    assert chart.series == ["Reports", "Advice"]
    assert [label for label, _ in chart.rows] == ["2021", "2023"]
    assert [number and number.value for number in chart.rows[1][1]] == [127600, None]
    assert [number.derived for number in chart.numbers] == [False, False, True]
    assert chart.sources == ["CBS", "CBS 85361"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (ROW.replace("120000", "120.000"), "'value' is '120.000': give a whole number"),
        (ROW.replace("seen", "maybe"), "'mark' is 'maybe': write seen, or derived"),
        (ROW.replace(",CBS", ","), "'source' is empty"),
        (ROW + ",more", "too many or too few cells"),
    ],
)
def test_a_figure_that_is_not_whole_is_told_with_its_line(
    editor: NewsEditor, row: str, says: str
) -> None:
    writes_figures(editor, ROW, row)
    ((path, line, text),) = editor.told()
    assert (path, line) == ("figures.csv", 3) and says in text


def test_a_chart_without_numbers_is_told(editor: NewsEditor) -> None:
    writes_figures(editor, ROW, chart="nobody")
    assert "figures.csv has no numbers for 'nobody'" in editor.told_in_dutch()[1]
