"""The command `luwte`: serve, check, preview, away, staff, hours.

What a command needs is imported when it runs: `serve` must patch the standard library first.
"""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .config import BadSetting, Settings

if TYPE_CHECKING:
    from .chat.audit_trail import Audit
    from .chat.staff import Member, Staffing

INTERRUPTED = 128 + signal.SIGINT

Command = Callable[[argparse.Namespace, Settings], int]


class CannotDo(RuntimeError):
    """What was asked cannot be done; the text says why and what to do instead."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    asked = _parser().parse_args(argv)
    command: Command = asked.command
    try:
        return command(asked, Settings.from_env(os.environ))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as fault:
        if sys.flags.dev_mode:
            raise
        print(f"luwte: {_plain(fault)}", file=sys.stderr)
        return 1


def _plain(fault: Exception) -> str:
    """One line for a fault that names its remedy itself, and for one that nobody foresaw."""
    text = " ".join(str(fault).split())
    if isinstance(fault, BadSetting | CannotDo) or type(fault).__module__.startswith("luwte."):
        return text[:1].upper() + text[1:]
    return (
        f"Something unforeseen went wrong ({type(fault).__name__}: {text}); "
        "`python -X dev -m luwte` with the same words tells more."
    )


def _serve(asked: argparse.Namespace, settings: Settings) -> int:
    from gevent import monkey

    monkey.patch_all()
    from .serve import serve

    serve(settings, asked.host, asked.port, asked.workers)
    return 0


def _check(_: argparse.Namespace, settings: Settings) -> int:
    from . import checks

    return checks.run(settings)


def _preview(asked: argparse.Namespace, settings: Settings) -> int:
    from .preview import preview

    try:
        preview(settings, "127.0.0.1", asked.port)
    except OSError:
        raise CannotDo(f"Port {asked.port} is taken: choose another with --port.") from None
    return 0


def _away(asked: argparse.Namespace, settings: Settings) -> int:
    from .away import write_pages

    try:
        written = write_pages(settings, asked.folder)
    except OSError as error:
        raise CannotDo(
            f"{asked.folder} cannot be written ({error.strerror}): make it writable for this "
            "user, or give another folder."
        ) from error
    print("Written for the proxy in front: " + ", ".join(map(str, written)))
    return 0


def _staff_add(asked: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as (staffing, audit):
        member, uri = staffing.add(
            asked.email, asked.name, asked.role, _password(), asked.region or ()
        )
        audit.note(None, "staff.add", member.email)
    print(f"{member.email} can sign in as {member.role}, with this second factor:")
    print(uri)
    return 0


def _staff_list(_: argparse.Namespace, settings: Settings) -> int:
    with _accounts(settings) as (staffing, _audit):
        everybody = staffing.everybody()
    if not everybody:
        print("There are no accounts yet: `luwte staff add` makes one.")
        return 0
    rows = [("E-MAIL", "NAME", "ROLE", "REGIONS", "STATE"), *map(_row, everybody)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def _row(member: Member) -> tuple[str, ...]:
    state = f"disabled since {member.disabled_at:%Y-%m-%d}" if member.disabled_at else "active"
    return member.email, member.name, member.role, " ".join(member.regions) or "all", state


def _staff_disable(asked: argparse.Namespace, settings: Settings) -> int:
    from .dismissing import let_go

    with _accounts(settings) as (staffing, audit):
        member = staffing.disable(asked.email)
        audit.note(None, "staff.disable", member.email)
    let_go(settings, member)
    print(f"{member.email} cannot sign in any more; `luwte staff reset` opens the account again.")
    return 0


def _staff_reset(asked: argparse.Namespace, settings: Settings) -> int:
    from .dismissing import let_go

    with _accounts(settings) as (staffing, audit):
        member, uri = staffing.reset(asked.email, _password())
        audit.note(None, "staff.reset", member.email)
    let_go(settings, member)
    print(f"{asked.email} has the new password and this new second factor:")
    print(uri)
    return 0


def _staff_code(asked: argparse.Namespace, settings: Settings) -> int:
    if settings.redis_url or settings.database_url:
        raise CannotDo(
            "The code of this moment is told with embedded stores only: take it from the "
            "authenticator app, or use `luwte staff reset` for a new second factor."
        )
    with _accounts(settings) as (staffing, _audit):
        print(staffing.code(asked.email))
    return 0


@contextmanager
def _accounts(settings: Settings) -> Iterator[tuple[Staffing, Audit]]:
    """The accounts and the audit trail, in a database that is up to date; what is wrong is said
    with its remedy.
    """
    from .chat.audit_trail import Audit
    from .chat.database import engine_for, migrate
    from .chat.staff import NoSuchMember, Staffing, UnknownRegion
    from .regions import read_regions
    from .staff_key import factor_secrets

    codes = [region.code for region in read_regions(settings.content)]
    migrate(settings.sql_url)
    engine = engine_for(settings.sql_url)
    try:
        staffing = Staffing(engine, secrets=factor_secrets(settings), region_codes=codes)
        yield staffing, Audit(engine)
    except NoSuchMember as fault:
        raise CannotDo(f"{fault}: `luwte staff list` shows them.") from fault
    except UnknownRegion as fault:
        raise CannotDo(f"{fault}: give one or more of {' '.join(sorted(codes))}.") from fault
    finally:
        engine.dispose()


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CannotDo("The password is missing: give it on standard input, on one line.")
    return password


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(typed: str) -> int:
        if not typed.isdecimal() or not least <= int(typed) <= most:
            raise argparse.ArgumentTypeError(f"give a whole number from {least} to {most}")
        return int(typed)

    return number


def _parser() -> argparse.ArgumentParser:
    from .hours_command import add_hours

    parser = argparse.ArgumentParser(
        prog="luwte", description="An advice website with an anonymous chat."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the whole service")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=_whole(0, 65535), default=8000, help="port (%(default)s)")
    serve.add_argument(
        "--workers", type=_whole(1, 64), help="processes (one for each core, at most 4)"
    )
    serve.set_defaults(command=_serve)
    check = commands.add_parser("check", help="look for faults in settings, content, connections")
    check.set_defaults(command=_check)
    seen = commands.add_parser("preview", help="the pages as you write them, on this machine only")
    seen.add_argument("--port", type=_whole(1, 65535), default=8001, help="port (%(default)s)")
    seen.set_defaults(command=_preview)
    away = commands.add_parser("away", help="write what a proxy shows while the service is down")
    away.add_argument("folder", type=Path, metavar="FOLDER")
    away.set_defaults(command=_away)
    _add_staff(commands.add_parser("staff", help="the accounts of advisors and coordinators"))
    add_hours(commands.add_parser("hours", help="when the chat is open"))
    return parser


def _add_staff(staff: argparse.ArgumentParser) -> None:
    does = staff.add_subparsers(required=True, metavar="WHAT")
    for name, command, text in (
        ("add", _staff_add, "make an account; its password comes on standard input"),
        ("list", _staff_list, "show all accounts"),
        ("disable", _staff_disable, "close an account and end its sessions"),
        ("reset", _staff_reset, "new password (on standard input) and second factor"),
        ("code", _staff_code, "the second factor's code of this moment (embedded stores only)"),
    ):
        parser = does.add_parser(name, help=text, description=text)
        parser.set_defaults(command=command)
        if name != "list":
            parser.add_argument("email", metavar="EMAIL")
        if name == "add":
            parser.add_argument("--name", required=True)
            parser.add_argument("--role", required=True, choices=("advisor", "coordinator"))
            parser.add_argument(
                "--region", nargs="+", action="extend", metavar="VT14", help="all when left out"
            )
