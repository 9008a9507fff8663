"""What the service asks of the operating system: private files, no dumps, no orphans."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys

# More open connections than this no process of ours will hold.
MOST_FILES = 1_048_576
# Python looks for garbage after so many new objects, and through older ones each so many times.
GARBAGE = (20_000, 20, 50)

_PR_SET_PDEATHSIG = 1
# Loaded early: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def prepare() -> None:
    """Make this process, and all that it starts, fit to hold what visitors say."""
    os.umask(0o077)
    # A dump of the memory would write conversations to the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allow_many_files()


def allow_many_files() -> None:
    """Every open page is an open file: take as many as the machine lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def start_quickly() -> None:
    """Nothing that a start makes is garbage: it is not looked through until `settle`."""
    gc.disable()


def settle() -> None:
    """What is there by now stays: looking through it for garbage would hold everybody up for a
    tenth of a second, again and again. What comes is looked through in larger lots.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


def files_allowed() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def die_with_parent(parent: int) -> None:
    """Called in a child: be killed when the process `parent` ends, even by a kill -9 (Linux)."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we had asked
        os._exit(1)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
