"""Reads LevelDB without opening it as a database: what was overwritten or deleted is seen too."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cramjam

from tests.browser.unpacking import unsnapped, unzstd

BLOCK = 32 * 1024
TABLE_MAGIC = 0xDB4775248B80FB57
FOOTER = 48
PUT = 1


class Entry(NamedTuple):
    """One write. `value` is None for a deletion."""

    key: bytes
    value: bytes | None


class Broken(ValueError):
    """The file ends in the middle of something, as it does after a crash."""


def is_leveldb(folder: Path) -> bool:
    """Whether this folder is a LevelDB database."""
    return (folder / "CURRENT").is_file() and any(folder.glob("MANIFEST-*"))


def entries(path: Path) -> Iterator[Entry]:
    """Every write that the file still holds, as far as it can be read."""
    data = path.read_bytes()
    try:
        if path.suffix == ".log":
            for record in records(data):
                yield from _batch(record)
        elif path.suffix in (".ldb", ".sst"):
            yield from _table(data)
    except (Broken, IndexError, struct.error, cramjam.DecompressionError):
        # The raw search has seen the rest.
        return


def records(data: bytes) -> Iterator[bytes]:
    """The records of a log or manifest file, their fragments joined."""
    whole = b""
    for start in range(0, len(data), BLOCK):
        block = data[start : start + BLOCK]
        at = 0
        while at + 7 <= len(block):
            length, kind = struct.unpack_from("<HB", block, at + 4)
            if kind == 0:
                break
            part = block[at + 7 : at + 7 + length]
            # 1 whole, 2 first, 3 middle, 4 last
            whole = part if kind in (1, 2) else whole + part
            if kind in (1, 4):
                yield whole
            at += 7 + length


def _batch(record: bytes) -> Iterator[Entry]:
    at = 12  # sequence number and count
    while at < len(record):
        kind = record[at]
        key, at = _counted(record, at + 1)
        if kind == PUT:
            value, at = _counted(record, at)
            yield Entry(key, value)
        else:
            yield Entry(key, None)


def _table(data: bytes) -> Iterator[Entry]:
    footer = data[-FOOTER:]
    if len(footer) < FOOTER or struct.unpack_from("<Q", footer, 40)[0] != TABLE_MAGIC:
        raise Broken("no footer")
    _, at = _handle(footer, 0)
    index, _ = _handle(footer, at)
    for _, value in _block(data, index):
        place, _ = _handle(value, 0)
        for key, content in _block(data, place):
            # The last eight bytes of a key are its sequence number and kind.
            put = key[-8] == PUT
            yield Entry(key[:-8], content if put else None)


def _block(data: bytes, place: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    """The pairs of one block; each key is told by how it differs from the one before."""
    offset, size = place
    block, kind = data[offset : offset + size], data[offset + size]
    if kind == 1:
        block = unsnapped(block)
    elif kind == 2:
        block = unzstd(block)
    restarts = struct.unpack_from("<I", block, len(block) - 4)[0]
    end = len(block) - 4 - 4 * restarts
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        at += own
        yield key, block[at : at + length]
        at += length


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = _varint(data, at)
    if at + length > len(data):
        raise Broken("cut off")
    return data[at : at + length], at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
