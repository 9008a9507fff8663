"""With what the second factors of staff are sealed: the service's secret, or a key file of its own.

Without LUWTE_SECRET_KEY the embedded service makes a new secret at each start, and a command in
another process knows none; what is kept must outlive both. So then a key is made once: `staff.key`
in the data folder, for our own user only. It protects a copy of the SQLite file, not one of the
whole folder; chat/factor_seal.py says more.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy import inspect, make_url

from .chat.database import engine_for, reach
from .chat.factor_seal import FactorSeal, FactorUnreadable
from .chat.sealing_anew import seal_anew, unreadable
from .config import BadSetting, Settings

FILE = "staff.key"
LEAST = 32  # characters; we write 43

_REMEDY = (
    "put it back from a copy; or remove it, start again, and give everybody a new second factor "
    "with `luwte staff reset`."
)


def factor_secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets for second factors; the first one writes. Makes the key file where one is needed.

    Empty when the service has a Redis of its own and no secret: then nothing can be sealed. Raises
    BadSetting when the key file cannot be used.
    """
    if settings.factor_secrets:
        return settings.factor_secrets
    file = settings.data_dir / FILE
    if settings.secret_keys:
        # Whoever sets a secret after a trial still reads what the trial sealed.
        return (*settings.secret_keys, *([_read(file)] if file.exists() else ()))
    return (_read_or_made(file),) if settings.embedded_redis else ()


def seal_all(settings: Settings) -> None:
    """Seal every second factor with the secret of now, in a database that is up to date.

    Raises FactorUnreadable, NoSecret, DatabaseUnusable or BadSetting.
    """
    engine = engine_for(settings.sql_url)
    try:
        seal_anew(engine, FactorSeal(factor_secrets(settings)))
    finally:
        engine.dispose()


def look_through(settings: Settings) -> None:
    """Whether the secret of now opens every second factor; makes and changes nothing.

    Raises FactorUnreadable, which names whose; DatabaseUnusable or BadSetting.
    """
    database = make_url(settings.sql_url).database
    if not settings.database_url and not Path(database or "").exists():
        return  # nobody has started the service yet
    engine = engine_for(settings.sql_url)
    try:
        reach(engine)
        if inspect(engine).has_table("staff"):
            whose = unreadable(engine, FactorSeal(_secrets_there_are(settings)))
            if whose:
                raise FactorUnreadable(", ".join(whose))
    finally:
        engine.dispose()


def _secrets_there_are(settings: Settings) -> tuple[str, ...]:
    is_made_now = not settings.secret_keys and not (settings.data_dir / FILE).exists()
    return settings.factor_secrets if is_made_now else factor_secrets(settings)


def _read_or_made(file: Path) -> str:
    if not file.exists():
        try:
            _make(file)
        except OSError as error:
            raise BadSetting(
                f"The key file {file} cannot be made ({error.strerror}): make the folder writable "
                "for this user, or set LUWTE_DATA_DIR to one that is."
            ) from error
    return _read(file)


def _make(file: Path) -> None:
    """Whole or not at all, and of several that make it at once one: the others read that one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=file.parent, prefix=".staff-key-")  # mode 0600
    try:
        os.write(number, secrets.token_urlsafe(32).encode())
        os.fsync(number)
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        os.close(number)
        Path(draft).unlink()


def _read(file: Path) -> str:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(0o600)
        key = file.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise BadSetting(f"The key file {file} cannot be read ({why}): {_REMEDY}") from error
    if len(key) < LEAST:
        raise BadSetting(f"The key file {file} is too short: {_REMEDY}")
    return key
