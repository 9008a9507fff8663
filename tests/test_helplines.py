"""Other helplines: when they answer, what is not certain, and what an editor is told."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask

from luwte import helpline_pages
from luwte.application import create_app
from luwte.chat.timetable import AMSTERDAM
from luwte.config import CONTENT, Settings
from luwte.helplines import Helplines, read_helplines

TODAY = date(2026, 11, 25)
GROUPS = "groups:\n  - {id: now, nl: Nu, en: Now}\nlines:\n"
LINE = {
    "id": "lijn",
    "group": "now",
    "phone": "0800-1234",
    "hours": "mon-fri=11:00-21:00 sat=22:00-02:00",
    "checked": "2026-11-22",
    "source": "lijn.example",
    "nl": "{name: De Lijn, who: Voor wie belt., cost: gratis, ways: bellen}",
    "en": "{name: The Line, who: For callers., cost: free, ways: phone}",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(
        Settings(secret_keys=("s",), redis_url="redis://127.0.0.1:1", always_open=True)
    )


def written(folder: Path, *lines: dict[str, str]) -> Helplines:
    items = ("\n".join(f"    {key}: {value}" for key, value in line.items()) for line in lines)
    text = GROUPS + "\n".join(f"  -{item[3:]}" for item in items) + "\n"
    (folder / "helplines.yml").write_text(text, "utf-8")
    return read_helplines(folder, TODAY)


def told(found: Helplines) -> list[str]:
    return [f"{fault.line}: {fault.text}" for fault in found.faults]


def test_the_sites_own_lines_have_no_faults_and_know_what_is_uncertain() -> None:
    found = read_helplines(CONTENT, TODAY)
    assert found.faults == []
    assert [line.id for line in found.lines][:2] == ["emergency", "veilig-thuis"]
    assert len(found.lines) >= 17
    unknown = [line for line in found.lines if line.hours is None]
    assert unknown and all(line.unverified for line in unknown)
    listed = " ".join(note.text for note in found.notes)
    for number in ("0800-0450", "0900-0101", "0800-2666436", "070-3454319", "033-4481186"):
        assert number in listed


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-11-25T10:59", "Open vanaf 11.00 uur"),
        ("2026-11-25T11:00", "Nu open, tot 21.00 uur"),
        ("2026-11-25T21:00", "Open vanaf morgen 11.00 uur"),
        ("2026-11-27T21:30", "Open vanaf morgen 22.00 uur"),
        ("2026-11-29T01:30", "Nu open, tot 2.00 uur"),
        ("2026-11-29T02:00", "Open vanaf morgen 11.00 uur"),
        # In summer a Dutch clock is another hour ahead of UTC.
        ("2026-07-01T10:59", "Open vanaf 11.00 uur"),
        ("2026-07-01T11:00", "Nu open, tot 21.00 uur"),
    ],
)
def test_a_line_says_whether_it_answers_now(app: Flask, tmp_path: Path, at: str, says: str) -> None:
    (line,) = written(tmp_path, LINE).lines
    now = datetime.fromisoformat(at).replace(tzinfo=AMSTERDAM)
    state = line.state(now)
    assert state
    with app.test_request_context("/hulplijnen"):
        assert helpline_pages.when(line.hours, state, now) == says


@pytest.mark.parametrize("start", ["", "/en"])
def test_the_page_names_every_line_and_does_not_pretend(app: Flask, start: str) -> None:
    answer = app.test_client().get(f"{start}/hulplijnen")
    assert answer.status_code == 200
    text = html.unescape(answer.text)
    lang = "en" if start else "nl"
    cards = dict(re.findall(r'data-helpline="([^"]+)"(.*?)</li>', text, re.DOTALL))
    lines = read_helplines(CONTENT, TODAY).lines
    assert list(cards)[:2] == ["emergency", "veilig-thuis"] and len(cards) == len(lines)
    unsure = "not sure of the hours" if start else "tijden weten we niet zeker"
    unchecked = "checked with the helpline" if start else "bij de hulplijn zelf nagekeken"
    for line in lines:
        card = cards[line.id]
        assert line.words[lang].who in card
        for phone in line.phones:
            assert f'href="tel:{phone.replace("-", "")}"' in card
        assert (unsure in card) == (line.hours is None)
        assert (unchecked in card) == bool(line.unverified)
    assert f'href="{start}/hulplijnen"' in app.test_client().get(f"{start}/").text
    assert f"{start}/hulplijnen<" in app.test_client().get("/sitemap.xml").text


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("group", "later", "5: 'group' is 'later': choose from now."),
        ("phone", "bel ons", "6: 'phone' is 'bel ons': write it like 0800-2000, or 112."),
        ("hours", "altijd", "7: 'hours': 'altijd' is no day with hours"),
        ("hours", "mon=09:00-25:00", "7: 'hours': '09:00-25:00' has a time that no day has"),
        ("checked", "gisteren", "8: 'checked' is 'gisteren': give a day as year-month-day."),
        ("checked", "2027-01-01", "8: 'checked' is 2027-01-01, which is still to come"),
        ("nl", "{name: A, who: B, cost: C}", "10: 'ways' is missing"),
        ("tel", "1", "12: 'tel' is not a known key"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_left_out(
    tmp_path: Path, key: str, value: str, fault: str
) -> None:
    found = written(tmp_path, LINE | {key: value}, LINE | {"id": "tweede"})
    assert len(found.faults) == 1 and told(found)[0].startswith(fault), told(found)
    assert [line.id for line in found.lines] == ["tweede"]


def test_two_lines_of_one_name_are_told(tmp_path: Path) -> None:
    found = written(tmp_path, LINE, LINE)
    assert told(found)[0].startswith("12: 'id' is 'lijn' a second time")
    assert len(found.lines) == 1


@pytest.mark.parametrize(("checked", "notes"), [("2026-05-29", 0), ("2026-05-28", 1)])
def test_a_line_that_nobody_checked_for_half_a_year_is_a_note(
    tmp_path: Path, checked: str, notes: int
) -> None:
    found = written(tmp_path, LINE | {"checked": checked})
    assert found.faults == [] and len(found.notes) == notes
    if notes:
        assert found.notes[0].text.startswith("lijn was last checked on 2026-05-28, over 180 days")


def test_what_is_remembered_is_a_note_on_its_line(tmp_path: Path) -> None:
    found = written(tmp_path, LINE | {"unverified": "[het nummer]"})
    assert [(note.line, note.text) for note in found.notes] == [
        (12, "to be verified: lijn: het nummer")
    ]


def test_a_centre_may_do_without_helplines(tmp_path: Path) -> None:
    assert read_helplines(tmp_path, TODAY) == Helplines()
