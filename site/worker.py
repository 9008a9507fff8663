"""Gunicorn's worker and log, made safe: no address, path or word of a visitor is ever logged."""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker
from werkzeug.exceptions import BadRequest

from . import machine
from .chat.counts import counts
from .chat.pressure import pressure
from .config import BadSetting, Settings
from .fault_line import fault_line
from .lines import BODY, Lines, Patience
from .machine import files_allowed
from .organisation import Organisation
from .records import Line as LogLine
from .refusal import refusal

# How long an ending worker lets requests finish that have come in, or are on their way: as long as
# the store may take to answer. Gunicorn waits longer (graceful_timeout).
FINISH_S = 4.0

# Files and connections that are no open page: the store's, the database's, who asks for a page.
FILES_FOR_OTHERS = 1024

# How often the worker tells its parent that it lives.
NOTIFY_S = 1.0
# How many new connections one process takes before it looks at those it has.
MOST_AT_ONCE = 20

# By then whoever came first has their page.
AFTER_START_S = 15.0

# How the address of an event stream ends.
EVENTS = "/events"

# How much more of a refused request is read before the line is cut.
LINGER_S = 1.0
MOST_UNREAD = 1_000_000

STATUSES: dict[type[Exception], int] = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    # These two are ours, though they are parts of what a client may do wrong.
    errors.InvalidResponseHeader: 500,
    errors.InvalidResponseHeaderName: 500,
}


log = logging.getLogger(__name__)


class Log(Logger):  # type: ignore[misc]
    """One plain line for each thing that an operator must know."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        try:
            form = Settings.from_env(os.environ).log
        except BadSetting:  # the application says which, and nothing starts
            form = "plain"
        for handler in self.error_log.handlers:
            handler.setFormatter(LogLine(form))

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        # The message's parts may be a visitor's: only the kind of fault is told.
        self.error("%s", fault_line(*sys.exc_info()))


class _Place(NamedTuple):
    """Where a request came in; gunicorn asks for it, and its socket may be closed by then."""

    name: Any

    def getsockname(self) -> Any:
        return self.name


class Worker(GeventWorker):  # type: ignore[misc]
    """A gevent worker that ends with its parent, stops quickly, and keeps quiet about visitors."""

    wsgi: Any
    sockets: list[Any]
    organisation: Organisation | None = None
    _busy = 0
    _ends = False
    _lines: Lines
    _servers: list[StreamServer]
    _streams: Any

    def init_process(self) -> None:
        counts.begin(self.age)
        machine.die_with_parent(self.ppid)
        # Gevent would print the greenlet with its socket, and so the visitor's address.
        gevent.get_hub().print_exception = _print_fault
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        application: Any = self.wsgi
        self.organisation = application.extensions["luwte.organisation"]
        gevent.spawn_later(AFTER_START_S, _make_search_ready, application)
        settings: Settings = application.config["LUWTE"]
        patience = Patience(settings.request_s, self.cfg.keepalive)
        self._lines = Lines(patience, self.worker_connections)
        gevent.spawn(self._lines.look_after)
        pressure.may = settings.give_way != "off"
        gevent.spawn(pressure.watch)
        self._streams = _streams_for(application, max(1, files_allowed() - FILES_FOR_OTHERS))

        def with_readable_body(environ: dict[str, Any], start_response: Any) -> Any:
            environ["wsgi.input"] = _Body(environ["wsgi.input"])
            return application(environ, start_response)

        self.wsgi = with_readable_body
        machine.settle()

    def run(self) -> None:
        # Gunicorn's own keeps to itself where it listens: we must stop that before anything else.
        self._servers = [self._listening(listener) for listener in self.sockets]
        while self.alive:
            self.notify()
            gevent.sleep(NOTIFY_S)

    def _listening(self, listener: Any) -> StreamServer:
        listener.setblocking(1)
        handle = partial(self.handle, _Place(listener.getsockname()))
        server = StreamServer(listener, handle=handle, spawn=Pool(self.worker_connections))
        if self.cfg.workers > 1:
            # The others get some too; but one at a time would keep who comes in a flood outside for
            # as many turns as there are before.
            server.max_accept = MOST_AT_ONCE
        server.start()
        return server

    def handle(self, listener: _Place, client: Any, addr: Any) -> None:
        with self._lines.watched(client) as line:
            super().handle(listener, line, addr)

    def timeout_ctx(self) -> AbstractContextManager[None]:
        # Gunicorn's own bound is for waiting and reading together, and ends before the body.
        self._lines.waits_for_a_request()
        return nullcontext()

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        if self._lines.is_for_nobody(sock):
            raise StopIteration
        sock.waits_for(BODY)
        self._busy += 1
        if self._ends or req.path.endswith(EVENTS):
            # Nothing else is asked for on this line: a stream ends with it.
            req.force_close()
        try:
            answered = super().handle_request(listener_name, req, sock, addr)
        except StopIteration:  # the line is closed after this answer
            _is_read_to_its_end(req.body.read)
            raise
        finally:
            self._busy -= 1
        if not _is_read_to_its_end(req.body.read):
            raise StopIteration
        return answered

    def handle_exit(self, sig: int, frame: object) -> None:
        gevent.spawn(self._finish)

    def _finish(self) -> None:
        # Gunicorn waits for idle connections too, which a browser keeps for a minute. Who connects
        # from now on is refused, and a proxy asks another process: only then nothing was sent yet.
        self._ends = True
        for server in self._servers:
            _let_in_who_stands_there(server)
            server.close()
        gevent.sleep(0)  # each of them begins, and is known to `_lines`
        self._lines.cut_the_idle()
        deadline = time.monotonic() + FINISH_S
        while (self._busy or self._lines.are_expected()) and time.monotonic() < deadline:
            gevent.sleep(0.02)
        self._streams.move_on()
        sys.exit(0)

    def handle_error(self, req: Any, client: Any, addr: object, exc: BaseException) -> None:
        """Answer a request that cannot be read, or that the application did not answer."""
        status = status_of(exc)
        counts.add(f"requests:{status // 100}xx")
        if status == 500:
            self.log.error("%s", fault_line(type(exc), exc, exc.__traceback__))
        with suppress(OSError):  # the client has gone
            client.settimeout(LINGER_S)
            client.sendall(refusal(status, getattr(req, "path", "") or "", self.organisation))
            client.shutdown(socket.SHUT_WR)
            _is_read_to_its_end(client.recv)


def _let_in_who_stands_there(server: StreamServer) -> None:
    """Who is connected already and may have asked: a door that shuts would cut them off."""
    while not server.full() and (found := server.do_read()):
        server.do_handle(*found)


def _make_search_ready(application: Any) -> None:
    # Not at the top: it brings the whole application, and gunicorn imports this module before
    # gevent has patched the standard library.
    from .search_pages import make_ready

    # In a thread of its own: it takes some tenths of a second, in which others are answered.
    gevent.get_hub().threadpool.spawn(make_ready, application)


def _streams_for(application: Any, most: int) -> Any:
    # As above. In the process that has them: what they watch is not shared with others.
    from .chat.streams import Streams
    from .chat.wire import as_lines

    chat = application.extensions["luwte.chat"]
    made = Streams(application, chat.redis, chat.presence, as_lines, most)
    application.extensions["luwte.streams"] = made
    return made


class _Body:
    """A request's body; one that cannot be read is the client's fault, not the application's."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, *size: int) -> bytes:
        return self._said_plainly(self._body.read, *size)

    def readline(self, *size: int) -> bytes:
        return self._said_plainly(self._body.readline, *size)

    def readlines(self, *size: int) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _said_plainly(self, read: Callable[..., bytes], *size: int) -> bytes:
        try:
            return read(*size)
        except errors.ParseException:
            raise BadRequest from None


def _is_read_to_its_end(read: Callable[[int], bytes]) -> bool:
    """Whether nothing more came, after a little patience. Closing with something unread would take
    the answer away from a client that still sends; reading for ever would be what it wants.
    """
    unread = MOST_UNREAD
    with gevent.Timeout(LINGER_S, False), suppress(errors.ParseException, OSError):
        while unread > 0:
            part = read(65_536)
            if not part:
                return True
            unread -= len(part)
    return False


def status_of(exc: BaseException) -> int:
    """The HTTP status that says whose fault this is."""
    for kind, status in STATUSES.items():
        if isinstance(exc, kind):
            return status
    return 400 if isinstance(exc, errors.ParseException) else 500


def _print_fault(
    _context: object,
    kind: type[BaseException],
    value: BaseException | None,
    tb: TracebackType | None,
) -> None:
    log.error("%s", fault_line(kind, value, tb))
