"""Ready answers: who has which, who may change which, and what stands in the shipped files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from luwte.chat.answers import (
    OWN_MOST,
    Answers,
    NoSuchAnswer,
    Shipped,
    TooManyAnswers,
    Written,
)
from luwte.chat.clean import BadInput
from luwte.chat.database import reading
from luwte.chat.staff import Staff, Staffing
from luwte.desk_files import read_desk_files
from tests.content import Editor
from tests.house import SECRETS
from tests.service import Advisor, Service
from tests.test_checks import checked

pytest_plugins = ["tests.databases"]

HELLO = Shipped("hello", "nl", "Hallo", "Hallo, ik ben {name}.", 10)
BYE = Shipped("bye", "nl", "Dag", "Dag. Bel {phone}.", 20)
HELLO_EN = Shipped("hello", "en", "Hello", "Hello, I am {name}.", 10)
ANSWER = "- id: hello\n  title: Hallo\n  text: Hallo, ik ben {name}.\n"


@pytest.fixture
def answers(engine: Engine) -> Answers:
    return Answers(engine, [HELLO, BYE, HELLO_EN])


@pytest.fixture
def noor(engine: Engine) -> int:
    return hired(engine, "noor")


@pytest.fixture
def sam(engine: Engine) -> int:
    return hired(engine, "sam")


def hired(engine: Engine, name: str) -> int:
    email = f"{name}@example.org"
    Staffing(engine, secrets=SECRETS).add(email, name, "advisor", "een lang wachtwoord")
    with reading(engine) as session:
        return session.scalars(select(Staff.id).filter_by(email=email)).one()


def titles(found: list[Any]) -> list[str]:
    return [answer.title for answer in found]


def written(title: str = "Mijn titel", text: str = "mijn tekst", place: int = 500) -> Written:
    return Written.read(title, text, str(place))


def test_what_is_shipped_is_there_without_a_row(answers, noor):
    assert titles(answers.for_advisor(noor)) == ["Hallo", "Dag", "Hello"]
    assert not any(one.changed or one.own or one.hidden for one in answers.for_advisor(noor))


def test_a_changed_shipped_answer_goes_back_to_what_was_shipped(answers):
    answers.change_shared("nl", "hello", written("Welkom", "Welkom!", 30))
    assert titles(answers.shared("nl")) == ["Dag", "Welkom"]
    assert answers.one_shared("nl", "hello").changed
    assert titles(answers.shared("en")) == ["Hello"]

    answers.remove_shared("nl", "hello")

    assert answers.one_shared("nl", "hello").text == HELLO.text
    assert not answers.one_shared("nl", "hello").changed


def test_a_hidden_answer_is_on_no_desk_and_comes_back(answers, noor):
    answers.hide("nl", "bye", hidden=True)
    assert titles(answers.for_advisor(noor)) == ["Hallo", "Hello"]
    assert titles(answers.shared("nl")) == ["Hallo", "Dag"]

    answers.hide("nl", "bye", hidden=False)

    assert titles(answers.for_advisor(noor)) == ["Hallo", "Dag", "Hello"]


def test_the_office_adds_changes_and_removes_its_own(answers):
    answers.add_shared("nl", written("Nieuw", "Een nieuw antwoord.", 5))
    ref = answers.shared("nl")[0].ref
    answers.change_shared("nl", ref, written("Nieuwer", "Nog een.", 15))
    assert titles(answers.shared("nl")) == ["Hallo", "Nieuwer", "Dag"]

    answers.remove_shared("nl", ref)

    assert titles(answers.shared("nl")) == ["Hallo", "Dag"]


def test_ones_own_stand_first_and_nobody_else_has_them(answers, noor, sam):
    answers.add_own(noor, "nl", written("Van mij"))

    assert titles(answers.for_advisor(noor)) == ["Van mij", "Hallo", "Dag", "Hello"]
    assert titles(answers.for_advisor(sam)) == ["Hallo", "Dag", "Hello"]
    assert "Van mij" not in titles(answers.shared("nl"))


def test_nobody_reaches_the_answers_of_another(answers, noor, sam):
    answers.add_own(noor, "nl", written("Van mij"))
    ref = answers.own(noor)[0].ref

    for attempt in (
        lambda: answers.one_own(sam, ref),
        lambda: answers.change_own(sam, ref, "nl", written("x")),
        lambda: answers.remove_own(sam, ref),
        lambda: answers.change_shared("nl", ref, written("x")),
        lambda: answers.remove_shared("nl", ref),
        lambda: answers.hide("nl", ref, hidden=True),
    ):
        with pytest.raises(NoSuchAnswer):
            attempt()
    assert titles(answers.own(noor)) == ["Van mij"]


def test_one_advisor_keeps_no_endless_list(answers, noor):
    for number in range(OWN_MOST):
        answers.add_own(noor, "nl", written(f"nummer {number}"))

    with pytest.raises(TooManyAnswers):
        answers.add_own(noor, "nl", written("nog een"))


@pytest.mark.parametrize(
    ("title", "text", "place", "field"),
    [
        ("", "tekst", "1", "title"),
        ("x" * 61, "tekst", "1", "title"),
        ("titel", " \u202e ", "1", "text"),
        ("titel", "x" * 1001, "1", "text"),
        ("titel", "tekst", "1000", "place"),
        ("titel", "tekst", "-1", "place"),
        ("titel", "tekst", "één", "place"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_by_its_field(title, text, place, field):
    with pytest.raises(BadInput) as refused:
        Written.read(title, text, place)
    assert refused.value.field == field


def test_the_shipped_answers_are_sound_and_the_same_in_both_languages():
    read = read_desk_files(Path("content"))

    by_lang = {lang: [one.id for one in read.answers if one.lang == lang] for lang in ("nl", "en")}
    assert read.faults == []
    assert by_lang["nl"] == by_lang["en"]
    assert len(by_lang["nl"]) >= 15


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    monkeypatch.chdir(tmp_path)
    editor = Editor(tmp_path / "content")
    for lang in ("nl", "en"):
        editor.writes(editor.folder / "answers" / f"{lang}.yml", ANSWER)
    return editor


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (ANSWER + ANSWER, 4, "a second time"),
        (ANSWER.replace("{name}", "{naam}"), 3, "'{naam}' is filled in by nobody"),
        (ANSWER.replace("title: Hallo", "title: " + "x" * 61), 2, "over 60 characters"),
        (ANSWER.replace("  text", "  tekst"), 3, "'tekst' is not a known key"),
        ("- hallo\n" + ANSWER, 1, "is no answer"),
        ("id: hello\n", 1, "is no list"),
        ("- id: 'open\n", 2, "is not valid YAML"),
        ("[" * 5000, 1, "too many signs"),
    ],
)
def test_a_fault_in_the_answers_is_told_with_file_and_line(editor: Editor, text, line, what):
    editor.writes(editor.folder / "answers" / "nl.yml", text)
    status, lines = checked(editor)

    assert status == 1
    assert lines[0].startswith(f"content/answers/nl.yml:{line}: ") or any(
        one.startswith(f"content/answers/nl.yml:{line}: ") and what in one for one in lines
    ), lines
    assert any(what in one for one in lines), lines


def test_an_answer_without_a_twin_is_told(editor: Editor):
    editor.writes(editor.folder / "answers" / "nl.yml", ANSWER + ANSWER.replace("hello", "bye"))

    assert checked(editor)[1][0].startswith("content/answers/en.yml:1: has no sound answer 'bye'")


def test_the_desk_gets_the_list_and_what_is_filled_in(advisor: Advisor):
    told = advisor.http.get("/desk/answers").json()

    assert told["name"] == "Noor"
    assert told["fill"]["nl"]["phone"] == "0800-2000"
    assert {"nl", "en"} == {answer["lang"] for answer in told["answers"]}


def test_an_advisor_makes_changes_and_removes_an_answer_at_the_desk(service: Service):
    advisor = Advisor(service.hires("Roos")).signs_in()
    page = {"Accept": "text/html"}
    made = {"title": "Mijn groet", "text": "Hoi, {name} hier.", "lang": "nl", "place": "5"}
    made["csrf_token"] = advisor.http.headers["X-CSRFToken"]

    tried = advisor.http.post("/desk/answers", data=made | {"step": "preview"}, headers=page)
    assert "Hoi, Noor hier." in tried.text
    assert advisor.http.get("/desk/answers").json()["answers"][0]["own"] is False
    assert advisor.http.post("/desk/answers", data=made, headers=page).status_code == 303
    first = advisor.http.get("/desk/answers").json()["answers"][0]
    assert (first["title"], first["own"]) == ("Mijn groet", True)

    address = f"/desk/answers/{first['ref']}"
    wrong = advisor.http.post(address, data=made | {"title": ""}, headers=page)
    assert wrong.status_code == 422
    assert "Hoi, {name} hier." in wrong.text
    advisor.http.post(address, data=made | {"title": "Groet"}, headers=page)
    assert advisor.http.get("/desk/answers").json()["answers"][0]["title"] == "Groet"
    advisor.http.post(address, data=made | {"step": "remove"}, headers=page)
    assert not any(one["own"] for one in advisor.http.get("/desk/answers").json()["answers"])
    assert advisor.http.get(address, headers=page).status_code == 404
