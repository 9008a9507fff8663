"""The whole application in this process, and the browsers of those who work there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from redis import Redis
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from luwte.application import create_app
from luwte.chat.audit_trail import Audit, Wanted
from luwte.chat.database import engine_for, migrate, writing
from luwte.chat.parts import Chat
from luwte.chat.staff import Member, Staff, Staffing
from luwte.config import LIMITS, NEVER_OFF, Settings
from luwte.site_content import SiteContent, read_site

PASSWORD = "een kalme dag in mei"
SECRET = "een geheim van de toetsen, lang genoeg"
SECRETS = (SECRET,)  # that seal the second factors
REGIONS = ("VT01", "VT14")


@dataclass
class House:
    """The application on real stores."""

    app: Flask
    engine: Engine
    staffing: Staffing = field(init=False)

    def __post_init__(self) -> None:
        codes = tuple(self.chat.regions)
        self.staffing = Staffing(self.engine, secrets=SECRETS, region_codes=codes)

    @property
    def chat(self) -> Chat:
        found: Chat = self.app.extensions["luwte.chat"]
        return found

    def browser(self) -> Browser:
        return Browser(self)

    def hires(self, name: str, *regions: str, role: str = "advisor") -> Browser:
        """Somebody new, signed in."""
        member, _ = self.staffing.add(f"{name.lower()}@example.org", name, role, PASSWORD, regions)
        return Browser(self, member).signs_in()

    def fresh_code(self, email: str) -> str:
        """As if some minutes had passed: each code works once, and a test signs in often."""
        with writing(self.engine) as session:
            session.execute(update(Staff).where(Staff.email == email).values(last_step=0))
        return self.staffing.code(email)

    def acts(self) -> list[str]:
        """What stands in the audit trail, the oldest first."""
        return [line.act for line in Audit(self.engine).all_lines(Wanted())]


class Browser:
    """Somebody's browser, with the verbs of somebody who works here."""

    def __init__(self, house: House, member: Member | None = None) -> None:
        self.house = house
        self.client: FlaskClient = house.app.test_client()
        self._member = member

    @property
    def member(self) -> Member:
        assert self._member, "nobody's browser"
        return self._member

    def opens(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def token(self, path: str) -> str:
        page = self.opens(path).text
        found = re.search(r'name="csrf[-_]token" (?:value|content)="([^"]+)"', page)
        assert found, page
        return found[1]

    def fills_in(self, path: str, on: str = "", **fields: Any) -> TestResponse:
        """Sends the form that stands `on` a page to its address."""
        token = self.token(on or path)
        return self.client.post(path, data={"csrf_token": token, **fields})

    def calls(self, path: str, on: str = "/desk/", json: Any = None) -> TestResponse:
        """What a script of ours on that page asks."""
        headers = {"X-CSRFToken": self.token(on), "Accept": "application/json"}
        return self.client.post(path, json=json, headers=headers)

    def signs_in(self, password: str = PASSWORD, code: str = "") -> Browser:
        answer = self.tries_to_sign_in(password, code)
        assert answer.status_code == 303, answer.text
        return self

    def tries_to_sign_in(self, password: str = PASSWORD, code: str = "") -> TestResponse:
        email = self.member.email
        sent = {"email": email, "password": password}
        sent["code"] = code or self.house.fresh_code(email)
        return self.fills_in("/desk/sign-in", **sent)

    def is_in(self) -> bool:
        return self.opens("/desk/account").status_code == 200


def said(answer: TestResponse) -> str:
    """The page's words."""
    words = html.unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))
    return " ".join(words.split())


class _Kept(BytecodeCache):
    """Compiled once for all houses of this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


TEMPLATES = _Kept()


@cache
def content_of(folder: Path) -> SiteContent:
    """Read once for all houses: it says the same to each."""
    return read_site(Settings(content=folder))


@contextmanager
def house_on(
    database_url: str, redis: Redis, redis_url: str, folder: Path, **options: Any
) -> Iterator[House]:
    """`options` are settings of their own."""
    migrate(database_url)
    # All tests come from one address: only those of the limits have any.
    off = {name: "off" for name in LIMITS if name not in NEVER_OFF}
    options = {"limits": LIMITS | off, "proof_of_work": "off"} | options
    settings = Settings(
        secret_keys=(SECRET,),
        redis_url=redis_url,
        database_url=database_url,
        data_dir=folder,
        always_open=True,
        **options,
    )
    redis.flushall()
    engine = engine_for(database_url)
    house = House(create_app(settings, content_of(settings.content)), engine)
    house.app.jinja_env.bytecode_cache = TEMPLATES
    yield house
    house.chat.hub.stop()
    house.chat.care.stop()
    engine.dispose()
