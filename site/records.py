"""The log: one line for each thing that an operator must know, and nothing about a visitor in it.

What we say ourselves is said whole; what a library says may hold anything, so only its place is.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from .fault_line import fault_line

# Gunicorn tells of its processes; what it would say of a request never comes here (see `worker`).
OWN_WORDS = ("luwte", "gunicorn.error")

log = logging.getLogger(__name__)


class Line(logging.Formatter):
    """`luwte: what happened` on one line, or with `json` an object that machines can sort."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        said = _said(record)
        if self._form != "json":
            return f"luwte: {said}"
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "said": said,
        }
        return json.dumps(line, ensure_ascii=False)


def keep(form: str) -> None:
    """From now on every log of this process, warnings and last words too, is kept in this form."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line(form))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    # A line that cannot be formatted would be told with all that it was made of.
    logging.raiseExceptions = False
    warnings.showwarning = _warned
    sys.excepthook = _fault
    threading.excepthook = lambda told: _fault(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )
    sys.unraisablehook = lambda told: _fault(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )


def _said(record: logging.LogRecord) -> str:
    if not _is_ours(record.name):
        return f"{record.name} tells of something ({record.levelname.lower()}) at {_place(record)}"
    # A second line would be a traceback, with the texts of faults.
    said, *_ = record.getMessage().splitlines() or [""]
    if record.exc_info and record.exc_info[0]:
        said = f"{said}: {fault_line(*record.exc_info)}"
    return said


def _is_ours(name: str) -> bool:
    return any(name == ours or name.startswith(f"{ours}.") for ours in OWN_WORDS)


def _place(record: logging.LogRecord) -> str:
    return f"{Path(record.pathname).name}:{record.lineno}"


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.warning("%s at %s:%d", category.__name__, Path(filename).name, lineno)


def _fault(kind: type[BaseException], value: BaseException, tb: Any) -> None:
    log.error("%s", fault_line(kind, value, tb))
