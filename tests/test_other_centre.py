"""Another centre makes the site its own: with a content folder, and without touching code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from luwte.checks import of_the_content
from luwte.colours import contrast
from luwte.config import CONTENT
from luwte.organisation import FILE, Organisation, read_organisation
from luwte.refusal import refusal
from tests.house import House, house_on

THEIRS = Path(__file__).parent / "other_centre"
PAGES = ("/", "/rust/", "/rust/eerste-stappen", "/chat", "/veilig-internetten", "/zoekgeraakt")
TWINS = ("/en/", "/en/rest/", "/en/rest/first-steps", "/en/chat", "/en/veilig-internetten", "/en/x")
OURS = re.compile(r"Luwte|Veilig Thuis|0800|(?<!\d)112(?!\d)|dag en nacht|day and night")
TAG = re.compile(r"<(style|script)\b.*?</\1>|<svg.*?</svg>|<!--.*?-->", re.DOTALL)


@pytest.fixture
def their_house(redis, redis_of_the_run, tmp_path):
    database = f"sqlite:///{tmp_path / 'luwte.sqlite3'}"
    with house_on(database, redis, redis_of_the_run.url, tmp_path, content=THEIRS) as theirs:
        yield theirs


def test_their_folder_is_in_order():
    assert of_the_content(THEIRS).faults == []


def test_no_page_names_the_first_centre(their_house: House):
    for path in (*PAGES, *TWINS):
        page = TAG.sub("", their_house.app.test_client().get(path).text)
        assert OURS.findall(page) == [], path
        assert "De Haven" in page
        assert 'href="tel:0881234567"' in page


def test_their_colours_stand_after_ours_and_the_policy_allows_them(their_house: House):
    answer = their_house.app.test_client().get("/")
    assert "--main:#2f3f8f" in answer.text
    assert "--main:#aebcff" in answer.text


def test_their_doors_lead_to_their_pages_in_both_languages(their_house: House):
    client = their_house.app.test_client()
    assert 'href="/rust/eerste-stappen"' in client.get("/").text
    assert 'href="/en/families/"' in client.get("/en/").text


def test_a_chat_that_cannot_be_had_names_their_phone(their_house: House):
    for number in range(their_house.chat.waiting.cap + 1):
        answer = their_house.app.test_client().post(
            "/chat",
            data={"audience": "self", "key": f"k{number}"},
            headers={"Accept": "application/json"},
        )
    assert answer.status_code == 503
    told = answer.get_json()
    assert told["phone"] == "088 123 45 67"
    assert "088 123 45 67. Dat is elke dag van 9 tot 21 uur." in told["error"]


def test_a_request_that_cannot_be_read_is_told_their_numbers():
    page = refusal(400, "/", read_organisation(THEIRS)).decode()
    assert OURS.findall(page.partition("\r\n\r\n")[2]) == []
    assert "tel:911" in page


# The file itself


def faults(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    (tmp_path / FILE).write_text(text)
    return [(fault.line, fault.text) for fault in read_organisation(tmp_path).faults]


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("naam: De Haven\n", 1, "'naam' is not a known key"),
        ("name: A\nphone: bel ons\n", 2, "give a number that can be called"),
        ("name: A\ncolours:\n  light: {main: groen}\n", 3, "give a colour as # and six digits"),
        ("colours:\n  light: {ink: '#777777', ground: '#888888'}\n", 2, "has a contrast of 1.3"),
        ("phone_hours:\n  nl: elke dag\n", 2, "'en' is missing"),
        ("doors:\n  - drawing: cat\n", 2, "choose from self, other, work"),
        ("doors: none\n", 1, "must be a list"),
        ("name: [\n", 2, "is not valid YAML"),
        ("- name\n", 1, "has no facts"),
    ],
)
def test_a_fault_names_its_line_and_the_remedy(tmp_path, text, line, remedy):
    found = faults(tmp_path, text)
    assert found
    assert found[0][0] == line
    assert remedy in " ".join(told for _, told in found)


def test_without_the_file_the_site_is_the_first_centres(tmp_path):
    assert read_organisation(tmp_path) == Organisation()
    assert read_organisation(CONTENT).in_our_texts("nl")("Luwte, 0800-2000") == "Luwte, 0800-2000"


def test_a_number_inside_another_one_stays():
    own = Organisation(emergency="911").in_our_texts("en")
    assert own("Call 112, not 0112 or 1123.") == "Call 911, not 0112 or 1123."


def test_the_numbers_in_a_sentence_can_be_tapped_and_the_rest_stays_text():
    own = Organisation(phone="0800 123", emergency="911")
    assert own.to_call("Call 911, or 0800 123. Not 0911, 911-5 or <b>112</b>.") == (
        'Call <a href="tel:911">911</a>, or <a href="tel:0800123">0800 123</a>. '
        "Not 0911, 911-5 or &lt;b&gt;112&lt;/b&gt;."
    )


def test_contrast_is_that_of_the_standard():
    # WCAG 2.2: black on white is 21 to 1, a colour on itself 1 to 1.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#175b57", "#175b57") == pytest.approx(1)
