"""`luwte serve`: the whole service from one command, and nothing of it left when it stops.

Import this only after `gevent.monkey.patch_all()`.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import gevent
import redis
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from . import create_app, gunicorn_options, machine, records
from .chat.database import DatabaseUnusable, migrate, reach
from .chat.factor_seal import FactorUnreadable
from .chat.store import connect
from .config import BadSetting, Settings
from .embedded import CannotStart, EmbeddedStore
from .first_start import how_to_sign_in, make_coordinator
from .staff_key import factor_secrets, seal_all

# A store that says nothing for so long is down.
STORE_S = 2.5
# How long a port may stay taken by what a killed service left behind.
ORPHAN_S = 3.0
ANSWER_S = 30.0

log = logging.getLogger(__name__)


def serve(settings: Settings, host: str, port: int, workers: int | None) -> None:
    """Serve until told to stop; ends with SystemExit.

    Raises BadSetting, CannotStart or DatabaseUnusable when it cannot be started.
    """
    machine.prepare()
    machine.start_quickly()
    records.keep(settings.log)
    store = EmbeddedStore(settings.data_dir) if settings.embedded_redis else None
    _end_in_order(store)
    with contextlib.ExitStack() as started:
        if store:
            started.callback(store.stop)
            store.start()
        patience = ORPHAN_S if store and store.found_orphan else 0
        door = bound_to(host, port, patience)
        embedded = settings
        settings = _with_store(settings, store)
        if not store:
            _reach_redis(settings.redis_url)
        if settings.database_url:
            _reach_database(settings.database_url)
        app = create_app(settings)
        if store:
            store.wait()
        migrate(settings.sql_url)
        _seal_second_factors(settings)
        address = _address(door)
        machine.settle()
        # Not sooner: until it can answer, a proxy should be refused and ask another group.
        listen(door, host, port)
        with _only_the_parent():
            _Service(
                app,
                door.detach(),
                workers,
                when_up=lambda: _announce(embedded, address),
            ).run()


def bound_to(host: str, port: int, patience: float = 0) -> socket.socket:
    """A socket that has this place but refuses everybody; port 0 takes a free one.

    `patience` is for how many seconds a taken port is tried again. Raises CannotStart.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            raise CannotStart(_why_not_there(error, host, port)) from error


def _bound(host: str, port: int) -> socket.socket:
    family, kind, _, _, where = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
    except OSError:
        listener.close()
        raise
    return listener


def listen(door: socket.socket, host: str, port: int) -> None:
    """From now on whoever connects is let in. Raises CannotStart."""
    try:
        door.listen(gunicorn_options.backlog)
    except OSError as error:  # another one was bound to it too, and listened first
        raise CannotStart(_why_not_there(error, host, port)) from error


def _why_not_there(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken: stop what listens there, or choose another one with "
            f"--port (make run PORT={port + 1 if port < 65535 else 8000})."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is not allowed for this user: choose one from 1024 with --port."
    return (
        f"{host!r} is no address of this machine ({error.strerror}): "
        "choose another one with --host, for example 127.0.0.1."
    )


def _with_store(settings: Settings, store: EmbeddedStore | None) -> Settings:
    if not store:
        return settings
    # Nothing sealed outlives the embedded store, so its secret need not either. Only the second
    # factors of staff do: these have a key of their own.
    keys = settings.secret_keys or (secrets.token_urlsafe(32),)
    kept = factor_secrets(settings)
    return replace(settings, redis_url=store.url, secret_keys=keys, factor_secrets=kept)


def _reach_redis(url: str) -> None:
    """Raises CannotStart when the store does not answer in time, BadSetting for no address."""
    try:
        with gevent.Timeout(STORE_S, TimeoutError(errno.ETIMEDOUT, "no answer in time")):
            connect(url).ping()
    except ValueError as error:
        # What it says may hold a piece of the address, and so of its password.
        raise BadSetting(
            "LUWTE_REDIS_URL cannot be read: write it as redis://:password@host:6379/0."
        ) from error
    except (redis.RedisError, OSError) as error:
        raise CannotStart(
            f"The Redis of LUWTE_REDIS_URL does not answer ({_reason(error)}): start it, "
            "or correct the address (without one, Luwte brings its own store)."
        ) from error


def _reach_database(url: str) -> None:
    """Raises CannotStart when it does not answer in time, DatabaseUnusable for other faults."""
    try:
        with gevent.Timeout(STORE_S, TimeoutError()):
            reach(url)
    except TimeoutError as error:
        raise CannotStart(
            "The database of LUWTE_DATABASE_URL does not answer in time: start it, or correct "
            "the address (without one, Luwte keeps a SQLite file)."
        ) from error


def _reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _end_in_order(store: EmbeddedStore | None) -> None:
    """Before gunicorn listens for signals, a stop must end what was started already.

    It leaves at once: an exception out of a handler could land in the middle of a greenlet's
    switch, where it is lost, and the service with it.
    """

    def stop(*_: object) -> None:
        if store:
            store.stop_now()
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


@contextlib.contextmanager
def _only_the_parent() -> Iterator[None]:
    """A worker is a fork that leaves through the same door: it must not end what we started."""
    parent = os.getpid()
    try:
        yield
    except SystemExit as leaving:
        if os.getpid() != parent:
            os._exit(leaving.code if isinstance(leaving.code, int) else 1)
        raise


class _Service(BaseApplication):  # type: ignore[misc]
    """Gunicorn with an application that is made already, on a socket that listens already."""

    def __init__(
        self, app: Any, listener: int, workers: int | None, when_up: Callable[[], None]
    ) -> None:
        self._app = app
        self._own = {"bind": f"fd://{listener}", "preload_app": True}
        if workers:
            self._own["workers"] = workers
        self._when_up = when_up
        super().__init__()

    def load_config(self) -> None:
        for name, value in (vars(gunicorn_options) | self._own).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app

    def run(self) -> None:
        _Arbiter(self, self._when_up).run()


class _Arbiter(Arbiter):  # type: ignore[misc]
    """Tells when the workers were first started, and stops when the terminal is closed."""

    def __init__(self, service: _Service, when_up: Callable[[], None]) -> None:
        self._when_up: Callable[[], None] | None = when_up
        # `nohup` asked for it.
        self._outlives_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().__init__(service)

    def spawn_workers(self) -> None:
        super().spawn_workers()
        # Not before the fork: the workers would each have a copy that does the same.
        if self._when_up:
            threading.Thread(target=self._when_up, name="announcement", daemon=True).start()
            self._when_up = None

    def handle_hup(self) -> None:
        # Gunicorn would start its workers anew, and outlive the window it was started in.
        if not self._outlives_terminal:
            raise StopIteration

    def handle_usr2(self) -> None:
        """No second service beside this one: the data folder is locked."""


def _seal_second_factors(settings: Settings) -> None:
    try:
        seal_all(settings)
    except FactorUnreadable as fault:  # the others can still sign in, and visitors need them
        log.error("%s", fault)


def _address(listener: socket.socket) -> str:
    """Where a browser on this machine finds the service."""
    host, port, *_ = listener.getsockname()
    if host in ("0.0.0.0", "::"):  # noqa: S104 - not bound here, only shown
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(settings: Settings, address: str) -> None:
    """Say where the service is, once it answers; on the first start, how to sign in."""
    if not _answers(address):
        return
    print(f"Luwte is ready: {address} (Ctrl-C stops it)", flush=True)
    try:
        coordinator = make_coordinator(settings)
    except DatabaseUnusable as fault:
        log.error("%s", fault)
        return
    if coordinator:
        codes = settings.embedded_redis and not settings.database_url
        print(how_to_sign_in(coordinator, address, codes=codes), flush=True)


def _answers(address: str) -> bool:
    where = urlsplit(address)
    line = http.client.HTTPConnection(str(where.hostname), where.port, timeout=ANSWER_S)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status < 500
    except OSError:
        return False
    finally:
        line.close()
