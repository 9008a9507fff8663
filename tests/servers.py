"""Real servers for the tests: on loopback or a private socket, ended by whoever started them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis

WAIT_S = 60.0


def until(true: Callable[[], object], what: str, seconds: float = WAIT_S) -> None:
    """Wait for a condition; fails with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ended(process: subprocess.Popen[bytes]) -> None:
    """End this process and no other."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class RedisServer:
    """A redis-server of our own on a free port, nothing on disk."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._options = options
        self.folder = Path(tempfile.mkdtemp(prefix="luwte-redis-"))
        self.start()

    def start(self) -> None:
        words = f"--port {self.port} --bind 127.0.0.1 --appendonly no --dir {self.folder}".split()
        self.process = subprocess.Popen(
            ["redis-server", *words, "--save", "", *self._options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self.answers, "redis-server answers")

    def answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self.port, socket_timeout=2).ping())
        except redis.exceptions.RedisError:
            return False

    def stop(self) -> None:
        ended(self.process)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    server = RedisServer(*options)
    try:
        yield server
    finally:
        server.remove()
