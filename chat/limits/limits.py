"""How often one client, one conversation or everybody together may do something."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import cast

from flask import Flask, current_app
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from redis import Redis

from ..salts import Marks
from ..store import UNREACHABLE
from . import storage

OFF = "off"
# Who has no address that we could see (a socket of the machine itself) is one client.
NOBODY = "-"


class Limited(PermissionError):
    """Too often: no more of it until `wait_s` seconds have passed."""

    def __init__(self, what: str, wait_s: int) -> None:
        super().__init__(f"too many {what}; wait {wait_s} s")
        self.what = what
        self.wait_s = wait_s


class Limits:
    """The limits of one application, by name; what is `off` is never counted.

    `rates` are written as the library writes them: "60 per 10 minutes". Connects to nothing yet.
    """

    def __init__(self, app: Flask, redis: Redis, secret: str, rates: Mapping[str, str]) -> None:
        self._rates = {name: parse(rate) for name, rate in rates.items() if rate != OFF}
        self._marks = Marks(redis, secret, "limit", remember_s=60)
        self._limiter = Limiter(
            lambda: self.client(""),
            strategy="moving-window",
            storage_uri=f"{storage.SCHEME}://",
            storage_options={"client": redis},  # type: ignore[dict-item]
        )
        # What is limited counts by itself: the library, which finds itself here already, need not
        # look for limits of its view at each request.
        app.extensions["limiter"] = {self._limiter}
        self._limiter.init_app(app)

    def client(self, address: str) -> str:
        """What stands for whoever asks from there, for the rest of this day.

        At midnight everybody begins anew: yesterday's salt is not asked for.
        """
        return next(iter(self._marks.of(address)), NOBODY)

    def count(self, what: str, who: str) -> None:
        """Count one more of it. Raises Limited, which is not counted itself, so waiting helps."""
        rate = self._rates.get(what)
        if rate and not self._limiter.limiter.hit(rate, what, who):
            raise Limited(what, self._wait_s(rate, what, who))

    def count_all(self, *wanted: tuple[str, str]) -> None:
        """Count one more of each (what, who), or of none. Raises Limited."""
        rates = [(self._rates[what], what, who) for what, who in wanted if what in self._rates]
        entries = [
            (rate.key_for(what, who), rate.amount, rate.get_expiry()) for rate, what, who in rates
        ]
        full = cast(storage.OurStore, self._limiter.storage).acquire_all(entries)
        if full >= 0:
            rate, what, who = rates[full]
            raise Limited(what, self._wait_s(rate, what, who))

    def count_search(self, address: str) -> None:
        """Count one who looks for something. Raises Limited.

        The help stays up when the store is down: then nobody counts.
        """
        with suppress(*UNREACHABLE):
            self.count("searches", self.client(address))

    def _wait_s(self, rate: RateLimitItem, what: str, who: str) -> int:
        free_at, _ = self._limiter.limiter.get_window_stats(rate, what, who)
        return max(1, math.ceil(free_at - time.time()))


def limits() -> Limits:
    return cast(Limits, current_app.extensions["luwte.limits"])
