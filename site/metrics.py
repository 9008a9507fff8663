"""`/metrics` for monitoring: counts only, of nobody, and only for who has the token.

What visitors do is told in steps: one chat more in a quiet hour would tell somebody at home that it
is theirs. What is broken is told exactly, so that a single fault is seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, abort, request

from .chat.counts import counts
from .config import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def register(app: Flask, settings: Settings) -> None:
    """Count every answer; show the counts only where a token is set."""
    app.wsgi_app = _counted(app.wsgi_app)  # type: ignore[method-assign]
    if not settings.metrics_token:
        return
    # Only who is monitored waits for what it takes to load this.
    from . import metrics_text

    wanted = f"Bearer {settings.metrics_token}".encode()

    # Whoever has no token learns from no method that there is such a page.
    @app.route("/metrics", methods=METHODS, provide_automatic_options=False)
    def metrics() -> Response:
        sent = request.headers.get("Authorization", "").encode(errors="replace")
        if request.method not in ("GET", "HEAD") or not hmac.compare_digest(sent, wanted):
            abort(404)
        return Response(metrics_text.text(), content_type=metrics_text.CONTENT_TYPE)


def _counted(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Around everything: a page that was made before is an answer too."""

    def answers(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, *more: Any) -> Any:
            counts.add(f"requests:{status[0]}xx")
            return start_response(status, *more)

        return application(environ, start)

    return answers
