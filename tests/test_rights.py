"""Who may ask for what: every address of the desk and the office, as everybody who could try.

The table is the whole truth: an address that is not in it fails, so whoever makes one decides whom
it is for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from luwte.chat.floor import Floor
from tests.house import Browser, House, house_on
from tests.servers import RedisServer

# What somebody meets: the view itself, the sign-in, a refusal, a thing that is not there for them,
# or a step that cannot be made now: nobody waits, nothing was offered to them.
IN, OUT, NO, NONE, NOW = "in", "sign in first", "no right", "not there", "not now"

ACTORS = ("nobody", "holder", "elsewhere", "coordinator")
Right = tuple[str, str, str, str]

# The holder is the advisor (of VT14) who has the conversation in the address; "elsewhere" is an
# advisor of another region (VT01); the coordinator is none of both.
EVERYBODY: Right = (IN, IN, IN, IN)
STAFF: Right = (OUT, IN, IN, IN)
OFFICE: Right = (OUT, NO, NO, IN)
HOLDER: Right = (OUT, IN, NONE, NONE)
NOT_NOW: Right = (OUT, NOW, NOW, NOW)
NOT_THERE: Right = (NONE, NONE, NONE, NONE)
STAFF_NOT_THERE: Right = (OUT, NONE, NONE, NONE)
OFFICE_NOT_THERE: Right = (OUT, NO, NO, NONE)

RIGHTS: dict[str, Right] = {
    # Signing in, and one's own account.
    "GET /desk/sign-in": EVERYBODY,
    "POST /desk/sign-in": EVERYBODY,
    "POST /desk/sign-out": (IN, NOW, IN, IN),  # who has open conversations is asked first
    "POST /desk/passkey/ask": EVERYBODY,
    "POST /desk/passkey": EVERYBODY,
    "GET /desk/invitation/<token>": NOT_THERE,  # only for who has a link that works
    "POST /desk/invitation/<token>": NOT_THERE,
    "GET /desk/account": STAFF,
    "POST /desk/account/password": STAFF,
    "POST /desk/account/passkeys/ask": STAFF,
    "POST /desk/account/passkeys": STAFF,
    "POST /desk/account/passkeys/<int(max=2147483647):number>/name": STAFF_NOT_THERE,
    "POST /desk/account/passkeys/<int(max=2147483647):number>/remove": STAFF_NOT_THERE,
    # The desk.
    "GET /desk/": STAFF,
    "GET /desk/events": STAFF,
    "POST /desk/beat": STAFF,
    "GET /desk/shift": STAFF,
    "POST /desk/shift": STAFF,
    "GET /desk/colleagues": STAFF,
    "GET /desk/sound": STAFF,
    "POST /desk/sound": STAFF,
    "GET /desk/answers": STAFF,
    "POST /desk/answers": STAFF,
    "GET /desk/answers/<ref>": STAFF_NOT_THERE,  # only one's own
    "POST /desk/answers/<ref>": STAFF_NOT_THERE,
    "POST /desk/take": NOT_NOW,
    # Conversations.
    "POST /desk/conversations/<name>/messages": HOLDER,
    "POST /desk/conversations/<name>/typing": HOLDER,
    "POST /desk/conversations/<name>/end": HOLDER,
    "GET /desk/conversations/<name>/draft": HOLDER,
    "POST /desk/conversations/<name>/draft": HOLDER,
    "POST /desk/conversations/<name>/articles": HOLDER,
    "POST /desk/conversations/<name>/card": HOLDER,
    "POST /desk/conversations/<name>/word": HOLDER,
    "POST /desk/conversations/<name>/whisper": HOLDER,
    "POST /desk/conversations/<name>/invite": HOLDER,
    "POST /desk/conversations/<name>/transfer": HOLDER,
    # Without an offer these do nothing, whoever asks.
    "POST /desk/conversations/<name>/withdraw": STAFF,
    "POST /desk/conversations/<name>/decline": STAFF,
    "POST /desk/conversations/<name>/accept": (OUT, IN, NOW, NOW),
    "GET /desk/look": OFFICE,
    "POST /desk/conversations/<name>/look": (OUT, NONE, NONE, IN),
    "GET /desk/conversations/<name>/look": STAFF_NOT_THERE,  # only for who looks along
    "POST /desk/conversations/<name>/leave": STAFF,
    # The office.
    "GET /office/": OFFICE,
    "GET /office/now/events": OFFICE,
    "GET /office/hours": OFFICE,
    "GET /office/hours/<path>": OFFICE,
    "POST /office/hours/<path>/week": OFFICE,
    "POST /office/hours/<path>/day": OFFICE,
    "POST /office/hours/<path>/day/remove": OFFICE,
    "POST /office/hours/<path>/switch": OFFICE,
    "POST /office/hours/<path>/switch/remove": OFFICE,
    "GET /office/answers": OFFICE,
    "GET /office/answers/shared/<lang>/<ref>": OFFICE_NOT_THERE,
    "POST /office/answers/shared/<lang>/<ref>": OFFICE_NOT_THERE,
    "GET /office/answers/text/<lang>/<name>": OFFICE_NOT_THERE,
    "POST /office/answers/text/<lang>/<name>": OFFICE,
    "POST /office/answers/let-in": OFFICE,
    "GET /office/figures": OFFICE,
    "POST /office/figures/export": OFFICE,
    "GET /office/staff": OFFICE,
    "GET /office/staff/new": OFFICE,
    "POST /office/staff/new": OFFICE,
    "GET /office/staff/<int(max=2147483647):number>": OFFICE,
    "POST /office/staff/<int(max=2147483647):number>": OFFICE,
    "POST /office/staff/<int(max=2147483647):number>/link": OFFICE,
    "POST /office/staff/<int(max=2147483647):number>/disable": OFFICE,
    "POST /office/staff/<int(max=2147483647):number>/enable": OFFICE,
    "GET /office/audit": OFFICE,
    "POST /office/audit/export": OFFICE,
}

LAST = "/desk/sign-out"
# What the calls around a conversation need: without it the view would answer before it asks whose
# the conversation is. More than a call needs does no harm.
BODY = {
    "text": "hallo",
    "name": "x",
    "card": "112",
    "step": "sure",
    "q": "veilig",
    "reason": "done",
}
VALUES = {"token": "A" * 43, "path": "VT14", "lang": "nl", "ref": "groet", "day": "2026-05-04"}


@pytest.fixture
def house(redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path) -> Iterator[House]:
    database = f"sqlite:///{tmp_path / 'data' / 'luwte.sqlite3'}"
    with house_on(database, redis, redis_of_the_run.url, tmp_path) as house:
        yield house


def staff_rules(house: House) -> dict[str, Rule]:
    """The addresses of the desk and the office, by method; signing out comes last."""
    found = {}
    for rule in house.app.url_map.iter_rules():
        if rule.rule.startswith(("/desk", "/office")):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found[f"{method} {rule.rule}"] = rule
    return dict(sorted(found.items(), key=lambda pair: pair[1].rule == LAST))


def test_every_address_of_staff_is_in_the_table_and_no_other(house: House) -> None:
    there = set(staff_rules(house))

    assert sorted(there - set(RIGHTS)) == [], "say in the table who may ask for these"
    assert sorted(set(RIGHTS) - there) == [], "these are gone"


def test_everybody_meets_exactly_what_the_table_says(house: House) -> None:
    people = {
        "nobody": house.browser(),
        "holder": house.hires("Noor", "VT14"),
        "elsewhere": house.hires("Sam", "VT01"),
        "coordinator": house.hires("Anna", role="coordinator"),
    }
    tokens = {
        name: one.token("/desk/sign-in" if name == "nobody" else "/desk/account")
        for name, one in people.items()
    }
    closed, spare = house.hires("Weg").member, house.hires("Reserve").member
    Floor(house.chat, str(spare.id), spare.name, ()).comes()
    wrong = []
    for address, rule in staff_rules(house).items():
        method = address.partition(" ")[0]
        # The holder last: what they do may end the conversation.
        for name in sorted(ACTORS, key=lambda actor: actor == "holder"):
            values = {**VALUES, "number": closed.id, "to": spare.id}
            if "name" in rule.arguments and "/conversations/" in rule.rule:
                values["name"] = held_by(house, people["holder"])
            met = outcome(ask(people[name], method, rule, values, tokens[name]))
            expected = RIGHTS.get(address, ("?",) * 4)[ACTORS.index(name)]
            if met != expected:
                wrong.append(f"{address}, {name}: {met} instead of {expected}")

    assert wrong == [], "\n".join(wrong)


def held_by(house: House, holder: Browser) -> str:
    """A new conversation of VT14 that this advisor has; the one before is over."""
    member = holder.member
    shift = house.chat.shift(str(member.id), member.name, member.regions)
    for before in shift.conversations():
        before.end("advisor", "")
        shift.release(before.name)
    house.chat.waiting.join(
        queue="VT14", audience="self", danger=False, topic="", lang="nl", key=""
    )
    return shift.take().name


def ask(
    actor: Browser, method: str, rule: Rule, values: dict[str, object], token: str
) -> TestResponse:
    wanted = {name: values.get(name, "x") for name in rule.arguments}
    built = rule.build(wanted)
    assert built, rule
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    body = {**BODY, "to": str(values["to"]), "key": uuid.uuid4().hex}
    sent = {} if method == "GET" or rule.rule == "/desk/take" else body
    answer = actor.client.open(built[1], method=method, headers=headers, data=sent, buffered=False)
    answer.close()  # a stream would go on for ever
    return answer


def outcome(answer: TestResponse) -> str:
    assert answer.status_code < 500, answer.status
    return {401: OUT, 403: NO, 404: NONE, 410: NONE, 409: NOW}.get(answer.status_code, IN)
