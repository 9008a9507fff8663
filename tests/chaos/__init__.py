"""Tests that break things: workers, connections, stores. All servers are our own and real.

The sizes can be set for longer runs: `CHAOS_CONVERSATIONS=2000 pytest tests/chaos`.
"""

from __future__ import annotations

import os


def size(name: str, default: int) -> int:
    """How many: the default, or what the environment says in `CHAOS_<name>`."""
    return int(os.environ.get(f"CHAOS_{name}", default))
