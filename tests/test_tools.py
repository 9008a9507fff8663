"""The tools: what an editor writes is what a visitor fills in, and a broken file stays alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from luwte.application import create_app
from luwte.articles import Library
from luwte.config import CONTENT, Settings
from luwte.pages import address_of
from luwte.readability import read
from luwte.tools import Tool
from tests.content import SLUGS, Editor

NAMES = {"nl": "mijn-plan", "en": "my-plan"}
NL = "nl/geweld-thuis/mijn-plan.tool.yml"
EN = "en/violence-at-home/my-plan.tool.yml"
TOOL = """\
id: my-plan
title: Mijn plan
summary: Een plan.
audience: [self]
order: 2
next: chat
checked: 2026-11-25
sources: [veiligthuis.nl]
paper: Lijst
intro: |
  Bel [112](tel:112).

  Lees [verder](article:help-someone).
parts:
  - title: Tekens
    fold: open
    text: Kruis aan.
    outcome: danger
    tick:
      - Eén
      - Twee
  - title: Vragen
    ask:
      - question: Is er hulp?
        hint: Ook kleine hulp.
        answers:
          - text: Ja
          - text: Nee
            outcome: report
            because: Dan is hulp van anderen nodig.
  - title: Opschrijven
    write:
      - label: Mijn woord
        hint: Een gewoon woord.
        lines: 3
outcomes:
  - id: danger
    title: Bel nu.
    when: Je kruiste iets aan.
    text: Bel [112](tel:112).
    next: danger
  - id: report
    title: Bel ons.
    when: Je koos nee.
    text: |
      Er is [een artikel](article:help-someone).
    next: article:help-someone
  - id: enough
    title: Ga zo door.
    when: Je koos overal ja.
    text: Goed zo.
    next: phone
"""


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    editor = Editor(tmp_path / "content")
    for lang in SLUGS:
        writes(editor, lang=lang)
    return editor


def path_of(editor: Editor, lang: str = "nl") -> Path:
    return editor.section(lang).with_name(f"{NAMES[lang]}.tool.yml")


def writes(editor: Editor, old: str = "", new: str = "", *, lang: str = "nl") -> None:
    """The tool, with one piece of it replaced."""
    assert old in TOOL
    editor.writes(path_of(editor, lang), TOOL.replace(old, new, 1) if old else TOOL)


def the_tool(library: Library) -> Tool:
    tool = library.article("nl", "geweld-thuis", "mijn-plan").tool
    assert tool
    return tool


def pages_of(editor: Editor) -> FlaskClient:
    editor.writes(editor.folder / "code-words.txt", (CONTENT / "code-words.txt").read_bytes())
    return client(editor.folder)


def client(content: Path) -> FlaskClient:
    settings = Settings(secret_keys=("s",), redis_url="redis://none:1", content=content)
    return create_app(settings).test_client()


# What is read


def test_a_tool_is_read_and_found_like_an_article(editor: Editor) -> None:
    library = editor.publishes()
    found = library.by_id("nl", "my-plan")

    assert library.faults == []
    assert found is library.article("nl", "geweld-thuis", "mijn-plan")
    assert found and found.title == "Mijn plan"
    assert library.twin(found, "en") is library.article("en", "violence-at-home", "my-plan")
    assert [article.slug for article in found.section.articles] == ["iemand-helpen", "mijn-plan"]
    assert (library.count(), library.count_tools()) == (2, 2)


def test_what_is_in_a_tool_is_what_was_written(editor: Editor) -> None:
    tool = the_tool(editor.publishes())
    ticks, asks, writes_down = tool.parts
    danger, report, enough = tool.outcomes

    assert (ticks.title, ticks.fold, ticks.ticks) == ("Tekens", "open", ["Eén", "Twee"])
    assert ticks.outcome == danger.number == 1
    (question,) = asks.questions
    assert (question.number, question.text, question.hint) == (1, "Is er hulp?", "Ook kleine hulp.")
    assert [(a.text, a.outcome) for a in question.answers] == [("Ja", 0), ("Nee", report.number)]
    (room,) = writes_down.fields
    assert (room.label, room.hint, room.lines) == ("Mijn woord", "Een gewoon woord.", 3)
    (reason,) = report.reasons
    assert (reason.question, reason.answer) == (1, "Nee")
    assert reason.text == "Dan is hulp van anderen nodig."
    assert [one.otherwise for one in tool.outcomes] == [False, False, True]
    assert [one.next for one in tool.outcomes] == ["danger", "article:help-someone", "phone"]
    assert enough.text.html == "<p>Goed zo.</p>\n"


def test_all_that_is_read_can_be_searched_and_weighed(editor: Editor) -> None:
    library = editor.publishes()
    html = library.article("nl", "geweld-thuis", "mijn-plan").html
    texts = the_tool(library).texts()

    for words in ("Kruis aan", "Twee", "Is er hulp?", "Mijn woord", "Ga zo door.", "Dan is hulp"):
        assert words in html
        assert any(words in text for text in texts)
    assert "<input" not in html


def test_a_tool_can_be_linked_to_and_be_the_next_step(editor: Editor) -> None:
    editor.writes_in_both("## A\n\n[Maak een plan](tool:my-plan)", "links", next="tool:my-plan")
    page = pages_of(editor).get("/geweld-thuis/links").text

    assert editor.publishes().faults == []
    assert page.count('href="/geweld-thuis/mijn-plan"') == 2


# What is wrong is told with its file, its line and a remedy


@pytest.mark.parametrize(
    ("old", "new", "line", "remedy"),
    [
        ("paper: Lijst\n", "", 1, "'paper' is missing"),
        ("title: Mijn", "titel: Mijn", 2, "'titel' is not a known key"),
        ("order: 2", "order: x", 5, "'order' is 'x': give a whole number"),
        ("next: chat", "next: weg", 6, "'next' is 'weg': choose from chat"),
        ("fold: open", "fold: half", 16, "'fold' is 'half': choose open or closed"),
        ("outcome: danger", "outcome: denger", 18, "there is no outcome 'denger'"),
        ("      - Twee\n", "      - [Twee]\n", 21, "'tick' has an item that is no text"),
        ("question: Is er", "vraag: Is er", 24, "'vraag' is not a known key"),
        ("question: Is er hulp?\n        ", "", 24, "'question' is missing"),
        ("          - text: Ja\n", "", 26, "has one answer: give at least two"),
        ("            outcome: report\n", "", 29, "is a reason for no outcome"),
        ("lines: 3", "lines: 99", 35, "'lines' is 99: give a number from 1 to 12"),
        (
            "  - title: Opschrijven\n    write:",
            "  - title: Op\n    schrijf:",
            32,
            "'schrijf' is not",
        ),
        ("  - id: report", "  - id: danger", 42, "'id' is 'danger' a second time"),
        ("    when: Je koos nee.\n", "", 42, "'when' is missing"),
        ("next: phone", "next: bellen", 52, "'next' is 'bellen': choose from chat"),
        ("outcomes:", "outcomes:\n  - x", 37, "'outcomes' has an item without facts"),
        ("parts:\n", "parts: x\nrest:\n", 14, "'parts' must be a list"),
        ("  - title: Tekens", "  - title: [Tekens", 16, "is not valid YAML"),
    ],
)
def test_a_fault_in_a_tool_is_told_on_its_line(
    editor: Editor, old: str, new: str, line: int, remedy: str
) -> None:
    writes(editor, old, new)
    library = editor.publishes()
    told = [f"{f.path.relative_to(editor.folder)}:{f.line}: {f.text}" for f in library.faults]

    assert any(text.startswith(f"{NL}:{line}: {remedy}") for text in told), told
    assert library.by_id("nl", "my-plan") is None
    assert library.by_id("nl", "help-someone")


@pytest.mark.parametrize(
    ("old", "new", "line", "remedy"),
    [
        (
            "(article:help-someone).\nparts",
            "(article:nobody).\nparts",
            13,
            "no article in 'nl' has",
        ),
        (
            "[een artikel](article:help-someone)",
            "[a](tool:help-someone)",
            46,
            "'help-someone' is no tool",
        ),
        (
            "next: article:help-someone",
            "next: article:nobody",
            47,
            "'next': no article in 'nl' has",
        ),
    ],
)
def test_a_dead_link_is_told_and_the_tool_stays(
    editor: Editor, old: str, new: str, line: int, remedy: str
) -> None:
    writes(editor, old, new)
    path, told, text = editor.only_fault()

    assert (path, told) == (NL, line)
    assert text.startswith(remedy)
    assert all(
        outcome.next != "article:nobody" for outcome in the_tool(editor.publishes()).outcomes
    )


def test_an_outcome_that_nothing_leads_to_is_told(editor: Editor) -> None:
    for lang in SLUGS:
        writes(editor, "    outcome: danger\n", "", lang=lang)
    faults = editor.faults()

    assert [(path, line) for path, line, _ in faults] == [(EN, 35), (NL, 35)]
    assert faults[0][2].startswith("nothing leads to the outcome 'danger': name it in an answer")


def test_what_only_one_language_has_is_told(editor: Editor) -> None:
    writes(editor, "      - Twee\n", "", lang="en")
    path, line, text = editor.only_fault()

    assert (path, line) == (EN, 15)
    assert text.startswith("its twin in 'nl' differs in the part 'Tekens': give both the same")


def test_an_article_and_a_tool_may_not_share_an_id(editor: Editor) -> None:
    writes(editor, "id: my-plan", "id: help-someone")
    faults = [text for path, _, text in editor.faults() if path == NL]

    assert faults[0].startswith("'id' is 'help-someone', as in nl/geweld-thuis/iemand-helpen.md")


def test_another_yaml_file_in_a_section_is_told(editor: Editor) -> None:
    editor.writes(path_of(editor).with_name("los.yml"), "x: y")
    assert editor.only_fault()[2].startswith("is in the wrong place")


# What a visitor gets


def test_what_is_filled_in_has_no_way_out_of_the_page(editor: Editor) -> None:
    page = pages_of(editor).get("/geweld-thuis/mijn-plan").text
    (form,) = re.findall(r"<form class=\"tool\".*?</form>", page, re.DOTALL)
    opening, *buttons = re.findall(r"<(?:form|button)[^>]*>", form)
    fields = re.findall(r"<(?:input|textarea)[^>]*>", form)

    # Such a form is sent nowhere, and Enter asks the first button, which says no.
    assert 'method="dialog"' in opening and "action" not in opening
    assert 'autocomplete="off"' in opening
    assert buttons[0] == '<button type="submit" disabled hidden>'
    assert all('type="reset"' in button for button in buttons[1:])
    assert len(fields) == 5
    assert all('autocomplete="off"' in field for field in fields)
    # Only what must be known as a group has a name.
    assert [field for field in fields if "name=" in field] == [
        field for field in fields if 'type="radio"' in field
    ]


def test_markup_in_a_tool_stays_text(editor: Editor) -> None:
    for lang in SLUGS:
        writes(editor, "- Twee", "- <script>alert(1)</script>", lang=lang)
    visitor = pages_of(editor)

    assert "<script>alert" not in visitor.get("/geweld-thuis/mijn-plan").text
    assert "<script>alert" not in editor.publishes().article("nl", "geweld-thuis", "mijn-plan").html


# The site's own tools

OURS = [
    (lang, article.id)
    for lang in SLUGS
    for section in Library.load(CONTENT).sections(lang)
    for article in section.articles
    if article.tool
]


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load(CONTENT)


@pytest.fixture(scope="module")
def visitor() -> FlaskClient:
    return client(CONTENT)


@pytest.mark.parametrize(("lang", "id"), OURS)
def test_every_tool_can_be_opened_from_its_section_and_has_all_that_it_needs(
    library: Library, visitor: FlaskClient, lang: str, id: str
) -> None:
    article = library.by_id(lang, id)
    assert article and article.tool
    address = address_of("tool", article, lang)
    page = visitor.get(address)

    assert page.status_code == 200
    assert f'href="{address}"' in visitor.get(address_of("section", article.section, lang)).text
    assert f"{address}</loc>" in visitor.get("/sitemap.xml").text
    assert len(re.findall("<h1", page.text)) == 1
    assert "data-print hidden" in page.text
    assert 'class="card step' in page.text
    text = page.text.partition("<body>")[2].partition("<script")[0]
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    named = re.findall(r'(?:for|aria-describedby|aria-labelledby)="([^"]+)"', text)
    assert set(named) <= set(ids)


@pytest.mark.parametrize(("lang", "id"), OURS)
def test_every_tool_is_easy_to_read(library: Library, lang: str, id: str) -> None:
    article = library.by_id(lang, id)
    assert article and article.tool
    least = 45 if article.audience == ["professional"] else 60

    assert read("\n\n".join(article.tool.texts()), lang).score >= least
