"""The store that forgets: how to reach Redis, and what its absence looks like."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from redis import Redis
from redis import exceptions as redis_errors
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from .redis_line import Peeking

log = logging.getLogger(__name__)

# Somebody waits for the answer: what Redis cannot say in this time is *unavailable*. A desk asks
# twice, first whether its session is still in use, and nobody may wait longer than two seconds.
CONNECT_S = 0.9
ANSWER_S = 0.9
# How long a write may take to reach a replica before it counts as not done.
REPLICA_MS = 700
# A sentinel only tells where the primary is; when one is silent, the next is asked.
SENTINEL_S = 0.4
# More than this many pages never ask in one moment; each connection is there when it is needed.
MOST_CONNECTIONS = 5000
# Nothing is asked twice behind our back: the first try may have been done, with only its answer
# lost. A connection that was closed while idle is noticed when it is taken from the pool.
ONCE = Retry(NoBackoff(), 0)


class NotReplicated(redis_errors.ConnectionError):
    """The write has not reached a replica, so it must not be promised; asking again is safe."""


UNREACHABLE = (
    redis_errors.ConnectionError,
    redis_errors.TimeoutError,
    redis_errors.ReadOnlyError,
    redis_errors.ClusterError,
    redis_errors.RedisClusterException,
    redis_errors.AskError,
    redis_errors.ClusterDownError,
    redis_errors.MasterDownError,
    redis_errors.TryAgainError,
    redis_errors.SlotNotCoveredError,
    redis_errors.OutOfMemoryError,
)


def connect(url: str, replicas: int = 0) -> Redis:
    """A client for the store at `url`; nothing is sent yet, except to a cluster.

    `replicas` is how many must have a write before it is promised to a visitor.

    `redis://`, `rediss://` and `unix://` name one server, `redis+sentinel://h1:p,h2:p/name` asks
    the sentinels where the primary `name` is, `redis+cluster://h1:p,h2:p` is a Redis Cluster.
    Answers are bytes: what is sealed is not text. Raises ValueError for what is no such address.
    """
    options = {
        "socket_connect_timeout": CONNECT_S,
        "socket_timeout": ANSWER_S,
        "max_connections": MOST_CONNECTIONS,
        "retry": ONCE,
    }
    client = _client(url, options)
    client.luwte_replicas = replicas
    made: Redis = client
    return made


def replicas_of(redis: Any) -> int:
    """How many replicas this client was asked to wait for."""
    return getattr(redis, "luwte_replicas", 0)


def _client(url: str, options: dict[str, Any]) -> Any:
    scheme, _, rest = url.partition("://")
    if scheme == "redis+sentinel":
        return _by_sentinels(rest, options)
    if scheme == "redis+cluster":
        return _cluster(rest, options)
    return Redis.from_url(url, parser_class=Peeking, **options)


def _by_sentinels(rest: str, options: dict[str, Any]) -> Redis:
    parts = urlsplit(f"//{rest}")
    name = parts.path.strip("/")
    if not name:
        raise ValueError("redis+sentinel:// must end with the name of the primary")
    secret = {"password": unquote(parts.password)} if parts.password else {}
    hosts = _hosts(parts.netloc.rpartition("@")[2])
    made: Any = Sentinel
    asking = {"socket_connect_timeout": SENTINEL_S, "socket_timeout": SENTINEL_S, "retry": ONCE}
    options |= {"parser_class": Peeking} | secret
    primary: Redis = made(hosts, sentinel_kwargs=asking, **options).master_for(name)
    return primary


def _cluster(rest: str, options: dict[str, Any]) -> Any:
    parts = urlsplit(f"//{rest}")
    if parts.password:
        options["password"] = unquote(parts.password)
    node: Any = ClusterNode
    nodes = [node(host, port) for host, port in _hosts(parts.netloc.rpartition("@")[2])]
    client = RedisCluster(startup_nodes=nodes, **options)
    client.luwte_topology = _Topology(client.nodes_manager)  # type: ignore[attr-defined]
    return client


class _Topology:
    """Which server of a cluster has what.

    A request that meets a fault only has it asked anew: while servers hang, that takes longer than
    anybody may wait.
    """

    def __init__(self, nodes: Any) -> None:
        self.ask = nodes.initialize
        self._asking = threading.Lock()
        nodes.initialize = self._ask_beside

    def _ask_beside(self, *args: Any, **options: Any) -> None:
        if self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask_once, args=args, kwargs=options, daemon=True).start()

    def _ask_once(self, *args: Any, **options: Any) -> None:
        try:
            self.ask(*args, **options)
        except UNREACHABLE as error:
            log.warning("the cluster cannot be asked: %s", type(error).__name__)
        finally:
            self._asking.release()


def _hosts(text: str) -> list[tuple[str, int]]:
    hosts = []
    for part in text.split(","):
        host, colon, port = part.rpartition(":")
        if not colon or not port.isdecimal():
            raise ValueError("each server must be given as host:port")
        hosts.append((host.strip("[]"), int(port)))
    return hosts


def node_of(redis: Any, key: str) -> Redis:
    """The client of the one server that has this key."""
    if isinstance(redis, RedisCluster):
        node: Redis = redis.get_redis_connection(_place(redis, key))
        return node
    one: Redis = redis
    return one


def together(redis: Any, keys: Iterable[str]) -> Iterator[list[str]]:
    """The keys in groups that one script may take: all of them, or in a cluster those of a slot."""
    if not isinstance(redis, RedisCluster):
        yield list(keys)
        return
    slots: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        slot: int = redis.keyslot(key)  # type: ignore[no-untyped-call]
        slots[slot].append(key)
    yield from slots.values()


def _place(cluster: Any, key: str) -> ClusterNode:
    node: ClusterNode = cluster.get_node_from_key(key)
    return node


def look_again(redis: Any) -> None:
    """Ask a cluster anew which server has what."""
    if isinstance(redis, RedisCluster):
        redis.luwte_topology.ask()  # type: ignore[attr-defined]
