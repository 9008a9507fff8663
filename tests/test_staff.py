"""Accounts and signing in, on both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from statistics import median
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from luwte.chat import passwords
from luwte.chat.database import reading, writing
from luwte.chat.staff import (
    BadEmail,
    BadName,
    EmailTaken,
    Member,
    NoSuchMember,
    PasswordTooLong,
    PasswordTooShort,
    Role,
    Staff,
    Staffing,
    UnknownRegion,
    UnknownRole,
    WrongSignIn,
)

pytest_plugins = ["tests.databases"]

PASSWORD = "een kalme dag in mei"
SECRETS = ("een geheim van deze toetsen",)
STEP_S = 30


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def staffing(engine: Engine, clock: Clock) -> Staffing:
    return Staffing(engine, secrets=SECRETS, region_codes={"VT14", "VT01"}, now=clock)


@pytest.fixture
def noor(staffing: Staffing) -> Member:
    return staffing.add("noor@example.org", "Noor", "advisor", PASSWORD)[0]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with reading(engine) as session:
        yield session


def get_in(staffing: Staffing, email: str = "noor@example.org", password: str = PASSWORD) -> Member:
    return staffing.sign_in(email, password, staffing.code(email))


def test_a_new_service_has_nobody_yet_until_somebody_is_added(staffing: Staffing) -> None:
    assert staffing.nobody_yet()

    staffing.add("noor@example.org", "Noor", "coordinator", PASSWORD)

    assert not staffing.nobody_yet()


def test_a_new_member_gets_in_with_password_and_the_code_of_the_address(
    staffing: Staffing, clock: Clock
) -> None:
    member, uri = staffing.add(
        " Noor@Example.org ", "Noor  de Wit", "advisor", PASSWORD, ["vt14", "VT01", "VT14"]
    )

    secret = parse_qs(urlsplit(uri).query)["secret"][0]
    code = pyotp.TOTP(secret).at(int(clock()))

    assert uri.startswith("otpauth://totp/Luwte:noor%40example.org?")
    assert (member.email, member.name) == ("noor@example.org", "Noor de Wit")
    assert (member.role, member.regions) == (Role.ADVISOR, ("VT01", "VT14"))
    assert not member.coordinates
    assert member.created_at.timestamp() == clock()
    assert staffing.sign_in("NOOR@example.org", PASSWORD, f" {code[:3]} {code[3:]} ") == member


def test_everybody_is_listed_by_address_the_disabled_too(staffing: Staffing, noor: Member) -> None:
    anna, _ = staffing.add("anna@example.org", "Anna", "coordinator", PASSWORD)
    gone = staffing.disable("noor@example.org")

    assert staffing.everybody() == [anna, gone]
    assert gone.disabled_at is not None
    assert anna.coordinates


def test_neither_the_password_nor_anything_it_could_be_guessed_from_is_kept(
    noor: Member, session: Session
) -> None:
    row = session.scalars(select(Staff)).one()

    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(vars(row))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "NOOR@example.org"}, EmailTaken),
        ({"email": "noor"}, BadEmail),
        ({"email": "noor@exam ple.org"}, BadEmail),
        ({"email": "noor\0@example.org"}, BadEmail),
        ({"email": "noor\ud800@example.org"}, BadEmail),
        ({"email": "n@" + "e" * 260}, BadEmail),
        ({"name": " "}, BadName),
        ({"name": "N" * 101}, BadName),
        ({"name": "Noor\0"}, BadName),
        ({"role": "boss"}, UnknownRole),
        ({"role": "Advisor"}, UnknownRole),
        ({"password": "elf tekens."}, PasswordTooShort),
        ({"password": "x" * 1001}, PasswordTooLong),
        ({"regions": ["VT14", "VT99"]}, UnknownRegion),
        ({"regions": [""]}, UnknownRegion),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(
    staffing: Staffing, noor: Member, change: dict[str, object], error: type[Exception]
) -> None:
    wish: dict[str, object] = {
        "email": "anna@example.org",
        "name": "Anna",
        "role": "advisor",
        "password": PASSWORD,
    }

    with pytest.raises(error):
        staffing.add(**(wish | change))  # type: ignore[arg-type]

    assert staffing.everybody() == [noor]


def test_of_ten_who_add_the_same_address_at_once_one_succeeds(staffing: Staffing) -> None:
    taken: list[Exception] = []

    def add() -> None:
        try:
            staffing.add("noor@example.org", "Noor", "advisor", PASSWORD)
        except EmailTaken as error:
            taken.append(error)

    at_once(add, 10)

    assert len(taken) == 9
    assert len(staffing.everybody()) == 1


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        ("noor@example.org", "een heel ander wachtwoord", "right"),
        ("noor@example.org", PASSWORD + " ", "right"),
        ("noor@example.org", "", "right"),
        ("noor@example.org", "x" * 100_000, "right"),
        ("noor@example.org", "\ud800" * 20, "right"),
        ("noor@example.org", PASSWORD, ""),
        ("noor@example.org", PASSWORD, "wrong"),
        ("noor@example.org", PASSWORD, "12345é"),
        ("noor@example.org", PASSWORD, "١٢٣٤٥٦"),
        ("niemand@example.org", PASSWORD, "right"),
        ("no address", PASSWORD, "right"),
        ("noor@example.org\0", PASSWORD, "right"),
    ],
)
def test_every_wrong_sign_in_is_the_same_error(
    staffing: Staffing, noor: Member, email: str, password: str, code: str
) -> None:
    right = staffing.code("noor@example.org")
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    code = {"right": right, "wrong": wrong}.get(code, code)

    with pytest.raises(WrongSignIn) as refused:
        staffing.sign_in(email, password, code)

    assert str(refused.value) == ""
    assert get_in(staffing) == noor, "a wrong try uses up no code"


def test_a_code_opens_the_account_only_once(staffing: Staffing, noor: Member) -> None:
    code = staffing.code("noor@example.org")
    staffing.sign_in("noor@example.org", PASSWORD, code)

    with pytest.raises(WrongSignIn):
        staffing.sign_in("noor@example.org", PASSWORD, code)


def test_of_ten_who_use_one_code_at_the_same_moment_one_gets_in(
    staffing: Staffing, noor: Member
) -> None:
    code = staffing.code("noor@example.org")
    inside: list[Member] = []

    def enter() -> None:
        with suppress(WrongSignIn):
            inside.append(staffing.sign_in("noor@example.org", PASSWORD, code))

    at_once(enter, 10)

    assert inside == [noor]


def test_an_older_code_is_worth_nothing_after_a_newer_one(
    staffing: Staffing, noor: Member, clock: Clock
) -> None:
    older = staffing.code("noor@example.org")
    clock.passes(STEP_S)
    get_in(staffing)

    with pytest.raises(WrongSignIn):
        staffing.sign_in("noor@example.org", PASSWORD, older)


@pytest.mark.parametrize(
    ("off_s", "fine"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_phones_clock_may_be_off_by_one_step(
    staffing: Staffing, noor: Member, clock: Clock, off_s: int, fine: bool
) -> None:
    clock.passes(off_s * STEP_S)
    code = staffing.code("noor@example.org")
    clock.passes(-off_s * STEP_S)

    try:
        assert staffing.sign_in("noor@example.org", PASSWORD, code) == noor
        assert fine
    except WrongSignIn:
        assert not fine


def test_a_trial_may_sign_in_twice_within_one_step(staffing: Staffing, noor: Member) -> None:
    assert get_in(staffing) == get_in(staffing) == noor


def test_a_session_is_its_members_until_the_account_is_disabled(
    staffing: Staffing, noor: Member
) -> None:
    assert staffing.member(noor.id, noor.epoch) == noor

    gone = staffing.disable("Noor@example.org")

    assert staffing.member(noor.id, noor.epoch) is None
    assert staffing.member(noor.id, gone.epoch) is None
    with pytest.raises(WrongSignIn):
        get_in(staffing)


def test_signing_out_everywhere_ends_every_session_and_a_new_one_can_begin(
    staffing: Staffing, noor: Member
) -> None:
    staffing.sign_out_everywhere("noor@example.org")

    assert staffing.member(noor.id, noor.epoch) is None
    again = get_in(staffing)
    assert staffing.member(again.id, again.epoch) == again


def test_disabling_twice_keeps_the_first_moment(
    staffing: Staffing, noor: Member, clock: Clock
) -> None:
    first = staffing.disable("noor@example.org").disabled_at
    clock.passes(60)

    assert staffing.disable("noor@example.org").disabled_at == first


def test_a_reset_ends_the_sessions_and_gives_a_new_password_and_second_factor(
    staffing: Staffing, noor: Member, clock: Clock
) -> None:
    old_code = staffing.code("noor@example.org")
    staffing.disable("noor@example.org")

    _, uri = staffing.reset("noor@example.org", "iets heel anders")

    assert staffing.member(noor.id, noor.epoch) is None
    with pytest.raises(WrongSignIn):
        get_in(staffing)
    with pytest.raises(WrongSignIn):
        staffing.sign_in("noor@example.org", "iets heel anders", old_code)
    new_code = pyotp.TOTP(parse_qs(urlsplit(uri).query)["secret"][0]).at(int(clock()))
    assert staffing.sign_in("noor@example.org", "iets heel anders", new_code).id == noor.id


def test_a_reset_with_a_short_password_changes_nothing(staffing: Staffing, noor: Member) -> None:
    with pytest.raises(PasswordTooShort):
        staffing.reset("noor@example.org", "kort")

    assert get_in(staffing) == noor


@pytest.mark.parametrize("email", ["niemand@example.org", "no address", "\0@\0"])
def test_what_is_asked_of_somebody_unknown_says_so(staffing: Staffing, email: str) -> None:
    for ask in (staffing.disable, staffing.code, staffing.sign_out_everywhere):
        with pytest.raises(NoSuchMember):
            ask(email)
    with pytest.raises(NoSuchMember):
        staffing.reset(email, PASSWORD)


def test_nobodys_number_is_no_member(staffing: Staffing) -> None:
    assert staffing.member(12345, 0) is None


def test_the_same_letters_from_another_keyboard_are_the_same_password(staffing: Staffing) -> None:
    staffing.add("noor@example.org", "Noor", "advisor", "cafe\u0301 de eenhoorn")

    assert get_in(staffing, password="caf\u00e9 de eenhoorn").name == "Noor"


def test_a_password_kept_at_an_older_cost_is_kept_anew_at_the_sign_in(
    staffing: Staffing, noor: Member, engine: Engine
) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with writing(engine) as session:
        session.execute(update(Staff).values(password_hash=cheap))

    get_in(staffing)

    with reading(engine) as session:
        kept = session.scalars(select(Staff.password_hash)).one()
    assert kept != cheap
    assert not passwords.outdated(kept)
    assert get_in(staffing) == noor


def test_an_unknown_address_takes_as_long_as_a_known_one(staffing: Staffing, noor: Member) -> None:
    code = staffing.code("noor@example.org")

    def duration(email: str) -> float:
        began = time.thread_time()
        with pytest.raises(WrongSignIn):
            staffing.sign_in(email, "niet het goede wachtwoord", code)
        return time.thread_time() - began

    known, unknown = [], []
    for _ in range(9):
        known.append(duration("noor@example.org"))
        unknown.append(duration("niemand@example.org"))

    assert 0.6 < median(known) / median(unknown) < 1.6


def test_streams_go_on_while_a_password_is_compared() -> None:
    program = """
from gevent import monkey; monkey.patch_all()
import time, gevent
from luwte.chat import passwords
kept = passwords.hashed("een kalme dag in mei")
gaps, busy = [], True
def stream():
    before = time.perf_counter()
    while busy:
        gevent.sleep(0.001)
        gaps.append(time.perf_counter() - before)
        before = time.perf_counter()
ticking = gevent.spawn(stream)
asked = [gevent.spawn(passwords.matches, kept, "een kalme dag in mei") for _ in range(8)]
gevent.joinall(asked)
busy = False
assert all(one.value for one in asked)
print(len(gaps))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert run.stderr == ""
    assert int(run.stdout) > 20, "the loop stood still"


def at_once(work: Callable[[], None], times: int) -> None:
    together = [threading.Thread(target=work) for _ in range(times)]
    for one in together:
        one.start()
    for one in together:
        one.join()
