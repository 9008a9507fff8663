"""Stores beyond one server, on loopback: a primary with replicas and sentinels, and a cluster."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from tests.servers import RedisServer, ended, free_port, redis_server, until

NAME = "luwte"
SLOTS = 16384
# Shorter than what sentinels take for death, and longer than any replication.
LAG_S = 0.8
FROZEN_S = 8.0
# A new replica need not wait for others that might come.
AT_ONCE = ("--repl-diskless-sync-delay", "0")
SENTINEL = """
port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor {name} 127.0.0.1 {primary} 2
sentinel down-after-milliseconds {name} 2000
sentinel failover-timeout {name} 10000
"""


class Sentinel:
    """Watches a primary together with others, and makes a replica the next one."""

    def __init__(self, primary: int) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="luwte-sentinel-"))
        file = self._folder / "sentinel.conf"
        file.write_text(
            SENTINEL.format(port=self.port, folder=self._folder, name=NAME, primary=primary)
        )
        self._process = subprocess.Popen(
            ["redis-server", str(file), "--sentinel"], stdout=subprocess.DEVNULL
        )
        self.asked = Redis(port=self.port, socket_timeout=2)

    def knows(self, replicas: int, sentinels: int) -> bool:
        try:
            told: Any = self.asked.sentinel_masters()
        except RedisError:
            return False
        primary = told.get(NAME, {})
        known = (primary.get("num-slaves"), primary.get("num-other-sentinels"))
        return known == (replicas, sentinels - 1)

    def remove(self) -> None:
        self.asked.close()
        ended(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


class Watched:
    """A primary, two replicas and three sentinels."""

    def __init__(self, started: ExitStack) -> None:
        self.primary = started.enter_context(redis_server(*AT_ONCE))
        follow = ("--replicaof", "127.0.0.1", str(self.primary.port))
        self.replicas = [started.enter_context(redis_server(*AT_ONCE, *follow)) for _ in range(2)]
        self.sentinels = [Sentinel(self.primary.port) for _ in range(3)]
        for sentinel in self.sentinels:
            started.callback(sentinel.remove)
        until(lambda: self._in_step(), "the replicas follow and the sentinels know each other", 40)
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        self.url = f"redis+sentinel://{hosts}/{NAME}"

    def _in_step(self) -> bool:
        told: Any = Redis(port=self.primary.port).info("replication")
        online = [told.get(f"slave{n}", {}).get("state") == "online" for n in range(2)]
        return all(online) and all(sentinel.knows(2, 3) for sentinel in self.sentinels)

    def kill_primary(self) -> None:
        """kill -9: what was not replicated is gone."""
        os.kill(self.primary.process.pid, signal.SIGKILL)

    def kill_primary_ahead_of_its_replicas(self) -> None:
        """kill -9 after a while in which nothing was replicated."""
        _send(signal.SIGSTOP, *self.replicas)
        time.sleep(LAG_S)
        self.kill_primary()
        _send(signal.SIGCONT, *self.replicas)

    def freeze_primary(self) -> None:
        """It hangs long enough for another to take its place, and then comes back."""
        _send(signal.SIGSTOP, self.primary)
        time.sleep(FROZEN_S)
        _send(signal.SIGCONT, self.primary)


def _send(number: int, *servers: RedisServer) -> None:
    for server in servers:
        os.kill(server.process.pid, number)


@contextmanager
def watched() -> Iterator[Watched]:
    with ExitStack() as started:
        yield Watched(started)


class Cluster:
    """Three primaries that share the slots."""

    def __init__(self, started: ExitStack) -> None:
        options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
        # The bus of a node, by default 10,000 above, may be taken.
        self._buses = [free_port() for _ in range(3)]
        self.nodes = [
            started.enter_context(redis_server(*options, "--cluster-port", str(bus)))
            for bus in self._buses
        ]
        self._join()
        self.url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def _join(self) -> None:
        clients = [Redis(port=node.port) for node in self.nodes]
        first = 0
        for number, client in enumerate(clients):
            last = SLOTS * (number + 1) // len(clients) - 1
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
            first = last + 1
        for node, bus in zip(self.nodes[1:], self._buses[1:], strict=True):
            clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        until(lambda: all(_is_whole(client) for client in clients), "the cluster is whole", 40)
        for client in clients:
            client.close()


def _is_whole(client: Redis) -> bool:
    told: Any = client.execute_command("CLUSTER", "INFO")
    return b"cluster_state:ok" in told and b"cluster_known_nodes:3" in told


@contextmanager
def cluster() -> Iterator[Cluster]:
    with ExitStack() as started:
        yield Cluster(started)
