"""Words of danger: marked for the advisor where a visitor wrote them, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup

from luwte.chat.clean import as_html, with_links
from luwte.chat.danger_words import DangerWords
from luwte.desk_files import read_desk_files
from tests.content import Editor
from tests.servers import until
from tests.service import Advisor, Service, Visitor
from tests.test_checks import checked

WORDS = DangerWords(["mes", "wurg*", "laat me niet gaan", "can't breathe"])


def marked(text: str, words: DangerWords = WORDS) -> list[str]:
    html = words.mark(as_html(text), "gevaar")
    return [part.partition("<span")[0] for part in html.split("<mark data-danger-word>")[1:]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hij heeft een mes.", ["mes"]),
        ("MES!", ["MES"]),
        ("een messenblok en de domesticatie", []),
        ("hij wurgde mij, wurgen", ["wurgde", "wurgen"]),
        ("hij laat  me\nniet gaan", ["laat  me\nniet gaan"]),
        ("I can't breathe / can’t breathe", ["can&#39;t breathe", "can’t breathe"]),
        ("<mes>", ["mes"]),
        ("geen mes", ["mes"]),
    ],
)
def test_whole_words_and_their_forms_are_marked(text, found):
    assert marked(text) == found


def test_a_mark_says_what_it_means_to_who_cannot_see_it():
    html = WORDS.mark(Markup("mes"), "misschien gevaar")

    assert html == (
        '<mark data-danger-word>mes<span class="visually-hidden"> (misschien gevaar)</span></mark>'
    )


def test_a_mark_never_stands_inside_a_tag():
    html = WORDS.mark(with_links("https://example.org/mes?a='><mes> mes"), "gevaar")

    tags = [part.partition(">")[0] for part in html.split("<")[1:]]
    assert not any("mark data" in tag and not tag.startswith("mark") for tag in tags)
    assert 'href="https://example.org/mes' in html


def test_the_shipped_words_are_sound_and_leave_ordinary_words_alone():
    read = read_desk_files(Path("content"))
    words = DangerWords(read.danger_words)

    assert read.faults == []
    assert marked("He strangled me and my throat hurts", words) == ["strangled", "my throat"]
    ordinary = "Mijn man die is stabiel. Ik gun het hem. I will call you, they met his mother."
    assert marked(ordinary, words) == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("nl: [mes, mes]\nen: [knife]\n", 1, "stands here twice"),
        ("nl:\n  - Mes\nen: [knife]\n", 2, "cannot be looked for"),
        ("nl:\n  - mes\n  - me*\nen: [knife]\n", 3, "cannot be looked for"),
        ("nl: [mes]\n", 1, "'en' is missing"),
        ("nl: [mes]\nen: [knife]\nfr: [couteau]\n", 3, "'fr' is not a known key"),
        ("- mes\n", 1, "has no lists"),
    ],
)
def test_a_fault_in_the_words_is_told_with_file_and_line(tmp_path, monkeypatch, text, line, what):
    monkeypatch.chdir(tmp_path)
    editor = Editor(tmp_path / "content")
    editor.writes(editor.folder / "danger-words.yml", text)
    status, lines = checked(editor)

    assert status == 1
    assert lines[0].startswith(f"content/danger-words.yml:{line}: ")
    assert what in lines[0]


def test_only_the_advisor_sees_the_mark_and_nothing_is_kept_of_it(
    service: Service, advisor: Advisor
):
    visitor = Visitor(service)
    visitor.asks()
    page = visitor.listens()
    visitor.says("hij heeft een mes")
    taken = advisor.takes().json()
    desk = advisor.listens()
    conversation = taken["conversation"]
    advisor.says(conversation, "heeft hij een mes?")
    until(lambda: len(desk.texts()) == 2 and len(page.texts()) == 2, "both read it")

    assert taken["messages"][0]["text"] == "hij heeft een mes"
    assert "<mark" in taken["messages"][0]["html"]
    asked, answered = desk.of("message")[0], desk.of("message")[-1]
    assert "<mark data-danger-word>mes" in asked["html"]
    assert "<mark" not in answered["html"]
    assert not any("<mark" in message["html"] for message in page.of("message"))
    visitor.ends()
