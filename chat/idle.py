"""Which sessions of staff are in use: one that nobody uses for half an hour ends.

Kept in the store that forgets, as a number without a name; while it cannot be reached, or was
emptied, nobody is thrown out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from redis import Redis

from . import keys
from .scripts import Script
from .store import UNREACHABLE

log = logging.getLogger(__name__)

IDLE_S = 30 * 60
# Longer than any session lasts: what ended here must not begin again.
KEEP_S = 13 * 3600

# What is not in the list was never there or was lost with the store: neither is a long silence.
# KEYS 1 the member's sessions (session -> last act)  2 the member's open chats
# ARGV 1 session  2 '1' for an act  3 ms that a session may be idle  4 seconds to keep
LOOK = Script("""
local last = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '-1')
if last == 0 then return 'out' end
local idle = last > 0 and last < now() - ARGV[3]
if idle and redis.call('ZCARD', KEYS[2]) == 0 then return 'out' end
if not idle and (last < 0 or ARGV[2] == '1') then
  redis.call('ZADD', KEYS[1], now(), ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return idle and 'chats' or 'in'
""")

# KEYS 1 the member's sessions  ARGV 1 session  2 '1': in use now, '0': over  3 seconds to keep
MARK = Script("""
redis.call('ZADD', KEYS[1], ARGV[2] == '1' and now() or 0, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 'ok'
""")


class Idle:
    """When each session of each member was last used."""

    def __init__(self, redis: Redis, *, idle_s: int = IDLE_S) -> None:
        self._redis = redis
        self._idle_ms = idle_s * 1000

    def is_in(self, member: int, session: str, *, act: bool, has_chats: Callable[[], bool]) -> bool:
        """Whether this session goes on; `act` when the person does something right now.

        `has_chats` is asked only of somebody silent: no session ends beside an open chat, and the
        half hour begins when the last one is over.
        """
        try:
            found = LOOK(
                self._redis,
                [keys.sessions_key(member), keys.chats_key(str(member))],
                [session, int(act), self._idle_ms, KEEP_S],
            )
            if found != b"chats":
                return bool(found == b"in")
            if has_chats():
                self._mark(member, session, 1)
                return True
        except UNREACHABLE as error:
            log.warning("nobody's silence can be measured now: %s", type(error).__name__)
            return True
        return False

    def begin(self, member: int, session: str) -> None:
        """Somebody signed in just now."""
        self._try_to_mark(member, session, 1)

    def end(self, member: int, session: str) -> None:
        """This session is over, wherever else its cookie may be."""
        self._try_to_mark(member, session, 0)

    def _try_to_mark(self, member: int, session: str, used: int) -> None:
        try:
            self._mark(member, session, used)
        except UNREACHABLE as error:
            log.warning("a session lasts as its cookie does: %s", type(error).__name__)

    def _mark(self, member: int, session: str, used: int) -> None:
        MARK(self._redis, [keys.sessions_key(member)], [session, used, KEEP_S])
