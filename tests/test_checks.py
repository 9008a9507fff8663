"""`luwte check`: one line for every fault, and an exit status that a script can use."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from luwte.chat.database import engine_for, migrate
from luwte.chat.staff import Staffing
from luwte.chat.store import connect
from luwte.checks import run
from luwte.config import Settings
from luwte.staff_key import factor_secrets
from tests.content import Editor
from tests.servers import RedisServer, free_port, redis_server

pytest_plugins = ["tests.databases"]

REGIONS = "code,slug,name,organisation\nVT01,amstelland,Amstelland,VT Amstelland\n"


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    monkeypatch.chdir(tmp_path)
    editor = Editor(tmp_path / "content")
    editor.writes(editor.folder / "regions.csv", REGIONS)
    return editor


def checked(editor: Editor, **settings: object) -> tuple[int, list[str]]:
    """The exit status, and the lines that were printed but for those that say how a text reads."""
    out = io.StringIO()
    status = run(Settings(content=editor.folder, **settings), out)  # type: ignore[arg-type]
    return status, [line for line in out.getvalue().splitlines() if ": figure: " not in line]


def test_a_whole_service_is_in_order(editor: Editor) -> None:
    assert checked(editor) == (0, ["Everything is in order; 2 articles, 0 notes."])


def test_a_fault_in_an_article_is_one_line_that_starts_with_its_place(editor: Editor) -> None:
    editor.writes_article("## A\n\n[b](article:nobody)")
    assert checked(editor) == (
        1,
        [
            "content/nl/geweld-thuis/iemand-helpen.md:13: no article in 'nl' has the id 'nobody': "
            "correct the link.",
            "1 fault; 2 articles, 0 notes.",
        ],
    )


def test_a_file_outside_the_current_folder_is_named_in_full(
    editor: Editor, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    path = editor.writes(editor.folder / "los.md", "x")
    assert checked(editor)[1][0].startswith(f"{path}:1: is in the wrong place")


def test_a_statement_to_be_verified_is_a_note_and_no_fault(editor: Editor) -> None:
    editor.writes_article("## A\n\nb", unverified="[de tijden]")
    assert checked(editor) == (
        0,
        [
            "content/nl/geweld-thuis/iemand-helpen.md:10: note: to be verified: de tijden",
            "Everything is in order; 2 articles, 1 note.",
        ],
    )


def test_a_name_with_a_newline_does_not_break_the_line(editor: Editor) -> None:
    editor.writes(editor.folder / "nl" / "twee\nregels", "x")
    lines = checked(editor)[1]
    assert lines[0].startswith("content/nl/twee\\nregels:1: is in the wrong place")
    assert len(lines) == 2


def test_a_content_folder_that_is_missing_is_one_line(editor: Editor) -> None:
    editor.folder.rename(editor.folder.with_name("gone"))
    status, lines = checked(editor)
    assert status == 1
    assert "is no folder: set LUWTE_CONTENT" in lines[0]
    assert len(lines) == 2


# Plain language


def test_how_a_text_reads_is_told_for_each_page(editor: Editor) -> None:
    out = io.StringIO()
    run(Settings(content=editor.folder), out)
    told = "content/nl/geweld-thuis/iemand-helpen.md:10: figure: reads at "
    assert [line for line in out.getvalue().splitlines() if line.startswith(told)]


HARD = "## A\n\n" + "Verantwoordelijkheidsverdelingen bemoeilijken hulpverleningsprocedures. " * 3


@pytest.mark.parametrize(
    ("audience", "text", "floor"),
    [
        ("[self]", HARD, 60),
        ("[professional]", HARD, 45),
        # Plain enough for grown-ups, not for children.
        ("[other, young]", "## A\n\n" + "Veertien medewerkers luisteren. Hij kan het. " * 5, 70),
    ],
)
def test_a_text_that_is_hard_for_its_readers_is_a_fault(
    editor: Editor, audience: str, text: str, floor: int
) -> None:
    editor.writes_article(text, audience=audience)
    status, lines = checked(editor)
    assert status == 1
    assert lines[0].startswith("content/nl/geweld-thuis/iemand-helpen.md:10: is hard to read, at ")
    assert f"({floor} or more)" in lines[0]
    assert lines[0].endswith("use shorter sentences and shorter words.")


# Regions


@pytest.mark.parametrize(
    ("rows", "line", "remedy"),
    [
        ("VT1,a,A,V\n", 3, "'code' is 'VT1': give VT and two digits"),
        ("VT01,a,A,V\n", 3, "'code' is 'VT01' a second time"),
        ("VT02,amstelland,A,V\n", 3, "'slug' is 'amstelland' a second time"),
        ("VT02,Aan Zee,A,V\n", 3, "'slug' is 'Aan Zee': use small letters"),
        ("\nVT02,a, ,V\n", 4, "'name' is empty"),
        ("VT02,a,A,\n", 3, "'organisation' is empty"),
        ("VT02,a\n", 3, "has 2 cells instead of 4"),
        ('VT02,"a"b,A,V\n', 3, "is not valid CSV"),
        ("VT02,a,\udce9,V\n", 3, "is not UTF-8 text"),
    ],
)
def test_a_region_that_cannot_be_used_is_told_on_its_line(
    editor: Editor, rows: str, line: int, remedy: str
) -> None:
    path = editor.folder / "regions.csv"
    editor.writes(path, (REGIONS + rows).encode(errors="surrogateescape"))
    status, lines = checked(editor)
    assert status == 1
    assert lines[0].startswith(f"content/regions.csv:{line}: {remedy}")
    assert len(lines) == 2


def test_a_list_of_regions_without_a_column_is_told(editor: Editor) -> None:
    editor.writes(editor.folder / "regions.csv", "code,name,organisation\nVT01,A,V\n")
    assert checked(editor)[1][0].startswith("content/regions.csv:1: has no column 'slug'")


def test_a_centre_may_do_without_regions(editor: Editor) -> None:
    (editor.folder / "regions.csv").unlink()
    assert checked(editor)[0] == 0


# Settings and connections


def test_a_redis_of_ones_own_needs_a_secret(editor: Editor, redis_of_the_run: RedisServer) -> None:
    status, lines = checked(editor, redis_url=redis_of_the_run.url)
    assert status == 1
    assert lines[0].startswith("LUWTE_SECRET_KEY is missing: set it to a long random text")
    assert len(lines) == 2
    assert checked(editor, redis_url=redis_of_the_run.url, secret_keys=("s",))[0] == 0


def test_a_redis_that_does_not_answer_is_one_line(editor: Editor) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    status, lines = checked(editor, redis_url=url, secret_keys=("s",))
    assert status == 1
    assert lines[0].startswith("LUWTE_REDIS_URL: Redis does not answer (ConnectionError): start it")
    assert len(lines) == 2


def test_a_wrong_password_for_redis_is_told_without_the_password(editor: Editor) -> None:
    with redis_server() as server:
        connect(server.url).config_set("requirepass", "correct-horse")
        right, wrong = (
            server.url.replace("://", f"://:{p}@") for p in ("correct-horse", "hunter2")
        )
        assert checked(editor, redis_url=right, secret_keys=("s",))[0] == 0
        status, lines = checked(editor, redis_url=wrong, secret_keys=("s",))
    assert status == 1
    assert lines[0].startswith("LUWTE_REDIS_URL: Redis does not answer (AuthenticationError)")
    assert "hunter2" not in lines[0]


def test_an_address_of_redis_that_cannot_be_read_is_told_without_its_password(
    editor: Editor,
) -> None:
    status, lines = checked(editor, redis_url="redis://:hunter2#x@host:1", secret_keys=("s",))
    assert status == 1
    assert lines[0].startswith("LUWTE_REDIS_URL cannot be read: write it as redis://")
    assert not any("hunter2" in line for line in lines)


def test_a_database_that_answers_is_in_order(editor: Editor, database_url: str) -> None:
    assert checked(editor, database_url=database_url)[0] == 0


def test_second_factors_that_the_secret_of_now_does_not_open_are_one_line(
    editor: Editor, database_url: str, engine: Engine
) -> None:
    kept = Staffing(engine, secrets=["old"])
    for name in ("Sam", "Noor"):
        kept.add(f"{name.lower()}@example.org", name, "advisor", "een kalme dag in mei")
    here = {"database_url": database_url}

    assert checked(editor, **here, secret_keys=("new", "old"))[0] == 0
    status, lines = checked(editor, **here, secret_keys=("new",))

    assert status == 1
    assert lines[0].startswith(
        "The second factor of noor@example.org, sam@example.org was sealed with another secret: "
    )
    assert "LUWTE_SECRET_KEY" in lines[0] and "luwte staff reset" in lines[0]
    assert len(lines) == 2


def test_a_lost_key_file_of_embedded_stores_is_told_and_a_check_makes_nothing(
    editor: Editor, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert checked(editor, data_dir=data)[0] == 0
    assert not data.exists()
    settings = Settings(data_dir=data)
    migrate(settings.sql_url)
    engine = engine_for(settings.sql_url)
    staffing = Staffing(engine, secrets=factor_secrets(settings))
    staffing.add("noor@example.org", "Noor", "advisor", "een kalme dag in mei")
    engine.dispose()
    assert checked(editor, data_dir=data)[0] == 0

    (data / "staff.key").unlink()

    assert checked(editor, data_dir=data)[1][0].startswith("The second factor of noor@example.org")
    assert not (data / "staff.key").exists()


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:{port}/luwte", "oracle://x", "nonsense"])
def test_a_database_that_does_not_answer_is_one_line(editor: Editor, url: str) -> None:
    status, lines = checked(editor, database_url=url.format(port=free_port()))
    assert status == 1
    assert "LUWTE_DATABASE_URL" in lines[0]
    assert len(lines) == 2


def test_the_command_prints_the_lines_and_gives_the_status(editor: Editor) -> None:
    editor.writes_article("## A\n\nb", order="x")
    command = [sys.executable, "-m", "luwte", "check"]
    environment = {"LUWTE_CONTENT": str(editor.folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    told = "iemand-helpen.md:6: 'order' is 'x': give a whole number, for example 10."
    assert done.stdout.splitlines()[0].endswith(told)
    assert done.stderr == ""
