"""A word that is agreed at the start, to know each other by after an interruption.

It is chosen and never typed: what is typed into the start form could stay on the device.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

OFFERED = 6
# Two that are alike are one; so many tries give six all but always.
_TRIES = 8


def offered(words: Sequence[str], key: str) -> list[str]:
    """A few of the words, the same ones whenever this form is drawn again."""
    if not words:
        return []
    digest = hashlib.sha512(b"luwte:word:" + key.encode()).digest()
    numbers = [int.from_bytes(digest[8 * n : 8 * n + 8], "big") for n in range(_TRIES)]
    return list(dict.fromkeys(words[number % len(words)] for number in numbers))[:OFFERED]
