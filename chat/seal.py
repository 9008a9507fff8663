"""Seals what people write, so that a copy of the store says nothing without our secret."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96 bits
MARK_BYTES = 4  # tells which of several secrets sealed it


class SealBroken(ValueError):
    """The text was sealed with a secret that we no longer have, or it was changed."""


class Seal:
    """Makes the box of each conversation from the application's secrets; the first one writes."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise ValueError("a seal needs at least one secret")
        self._secrets = [secret.encode() for secret in secrets]

    def box(self, conversation: str) -> Box:
        return Box(self._secrets, conversation)


class Box:
    """Seals and opens the texts of one conversation (AES-GCM, key by HKDF-SHA256)."""

    def __init__(self, secrets: Sequence[bytes], conversation: str) -> None:
        self._secrets = secrets
        self._conversation = conversation.encode()
        self._keys: dict[bytes, AESGCM] = {}

    def seal(self, text: str) -> bytes:
        secret = self._secrets[0]
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._key(secret).encrypt(nonce, text.encode(), self._conversation)
        return _mark(secret) + nonce + sealed

    def open(self, sealed: bytes) -> str:
        """Raises SealBroken."""
        mark, nonce = sealed[:MARK_BYTES], sealed[MARK_BYTES : MARK_BYTES + NONCE_BYTES]
        for secret in self._secrets:
            if _mark(secret) == mark:
                try:
                    body = sealed[MARK_BYTES + NONCE_BYTES :]
                    return self._key(secret).decrypt(nonce, body, self._conversation).decode()
                except InvalidTag:
                    break
        raise SealBroken("a text of a conversation cannot be opened")

    def _key(self, secret: bytes) -> AESGCM:
        if secret not in self._keys:
            derive = HKDF(SHA256(), 32, salt=None, info=b"luwte:conversation:" + self._conversation)
            self._keys[secret] = AESGCM(derive.derive(secret))
        return self._keys[secret]


def _mark(secret: bytes) -> bytes:
    return hashlib.sha256(b"luwte:mark:" + secret).digest()[:MARK_BYTES]
