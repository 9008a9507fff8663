"""The shapes in which a marker word can lie on a disk."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

# Local Storage writes latin-1 where it can; the keys of IndexedDB are big-endian.
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")


@dataclass(frozen=True)
class Needle:
    """One shape of one marker; `data` is in ASCII lower case."""

    marker: str
    how: str
    data: bytes


class Needles:
    """Finds every shape of the markers in any bytes."""

    def __init__(self, markers: Iterable[str]) -> None:
        self._needles = [needle for marker in markers for needle in _shapes(marker)]

    def found_in(self, data: bytes) -> Iterator[tuple[Needle, int]]:
        """Each shape that occurs, with the place of its first occurrence."""
        # Upper and lower case are one, so that a name that was lowered in an address is found too.
        low = data.lower()
        for needle in self._needles:
            at = low.find(needle.data)
            if at >= 0:
                yield needle, at


def _shapes(marker: str) -> Iterator[Needle]:
    texts = {
        "plain": marker,
        "url-encoded": quote(marker, safe=""),
        "form-encoded": quote_plus(marker),
        "json": json.dumps(marker)[1:-1],
        "html": html.escape(marker),
    }
    seen: set[bytes] = set()
    for name, text in texts.items():
        for encoding in ENCODINGS:
            data = text.encode(encoding, "ignore").lower()
            if data and data not in seen:
                seen.add(data)
                yield Needle(marker, f"{name} {encoding}", data)
    for shift in range(3):
        yield Needle(marker, "base64", _within_base64(marker.encode(), shift))


def _within_base64(data: bytes, shift: int) -> bytes:
    """What this data always looks like inside base64, with `shift` bytes before it."""
    whole = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
    first = -(-shift * 8 // 6)
    last = (shift + len(data)) * 8 // 6
    return whole[first:last].lower()
