"""Who asks too often has to wait; a school behind one address, and whoever reads, never does."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altcha
import pytest
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from luwte.chat import keys
from luwte.chat.limits.entrance import Entrance
from luwte.chat.limits.limits import Limits
from luwte.chat.salts import SALT_KEPT_S, Marks
from luwte.config import LIMITS, BadSetting, Settings
from tests.house import House, house_on, said
from tests.servers import RedisServer

HER_ADDRESS, ANOTHER = "203.0.113.7", "203.0.113.8"
NOON = 1_800_014_400.0
DAY_S = 24 * 3600
JSON = {"Accept": "application/json"}

Opens = Callable[..., House]


@pytest.fixture
def opens(redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path) -> Iterator[Opens]:
    """A house with the limits of a service as it comes, but for those that are given."""
    database = f"sqlite:///{tmp_path / 'data' / 'luwte.sqlite3'}"
    with ExitStack() as opened:

        def open_house(proof: str = "off", calm: int = 20, cap: int = 500, **rates: str) -> House:
            url = request_url(redis, redis_of_the_run)
            options: dict[str, Any] = {"proof_of_work": proof, "proof_from": calm}
            options |= {"queue_cap": cap, "limits": LIMITS | rates}
            return opened.enter_context(house_on(database, redis, url, tmp_path, **options))

        yield open_house


def request_url(redis: Redis, server: RedisServer) -> str:
    nodes: list[Any] = getattr(redis, "get_primaries", list)()
    if not nodes:
        return server.url
    return "redis+cluster://" + ",".join(f"{node.host}:{node.port}" for node in nodes)


def client(house: House, address: str = HER_ADDRESS) -> FlaskClient:
    made = house.app.test_client()
    made.environ_base["REMOTE_ADDR"] = address
    return made


def starts(who: FlaskClient, **fields: str) -> TestResponse:
    sent = {"audience": "self", "key": uuid.uuid4().hex} | fields
    return who.post("/chat", data=sent, headers=JSON)


def says(who: FlaskClient, token: str, text: str = "hallo") -> TestResponse:
    headers = JSON | {"Authorization": f"Bearer {token}"}
    return who.post("/chat/messages", data={"text": text, "key": uuid.uuid4().hex}, headers=headers)


def in_vain(answer: TestResponse, most_s: int) -> str:
    """The sentence with which somebody was told to wait, for at most so long."""
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= most_s
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert (told["field"], told["phone"]) == (None, "0800-2000")
    return str(told["error"])


# The limits


def test_thirty_of_a_school_start_and_three_hundred_read_with_the_limits_as_they_come(opens):
    school = client(opens("auto", calm=40))

    assert {starts(school).status_code for _ in range(30)} == {201}
    assert {
        school.get(path).status_code for _ in range(100) for path in ("/", "/chat", "/regio")
    } == {200}


def test_too_many_starts_of_one_client_turn_away_nobody_else(opens):
    house = opens(starts="2 per 10 minutes")
    her, other = client(house), client(house, ANOTHER)
    first = [starts(her) for _ in range(2)]

    sentence = in_vain(starts(her), 600)
    assert "Probeer het over 10 minuten opnieuw." in sentence
    assert "0800-2000" in sentence and "112" in sentence
    assert starts(other).status_code == 201
    # The conversations that were begun go on, and a start that is sent again is not a new one.
    assert says(her, first[0].get_json()["token"]).status_code == 201
    other_key = starts(other, key="the-same").get_json()["token"]
    assert starts(other, key="the-same").get_json()["token"] == other_key


def test_a_household_of_many_addresses_is_one_client(opens):
    house = opens(starts="1 per 10 minutes")

    assert starts(client(house, "2001:db8:1:2::1")).status_code == 201
    assert starts(client(house, "2001:db8:1:2:ffff::9")).status_code == 429
    assert starts(client(house, "2001:db8:1:3::1")).status_code == 201


def test_what_a_form_without_javascript_held_is_there_again(opens):
    her = client(opens(starts="1 per 10 minutes"))
    starts(her)

    answer = her.post("/chat", data={"audience": "other", "region": "VT14", "danger": "no"})

    assert answer.status_code == 429 and answer.headers["Retry-After"]
    assert "zijn net veel chats gestart" in said(answer)
    assert re.search(r'value="other"[^>]* checked', answer.text)
    assert '<option value="VT14" selected>' in answer.text
    assert "0800-2000" in said(answer)


def test_somebody_in_danger_gets_in_by_the_work_when_others_used_up_what_her_address_has(opens):
    house = opens("auto", starts="1 per 10 minutes")
    her = client(house)
    starts(her)

    assert starts(her, danger="no").get_json()["reason"] == "limited"
    asked = starts(her, danger="yes").get_json()
    assert asked["reason"] == "proof" and "112" in asked["error"]
    assert starts(her, danger="yes", altcha=solved(asked["challenge"])).status_code == 201


def test_everybody_together_can_be_too_many_and_danger_is_counted_apart(opens):
    house = opens(all_starts="2 per minute")
    tokens = [starts(client(house, f"198.51.100.{n}")).get_json()["token"] for n in range(2)]

    sentence = in_vain(starts(client(house)), 60)
    assert "Bel 112." in sentence and "0800-2000" in sentence
    assert starts(client(house), danger="yes").status_code == 201
    # Who has a conversation goes on.
    assert {says(client(house), token).status_code for token in tokens} == {201}


def test_what_one_client_tries_in_vain_uses_up_nothing_of_what_all_have(opens):
    house = opens(starts="1 per minute", all_starts="2 per minute")
    for _ in range(5):
        starts(client(house))

    assert starts(client(house, ANOTHER)).status_code == 201


def test_messages_are_limited_for_one_conversation_and_for_one_client(opens):
    house = opens(messages_of_one="2 per minute", messages="3 per minute")
    her = client(house)
    one, two, three = (starts(her).get_json()["token"] for _ in range(3))

    assert [says(her, one).status_code for _ in range(3)] == [201, 201, 429]
    assert [says(her, two).status_code for _ in range(2)] == [201, 429]
    assert "Wat je schreef, blijft staan." in in_vain(says(her, one), 60)
    assert says(client(house, ANOTHER), three).status_code == 201
    # Leaving is never limited.
    assert her.post("/chat/end", headers={"Authorization": f"Bearer {one}"}).status_code == 204


def test_a_message_without_javascript_is_always_204_and_the_page_that_loads_says_why(opens):
    house = opens(messages_of_one="1 per minute")
    her = client(house)
    page = her.post("/chat", data={"audience": "self", "key": "k"}, buffered=False)
    stream = page.iter_encoded()
    drawn = b"".join(next(stream) for _ in range(2)).decode()
    token = re.search(r'name="token" value="([^"]+)"', drawn)
    assert token
    sent = {"token": token[1], "text": "een woord"}

    assert her.post("/chat/plain/messages", data=sent).status_code == 204
    assert her.post("/chat/plain/messages", data=sent | {"text": "nog een"}).status_code == 204
    while "data-fault" not in drawn:
        drawn += next(stream).decode()
    assert "Wat je schreef, blijft staan." in drawn
    assert "nog een" not in drawn
    page.close()


@pytest.mark.parametrize(("path", "field"), [("/zoeken", "q"), ("/regio", "plaats")])
def test_searches_are_limited_together_and_keep_their_words(opens, path, field):
    house = opens(searches="2 per minute")
    her = client(house)
    for where, name in (("/zoeken", "q"), ("/en/regio", "plaats")):
        assert her.post(where, data={name: "wind"}).status_code == 200

    page = her.post(path, data={field: "wind en regen"})
    assert page.status_code == 429 and page.headers["Retry-After"]
    assert 'value="wind en regen"' in page.text
    assert "Wat je typte, staat er nog." in said(page) and "0800-2000" in said(page)
    in_vain(her.post(path, data={field: "wind"}, headers=JSON), 60)
    assert "What you typed is still there." in said(her.post("/en" + path, data={field: "wind"}))
    assert client(house, ANOTHER).post(path, data={field: "wind"}).status_code == 200
    assert her.get(path).status_code == 200


def test_words_for_coming_back_are_limited_for_a_whole_household(opens):
    house = opens(returns="2 per 15 minutes")

    def tries(address: str) -> int:
        return (
            client(house, address)
            .post("/chat/return", data={"code": "een twee drie vier"}, headers=JSON)
            .status_code
        )

    assert [tries(f"2001:db8:1:2::{n}") for n in range(3)] == [410, 410, 429]
    assert tries(HER_ADDRESS) == 410


def test_a_limit_can_be_switched_off(opens):
    her = client(opens(starts="off", searches="off"))

    assert {starts(her).status_code for _ in range(70)} == {201}


@pytest.mark.parametrize("value", ["often", "0 per minute", "-1 per minute"])
def test_a_limit_that_says_nothing_stops_the_start(value):
    with pytest.raises(BadSetting, match="LUWTE_LIMIT_STARTS"):
        Settings.from_env({"LUWTE_LIMIT_STARTS": value})
    with pytest.raises(BadSetting, match="LUWTE_LIMIT_RETURNS"):
        Settings.from_env({"LUWTE_LIMIT_RETURNS": "off"})


def test_the_help_stays_up_without_the_store(opens, redis_of_the_run, monkeypatch):
    house = opens()
    limits: Limits = house.app.extensions["luwte.limits"]
    nowhere = Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(limits, "_marks", Marks(nowhere, "a secret", "limit"))
    her = client(house)

    assert her.post("/zoeken", data={"q": "wind"}).status_code == 200
    assert her.post("/regio", data={"plaats": "wind"}).status_code == 200
    answer = starts(her)
    assert (answer.status_code, answer.get_json()["reason"]) == (503, "unavailable")


# What is kept of a client


def everything_in(store: Redis) -> str:
    kinds: dict[bytes, Callable[[bytes], Any]] = {
        b"string": store.get,
        b"hash": store.hgetall,
        b"list": lambda key: store.lrange(key, 0, -1),
        b"zset": lambda key: store.zrange(key, 0, -1, withscores=True),
        b"stream": store.xrange,
    }
    found = {key: kinds[store.type(key)](key) for key in store.scan_iter("*")}  # type: ignore[index]
    assert [key for key in found if store.ttl(key) < 0] == []
    return str(found)


def test_nothing_of_an_address_or_a_conversations_name_is_kept_and_all_of_it_expires(opens, redis):
    house = opens("auto", calm=0)
    her = client(house, "2001:db8:aa:bb::77")
    token = starts(her, altcha=solved(starts(her).get_json()["challenge"])).get_json()["token"]
    says(her, token)
    her.post("/zoeken", data={"q": "wind"})
    her.post("/chat/return", data={"code": "een twee"}, headers=JSON)
    her.post("/chat/end", headers={"Authorization": f"Bearer {token}"})

    kept = everything_in(redis)
    assert "limit:" in kept and "used:" in kept
    # With its colon: three letters alone may stand in any mark by chance.
    assert "2001:" not in kept and "db8:" not in kept
    assert keys.conversation_of(token).partition(".")[2] not in kept


def test_a_clients_mark_is_another_one_each_day_and_for_each_purpose(redis):
    now = [NOON]
    marks = Marks(redis, "a secret", "limit", remember_s=60, clock=lambda: now[0])
    today = marks.of(HER_ADDRESS)[0]
    assert today == marks.of(f"::ffff:{HER_ADDRESS}")[0] != marks.of(ANOTHER)[0]
    assert today != Marks(redis, "a secret", "out", clock=lambda: now[0]).of(HER_ADDRESS)[0]

    now[0] += DAY_S
    assert marks.of(HER_ADDRESS)[0] != today
    day = str(datetime.fromtimestamp(NOON, UTC).date())
    assert DAY_S < redis.ttl(keys.salt_key(day)) <= SALT_KEPT_S

    # What is gone is not missed: the marks of today need nothing of yesterday.
    redis.delete(keys.salt_key(day))
    assert len(Marks(redis, "a secret", "limit", clock=lambda: now[0]).of(HER_ADDRESS)) == 1


def test_all_processes_give_a_client_the_same_mark(redis):
    first, second = (Marks(redis, "a secret", "limit", clock=lambda: NOON) for _ in range(2))

    assert first.of(HER_ADDRESS) == second.of(HER_ADDRESS)


# The work


def solved(challenge: dict[str, Any]) -> str:
    made = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(made)
    assert solution
    return altcha.Payload(made, solution).to_base64()


def test_the_work_is_asked_for_when_it_always_is_and_each_solution_opens_once(opens):
    her = client(opens("always"))
    asked = starts(her)
    assert "0800-2000" in in_vain(asked, 10)
    challenge = asked.get_json()["challenge"]
    proof = solved(challenge)

    first = starts(her, altcha=proof, key="one")
    assert first.status_code == 201
    # A page whose answer got lost asks again; another start is another one.
    assert starts(her, altcha=proof, key="one").get_json()["token"] == first.get_json()["token"]
    again = starts(her, altcha=proof, key="two")
    assert again.get_json()["reason"] == "proof"
    assert again.get_json()["challenge"]["signature"] != challenge["signature"]


def made_up(challenge: dict[str, Any], **other: Any) -> str:
    whole = json.loads(base64.b64decode(solved(challenge)))
    whole["solution"] |= {name: value for name, value in other.items() if name == "counter"}
    if "prefix" in other:
        whole["challenge"]["parameters"]["keyPrefix"] = other["prefix"]
    return base64.b64encode(json.dumps(whole).encode()).decode()


def test_what_is_no_solution_opens_nothing(opens):
    her = client(opens("always"))
    challenge = starts(her).get_json()["challenge"]
    for proof in (
        "x",
        "e30=",
        "A" * 5000,
        base64.b64encode(b'{"challenge": {"parameters": []}, "solution": "\xc3\xa9"}').decode(),
        made_up(challenge, counter=70_000),
        made_up(challenge, counter="1"),
        made_up(challenge, prefix="00"),
    ):
        answer = starts(her, altcha=proof)
        assert (answer.status_code, answer.get_json()["reason"]) == (429, "proof"), proof


def test_under_pressure_the_work_is_asked_of_everybody_and_in_calm_times_of_nobody(opens):
    house = opens("auto", calm=3)
    now = [NOON]
    entrance: Entrance = house.app.extensions["luwte.entrance"]
    entrance.proof._clock = lambda: now[0]
    crowd = [starts(client(house, f"198.51.100.{n}")).status_code for n in range(5)]

    assert crowd == [201, 201, 201, 429, 429]
    now[0] += 60
    # It does not begin anew with each minute: else the first ones of each would get in unasked.
    assert starts(client(house)).get_json()["reason"] == "proof"
    now[0] += 120
    assert starts(client(house)).status_code == 201


def test_without_javascript_a_wait_takes_the_place_of_the_work(opens):
    house = opens("always")
    now = [NOON]
    entrance: Entrance = house.app.extensions["luwte.entrance"]
    entrance.turns._clock = lambda: now[0]
    her = client(house)
    sent = {"audience": "self", "region": "VT14", "danger": "yes", "key": "hers"}

    page = her.post("/chat", data=sent)
    assert page.status_code == 429 and page.headers["Retry-After"] == "10"
    assert "Wacht 10 seconden" in said(page) and "Bel 112" in said(page)
    assert "Set-Cookie" not in page.headers
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert kept.items() >= sent.items()

    now[0] += 4
    early = her.post("/chat", data=kept)
    assert early.status_code == 429 and "Wacht 6 seconden" in said(early)
    assert kept["ticket"] in early.text

    now[0] += 6
    chat = her.post("/chat", data=kept, buffered=False)
    assert chat.status_code == 200 and b"data-chat-log" in next(chat.iter_encoded())
    chat.close()
    assert her.post("/chat", data=kept | {"key": "another"}).status_code == 429


def test_a_ticket_of_somebody_elses_making_opens_nothing_and_turns_are_few(opens):
    house = opens("always", turns="1 per minute")
    now = [NOON]
    entrance: Entrance = house.app.extensions["luwte.entrance"]
    entrance.turns._clock = lambda: now[0]
    her = client(house)
    tickets = [entrance.turns.ticket() for _ in range(2)]
    now[0] += 11

    assert her.post("/chat", data={"audience": "self", "ticket": "1-x.y"}).status_code == 429
    assert starts(her, ticket=tickets[0]).status_code == 201
    page = her.post("/chat", data={"audience": "self", "ticket": tickets[1]})
    assert page.status_code == 429 and tickets[1] in page.text
    now[0] += 1000
    assert starts(her, ticket=tickets[1]).status_code == 429
