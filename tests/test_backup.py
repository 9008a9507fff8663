"""The staff store is backed up, lost and restored, with the commands of docs/operate.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from luwte.chat.audit_trail import Audit, Wanted
from luwte.chat.database import engine_for
from luwte.config import Settings
from tests.databases import PostgresServer, empty
from tests.servers import redis_server
from tests.service import Advisor, Service, Visitor, running

pytest_plugins = ["tests.databases"]

DOCUMENTED = Path(__file__).parent.parent / "docs" / "operate.md"
STORED = "/var/lib/luwte"
KEPT = "/var/backups/luwte"


def documented(what: str) -> str:
    """The commands that stand under that mark."""
    found = re.search(rf"<!-- {what} -->\n```sh\n(.*?)```", DOCUMENTED.read_text(), re.DOTALL)
    assert found, f"docs/operate.md does not say how to {what}"
    return found[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    settings = {"ALWAYS_OPEN": "1"}
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_of_the_run")
        server.empty()
        settings["DATABASE_URL"] = server.url
    with redis_server() as store, running(tmp_path, redis_url=store.url, **settings) as found:
        yield found


def does(service: Service, what: str) -> None:
    """Run what is documented, with this service's folders in the place of those of a real one."""
    kind = "postgresql" if "LUWTE_DATABASE_URL" in service.env else "sqlite"
    backups = service.folder / "backups"
    backups.mkdir(exist_ok=True)
    words = documented(f"{what} {kind}")
    words = words.replace(STORED, service.env["LUWTE_DATA_DIR"]).replace(KEPT, str(backups))
    done = subprocess.run(["bash", "-euc", words], env=os.environ | service.env, text=True)
    assert done.returncode == 0


def loses_everything(service: Service) -> None:
    service.stop()
    data = Path(service.env["LUWTE_DATA_DIR"])
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    if url := service.env.get("LUWTE_DATABASE_URL"):
        empty(url)


def acts(service: Service) -> list[str]:
    engine = engine_for(Settings.from_env(service.env).sql_url)
    found = [line.act for line in Audit(engine).all_lines(Wanted())]
    engine.dispose()
    return found


def test_who_was_there_at_the_back_up_signs_in_after_the_restore(served: Service) -> None:
    noor = Advisor(served.hires("Noor")).signs_in()
    before = acts(served)
    assert before
    does(served, "back up")  # while the service runs
    served.hires("Sam")

    loses_everything(served)
    does(served, "restore")
    served.start()

    assert acts(served) == before
    # A code that was used stays used, over a loss too: the next one comes within half a minute.
    again = Advisor(noor.member)
    noor.member.code = lambda: noor.member.codes.at(time.time() + 30)  # type: ignore[method-assign]
    again.signs_in()
    visitor = Visitor(served)
    assert visitor.asks().status_code == 201
    conversation = again.takes().json()["conversation"]
    assert again.says(conversation, "ik ben er weer").status_code == 201
