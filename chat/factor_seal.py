"""Keeps the secrets of second factors (TOTP) sealed, each for its own member.

Sealed with the application's secret: AES-GCM as in `seal.py`, a key of its own by HKDF, the number
of the member as associated data. What that is good for, and what not:

- A copy of the database alone (a backup, a stolen disk, an injected SELECT) gives nobody a code.
- Whoever can write to the database cannot give one member's factor to another. They could still put
  a passkey of their own there.
- It does not help against whoever has the secret too: the running machine, its environment, or with
  embedded stores the whole data folder, in which `staff.key` lies beside the SQLite file.
- Copies made while these secrets stood unsealed keep them, until `luwte staff reset`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from .seal import Seal, SealBroken

# Base32 has no such letters: what begins otherwise was kept before these secrets were sealed.
SEALED = "sealed:"


class NoSecret(RuntimeError):
    """There is nothing to seal or open a second factor with; the text says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "LUWTE_SECRET_KEY is missing: set it to the same text as the service has; "
            "second factors are sealed with it."
        )


class FactorUnreadable(RuntimeError):
    """A second factor was sealed with a secret that we do not have; the text says what to do."""

    def __init__(self, whose: str) -> None:
        super().__init__(
            f"The second factor of {whose} was sealed with another secret: add that one behind the "
            "first in LUWTE_SECRET_KEY (with embedded stores: put staff.key back into the data "
            "folder), or give a new second factor with `luwte staff reset`."
        )


class FactorSeal:
    """Seals and opens second factors; of several secrets the first one seals, all of them open."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._kept = Seal(secrets) if secrets else None

    def seal(self, member: int, secret: str) -> str:
        """As it is kept for that member, about 100 characters. Raises NoSecret."""
        sealed = self._seal.factor_box(member).seal(secret)
        return SEALED + base64.b64encode(sealed).decode()

    def open(self, member: int, email: str, kept: str) -> str:
        """The secret in base32; one that was never sealed as it is.

        Raises NoSecret, or FactorUnreadable, with the address in its text.
        """
        if not kept.startswith(SEALED):
            return kept
        try:
            return self._seal.factor_box(member).open(_bytes(kept))
        except SealBroken as error:
            raise FactorUnreadable(email) from error

    def outdated(self, member: int, kept: str) -> bool:
        """Whether it should be sealed anew: it is not, or by an older secret. Raises NoSecret."""
        if not kept.startswith(SEALED):
            return True
        return self._seal.factor_box(member).outdated(_bytes(kept))

    @property
    def _seal(self) -> Seal:
        if self._kept is None:
            raise NoSecret
        return self._kept


def _bytes(kept: str) -> bytes:
    try:
        return base64.b64decode(kept.removeprefix(SEALED), validate=True)
    except binascii.Error as error:
        raise SealBroken("this is no sealed text") from error
