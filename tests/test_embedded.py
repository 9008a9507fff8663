"""The embedded store: private, forgetful, one for each data folder, and never left behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from luwte.embedded import CannotStart, EmbeddedStore
from tests.processes import alive, stores_of
from tests.servers import until

# A service that starts a store and then hangs: to be killed.
STARTS_AND_HANGS = """
import sys, time, pathlib, luwte.machine, luwte.embedded
if sys.argv[2] == "an orphan stays":
    luwte.machine._LIBC = None
store = luwte.embedded.EmbeddedStore(pathlib.Path(sys.argv[1]))
store.start(); store.wait(); print("up", flush=True); time.sleep(600)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "data")
    store.start()
    store.wait()
    yield store
    store.stop()


def killed_service(data: Path, how: str) -> None:
    service = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_HANGS, str(data), how], stdout=subprocess.PIPE
    )
    assert service.stdout and service.stdout.readline() == b"up\n"
    service.kill()
    service.wait()
    service.stdout.close()


def test_it_answers_on_a_private_socket_and_on_no_port(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    settings = Redis.from_url(store.url).config_get()

    assert settings["port"] == "0"
    assert stat.S_IMODE((tmp_path / "data" / "store").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "store" / "valkey.sock").stat().st_mode) == 0o700


def test_it_writes_nothing_to_the_disk_and_forgets_nothing_by_itself(store: EmbeddedStore) -> None:
    settings = Redis.from_url(store.url).config_get()

    assert settings["save"] == ""
    assert settings["appendonly"] == "no"
    assert settings["logfile"] == ""
    assert settings["maxmemory-policy"] == "noeviction"


def test_it_does_not_know_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUWTE_SECRET_KEY", "very-secret")
    store = EmbeddedStore(tmp_path)
    store.start()
    try:
        store.wait()
        (pid,) = stores_of(tmp_path)
        assert b"very-secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    finally:
        store.stop()


def test_it_is_gone_after_stop_and_leaves_no_socket(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.start()
    store.wait()
    (pid,) = stores_of(tmp_path)

    store.stop()

    assert not alive(pid)
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["lock"]


def test_a_second_service_on_the_same_folder_is_told_so(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    again = subprocess.run(
        [sys.executable, "-c", STARTS_AND_HANGS, str(tmp_path / "data"), ""],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert "CannotStart: Luwte runs already on the data folder" in again.stderr
    assert "set LUWTE_DATA_DIR to another folder" in again.stderr
    assert Redis.from_url(store.url).ping()


def test_it_ends_with_a_service_that_is_killed(tmp_path: Path) -> None:
    killed_service(tmp_path, "no orphan stays")

    until(lambda: not stores_of(tmp_path), "the store ends with its service")


def test_an_orphan_is_ended_by_the_next_start(tmp_path: Path) -> None:
    killed_service(tmp_path, "an orphan stays")
    (orphan,) = stores_of(tmp_path)

    next_one = EmbeddedStore(tmp_path)
    next_one.start()
    try:
        next_one.wait()
        assert next_one.found_orphan
        until(lambda: not alive(orphan), "the orphan ends")
        assert len(stores_of(tmp_path)) == 1
    finally:
        next_one.stop()


def test_a_frozen_orphan_is_ended_too(tmp_path: Path) -> None:
    killed_service(tmp_path, "an orphan stays")
    (orphan,) = stores_of(tmp_path)
    os.kill(orphan, signal.SIGSTOP)

    next_one = EmbeddedStore(tmp_path)
    next_one.start()
    try:
        next_one.wait()
        until(lambda: not alive(orphan), "the frozen orphan ends")
    finally:
        next_one.stop()


def test_a_deep_data_folder_gets_a_short_private_path(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("deeper" * 10)
    store = EmbeddedStore(deep)
    store.start()
    try:
        store.wait()
        short = Path(store.url.removeprefix("unix://")).parent
        assert Redis.from_url(store.url).ping()
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
    finally:
        store.stop()
    assert not short.exists()


def test_a_short_cut_to_somebody_elses_folder_is_not_followed(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("deeper" * 10)
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    (deep / "store").mkdir(parents=True)
    (deep / "store" / "short-cut").symlink_to(open_to_all)

    store = EmbeddedStore(deep)
    store.start()
    try:
        assert Path(store.url.removeprefix("unix://")).parent != open_to_all
    finally:
        store.stop()


def test_it_is_started_again_when_it_ends_by_itself(store: EmbeddedStore, tmp_path: Path) -> None:
    (first,) = stores_of(tmp_path / "data")

    os.kill(first, signal.SIGKILL)

    until(lambda: set(stores_of(tmp_path / "data")) - {first}, "another store runs")
    until(lambda: (tmp_path / "data" / "store" / "valkey.sock").is_socket(), "it listens")


@pytest.mark.parametrize("place", ["a file", "a folder that takes nothing"])
def test_an_unusable_data_folder_is_one_plain_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    data = tmp_path / "file" if place == "a file" else Path("/proc/nowhere")

    with pytest.raises(CannotStart, match=r"data folder .* cannot be used .*LUWTE_DATA_DIR"):
        EmbeddedStore(data).start()
