"""Takes compressed data apart, so that words inside it can be found."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import cramjam

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
# Blink's mark before an IndexedDB value that it compressed (IDBValueWrapper).
INDEXED_DB_SNAPPY = b"\xff\x11\x02"
# Chromium's own tables are compressed too; nothing of ours is larger than this.
LARGEST = 64 << 20


def gunzipped(data: bytes) -> bytes:
    """As much as can be read: what was cut off by a crash still says something."""
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, LARGEST)


def inflated(data: bytes) -> bytes:
    """`deflate` bodies: with a zlib head, as the standard says, or bare, as servers send it."""
    try:
        return zlib.decompressobj().decompress(data, LARGEST)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, LARGEST)


def unbrotlied(data: bytes) -> bytes:
    return bytes(cramjam.brotli.decompress(data))


def unzstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.decompress(data))


def unsnapped(data: bytes) -> bytes:
    return bytes(cramjam.snappy.decompress_raw(data))


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gunzipped,
    "deflate": inflated,
    "br": unbrotlied,
    "zstd": unzstd,
}


def decoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """A body under every coding that fits: headers may be lost where bodies are not."""
    for name, decode in CODINGS.items():
        plain = _tried(decode, data)
        if plain:
            yield name, plain


def inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What lies compressed anywhere within this data, found by the marks it starts with."""
    for name, mark, decode in (
        ("gzip", GZIP, gunzipped),
        ("zstd", ZSTD, unzstd),
        ("snappy", INDEXED_DB_SNAPPY, lambda found: unsnapped(found[len(INDEXED_DB_SNAPPY) :])),
    ):
        at = data.find(mark)
        while at >= 0:
            plain = _tried(decode, data[at:])
            if plain:
                yield f"{name} at {at}", plain
            at = data.find(mark, at + 1)


def _tried(decode: Callable[[bytes], bytes], data: bytes) -> bytes:
    try:
        return decode(data)
    except (zlib.error, cramjam.DecompressionError):
        return b""
