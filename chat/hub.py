"""One subscription a process: hears the news of every queue and wakes those whom it concerns."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from redis import Redis
from redis.client import PubSub

from . import keys
from .counts import counts
from .pressure import PLACES, TYPING, pressure
from .store import look_again, node_of

# A subscription that has heard nothing for this long is asked whether it is still alive: a frozen
# server leaves it hanging on a dead connection.
QUIET_S = 2.0
AGAIN_S = 0.5
# A page that opens waits so long for the first subscription; without it, it reads when it comes.
FIRST_S = 1.0
# While places give way, they are told once in so long.
PLACES_EVERY_S = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What happened. `kind` is message, state, typing, ended, waiting or resync; for desks also
    moved, whisper, offer, watchers, and shift, left and came of one member.

    `fields` as the script told them; resync means: news may have been missed, read again.
    """

    kind: str
    conversation: str = ""
    advisor: str = ""
    queue: str = ""
    lane: str = ""
    fields: tuple[bytes, ...] = ()


RESYNC = News("resync")


@dataclass
class Source:
    """One server, and the channels that it tells."""

    server: Redis
    channels: list[str]
    confirmed: set[bytes] = field(default_factory=set)


class Ear(Protocol):
    """What the hub tells an open page's news, in order and without waiting."""

    def put(self, news: News) -> None: ...


class Listener:
    """The news for one open page whose thread waits for them."""

    def __init__(self) -> None:
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()

    def put(self, news: News) -> None:
        self._news.put(news)

    def wait(self, seconds: float) -> list[News]:
        """All news that is there, at least one; none when nothing came for so long."""
        found = []
        try:
            found.append(self._news.get(timeout=seconds))
            while True:
                found.append(self._news.get_nowait())
        except queue.Empty:
            return found


class Hub:
    """Hears the store's news and hands it on. Starts by itself at the first listener."""

    def __init__(self, redis: Redis, queues: Sequence[str]) -> None:
        self._redis = redis
        self._queues = tuple(queues)
        # A tuple is smaller than a set, and most topics have one listener.
        self._listeners: dict[str, tuple[Ear, ...]] = {}
        self._changing = threading.Lock()
        self._lock = threading.Lock()
        self._pid = 0
        self._stopped = False
        # Each time that everything is subscribed anew has a number of its own.
        self._round = 0
        self._unconfirmed: set[str] = set()
        # Places that are told later, each once; and when.
        self._later: dict[str, News] = {}
        self._later_at = 0.0
        self.connected = threading.Event()

    def heed(self, listener: Ear, topic: str) -> None:
        """Hear of that topic from now on; see `about_*` for their names."""
        self._start()
        with self._changing:
            heard = self._listeners.get(topic, ())
            if listener not in heard:
                self._listeners[topic] = (*heard, listener)

    def ignore(self, listener: Ear, topic: str) -> None:
        """Hear no more of that topic."""
        with self._changing:
            left = tuple(one for one in self._listeners.get(topic, ()) if one is not listener)
            if left:
                self._listeners[topic] = left
            else:
                self._listeners.pop(topic, None)

    def _start(self) -> None:
        with self._lock:
            # A forked worker has its parent's memory, not its parent's threads.
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            self.connected.clear()
            threading.Thread(target=self._run, name="hub", daemon=True).start()
        self.connected.wait(FIRST_S)

    def stop(self) -> None:
        """Hear no more; ends within a moment."""
        self._stopped = True

    def _run(self) -> None:
        """Hear for ever: with one subscription, or in a cluster with one at each server."""
        while not self._stopped:
            began = time.monotonic()
            try:
                self._round += 1
                sources = self._sources()
                for source in sources[1:]:
                    args = (source, self._round)
                    threading.Thread(target=self._hear_too, args=args, daemon=True).start()
                self._hear(sources[0], self._round)
            except Exception as error:
                # Whatever it was: a hub that died would leave every open page deaf.
                _tell_cut_off(error)
            self.connected.clear()
            if time.monotonic() - began < AGAIN_S:
                time.sleep(AGAIN_S)

    def _sources(self) -> list[Source]:
        """Which server tells the news of which queues."""
        if self._round > 1:
            look_again(self._redis)
        by_server: dict[int, Source] = {}
        for name in self._queues:
            channel = keys.channel(name)
            server = node_of(self._redis, channel)
            by_server.setdefault(id(server), Source(server, [])).channels.append(channel)
        self._unconfirmed = {channel for one in by_server.values() for channel in one.channels}
        return list(by_server.values())

    def _hear_too(self, source: Source, round_: int) -> None:
        try:
            self._hear(source, round_)
        except Exception as error:
            _tell_cut_off(error)

    def _hear(self, source: Source, round_: int) -> None:
        try:
            with source.server.pubsub() as pubsub:  # type: ignore[no-untyped-call]
                # One channel a call: several slots in one call are refused by a cluster.
                for name in source.channels:
                    pubsub.ssubscribe(name)
                while not self._stopped and self._round == round_:
                    self._heard(_next(pubsub), source)
                    self._tell_what_waited()
        finally:
            # One server that is lost makes the others look again too: its queues may be theirs now.
            if self._round == round_:
                self._round += 1

    def _heard(self, found: Any, source: Source) -> None:
        if found is None:
            return
        if found["type"] == "smessage":
            self._hand_on(found["channel"], found["data"])
        elif found["type"] == "ssubscribe":
            # The client connects again by itself and subscribes again; what was said meanwhile is
            # missed, so when all are confirmed everybody reads again.
            source.confirmed.add(found["channel"])
            self._unconfirmed.discard(found["channel"].decode())
            if len(source.confirmed) == len(source.channels) and not self._unconfirmed:
                source.confirmed.clear()
                self.connected.set()
                self._tell_all(RESYNC)
        elif found["type"] == "sunsubscribe":
            raise ConnectionError("a queue has moved to another server")

    def _tell_all(self, news: News) -> None:
        everybody = {listener for heard in list(self._listeners.values()) for listener in heard}
        for listener in everybody:
            listener.put(news)

    def _hand_on(self, channel: bytes, data: bytes) -> None:
        news = read_news(channel, data)
        if news.kind == "typing" and pressure.level >= TYPING:
            return
        if news.kind == "waiting" and (pressure.level >= PLACES or self._later):
            with self._changing:
                self._later[about_line(news.queue, news.lane)] = news
            return
        self._tell(news)

    def _tell_what_waited(self) -> None:
        """The places that were held back, when it is time, or when there is room again."""
        now = time.monotonic()
        if not self._later or (pressure.level >= PLACES and now < self._later_at):
            return
        with self._changing:
            later, self._later = self._later, {}
        self._later_at = now + PLACES_EVERY_S
        for news in later.values():
            self._tell(news)

    def _tell(self, news: News) -> None:
        concerned = {
            listener for topic in _topics(news) for listener in self._listeners.get(topic, ())
        }
        for listener in concerned:
            listener.put(news)
        if news.kind == "message" and concerned:
            counts.delivered(_since(news.fields[1]))


def _since(number: bytes) -> float:
    """How many seconds ago the store gave a message this number, by the two clocks."""
    return time.time() - int(number.partition(b"-")[0]) / 1000


def _tell_cut_off(error: Exception) -> None:
    counts.add("store errors")
    log.warning("the news of the store is cut off: %s", type(error).__name__)


def _next(pubsub: PubSub) -> Any:
    """The next thing heard; raises when the server does not answer a PING in time."""
    found = pubsub.get_message(timeout=QUIET_S)
    if found is None:
        pubsub.ping()
        found = pubsub.get_message(timeout=QUIET_S)
        if found is None:
            raise TimeoutError("the store is silent")
    return found if found["type"] != "pong" else None


def read_news(channel: bytes, data: bytes) -> News:
    """What a script told, as News."""
    queue_name = channel.decode().partition("{")[2].partition("}")[0]
    kind, _, rest = data.partition(b"\0")
    if kind == b"waiting":
        return News("waiting", queue=queue_name, lane=rest.decode())
    # The body of a message may hold any byte: never split it.
    conversation, advisor, *fields = rest.split(b"\0", 7)
    return News(
        kind.decode(), conversation.decode(), advisor.decode(), queue_name, fields=tuple(fields)
    )


def about_conversation(name: str) -> str:
    return f"c:{name}"


def about_member(member: str) -> str:
    return f"m:{member}"


def about_line(queue_name: str, lane: str) -> str:
    return f"w:{queue_name}:{lane}"


def about_desks(name: str) -> str:
    """What only colleagues may know of a conversation; a visitor's page never listens to it."""
    return f"d:{name}"


def about_offers(queue_name: str, lane: str) -> str:
    return f"o:{queue_name}:{lane}"


FLOOR = "f:"  # who is there, and how much they have to do
FOR_DESKS = ("whisper", "offer", "watchers")
ON_THE_FLOOR = ("state", "ended", "moved", "shift", "left", "came")


def _topics(news: News) -> list[str]:
    if news.kind == "waiting":
        return [about_line(news.queue, news.lane)]
    about = about_desks if news.kind in FOR_DESKS else about_conversation
    topics = [about(news.conversation)]
    if news.advisor:
        topics.append(about_member(news.advisor))
    if news.kind in ("offer", "watchers"):
        topics.append(_to_whom(news.fields[0].decode()))
    if news.kind in ON_THE_FLOOR:
        topics.append(FLOOR)
    return topics


def _to_whom(address: str) -> str:
    """The topic of a member's number, or of a line as `queue:lane`."""
    queue_name, colon, lane = address.partition(":")
    return about_offers(queue_name, lane) if colon else about_member(address)
