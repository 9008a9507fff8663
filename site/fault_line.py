"""How a fault is logged: what went wrong and where, and never a word of a visitor."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType


def fault_line(
    kind: type[BaseException] | None, _: BaseException | None, tb: TracebackType | None
) -> str:
    """What went wrong and where in the code; not the fault's text, which may quote a visitor."""
    places = []
    while tb:
        places.append(f"{Path(tb.tb_frame.f_code.co_filename).name}:{tb.tb_lineno}")
        tb = tb.tb_next
    name = kind.__name__ if kind else "fault"
    return f"{name} at {' > '.join(places[-3:]) or 'an unknown place'}"
