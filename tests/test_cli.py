"""The command `luwte`: accounts, the check, and an installation from the wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest

from tests.processes import luwte

HOUSE = Path(__file__).parent.parent
ADVISOR = ("staff", "add", "a@example.org", "--name", "An", "--role", "advisor")
PASSWORD = "een lang wachtwoord\n"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command on a data folder of the test's own."""

    def run(
        *words: str, typed: str = PASSWORD, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return luwte(*words, data=tmp_path / "data", typed=typed, **settings)

    return run


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that tells why; fails when there is more or less than one."""
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("luwte: ")
    return line


def test_a_new_account_ends_with_the_address_of_its_second_factor(run: Run) -> None:
    done = run(*ADVISOR)

    assert done.returncode == 0, done.stderr
    uri = done.stdout.splitlines()[-1]
    assert pyotp.parse_uri(uri).issuer == "Luwte"
    assert done.stderr == ""


def test_the_code_is_the_one_that_a_phone_shows(run: Run) -> None:
    uri = run(*ADVISOR).stdout.splitlines()[-1]
    phone = pyotp.parse_uri(uri)
    assert isinstance(phone, pyotp.TOTP)

    code = run("staff", "code", "a@example.org").stdout.strip()

    assert phone.verify(code, valid_window=1)


def test_the_code_is_told_with_embedded_stores_only(run: Run, tmp_path: Path) -> None:
    kept = {"DATABASE_URL": f"sqlite:///{tmp_path}/kept.sqlite3"}
    run(*ADVISOR, **kept)
    assert "authenticator app" in refused(run("staff", "code", "a@example.org", **kept))


def test_accounts_are_listed_disabled_and_opened_again(run: Run) -> None:
    assert "no accounts yet" in run("staff", "list").stdout
    first = run(*ADVISOR, "--region", "VT14", "VT15").stdout.splitlines()[-1]

    assert run("staff", "disable", "A@example.org").returncode == 0
    assert re.search(r"a@example\.org +An +advisor +VT14 VT15 +disabled", listed(run))

    again = run("staff", "reset", "a@example.org").stdout.splitlines()[-1]
    assert again.startswith("otpauth://") and again != first
    assert re.search(r"a@example\.org +An +advisor +VT14 VT15 +active", listed(run))


def listed(run: Run) -> str:
    return run("staff", "list").stdout


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (ADVISOR, "", "password is missing"),
        (ADVISOR, "kort\n", "at least 12"),
        ((*ADVISOR, "--region", "VT99"), PASSWORD, "VT14"),
        (("staff", "add", "nobody", "--name", "An", "--role", "advisor"), PASSWORD, "e-mail"),
        (("staff", "disable", "x@example.org"), "", "staff list"),
        (("staff", "reset", "x@example.org"), PASSWORD, "staff list"),
        (("staff", "code", "x@example.org"), "", "staff list"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_remedy(
    run: Run, words: tuple[str, ...], typed: str, says: str
) -> None:
    assert says in refused(run(*words, typed=typed))


def test_an_address_has_one_account(run: Run) -> None:
    run(*ADVISOR)
    assert "already" in refused(run(*ADVISOR))


def test_the_content_of_the_house_is_in_order(run: Run) -> None:
    done = run("check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_malformed_setting_is_one_line(run: Run) -> None:
    assert "LUWTE_QUEUE_CAP" in refused(run("check", QUEUE_CAP="many"))


def test_without_words_the_commands_are_told(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert "luwte" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: what an earlier build left in the house must not get into it."""
    place = tmp_path_factory.mktemp("wheel")
    leave = shutil.ignore_patterns(".*", "var", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(HOUSE, place / "house", ignore=leave)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place)]
    done = subprocess.run([*build, str(place / "house")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = place.glob("*.whl")
    return made


def test_the_wheel_holds_all_that_is_shipped(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder, name in (
        ("site", "luwte"),
        ("chat", "luwte/chat"),
        ("content", "luwte/content"),
        ("static", "luwte/static"),
    ):
        for path in (HOUSE / folder).rglob("*"):
            inside = path.relative_to(HOUSE / folder)
            if path.is_file() and "__pycache__" not in inside.parts and path.suffix != ".po":
                assert f"{name}/{inside.as_posix()}" in held


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    pip = [str(place / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    # What Luwte needs is lent by the environment of the tests, so that nothing is downloaded.
    lent = place / "lent"
    lent.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "luwte" not in path.name and path.suffix != ".pth":
            (lent / path.name).symlink_to(path)
    (packages,) = (place / "lib").glob("python*/site-packages")
    (packages / "lent.pth").write_text(f"{lent}\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith("LUWTE_")}

    done = subprocess.run(
        [str(place / "bin" / "luwte"), "check"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    where = subprocess.run(
        [str(place / "bin" / "python"), "-c", "import luwte; print(luwte.__file__)"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )
    assert where.stdout.startswith(str(packages))
