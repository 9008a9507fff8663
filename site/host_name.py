"""Refuses a request whose Host is no name: no address of ours could be made from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from .organisation import Organisation
from .refusal import refusal

# RFC 1035, 2.3.4: 253 characters; a port, and the brackets of IPv6.
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{0,260}")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class NamedHost:
    """Before the application: its own error page has links, which need a host."""

    def __init__(self, wsgi: Wsgi, organisation: Organisation) -> None:
        self._wsgi = wsgi
        self._organisation = organisation

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if _HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return self._wsgi(environ, start)
        whole = refusal(400, environ.get("PATH_INFO", ""), self._organisation)
        head, _, body = whole.partition(b"\r\n\r\n")
        status, *lines = head.decode("ascii").split("\r\n")
        headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        start(status.partition(" ")[2], [pair for pair in headers if pair[0] != "Connection"])
        return [body]
