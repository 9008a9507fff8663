"""How gunicorn serves Luwte; `luwte serve` and the Procfile both use these (gunicorn's names)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Loaded before the workers are forked: so they share it.
from .chat.counts import counts
from .machine import allow_many_files, files_allowed, processors

allow_many_files()

worker_class = "luwte.worker.Worker"
logger_class = "luwte.worker.Log"
workers = min(processors(), 4)

# An open chat is an open connection: gunicorn's own 1,000 would turn visitors away.
worker_connections = max(100, min(20_000, files_allowed() - 512))
# Longer than browsers and proxies keep theirs, so that we never close one that a post is on.
keepalive = 75
backlog = 2048
# The longest first line that is read; a longer one is answered 414.
limit_request_line = 8190
# Longer than a worker lets its requests finish.
graceful_timeout = 6
timeout = 60

# An access log would say who read what.
accesslog = None
errorlog = "-"
loglevel = "warning"

# Whom to believe about the client's address is LUWTE_TRUSTED_PROXIES' to say, not gunicorn's.
forwarded_allow_ips = ""
control_socket_disable = True
proc_name = "luwte"
# Workers touch a file each second to show that they live: in memory, not on the disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def child_exit(_arbiter: Any, worker: Any) -> None:
    """What was open in a worker that has ended is open no more."""
    counts.end(worker.age)
