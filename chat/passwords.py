"""How passwords are kept and compared: argon2id, slow on purpose, and never in the streams' way."""

from __future__ import annotations

import secrets
import sys
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Result = TypeVar("Result")

LEAST = 12  # characters
MOST = 1_000  # more is no password but an attempt to keep us busy

# OWASP's least for argon2id: 19 MiB, two rounds, one lane; about 45 ms on the machines we know.
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
AT_ONCE = 2  # comparisons at the same time in one process, which bounds memory and load


def hashed(password: str) -> str:
    """The password as it may be kept."""
    return aside(lambda: _hasher.hash(_bytes(password)))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password that was kept; takes the same time for every answer."""
    if len(password) > MOST:
        # No account has it, and the time must not tell so.
        kept, password = nobodys(), ""
    return aside(lambda: _verify(kept, password))


def outdated(kept: str) -> bool:
    """Whether the cost of keeping has changed since."""
    return _hasher.check_needs_rehash(kept)


@cache
def nobodys() -> str:
    """A hash that no password matches and that costs as much to compare as a real one."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (_hasher.salt_len, _hasher.hash_len)
    )
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def aside(work: Callable[[], Result]) -> Result:
    """Do slow work in a real thread where gevent runs this process: else all streams would stop."""
    monkey: Any = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return work()
    result: Result = _threads().apply(work)
    return result


@cache
def _threads() -> Any:
    from gevent.threadpool import ThreadPool

    return ThreadPool(AT_ONCE)


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    # The same letters typed on another keyboard may come as other code points.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
