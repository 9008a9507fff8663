"""How loud an advisor's desk calls: a choice that goes with them to any machine."""

from __future__ import annotations

from typing import Any

from redis import Redis

VOLUMES = ("off", "soft", "normal", "loud")
USUAL = "normal"
# Longer than any holiday; who is away for longer hears the usual again.
KEPT_S = 90 * 24 * 3600


def _key(member: str) -> str:
    return f"{{staff:{member}}}:sound"


def volume_of(redis: Redis, member: str) -> str:
    """One of VOLUMES."""
    kept: Any = redis.get(_key(member))
    volume = kept.decode() if kept else USUAL
    return volume if volume in VOLUMES else USUAL


def keep_volume(redis: Redis, member: str, volume: str) -> None:
    redis.set(_key(member), volume, ex=KEPT_S)
