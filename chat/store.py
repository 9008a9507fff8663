"""The store that forgets: how to reach Redis, and what its absence looks like."""

from __future__ import annotations

from redis import Redis
from redis import exceptions as redis_errors
from redis.backoff import NoBackoff
from redis.retry import Retry

# A visitor waits for the answer: what Redis cannot say in this time is *unavailable*.
CONNECT_S = 1.0
ANSWER_S = 2.0

UNREACHABLE = (
    redis_errors.ConnectionError,
    redis_errors.TimeoutError,
    redis_errors.ReadOnlyError,
    redis_errors.ClusterError,
)


def connect(url: str) -> Redis:
    """A client for the store at `url` (redis://, rediss://, unix://); nothing is sent yet.

    Answers are bytes: what is sealed is not text.
    """
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_S,
        socket_timeout=ANSWER_S,
        # One more try takes a connection that the server closed while it was idle.
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )
