"""The secrets of second factors: sealed at rest, read after a rotation, never silently lost."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, select, text, update

from luwte.chat.database import migrate, reading, writing
from luwte.chat.factor_seal import FactorSeal, FactorUnreadable, NoSecret
from luwte.chat.invitations import Invitations, NoInvitation
from luwte.chat.sealing_anew import seal_anew
from luwte.chat.staff import Staff, Staffing, WrongSignIn
from luwte.config import BadSetting, Settings
from luwte.staff_key import factor_secrets, seal_all
from tests.processes import luwte

pytest_plugins = ["tests.databases"]

NOOR = "noor@example.org"
PASSWORD = "een kalme dag in mei"
UNSEALED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_secrets(engine: Engine, *secrets: str) -> Staffing:
    return Staffing(engine, secrets=secrets)


def gets_in(staffing: Staffing) -> bool:
    try:
        return staffing.sign_in(NOOR, PASSWORD, staffing.code(NOOR)).email == NOOR
    except WrongSignIn:
        return False


def secret_in(uri: str) -> str:
    return parse_qs(urlsplit(uri).query)["secret"][0]


def kept(engine: Engine) -> str:
    with reading(engine) as session:
        return session.scalars(select(Staff.totp_secret)).one()


def at_rest(engine: Engine) -> bytes:
    """All that a thief of the disk (SQLite) or of a dump (PostgreSQL) would have."""
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        return b"".join(part.read_bytes() for part in file.parent.glob(file.name + "*"))
    with engine.connect() as connection:
        tables = connection.scalars(
            text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        lines = [
            line
            for table in tables
            for line in connection.scalars(text(f"SELECT t::text FROM {table} t"))  # noqa: S608
        ]
    return "\n".join(lines).encode()


def test_no_secret_of_a_second_factor_stands_in_the_database(engine: Engine) -> None:
    staffing = with_secrets(engine, "new")
    secrets = [secret_in(staffing.add(NOOR, "Noor", "advisor", PASSWORD)[1])]
    secrets.append(secret_in(staffing.reset(NOOR, PASSWORD)[1]))
    invitations = Invitations(engine, secrets=["new"])
    secrets.append(
        invitations.find(invitations.invite("b@example.org", "Bea", "advisor")[1]).secret
    )

    found = at_rest(engine)

    assert NOOR.encode() in found
    assert [secret for secret in secrets if secret.encode() in found] == []
    assert gets_in(staffing)


def test_a_new_first_secret_reads_the_older_ones_and_after_a_start_they_may_go(
    engine: Engine,
) -> None:
    with_secrets(engine, "old").add(NOOR, "Noor", "advisor", PASSWORD)
    assert gets_in(with_secrets(engine, "new", "old"))

    seal_anew(engine, FactorSeal(["new", "old"]))

    sealed = kept(engine)
    assert gets_in(with_secrets(engine, "new"))
    seal_anew(engine, FactorSeal(["new"]))
    assert kept(engine) == sealed, "what is sealed with the secret of now is left alone"


def test_one_members_factor_is_of_no_use_to_another(engine: Engine) -> None:
    staffing = with_secrets(engine, "new")
    staffing.add(NOOR, "Noor", "advisor", PASSWORD)
    staffing.add("eve@example.org", "Eve", "advisor", PASSWORD)
    with writing(engine) as session:
        hers = select(Staff.totp_secret).where(Staff.email == NOOR).scalar_subquery()
        session.execute(update(Staff).values(totp_secret=hers))

    assert gets_in(staffing)
    with pytest.raises(FactorUnreadable):
        staffing.code("eve@example.org")


def test_with_another_secret_the_door_says_what_it_always_says_and_the_operator_what_to_do(
    engine: Engine,
) -> None:
    code = with_secrets(engine, "old")
    code.add(NOOR, "Noor", "advisor", PASSWORD)
    token = Invitations(engine, secrets=["old"]).invite("b@example.org", "Bea", "advisor")[1]
    lost = with_secrets(engine, "lost")

    with pytest.raises(WrongSignIn):
        lost.sign_in(NOOR, PASSWORD, code.code(NOOR))
    with pytest.raises(NoInvitation):
        Invitations(engine, secrets=["lost"]).find(token)
    with pytest.raises(FactorUnreadable, match=f"{NOOR} .*LUWTE_SECRET_KEY.*staff reset"):
        lost.code(NOOR)
    with pytest.raises(FactorUnreadable, match=r"2 accounts .*staff reset"):
        seal_anew(engine, FactorSeal(["lost"]))

    lost.reset(NOOR, PASSWORD)
    assert gets_in(lost)


def test_without_a_secret_nothing_is_kept_and_the_rest_still_works(engine: Engine) -> None:
    nothing = with_secrets(engine)

    with pytest.raises(NoSecret, match="LUWTE_SECRET_KEY is missing"):
        nothing.add(NOOR, "Noor", "advisor", PASSWORD)

    assert nothing.everybody() == []


def as_the_version_before_left_it(engine: Engine) -> None:
    """The tables of 0005, with somebody whose second factor stands unsealed."""
    from alembic import command
    from alembic.config import Config

    from luwte.chat.database import MIGRATIONS

    with_secrets(engine, "new").add(NOOR, "Noor", "advisor", PASSWORD)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as session:
        session.execute(update(Staff).values(totp_secret=UNSEALED))
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0005")
    engine.dispose()


def test_what_the_version_before_kept_unsealed_is_read_and_sealed_at_the_start(
    database_url: str, engine: Engine
) -> None:
    as_the_version_before_left_it(engine)
    assert UNSEALED.encode() in at_rest(engine)

    migrate(database_url)
    assert gets_in(with_secrets(engine, "new")), "a process that began earlier still lets them in"
    engine.dispose()
    seal_all(Settings(secret_keys=("new",), database_url=database_url))

    assert UNSEALED.encode() not in at_rest(engine)
    assert FactorSeal(["new"]).open(1, NOOR, kept(engine)) == UNSEALED


def test_the_audit_trail_still_only_grows_after_the_migration(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(
            text("INSERT INTO audit (at, name, act, about) VALUES (CURRENT_TIMESTAMP, '', 'x', '')")
        )

    with pytest.raises(Exception, match="only grows"), writing(engine) as session:
        session.execute(text("UPDATE audit SET act = 'y'"))


# The key file of embedded stores.


def test_the_key_file_is_made_once_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    (key,) = factor_secrets(settings)

    file = tmp_path / "data" / "staff.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["staff.key"], "no draft is left"
    file.chmod(0o644)
    assert factor_secrets(settings) == (key,)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_sets_a_secret_later_still_reads_what_the_trial_sealed(tmp_path: Path) -> None:
    (key,) = factor_secrets(Settings(data_dir=tmp_path))

    assert factor_secrets(Settings(data_dir=tmp_path, secret_keys=("a", "b"))) == ("a", "b", key)
    elsewhere = Settings(data_dir=tmp_path / "x", secret_keys=("a",))
    assert factor_secrets(elsewhere) == ("a",)
    assert not (tmp_path / "x").exists()
    assert factor_secrets(Settings(data_dir=tmp_path / "x", redis_url="redis://h")) == ()


@pytest.mark.parametrize("found", [b"", b"short", b"\xff" * 43])
def test_a_broken_key_file_says_what_to_do(tmp_path: Path, found: bytes) -> None:
    (tmp_path / "staff.key").write_bytes(found)

    with pytest.raises(BadSetting, match="staff reset"):
        factor_secrets(Settings(data_dir=tmp_path))


def test_a_lost_key_file_is_told_by_the_command_and_a_reset_helps(tmp_path: Path) -> None:
    def staff(*words: str) -> subprocess.CompletedProcess[str]:
        return luwte("staff", *words, data=tmp_path, typed=PASSWORD + "\n")

    assert staff("add", NOOR, "--name", "Noor", "--role", "advisor").returncode == 0
    assert len(staff("code", NOOR).stdout.strip()) == 6, "another process reads the same key"
    (tmp_path / "staff.key").unlink()

    told = staff("code", NOOR)

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"luwte: The second factor of {NOOR} was sealed with another")
    assert told.stderr.count("\n") == 1
    assert staff("reset", NOOR).returncode == 0
    assert len(staff("code", NOOR).stdout.strip()) == 6
