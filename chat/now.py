"""What goes on in the chat at this moment: counts and times, never who waits or what is said."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from redis import Redis

from . import keys
from .colleagues import Colleague, Colleagues
from .conversation import PRESENT_S
from .scripts import Script
from .shift_choice import AVAILABLE

# Who waits longer than this waits too long.
LATE_S = 5 * 60

# What one queue looks like. Only counts and times leave the store.
# KEYS 1 quiet (every open conversation is in it)  ARGV 4 late after ms  5 an advisor's patience
# Answers {public lane, professional lane, {advisor, name, ...} of the open conversations, how many
# of these in danger}; a lane is {waiting, late, longest wait in ms, in danger, advisors there}.
LOOK = Script("""
local at = now()
local function conversation(id) return '{' .. ARGV[2] .. '}:conversation:' .. id end
local function lane(name)
  local count, late, longest, danger = 0, 0, 0, 0
  for _, id in ipairs(redis.call('ZRANGE', waiting(name), 0, -1)) do
    local c = redis.call('HMGET', conversation(id), 'state', 'joined', 'danger')
    if c[1] == 'waiting' then
      local waited = math.max(0, at - tonumber(c[2] or at))
      count = count + 1
      longest = math.max(longest, waited)
      if waited >= tonumber(ARGV[4]) then late = late + 1 end
      if c[3] == '1' then danger = danger + 1 end
    end
  end
  local serving = '{' .. ARGV[2] .. '}:serving:' .. name
  return {count, late, longest, danger, redis.call('ZCOUNT', serving, at - ARGV[5], '+inf')}
end
local advisors, danger = {}, 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local c = redis.call('HMGET', conversation(id), 'state', 'advisor', 'advisor_name', 'danger')
  if c[1] == 'open' then
    advisors[#advisors + 1] = c[2] or ''
    advisors[#advisors + 1] = c[3] or ''
    if c[4] == '1' then danger = danger + 1 end
  end
end
return {lane('public'), lane('professional'), advisors, danger}
""")


@dataclass(frozen=True, slots=True)
class Line:
    """Who waits in one lane of one queue."""

    waiting: int
    late: int
    longest_s: int
    danger: int
    served: bool
    full: bool

    @property
    def unserved(self) -> bool:
        """Somebody waits, and nobody is there to take them."""
        return bool(self.waiting and not self.served)


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One queue: its lanes, and the conversations that go on."""

    queue: str
    name: str
    open: bool
    lines: Mapping[str, Line]
    talking: tuple[tuple[str, str], ...]  # number and name of each open conversation's advisor
    talking_in_danger: int

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.lines.values())

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines.values())

    @property
    def longest_s(self) -> int:
        return max(line.longest_s for line in self.lines.values())

    @property
    def danger(self) -> int:
        return sum(line.danger for line in self.lines.values())

    @property
    def full(self) -> tuple[str, ...]:
        return tuple(lane for lane, line in self.lines.items() if line.full)

    @property
    def unserved(self) -> bool:
        return any(line.unserved for line in self.lines.values())

    @property
    def happens(self) -> bool:
        """Whether somebody waits or talks."""
        return bool(self.waiting or self.talking)


@dataclass(frozen=True, slots=True)
class AdvisorNow:
    """Somebody at the desk, or not there but with open conversations."""

    member: str
    name: str
    chats: int
    present: bool
    status: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The chat at this moment, for one coordinator."""

    queues: tuple[QueueNow, ...]
    advisors: tuple[AdvisorNow, ...]

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues)

    @property
    def late(self) -> int:
        return sum(queue.late for queue in self.queues)

    @property
    def longest_s(self) -> int:
        return max((queue.longest_s for queue in self.queues), default=0)

    @property
    def danger(self) -> int:
        return sum(queue.danger for queue in self.queues)

    @property
    def talking(self) -> int:
        return sum(len(queue.talking) for queue in self.queues)

    @property
    def talking_in_danger(self) -> int:
        return sum(queue.talking_in_danger for queue in self.queues)

    @property
    def present(self) -> int:
        return sum(advisor.present for advisor in self.advisors)

    @property
    def busy(self) -> tuple[QueueNow, ...]:
        """The queues in which something happens, the longest wait first."""
        found = [queue for queue in self.queues if queue.happens]
        return tuple(sorted(found, key=lambda queue: (-queue.longest_s, not queue.waiting)))

    @property
    def shut(self) -> tuple[QueueNow, ...]:
        """The queues that let nobody in now."""
        return tuple(queue for queue in self.queues if not queue.open)


class Now:
    """Looks at all queues of one store; `is_open` tells whether a region, or ("") the country, lets
    visitors in.
    """

    def __init__(
        self,
        redis: Redis,
        regions: Mapping[str, str],
        colleagues: Colleagues,
        *,
        cap: int,
        is_open: Callable[[str], bool],
    ) -> None:
        self._redis = redis
        self._regions = regions
        self._colleagues = colleagues
        self._cap = cap
        self._is_open = is_open

    def look(self, queues: Iterable[str]) -> Picture:
        """The picture of these queues. Raises what `store.UNREACHABLE` names."""
        every = {queue: self._queue(queue) for queue in keys.all_queues(list(self._regions))}
        shown = tuple(every[queue] for queue in queues)
        # An advisor's conversations count wherever they are: that is how much they have to do.
        chats = Counter(member for queue in every.values() for member, _ in queue.talking)
        there = self._colleagues.there(since=time.monotonic())
        advisors = {
            one.member: AdvisorNow(one.member, one.name, chats[one.member], True, _status(one))
            for one in there
            if not set(queues).isdisjoint(one.choice.queues)
        }
        present = {one.member for one in there}
        for member, name in {pair for queue in shown for pair in queue.talking}:
            found = AdvisorNow(member, name, chats[member], member in present, "")
            advisors.setdefault(member, found)
        in_order = sorted(advisors.values(), key=lambda one: (not one.present, one.name))
        return Picture(shown, tuple(in_order))

    def _queue(self, queue: str) -> QueueNow:
        args = ["", queue, keys.channel(queue), LATE_S * 1000, PRESENT_S * 1000]
        *lanes, talking, danger = LOOK(self._redis, [keys.quiet_key(queue)], args)
        words = [word.decode() for word in talking]
        return QueueNow(
            queue=queue,
            name=self._regions.get(queue, ""),
            open=self._is_open("" if queue == keys.NATIONAL else queue),
            lines={lane: self._line(told) for lane, told in zip(keys.LANES, lanes, strict=True)},
            talking=tuple(zip(words[::2], words[1::2], strict=True)),
            talking_in_danger=danger,
        )

    def _line(self, told: list[int]) -> Line:
        waiting, late, longest_ms, danger, serving = told
        return Line(waiting, late, longest_ms // 1000, danger, serving > 0, waiting >= self._cap)


def _status(colleague: Colleague) -> str:
    """What the others must know; that somebody can be asked needs no word."""
    status = colleague.choice.status
    return "" if status == AVAILABLE else status
