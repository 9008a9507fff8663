"""The written interface, docs/openapi.yaml: what it names is there, and is answered as it says."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from flask import Flask
from schemathesis import BaseSchema, Case, CheckFunction
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi import checks as of_openapi

from luwte.application import create_app
from luwte.chat import keys
from luwte.config import CONTENT, Settings
from tests.house import content_of
from tests.servers import redis_server
from tests.service import Advisor, Service, Visitor, running

FILE = Path(__file__).parent.parent / "docs" / "openapi.yaml"
# Of these parts of the application all stands in the file; of the others, some.
DESK = ("", "_floor", "_together", "_drafts", "_sound", "_cards")
PARTS = {"chat_nl", "plain_nl", "leave_nl", "search_nl", "regions_nl", "health"} | {
    f"desk{part}" for part in DESK
}
METHODS = {"get", "post", "put", "delete", "patch"}

Call = tuple[str, str]


@cache
def written() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def written_calls() -> set[Call]:
    paths = written()["paths"].items()
    return {(path, method) for path, calls in paths for method in METHODS & calls.keys()}


@pytest.fixture(scope="module")
def app() -> Flask:
    settings = Settings(secret_keys=("a secret of the tests",), redis_url="redis://127.0.0.1:1")
    return create_app(settings, content_of(CONTENT))


def calls_of(app: Flask, parts: set[str] | None = None, below: str = "") -> set[Call]:
    return {
        (re.sub(r"<(?:.*?:)?(\w+)>", r"{\1}", rule.rule).removeprefix(below), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(below) and (not parts or rule.endpoint.partition(".")[0] in parts)
    }


def test_the_file_is_a_valid_description() -> None:
    schemathesis.openapi.from_path(FILE).validate()
    names = [written()["paths"][path][method]["operationId"] for path, method in written_calls()]

    assert len(names) == len(set(names))


def test_every_call_of_the_chat_and_the_desk_stands_in_the_file_and_no_other(app: Flask) -> None:
    assert calls_of(app, PARTS) - written_calls() == set()
    assert written_calls() - calls_of(app) == set()


def test_what_is_there_in_english_too_says_so(app: Flask) -> None:
    english = {call for call in written_calls() if "servers" in written()["paths"][call[0]]}

    assert english == written_calls() & calls_of(app, below="/en")


# The file and the running service

CONFIG = SchemathesisConfig(
    seed=7,
    projects=ProjectsConfig(
        default=ProjectConfig(
            request_timeout=20,
            # As many as an open conversation has at once: a stream is not followed further.
            max_stream_events=3,
            generation=GenerationConfig(deterministic=True, max_examples=4, database="none"),
            # One other method is enough: test_headers asks for all.
            phases=PhasesConfig(coverage=CoveragePhaseConfig(unexpected_methods={"put"})),
        )
    ),
)
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_headers_conformance,
    of_openapi.response_schema_conformance,
]
# All else needs the session; and as a page this one goes on loading.
ENDS_THE_SESSION, GOES_ON = "/desk/sign-out", "POST /chat"


def closed(part: Any) -> Any:
    """The description, in which an answer's field that it does not name is a fault."""
    if isinstance(part, list):
        return [closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    whole = {name: one if "equest" in name else closed(one) for name, one in part.items()}
    for name, holder in (("contentSchema", whole), ("schema", whole.get("application/json", {}))):
        if name in holder:
            holder[name] = {"allOf": [holder[name]], "unevaluatedProperties": False}
    return whole


class Talk:
    """A conversation between both, and another one when it is over."""

    def __init__(self, service: Service) -> None:
        self.visitor = Visitor(service)
        self.advisor = Advisor(service.hires("Noor", role="coordinator")).signs_in()
        self._store = service.looks_into_its_store()

    def goes_on(self) -> str:
        """Its name."""
        name = keys.conversation_of(self.visitor.token) if self.visitor.token else "none"
        draft = self.advisor.http.get(f"/desk/conversations/{name}/draft")
        if draft.status_code == 200:
            return name
        self._store.flushall()
        self.visitor.asks(text="dag")
        return str(self.advisor.takes().json()["conversation"])


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    folder = tmp_path_factory.mktemp("openapi")
    with redis_server() as store, running(folder, redis_url=store.url, QUEUE_CAP="9999") as service:
        yield Talk(service)


@pytest.fixture
def description(request: pytest.FixtureRequest) -> BaseSchema:
    # Schemathesis asks for a name that the nodes of pytest 9.2 have no more.
    request.node._nodeid = request.node.nodeid
    return schemathesis.openapi.from_dict(closed(written()), config=CONFIG)


# Read when it runs: what is made while tests are collected, every process waits for.
described = schemathesis.pytest.from_fixture("description").exclude(path=ENDS_THE_SESSION)


@described.parametrize()
def test_the_service_answers_as_the_file_says(case: Case[Any], talk: Talk) -> None:
    # By chance, but the same each time: who asks, and whether a page or a script does.
    chance = zlib.crc32(repr(case).encode())
    page = chance % 3 == 0 and case.operation.label != GOES_ON
    headers, cookies = {"Accept": "text/html" if page else "application/json"}, {}
    if chance % 5:
        if "name" in case.path_parameters:
            case.path_parameters["name"] = talk.goes_on()
        elif case.path.startswith("/chat"):
            talk.goes_on()
        headers["Authorization"] = f"Bearer {talk.visitor.token}"
        headers["X-CSRFToken"] = talk.advisor.http.headers["X-CSRFToken"]
        cookies["desk"] = talk.advisor.http.cookies["desk"]
    url = str(talk.advisor.http.base_url)
    answer = case.call(base_url=url, headers=headers, cookies=cookies, allow_redirects=False)
    case.validate_response(answer, checks=CHECKS)
