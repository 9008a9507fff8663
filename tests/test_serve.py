"""`luwte serve`: quickly there, plain about what is wrong, and nothing left when it stops."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.processes import (
    Serving,
    alive,
    command_of,
    environment,
    luwte,
    serving,
    stores_of,
)
from tests.servers import RedisServer, free_port, until

# More than the processes let in at one turn.
CROWD = 200


def status_of(address: str) -> int:
    where = urlsplit(address)
    line = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)
    with closing(line):
        line.request("GET", where.path)
        return line.getresponse().status


def must_end(pid: int) -> bool:
    """Whether a process that was stopped will find SIGTERM when it goes on."""
    status = Path(f"/proc/{pid}/status").read_text()
    waiting = int(re.search(r"^ShdPnd:\s*(\w+)", status, re.MULTILINE)[1], 16)  # type: ignore[index]
    return bool(waiting >> (signal.SIGTERM - 1) & 1)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What was said on stderr; fails when it is not one plain line and exit status 1."""
    assert done.returncode == 1, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("luwte: ")
    return lines[0].removeprefix("luwte: ")


def said_to(address: str, request: bytes) -> bytes:
    """The raw answer to a raw request."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65536):
            answer += part
        return answer


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service for the tests that leave it as it was."""
    with serving(tmp_path_factory.mktemp("shared")) as service:
        until(lambda: "tells the code" in service.says(), "the first start is told")
        yield service


def test_nothing_is_loaded_before_the_standard_library_is_patched() -> None:
    asked = "import luwte.cli, sys; print({'flask', 'redis', 'ssl', 'sqlalchemy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stdout + done.stderr


def test_the_first_start_tells_once_how_to_sign_in(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        until(lambda: "tells the code" in service.says(), "how to sign in is told")
        told = service.says()
        assert f"{service.address}/desk/sign-in" in told
        assert "coordinator@luwte.local" in told
        assert re.search(r"Password +[a-z2-9-]{23}\n", told)
        assert "otpauth://totp/Luwte:coordinator%40luwte.local?secret=" in told
        assert told.count("█") > 100, "the QR code is drawn"
        code = luwte("staff", "code", "coordinator@luwte.local", data=tmp_path / "data").stdout
        assert re.fullmatch(r"\d{6}\n", code)

    with serving(tmp_path) as service:
        assert status_of(f"{service.address}/healthz") == 200
        assert service.terminate() == 0
        assert service.says().count("\n") == 1, service.says()


def test_what_it_keeps_is_for_its_own_user_only(shared: Serving) -> None:
    kept = [path for path in shared.data.rglob("*") if not path.is_symlink()]
    assert kept
    assert not [path for path in kept if stat.S_IMODE(path.lstat().st_mode) & 0o077]


@pytest.mark.parametrize("stop", [Serving.interrupt, Serving.terminate])
def test_a_stop_ends_everything_that_was_started(
    tmp_path: Path, stop: Callable[[Serving], int]
) -> None:
    with serving(tmp_path) as service:
        started = service.started()
        assert len(started) == 3, "two workers and the store"

        assert stop(service) == 0

        assert not [command_of(pid) for pid in started if alive(pid)]
        assert "Traceback" not in service.says()


def test_a_stop_does_not_wait_for_idle_connections(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        host, port = service.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 200")
            assert service.terminate() == 0


def test_who_stands_at_the_door_when_it_ends_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path) as service, ExitStack() as lines:
        host, port = service.address.removeprefix("http://").split(":")
        workers = set(service.started()) - set(stores_of(service.data))
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        asked = []
        for _ in range(CROWD):
            line = lines.enter_context(socket.create_connection((host, int(port)), timeout=20))
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            asked.append(line)
        service.process.terminate()
        until(lambda: all(map(must_end, workers)), "they are told to end")
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        assert {line.recv(15) for line in asked} == {b"HTTP/1.1 200 OK"}
        assert service.process.wait(60) == 0


def test_a_closed_terminal_ends_it_too(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        service.process.send_signal(signal.SIGHUP)
        assert service.process.wait(60) == 0


def test_a_stop_before_it_is_ready_leaves_nothing(tmp_path: Path) -> None:
    service = Serving(tmp_path / "data", tmp_path / "output.txt")
    until(lambda: stores_of(tmp_path / "data"), "the store runs")

    assert service.interrupt() == 0

    assert not stores_of(tmp_path / "data")
    assert "Traceback" not in service.says()


def test_after_a_kill_the_next_start_works_on_the_same_port(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as service:
        started = service.started()
        service.is_killed()

        with serving(tmp_path, port) as again:
            assert status_of(f"{again.address}/healthz") == 200
            assert len(stores_of(tmp_path / "data")) == 1
            until(lambda: not any(alive(pid) for pid in started), "the killed one's are gone")


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        workers = [pid for pid in service.started() if pid not in stores_of(tmp_path / "data")]
        os.kill(workers[0], signal.SIGKILL)

        until(lambda: len(set(service.started()) - set(workers)) == 2, "another worker runs")
        assert status_of(f"{service.address}/healthz") == 200
        assert service.says().count("Luwte is ready") == 1


def test_a_second_service_on_the_same_data_is_refused_plainly(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        fault = one_line(luwte("serve", "--port", "0", data=tmp_path / "data"))
        assert "runs already" in fault and "LUWTE_DATA_DIR" in fault
        assert status_of(f"{service.address}/healthz") == 200


def test_a_taken_port_is_told_with_another_to_try(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        fault = one_line(luwte("serve", "--port", str(port), data=tmp_path))
    assert f"Port {port} is taken" in fault and f"PORT={port + 1}" in fault
    assert not stores_of(tmp_path)


def test_an_unusable_data_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    fault = one_line(luwte("serve", "--port", "0", data=tmp_path / "file"))
    assert "LUWTE_DATA_DIR" in fault


def test_a_database_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "luwte.sqlite3").write_text("this is not a database" * 100)
    fault = one_line(luwte("serve", "--port", "0", data=tmp_path))
    assert "luwte.sqlite3" in fault
    assert not stores_of(tmp_path)


def test_a_redis_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"redis://:hush@127.0.0.1:{free_port()}/0"
    done = luwte("serve", "--port", "0", data=tmp_path, REDIS_URL=url, SECRET_KEY="k" * 40)
    fault = one_line(done)
    assert "Connection refused" in fault and "LUWTE_REDIS_URL" in fault
    assert "hush" not in done.stderr
    assert not tmp_path.joinpath("store").exists()


@pytest.mark.parametrize(
    "setting", ["redis://{}/0", "postgresql://luwte@{}/luwte"], ids=["redis", "postgresql"]
)
def test_a_store_that_accepts_but_never_answers_is_told_soon(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = setting.format(f"127.0.0.1:{silent.getsockname()[1]}")
        name = "REDIS_URL" if url.startswith("redis") else "DATABASE_URL"
        fault = one_line(
            luwte("serve", "--port", "0", data=tmp_path, SECRET_KEY="k" * 40, **{name: url})
        )
    assert f"LUWTE_{name}" in fault


def test_with_a_redis_of_ones_own_a_secret_must_be_given(
    tmp_path: Path, redis_of_the_run: RedisServer
) -> None:
    fault = one_line(luwte("serve", "--port", "0", data=tmp_path, REDIS_URL=redis_of_the_run.url))
    assert "LUWTE_SECRET_KEY" in fault


def test_with_a_redis_of_ones_own_no_store_is_started(
    tmp_path: Path, redis_of_the_run: RedisServer
) -> None:
    own = {"REDIS_URL": redis_of_the_run.url, "SECRET_KEY": "k" * 40}
    with serving(tmp_path, 0, **own) as service:
        assert status_of(f"{service.address}/healthz") == 200
        assert not (tmp_path / "data" / "store").exists()
        assert "staff code" not in service.says()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUEUE_CAP", "many"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", "redis://localhost:port"),
        ("DATABASE_URL", "nonsense"),
        ("EXIT_URL", "weather"),
        ("ALWAYS_OPEN", "yes"),
    ],
)
def test_a_malformed_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    done = luwte(
        "serve", "--port", "0", data=tmp_path, **({"SECRET_KEY": "k" * 40} | {name: value})
    )
    assert f"LUWTE_{name}" in one_line(done)
    assert not stores_of(tmp_path)


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_told(tmp_path: Path, host: str) -> None:
    assert "--host" in one_line(luwte("serve", "--host", host, "--port", "0", data=tmp_path))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET /secret HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"GET /secret HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET /en/" + b"secret" * 4_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"Secret: x\r\n" * 200 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: secret\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: secret\r\n\r\n", 417),
    ],
)
def test_an_unreadable_request_is_refused_and_not_logged(
    shared: Serving, request_: bytes, status: int
) -> None:
    answer = said_to(shared.address, request_)

    head, _, page = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"cache-control: no-store" in head.lower()
    assert b"data-phone" in page and b"data-exit" in page
    assert shared.says_nothing_of("secret")


def test_a_refusal_speaks_the_language_of_the_address(shared: Serving) -> None:
    long = b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert b'<html lang="nl">' in said_to(shared.address, b"GET /" + long)


def test_a_body_that_cannot_be_read_is_the_clients_fault_and_is_not_logged(
    shared: Serving,
) -> None:
    form = b"Host: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    chunked = b"POST /chat HTTP/1.1\r\n" + form + b"Transfer-Encoding: chunked\r\n\r\n"

    answer = said_to(shared.address, chunked + b"secret\r\naudience=self\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert shared.says_nothing_of("secret")


def test_who_sends_far_too_much_still_gets_an_answer(shared: Serving) -> None:
    form = b"Host: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    much = b"a" * 400_000
    length = b"Content-Length: %d\r\n\r\n" % len(much)

    answer = said_to(shared.address, b"POST /chat HTTP/1.1\r\n" + form + length + much)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_the_database_is_up_to_date_after_the_start(shared: Serving) -> None:
    with closing(sqlite3.connect(shared.data / "luwte.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_gunicorn_serves_it_as_the_procfile_says(
    tmp_path: Path, redis_of_the_run: RedisServer
) -> None:
    port = free_port()
    procfile = (Path(__file__).parent.parent / "Procfile").read_text()
    command = procfile.removeprefix("web: ").replace("${PORT:-8000}", str(port)).split()
    settings = {"REDIS_URL": redis_of_the_run.url, "SECRET_KEY": "k" * 40}
    service = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=environment(tmp_path, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:

        def answers() -> bool:
            try:
                return status_of(f"http://127.0.0.1:{port}/healthz") == 200
            except OSError:
                return False

        until(answers, "gunicorn serves the application", 60)
    finally:
        service.terminate()
        said, _ = service.communicate(timeout=60)
    assert said == b""


def test_gunicorn_gives_up_with_one_line_when_a_setting_is_missing(tmp_path: Path) -> None:
    options = [
        "--config",
        "python:luwte.gunicorn_options",
        "--bind",
        "127.0.0.1:0",
        "--workers",
        "1",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", *options, "luwte.wsgi:app"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0
    assert "luwte: LUWTE_SECRET_KEY is missing" in done.stderr
    assert "Traceback" not in done.stderr
