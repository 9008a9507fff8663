"""For monitoring: alive, and whether the stores can be reached."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify

from .chat.database import reachable
from .chat.store import UNREACHABLE, connect
from .config import Settings


def register(app: Flask, settings: Settings) -> None:
    """`/healthz` says that the process answers, `/readyz` that it can do its work."""
    blueprint = Blueprint("health", __name__)
    redis = connect(settings.redis_url)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return jsonify(status="alive")

    @blueprint.get("/readyz")
    def ready() -> tuple[Response, int]:
        try:
            redis.ping()
        except UNREACHABLE:
            return jsonify(status="not ready", reason="redis"), 503
        if not reachable(settings.sql_url):
            return jsonify(status="not ready", reason="database"), 503
        return jsonify(status="ready"), 200

    app.register_blueprint(blueprint)
