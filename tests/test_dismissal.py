"""Somebody whose account is closed is out at once, and a colleague gets their conversations."""

from __future__ import annotations

import re
import subprocess

import httpx
import pytest

from luwte.chat.staff import Role
from tests.servers import until
from tests.service import LUWTE, Advisor, Service, Stream, Visitor

# By news it takes a moment. Without, a stream ends at its next sign of life (up to 15 s) and a
# conversation goes back after 45 s of silence: well before both, and with room for a busy machine.
AT_ONCE_S = 6.0


@pytest.fixture
def victim(service: Service) -> Advisor:
    """An advisor with an open conversation, whose account the test may close."""
    return Advisor(service.hires("Vera")).signs_in()


def coordinator(service: Service) -> Advisor:
    return Advisor(service.hires("Anna", role=Role.COORDINATOR)).signs_in()


def posts(office: Advisor, path: str, on: str, **fields: str) -> httpx.Response:
    page = office.http.get(on, headers={"Accept": "text/html"}).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    headers = {"Accept": "text/html"}
    return office.http.post(path, data={"csrf_token": token, **fields}, headers=headers)


def account_of(office: Advisor, member: Advisor) -> str:
    page = office.http.get("/office/staff", headers={"Accept": "text/html"}).text
    rows = re.findall(r'href="(/office/staff/\d+)".*?<td>([^<]+)</td>', page, re.DOTALL)
    return next(path for path, email in rows if email == member.member.email)


def has_ended(stream: Stream) -> bool:
    return not stream._thread.is_alive()


def in_conversation(service: Service, advisor: Advisor) -> tuple[Visitor, str, Stream]:
    visitor = Visitor(service)
    visitor.asks()
    mine = advisor.listens()
    until(lambda: mine.of("waiting"), "the desk is open")
    name: str = advisor.takes().json()["conversation"]
    visitor.says("ben je daar?")
    until(lambda: "ben je daar?" in mine.texts(), "the advisor reads it")
    return visitor, name, mine


@pytest.mark.parametrize("how", ["office", "new link", "command"])
def test_who_is_closed_is_out_at_once_and_the_conversation_goes_to_a_colleague(
    service: Service, store: object, victim: Advisor, colleague: Advisor, how: str
) -> None:
    visitor, name, desk = in_conversation(service, victim)
    heard = colleague.listens()
    until(lambda: heard.of("waiting"), "the colleague's desk is open")

    if how == "command":
        words = [*LUWTE, "staff", "disable", victim.member.email]
        done = subprocess.run(words, env=service.env, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
    else:
        office = coordinator(service)
        page = account_of(office, victim)
        path = f"{page}/disable" if how == "office" else f"{page}/link"
        assert posts(office, path, on=page).status_code in (200, 303)

    until(lambda: has_ended(desk), "the desk's stream has ended", AT_ONCE_S)
    until(lambda: waits(heard, name), "the visitor is first in line again", AT_ONCE_S)
    assert victim.http.post("/desk/beat").status_code == 401
    assert victim.says(name, "nog even").status_code == 401
    assert victim.listens().status in (0, 401)
    assert colleague.takes(name).status_code == 200
    until(lambda: "ben je daar?" in heard.texts(), "the colleague reads what was said")
    assert colleague.says(name, "ik ben er").status_code == 201
    visitor.ends()
    heard.cut()


def test_other_regions_close_the_stream_and_the_next_one_has_them(
    service: Service, store: object
) -> None:
    advisor, office = Advisor(service.hires("Vera", "VT14")).signs_in(), coordinator(service)
    desk = advisor.listens()
    until(lambda: desk.of("waiting"), "the desk is open")
    page = account_of(office, advisor)

    changed = posts(office, page, on=page, name="Vera", role="advisor", regions="VT01")

    assert changed.status_code == 303
    until(lambda: has_ended(desk), "the desk's stream has ended", AT_ONCE_S)
    visitor = Visitor(service)
    visitor.asks(region="VT01")
    again = advisor.listens()
    until(lambda: any(e["waiting"] for e in again.of("waiting")), "the other region's visitor")
    visitor.ends()
    again.cut()


def waits(stream: Stream, name: str) -> bool:
    lists = stream.of("waiting")
    return bool(lists) and name in [one["conversation"] for one in lists[-1]["waiting"]]
