"""At the start every second factor is sealed with the secret of now.

That takes in those of versions that sealed none, and those that an older secret sealed: after a
start with a new first secret the old ones may go.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress

from sqlalchemy import Engine, select, update

from .database import reading, writing
from .factor_seal import SEALED, FactorSeal, FactorUnreadable, NoSecret
from .staff import Staff


def seal_anew(engine: Engine, seal: FactorSeal) -> None:
    """Seal what is unsealed, or sealed by an older secret; several processes may do so at once.

    Raises NoSecret, DatabaseUnusable, or FactorUnreadable for those that no secret opens, after the
    others were sealed.
    """
    unreadable = 0
    with reading(engine) as session:
        rows = session.execute(select(Staff.id, Staff.email, Staff.totp_secret)).all()
    for row in rows:
        try:
            keep_anew(engine, seal, row.id, row.email, row.totp_secret)
        except FactorUnreadable:
            unreadable += 1
    if any(not row.totp_secret.startswith(SEALED) for row in rows):
        _forget_the_past(engine)
    if unreadable:
        # How many, and not who: this is printed where the service is started.
        raise FactorUnreadable("1 account" if unreadable == 1 else f"{unreadable} accounts")


def unreadable(engine: Engine, seal: FactorSeal) -> list[str]:
    """The addresses of those whose second factor no secret opens; changes nothing.

    Raises DatabaseUnusable.
    """
    with reading(engine) as session:
        rows = session.execute(select(Staff.id, Staff.email, Staff.totp_secret)).all()
    return sorted(row.email for row in rows if not _opens(seal, *row))


def _opens(seal: FactorSeal, member: int, email: str, kept: str) -> bool:
    try:
        seal.open(member, email, kept)
    except (FactorUnreadable, NoSecret):
        return False
    return True


def keep_anew(engine: Engine, seal: FactorSeal, member: int, email: str, kept: str) -> None:
    """Seal one again if need be; a secret that was replaced meanwhile stays.

    Raises as `seal_anew`.
    """
    if kept and seal.outdated(member, kept):
        sealed = seal.seal(member, seal.open(member, email, kept))
        mine = update(Staff).where(Staff.id == member, Staff.totp_secret == kept)
        with writing(engine) as session:
            session.execute(mine.values(totp_secret=sealed))


def _forget_the_past(engine: Engine) -> None:
    """SQLite leaves in its file what was deleted before; PostgreSQL cleans up by itself."""
    if engine.dialect.name != "sqlite":
        return
    # Somebody who reads at this moment hinders it: then what was replaced just now is still gone.
    with closing(engine.raw_connection()) as raw, suppress(sqlite3.OperationalError):
        connection = raw.driver_connection
        assert connection is not None  # noqa: S101 - for the type checker
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
