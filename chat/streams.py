"""Very many open pages in one web process: no greenlet waits for any of them.

The view writes the head of the answer and what there is to tell at once. Then the connection is
taken out of the server's hands: from there on a few greenlets write to all pages whatever news
mean for them, one epoll notices who hangs up, and signs of life are given for many at a time. An
open page costs less than a kilobyte so, where a greenlet of its own costs twenty. Under any other
server than our own there are no streams here, and `events.follow` drives each page.
"""

from __future__ import annotations

import errno
import heapq
import logging
import os
import random
import select
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gevent
from flask import Flask, current_app
from gevent import monkey
from gevent.queue import SimpleQueue
from redis import Redis

from . import keys
from .counts import STREAMS, counts
from .events import BEAT, BEAT_S, Event, Opens, Page
from .hub import News
from .line import HUNG_UP
from .presence import Presence
from .scripts import STAY
from .store import UNREACHABLE, together

# While one reads the store for its page, the others go on.
DRAWERS = 4
TICK_S = 0.25
# Those whose beat is due are gathered for so long: the more at once, the fewer steps of the store.
GATHER_S = 1.0
# Many at once, and still so few that the store is not kept from others.
STAY_AT_ONCE = 200
# Whoever takes nothing for so long, or has so much waiting, is cut off; the page comes back.
STUCK_S = 45.0
MOST_UNSENT = 512 * 1024
# When a page that is sent elsewhere comes back.
MOVES_ON_MS = (200, 3000)

HANG_UP = select.EPOLLRDHUP if hasattr(select, "EPOLLRDHUP") else 0x2000
LAST = b"0\r\n\r\n"

Encode = Callable[[Event, Any], bytes]
# The page's language, and the address of the site as its request named it.
Spoken = tuple[str, str]
# A site has few names; pages of more than these are driven by their requests.
MOST_SPOKEN = 16

log = logging.getLogger(__name__)


def streams_here() -> Streams | None:
    """Those of this web process, if its server lets go of a connection."""
    found: Streams | None = current_app.extensions.get("luwte.streams")
    return found


class Stream:
    """One open page and its connection; hears for its page, and is queued when there is news."""

    __slots__ = ("beat_at", "busy", "draw", "fd", "heard", "page", "ready", "stuck_at", "unsent")

    def __init__(self, opens: Opens, draw: Any, ready: SimpleQueue[Stream]) -> None:
        self.fd = -1
        self.heard: list[News] | None = None  # an empty list for each would take room
        self.busy = True  # until it is taken over
        self.draw = draw
        self.ready = ready
        self.unsent = b""
        self.stuck_at = self.beat_at = 0.0
        self.page: Page = opens(self)

    def put(self, news: News) -> None:
        if self.heard is None:
            self.heard = []
        self.heard.append(news)
        self.wake()

    def wake(self) -> None:
        """Have it looked at soon."""
        if not self.busy:
            self.busy = True
            self.ready.put(self)

    def __lt__(self, other: Stream) -> bool:
        return self.fd < other.fd


class Streams:
    """All of one web process. `encode` makes the bytes of an event with what draws it; there may
    be `most`.
    """

    def __init__(
        self, app: Flask, redis: Redis, presence: Presence, encode: Encode, most: int
    ) -> None:
        self._app = app
        self._redis = redis
        self._presence = presence
        self._encode = encode
        self._most = most
        self._open: dict[int, Stream] = {}
        # In the order in which they get a beat.
        self._beats: deque[Stream] = deque()
        self._beats_at = 0.0
        # Those that want to be asked sooner than that.
        self._timed: list[tuple[float, Stream]] = []
        self._ready: dict[Spoken, SimpleQueue[Stream]] = {}
        self._epoll = monkey.get_original("select", "epoll")()
        self._watcher = gevent.get_hub().loop.io(self._epoll.fileno(), 1)
        self._watcher.start(self._noticed)
        gevent.spawn(self._go_round)

    def can_have(self, environ: Mapping[str, Any], spoken: Spoken) -> bool:
        """Whether this request's connection can be taken over."""
        return (
            hasattr(environ.get("gunicorn.socket"), "_sock")
            and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
            and environ["REQUEST_METHOD"] == "GET"
            and len(self._open) < self._most
            and (spoken in self._ready or len(self._ready) < MOST_SPOKEN)
        )

    def taking(
        self, opens: Opens, draw: Any, environ: Mapping[str, Any], spoken: Spoken
    ) -> Iterator[bytes]:
        """The beginning of an answer; then the connection is taken over."""
        stream = Stream(opens, draw, self._drawers_of(spoken))
        try:
            yield b"".join(self._encode(event, draw) for event in stream.page.begin())
            if stream.page.over:
                stream.page.is_told()
                stream.page.close()
                return
            self._take(stream, environ["gunicorn.socket"].fileno())
        except BaseException:
            stream.page.close()
            raise
        # Ends the server's greenlet; it says nothing about a client that seems to have gone.
        raise OSError(errno.EPIPE, "the connection is in other hands")

    def move_on(self) -> None:
        """This process ends: every page is told to come back, not all in one moment."""
        for stream in list(self._open.values()):
            pause_ms = random.randint(*MOVES_ON_MS)  # noqa: S311 - no secret
            self._send(stream, _chunk(b"retry: %d\n\n" % pause_ms) + LAST)

    def _take(self, stream: Stream, fd: int) -> None:
        stream.fd = os.dup(fd)
        os.set_blocking(stream.fd, False)
        self._open[stream.fd] = stream
        self._epoll.register(stream.fd, HANG_UP)
        counts.add(STREAMS)
        stream.beat_at = time.monotonic() + BEAT_S
        self._beats.append(stream)
        self._rest(stream)

    def _drawers_of(self, spoken: Spoken) -> SimpleQueue[Stream]:
        if spoken not in self._ready:
            self._ready[spoken] = SimpleQueue()
            for _ in range(DRAWERS):
                gevent.spawn(self._draw_for_ever, spoken, self._ready[spoken])
        return self._ready[spoken]

    def _draw_for_ever(self, spoken: Spoken, ready: SimpleQueue[Stream]) -> None:
        lang, root = spoken
        # What is drawn asks for the page's language and address, as in the request it began with.
        with self._app.test_request_context("/" if lang == "nl" else f"/{lang}/", base_url=root):
            while True:
                stream = ready.get()
                if stream.fd >= 0:
                    self._tell(stream)

    def _tell(self, stream: Stream) -> None:
        """Tell one page what was heard for it; nothing heard means that time has passed."""
        heard, stream.heard = stream.heard or [], None
        page, hung_up = stream.page, HUNG_UP in heard
        try:
            told = b"".join(self._encode(event, stream.draw) for event in page.answer(heard))
            if not hung_up:
                self._send(stream, _chunk(told))
            if page.over:
                if HUNG_UP not in heard + (stream.heard or []):
                    page.is_told()
                self._end(stream)
            else:
                self._rest(stream)
        except UNREACHABLE:
            self._end(stream)  # it comes back, and is told what is wrong
        except Exception as error:
            log.error("an open page could not be told something: %s", type(error).__name__)
            self._end(stream)

    def _rest(self, stream: Stream) -> None:
        """Until there is something again."""
        wait_s = stream.page.wait_s()
        if wait_s < BEAT_S:
            heapq.heappush(self._timed, (time.monotonic() + wait_s, stream))
        stream.busy = False
        if stream.heard:
            stream.wake()

    def _send(self, stream: Stream, told: bytes) -> None:
        if not told:
            return
        if not stream.unsent:
            told = told[self._written(stream, told) :]
            if not told:
                return
            stream.stuck_at = time.monotonic()
            self._watch(stream, HANG_UP | select.POLLOUT)
        stream.unsent += told
        if len(stream.unsent) > MOST_UNSENT:
            stream.put(HUNG_UP)

    def _written(self, stream: Stream, told: bytes) -> int:
        try:
            return os.write(stream.fd, told)
        except BlockingIOError:
            return 0
        except OSError:
            stream.put(HUNG_UP)
            return len(told)

    def _watch(self, stream: Stream, what: int) -> None:
        try:
            self._epoll.modify(stream.fd, what)
        except FileNotFoundError:  # it has hung up
            stream.put(HUNG_UP)

    def _noticed(self) -> None:
        """Who hung up, and who takes more now."""
        for fd, what in self._epoll.poll(0, 512):
            stream = self._open.get(fd)
            if stream is None:
                continue
            if what & ~select.POLLOUT:
                self._epoll.unregister(fd)
                stream.put(HUNG_UP)
                continue
            stream.unsent = stream.unsent[self._written(stream, stream.unsent) :]
            if not stream.unsent:
                self._watch(stream, HANG_UP)

    def _end(self, stream: Stream) -> None:
        fd, stream.fd = stream.fd, -1
        if fd < 0:
            return
        del self._open[fd]
        counts.add(STREAMS, -1)
        stream.page.close()
        try:
            self._epoll.unregister(fd)
        except (FileNotFoundError, ValueError):
            pass  # it has hung up
        else:
            gevent.spawn(_close, fd, stream.unsent + LAST)
            return
        os.close(fd)

    def _go_round(self) -> None:
        """Wake whom it is time for, and give everybody a beat, for ever."""
        while True:
            gevent.sleep(TICK_S)
            try:
                self._go_round_once()
            except Exception as error:
                # Whatever it was: without the next round everybody here would seem to have gone.
                log.error("a round of open pages failed: %s", type(error).__name__)

    def _go_round_once(self) -> None:
        now = time.monotonic()
        while self._timed and self._timed[0][0] <= now:
            heapq.heappop(self._timed)[1].wake()
        if now < self._beats_at:
            return
        self._beats_at = now + GATHER_S
        due = list(self._due(now))
        for first in range(0, len(due), STAY_AT_ONCE):
            self._beat(due[first : first + STAY_AT_ONCE], now)

    def _due(self, now: float) -> Iterator[Stream]:
        while self._beats and self._beats[0].beat_at <= now:
            stream = self._beats.popleft()
            if stream.fd >= 0:
                stream.beat_at = now + BEAT_S
                self._beats.append(stream)
                yield stream

    def _beat(self, due: list[Stream], now: float) -> None:
        beat = _chunk(self._encode(BEAT, None))
        staying: dict[str, list[tuple[str, Stream]]] = defaultdict(list)
        self._are_at_their_desks(due)
        for stream in due:
            if stream.unsent and now - stream.stuck_at > STUCK_S:
                stream.put(HUNG_UP)
                continue
            self._send(stream, beat)
            if name := stream.page.stays():
                staying[keys.seen_key(keys.queue_of(name))].append((name, stream))
            else:
                stream.wake()
        for seen in together(self._redis, staying):
            self._stay(seen, staying)

    def _are_at_their_desks(self, due: list[Stream]) -> None:
        """Before all else, and at once: an advisor who seems to have gone loses their visitors, and
        what each page does by itself waits for its turn.
        """
        desks = [desk for stream in due if (desk := stream.page.at_desk())]
        try:
            if desks:
                self._presence.all_serve(desks)
        except UNREACHABLE:
            pass  # nobody's silence counts while the store is away

    def _stay(self, seen: list[str], staying: dict[str, list[tuple[str, Stream]]]) -> None:
        """One sign of life for many visitors; whose it does not help is asked."""
        told: list[int | str] = []
        streams = []
        for place, key in enumerate(seen, 1):
            for name, stream in staying[key]:
                told += (place, name)
                streams.append(stream)
        try:
            lost = STAY(self._redis, seen, ["", "", "", *told])
        except UNREACHABLE:
            lost = range(len(streams))
        for place in lost:
            streams[place].wake()


def _chunk(told: bytes) -> bytes:
    """As HTTP/1.1 frames a part of an answer whose length nobody knows (RFC 9112, 7.1)."""
    return b"%x\r\n%s\r\n" % (len(told), told) if told else b""


def _close(fd: int, rest: bytes) -> None:
    """Write what is left, with a little patience, and close."""
    deadline = time.monotonic() + STUCK_S
    try:
        while rest and time.monotonic() < deadline:
            try:
                rest = rest[os.write(fd, rest) :]
            except BlockingIOError:
                gevent.sleep(TICK_S)
    except OSError:
        pass  # it has hung up
    finally:
        os.close(fd)
