"""Which conversations go on: for a coordinator who wants to look along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from redis import Redis

from . import keys
from .scripts import Script

# Only what an office floor may know: no topic, nothing that was said.
# KEYS 1 quiet (every open conversation is in it)
TALKS = Script("""
local answer = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local c = redis.call('HMGET', '{' .. ARGV[2] .. '}:conversation:' .. id,
    'state', 'lane', 'advisor', 'advisor_name', 'danger', 'taken')
  if c[1] == 'open' then answer[#answer + 1] = {id, c[2], c[3], c[4], c[5], c[6]} end
end
return answer
""")


@dataclass(frozen=True, slots=True)
class OpenTalk:
    """One open conversation, from the outside; `since` is Unix time."""

    conversation: str
    queue: str
    lane: str
    advisor: str
    advisor_name: str
    danger: bool
    since: float

    def told(self, region_names: dict[str, str]) -> dict[str, Any]:
        region = "" if self.queue == keys.NATIONAL else self.queue
        return {
            "conversation": self.conversation,
            "region": region,
            "region_name": region_names.get(region, ""),
            "lane": self.lane,
            "advisor": self.advisor,
            "advisor_name": self.advisor_name,
            "danger": self.danger,
            "since": self.since,
        }


def open_talks(redis: Redis, queues: Iterable[str]) -> Iterator[OpenTalk]:
    """The open conversations of these queues."""
    for queue in queues:
        args = ["", queue, keys.channel(queue)]
        for found in TALKS(redis, [keys.quiet_key(queue)], args):
            name, lane, advisor, advisor_name, danger, taken = (part.decode() for part in found)
            yield OpenTalk(
                name, queue, lane, advisor, advisor_name, danger == "1", int(taken) / 1000
            )
