"""An authenticator in software: makes and uses passkeys as a phone does (WebAuthn, none, ES256)."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one key; what it says of itself can be changed by a test."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost") -> None:
        self.host = host
        self.origin = origin
        self.count = 0
        self.verified = True
        self.handle = ""
        self.credential = secrets.token_bytes(32)
        self._key = ec.generate_private_key(ec.SECP256R1())

    def makes(self, options: str, **change: Any) -> dict[str, Any]:
        """The answer to what a site asks for a new passkey."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        data = self._data(NEW_KEY) + b"\0" * 16 + len(self.credential).to_bytes(2, "big")
        data += self.credential + cbor2.dumps(self._public_key())
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", asked["challenge"], **change)
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(told),
                "attestationObject": bytes_to_base64url(attestation),
            }
        )

    def signs(self, options: str, **change: Any) -> dict[str, Any]:
        """The answer to a challenge; each time the counter goes up."""
        self.count += 1
        data = self._data()
        told = self._told("webauthn.get", json.loads(options)["challenge"], **change)
        signed = data + hashlib.sha256(told).digest()
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(told),
                "authenticatorData": bytes_to_base64url(data),
                "signature": bytes_to_base64url(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": self.handle,
            }
        )

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.verified else 0) | more
        rp = hashlib.sha256(self.host.encode()).digest()
        return rp + bytes([flags]) + self.count.to_bytes(4, "big")

    def _told(self, kind: str, challenge: str, **change: Any) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(told | change).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _public_key(self) -> dict[int, Any]:
        point = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return {1: 2, 3: -7, -1: 1, -2: x, -3: y}
