"""Reads Chromium's two cache formats: one file per entry ("simple"), and blocks ("blockfile").

The HTTP cache, Cache Storage, the code caches and the shader caches are all in one of them.
Layouts: net/disk_cache/simple/simple_entry_format.h and net/disk_cache/blockfile/disk_format.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SIMPLE_START = struct.pack("<Q", 0xFCFB6D1BA7725C30)
SIMPLE_END = struct.pack("<Q", 0xF4FA6F45970D41D8)
SIMPLE_SPARSE = struct.pack("<Q", 0xEB97BF016553676B)
SIMPLE_HEAD = 24
BLOCKS_START = struct.pack("<I", 0xC104CAC3)
BLOCKS_HEAD = 8192
ENTRY_BLOCK = 256
ENTRY_KEY = 96  # where the key starts in an entry's block
LARGEST = 1 << 28


class Cached(NamedTuple):
    """One cache entry: its key (usually an address) and its streams: headers, body, side data."""

    key: bytes
    streams: tuple[bytes, ...]


def entries(path: Path) -> Iterator[Cached]:
    """The entries of one file of a cache; none if it is no cache file."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == SIMPLE_START:
        yield _simple(path.read_bytes())
    elif start[:4] == BLOCKS_START:
        yield from _blocks(path)


def _simple(data: bytes) -> Cached:
    (length,) = struct.unpack_from("<I", data, 12)
    start = SIMPLE_HEAD + length
    parts: list[bytes] = []
    # Each stream is followed by an end mark, a hash of it and its size; after a crash there may be
    # no mark, and a sparse file has other marks: what lies between the marks is what matters.
    for part in data[start:].replace(SIMPLE_SPARSE, SIMPLE_END).split(SIMPLE_END):
        parts.append(part if not parts else part[16:])
    return Cached(data[SIMPLE_HEAD:start], tuple(part for part in parts if part))


def _blocks(path: Path) -> Iterator[Cached]:
    """Every entry whose block is there, linked from the index or not."""
    data = path.read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    if size != ENTRY_BLOCK:
        return
    for at in range(BLOCKS_HEAD, len(data) - ENTRY_KEY, ENTRY_BLOCK):
        entry = _block_entry(path.parent, data, at)
        if entry:
            yield entry


def _block_entry(folder: Path, data: bytes, at: int) -> Cached | None:
    key_length, long_key = struct.unpack_from("<iI", data, at + 32)
    sizes = struct.unpack_from("<4i", data, at + 40)
    places = struct.unpack_from("<4I", data, at + 56)
    if not 0 < key_length < LARGEST or not all(0 <= size < LARGEST for size in sizes):
        return None
    if long_key:
        key = _at_address(folder, long_key, key_length)
    else:
        key = data[at + ENTRY_KEY : at + ENTRY_KEY + key_length]
    streams = (
        _at_address(folder, place, size) for place, size in zip(places, sizes, strict=True) if size
    )
    return Cached(key, tuple(stream for stream in streams if stream))


def _at_address(folder: Path, address: int, size: int) -> bytes:
    """What a cache address points to: a file of its own, or blocks within a shared one."""
    kind = address >> 28 & 7
    if not address >> 31:
        return b""
    if kind == 0:
        path, at = folder / f"f_{address & 0x0FFFFFFF:06x}", 0
    else:
        path = folder / f"data_{address >> 16 & 0xFF}"
        block = {1: 36, 2: 256, 3: 1024, 4: 4096}.get(kind, 0)
        at = BLOCKS_HEAD + (address & 0xFFFF) * block
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        file.seek(at)
        return file.read(size)
