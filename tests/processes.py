"""Real processes of `luwte`, for tests of how they start, fail and end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import until

LUWTE = [sys.executable, "-m", "luwte"]


def environment(data: Path, **settings: str) -> dict[str, str]:
    """Nothing of whoever runs the tests, but a data folder and these settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LUWTE_")}
    return (
        env
        | {"LUWTE_DATA_DIR": str(data)}
        | {f"LUWTE_{name}": value for name, value in settings.items()}
    )


def luwte(
    *words: str, data: Path, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*LUWTE, *words],
        env=environment(data, **settings),
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )


class Serving:
    """`luwte serve`, watched from the outside."""

    def __init__(self, data: Path, output: Path, port: int = 0, **settings: str) -> None:
        self.data = data
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [*LUWTE, "serve", "--port", str(port), "--workers", "2"],
                env=environment(data, **settings),
                stdout=file,
                stderr=subprocess.STDOUT,
                # As a shell does: a Ctrl-C reaches all of the group.
                start_new_session=True,
            )

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.says()
        return "Luwte is ready" in self.says()

    def waits_until_ready(self) -> Serving:
        until(self.is_ready, "the address is told", 60)
        return self

    def says(self) -> str:
        return self.output.read_text()

    def says_nothing_of(self, word: str) -> bool:
        """Whether a word, or the address of a visitor, is nowhere in what it told."""
        told = self.says().replace(self.address, "").replace("?secret=", "")
        return word not in told.lower() and "127.0.0.1" not in told

    @property
    def address(self) -> str:
        found = re.search(r"ready: (http://\S+)", self.says())
        assert found, self.says()
        return found[1]

    def processor_s(self) -> float:
        """The seconds of a processor that it and its children have used."""
        ticks = sum(
            sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
            for pid in (self.process.pid, *self.started())
        )
        return ticks / os.sysconf("SC_CLK_TCK")

    def started(self) -> list[int]:
        """The processes that it started: workers and the embedded store."""
        return [pid for pid, parent in _parents().items() if parent == self.process.pid]

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def terminate(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def is_killed(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(folder: Path, port: int = 0, **settings: str) -> Iterator[Serving]:
    """A service that is ready; ended at the end, unless it has ended."""
    service = Serving(folder / "data", folder / "output.txt", port, **settings)
    try:
        yield service.waits_until_ready()
    finally:
        if service.process.poll() is None:
            service.terminate()


def busy() -> bool:
    """Whether more wants to run than there are processors: a clock on the wall then says little."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def alive(pid: int) -> bool:
    """Whether this process still runs; one that only waits to be counted does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def stores_of(data: Path) -> list[int]:
    """The embedded stores that run for a data folder."""
    return [pid for pid in _parents() if alive(pid) and f"{data}/store" in command_of(pid)]


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            rest = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(folder.name)] = int(rest[1])
    return found
