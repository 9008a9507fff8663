"""What docs/operate.md and docs/deploy/ tell an operator is so."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from redis.exceptions import RedisError

from luwte import metrics_text
from luwte.config import HERE, LIMITS
from tests.house import House, house_on
from tests.servers import RedisServer, ended, redis_server, until

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "docs" / "deploy"
TEXT = (ROOT / "docs" / "operate.md").read_text()
PASSWORD = "change-this-password"


def test_the_store_as_documented_keeps_nothing_on_a_disk_and_forgets_nobody() -> None:
    documented = (DEPLOY / "redis.conf").read_text()
    with redis_server() as bare:
        bare.stop()
        file = bare.folder / "redis.conf"
        fits = {"port 6379": f"port {bare.port}", "dir /var/lib/redis": f"dir {bare.folder}"}
        for line, fit in fits.items():
            assert f"\n{line}\n" in documented
            documented = documented.replace(f"\n{line}\n", f"\n{fit}\n")
        file.write_text(documented)
        with _started(file, bare.port) as client:
            client.set("word", "geheim")
            wanted = {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
            wanted |= {"slowlog-log-slower-than": "-1", "crash-log-enabled": "no"}
            wanted |= {"repl-diskless-sync": "yes", "repl-diskless-load": "swapdb"}
            found = {name: client.config_get(name)[name] for name in wanted}
        assert found == wanted
        assert [path.name for path in bare.folder.iterdir()] == ["redis.conf"]


@contextmanager
def _started(file: Path, port: int) -> Iterator[Redis]:
    process = subprocess.Popen(["redis-server", str(file)], stdout=subprocess.DEVNULL)
    client = Redis(port=port, password=PASSWORD, decode_responses=True)
    try:
        until(lambda: _answers(client), "the documented store answers")
        yield client
    finally:
        client.close()
        ended(process)


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def test_the_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd is not installed")
    unit = (DEPLOY / "luwte@.service").read_text()
    installed = "/opt/luwte/.venv/bin/luwte"
    assert f"ExecStart={installed} serve --port %i\n" in unit
    file = tmp_path / "luwte@8000.service"
    file.write_text(unit.replace(installed, shutil.which("true") or "/bin/true"))
    done = subprocess.run([program, "verify", str(file)], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "luwte@" in line]
    assert (done.returncode, told) == (0, [])


@pytest.fixture
def house(redis: Redis, redis_of_the_run: RedisServer, tmp_path: Path) -> Iterator[House]:
    database = f"sqlite:///{tmp_path / 'data' / 'luwte.sqlite3'}"
    with house_on(database, redis, redis_of_the_run.url, tmp_path) as opened:
        yield opened


def test_every_count_is_watched_by_its_real_name(house: House) -> None:
    with house.app.app_context():
        told = metrics_text.text().decode()
    real = {one.name for family in text_string_to_metric_families(told) for one in family.samples}
    named = set(re.findall(r"luwte_[a-z_]+[a-z]", TEXT))
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in real}
    assert named - real - families == set(), "no such count"
    watched = TEXT.partition("### What to watch")[2].partition("```yaml")[0]
    missing = {name for name in families if name not in watched}
    assert missing == set(), "nothing is said of when it is bad"


def test_every_setting_that_is_named_exists() -> None:
    read = (HERE / "config.py").read_text()
    known = set(re.findall(r'read\.\w+\(\s*"([A-Z_]+)"', read))
    known |= {f"LIMIT_{name.upper()}" for name in LIMITS}
    files = [path.read_text() for path in DEPLOY.iterdir()]
    named = set(re.findall(r"LUWTE_([A-Z_]*[A-Z])", "".join((TEXT, *files))))
    assert named - known == set()


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif "://" not in target:
            assert (ROOT / "docs" / target).exists(), target
    for path in re.findall(r"`(tests/[\w/]+\.py|site/[\w/]+\.py)`", TEXT):
        assert (ROOT / path).exists(), path
