"""Seals what must not be read from a copy of a store by whoever lacks our secret."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96 bits
KEYS_AT_HAND = 512
MARK_BYTES = 4  # tells which of several secrets sealed it


class SealBroken(ValueError):
    """It was sealed with a secret that we do not have, or for something else, or was changed."""


class Seal:
    """Makes the box of each conversation from the application's secrets; the first one writes."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise ValueError("a seal needs at least one secret")
        self._secrets = [secret.encode() for secret in secrets]
        # A message passes through several hands at once, and a key takes longer than the message.
        self.box = lru_cache(KEYS_AT_HAND)(self._box)

    def _box(self, conversation: str) -> Box:
        name = conversation.encode()
        return Box(self._secrets, b"luwte:conversation:" + name, name)

    def factor_box(self, member: int) -> Box:
        """For the second factor of one of the staff; what is sealed there opens for no other."""
        return Box(self._secrets, b"luwte:second-factor", b"staff:%d" % member)


class Box:
    """Seals and opens texts about one thing (AES-GCM, key by HKDF-SHA256).

    `purpose` goes into the key, `about` is authenticated with each text.
    """

    def __init__(self, secrets: Sequence[bytes], purpose: bytes, about: bytes) -> None:
        self._secrets = secrets
        self._purpose = purpose
        self._about = about
        self._keys: dict[bytes, AESGCM] = {}

    def seal(self, text: str) -> bytes:
        secret = self._secrets[0]
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._key(secret).encrypt(nonce, text.encode(), self._about)
        return _mark(secret) + nonce + sealed

    def open(self, sealed: bytes) -> str:
        """Raises SealBroken."""
        mark, nonce = sealed[:MARK_BYTES], sealed[MARK_BYTES : MARK_BYTES + NONCE_BYTES]
        for secret in self._secrets:
            if _mark(secret) == mark:
                try:
                    body = sealed[MARK_BYTES + NONCE_BYTES :]
                    return self._key(secret).decrypt(nonce, body, self._about).decode()
                except InvalidTag:
                    break
        raise SealBroken("a sealed text cannot be opened")

    def outdated(self, sealed: bytes) -> bool:
        """Whether another secret sealed it than the one that writes now."""
        return sealed[:MARK_BYTES] != _mark(self._secrets[0])

    def _key(self, secret: bytes) -> AESGCM:
        if secret not in self._keys:
            derive = HKDF(SHA256(), 32, salt=None, info=self._purpose)
            self._keys[secret] = AESGCM(derive.derive(secret))
        return self._keys[secret]


def _mark(secret: bytes) -> bytes:
    return hashlib.sha256(b"luwte:mark:" + secret).digest()[:MARK_BYTES]
