"""Opens what Chromium seals on Linux when there is no keyring: its key is known to all.

Session files (since Chromium 153, beside the open ones), cookies and saved forms are sealed so.
See components/os_crypt/sync/os_crypt_linux.cc.
"""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

MARK = b"v10"
BLOCK = 16


@cache
def _key() -> bytes:
    derived = PBKDF2HMAC(hashes.SHA1(), 16, b"saltysalt", 1)  # noqa: S303 - Chromium's choice
    return derived.derive(b"peanuts")


def opened(data: bytes) -> bytes:
    """The plain bytes; empty if this was not sealed."""
    body = data[len(MARK) :]
    if not data.startswith(MARK) or not body or len(body) % BLOCK:
        return b""
    cipher = Cipher(algorithms.AES(_key()), modes.CBC(b" " * BLOCK)).decryptor()
    plain = cipher.update(body) + cipher.finalize()
    return plain[: -plain[-1]] if 1 <= plain[-1] <= BLOCK else b""
