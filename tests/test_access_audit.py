"""The statement about accessibility says when a program last looked, and what it found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from luwte.access_audit import FILE, read_audit
from luwte.articles import Library
from luwte.config import CONTENT

SOUND = "date: 2026-11-25\ntool: axe-core\nversion: 4.10.3\npages: 216\nfindings: 0\n"


def test_an_audit_is_said_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SOUND)
    audit = read_audit(tmp_path, date(2026, 12, 1))

    assert audit.filled_in("De laatste: {audit}.", "nl") == (
        "De laatste: 25 november 2026, met axe-core 4.10.3, op 216 pagina's. Gevonden fouten: 0."
    )
    assert audit.said["en"].startswith("25 November 2026, with axe-core 4.10.3, on 216 pages.")
    assert (audit.faults, audit.notes) == ([], [])


def test_an_audit_of_over_a_year_ago_is_noted(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SOUND)

    [note] = read_audit(tmp_path, date(2027, 12, 1)).notes

    assert note.line == 1 and "make audit" in note.text


def test_a_file_with_a_fault_says_nothing_and_none_says_so(tmp_path: Path) -> None:
    assert read_audit(tmp_path).said["nl"] == "nog niet"
    (tmp_path / FILE).write_text(SOUND.replace("216", "veel"))
    audit = read_audit(tmp_path)

    assert [fault.line for fault in audit.faults] == [4]
    assert audit.said["nl"] == "nog niet"


def test_the_statement_has_a_place_for_it_in_both_languages() -> None:
    library = Library.load(CONTENT)

    for lang, said in read_audit(CONTENT).said.items():
        article = library.by_id(lang, "accessibility")
        assert article and said in article.body and "{audit}" not in article.html
