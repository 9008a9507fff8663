"""Puts the application together."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import (
    chat,
    cross_site,
    errors,
    headers,
    health,
    helpline_pages,
    languages,
    leave,
    made_pages,
    metrics,
    page_parts,
    pages,
    region_pages,
    search_pages,
)
from .chat.limits.proof import Asking
from .chat.store import connect
from .config import BadSetting, Settings
from .host_name import NamedHost
from .site_content import SiteContent, read_site
from .staff_key import factor_secrets
from .stories.pages import register as register_news
from .turns import Turns

# The largest thing that anybody may send: the start form without JavaScript, whose size keeps it
# out of the browser's session files. A message of 2,000 characters has a third of it.
MOST_BYTES = 96 * 1024


def create_app(settings: Settings, content: SiteContent | None = None) -> Flask:
    """The whole service as a WSGI application; connects to nothing yet.

    `content` is what was read of `settings.content` before; without it, it is read now.

    Raises BadSetting when it cannot be started safely.
    """
    if not settings.secret_keys:
        raise BadSetting("LUWTE_SECRET_KEY is missing: set it to a long random text.")
    if not settings.redis_url:
        raise BadSetting("LUWTE_REDIS_URL is missing: set it, or start with `luwte serve`.")
    app = Flask(__name__, static_folder=None)
    app.config["LUWTE"] = settings
    app.config["SECRET_KEY"], *older = settings.secret_keys
    app.config["SECRET_KEY_FALLBACKS"] = older
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign, assignment]
    made_pages.register(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]

    content = content or read_site(settings)
    app.wsgi_app = NamedHost(app.wsgi_app, content.organisation)  # type: ignore[method-assign, assignment]
    languages.register(app, content.organisation)
    page_parts.register(app, settings, content.organisation)
    headers.register(app, settings)
    errors.register(app)
    cross_site.register(app)
    health.register(app, settings)
    metrics.register(app, settings)
    chat.register(
        app,
        connect(settings.redis_url, settings.redis_replicas),
        settings.sql_url,
        settings.secret_keys,
        {region.code: region.name for region in content.regions},
        queue_cap=settings.queue_cap,
        content=content.for_the_chat(),
        factor_secrets=factor_secrets(settings),
        keep_out_hours=settings.keep_out_hours,
        limits=settings.limits,
        proof=Asking(settings.proof_of_work, settings.proof_from),
        always_open=settings.always_open,
    )
    leave.register(app)
    helpline_pages.register(app, content.helplines)
    region_pages.register(app, content.found_regions)
    pages.register(app, content.library, content.safe_pages, content.organisation)
    search_pages.register(app, content)
    register_news(app, content.news)
    return app
