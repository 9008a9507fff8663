"""Puts the application together."""

from __future__ import annotations

import re
from functools import partial

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
from .articles import Library
from .chat.helps import Content
from .chat.limits.proof import Asking
from .chat.personal import numbers_in
from .chat.return_code import read_words
from .chat.shelf import Reading
from .chat.store import connect
from .config import CONTENT, BadSetting, Settings
from .desk_files import read_desk_files
from .helplines import read_helplines
from .organisation import read_organisation
from .place_files import read_places
from .regions import read_regions
from .safe import load_safe
from .searchables import links_of
from .staff_key import factor_secrets
from .stories.pages import register as register_news
from .stories.reading import load_news
from .synonyms import read_synonyms

# The largest thing that anybody may send: the start form without JavaScript, whose size keeps it
# out of the browser's session files. A message of 2,000 characters has a third of it.
MOST_BYTES = 96 * 1024

# A centre may have words of its own.
CODE_WORDS = "code-words.txt"


def create_app(settings: Settings) -> Flask:
    """The whole service as a WSGI application; connects to nothing yet.

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
    made_pages.register(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]

    organisation = read_organisation(settings.content)
    regions = read_regions(settings.content)
    by_code = {region.code: region.name for region in regions}
    library = Library.load(settings.content, link_to=pages.address_of)
    languages.register(app, organisation)
    page_parts.register(app, settings, organisation)
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
        by_code,
        queue_cap=settings.queue_cap,
        content=_for_the_chat(settings, library),
        factor_secrets=factor_secrets(settings),
        keep_out_hours=settings.keep_out_hours,
        limits=settings.limits,
        proof=Asking(settings.proof_of_work, settings.proof_from),
        always_open=settings.always_open,
    )
    leave.register(app)
    safe_pages = load_safe(
        settings.content,
        title=settings.title,
        exit_url=settings.exit_url,
        organisation=organisation,
    )
    helplines = read_helplines(settings.content)
    helpline_pages.register(app, helplines)
    region_pages.register(app, regions, read_places(settings.content, by_code))
    pages.register(app, library, safe_pages, organisation)
    synonyms = read_synonyms(settings.content, links_of(library)).of
    news = load_news(settings.content, library)
    found = search_pages.pages_of(app, library, safe_pages, helplines, regions)
    danger_words = read_desk_files(settings.content).danger_words
    search_pages.register(app, found, synonyms, danger_words, news)
    register_news(app, news)
    return app


def _for_the_chat(settings: Settings, library: Library) -> Content:
    """What the chat needs of the content; it knows nothing of the site."""
    files = read_desk_files(settings.content)
    articles = [
        Reading(
            article.id,
            lang,
            article.title,
            article.summary,
            pages.address_of("article", article, lang),
            partial(getattr, article, "html"),
        )
        for lang in languages.LANGUAGES
        for section in library.sections(lang)
        for article in section.articles
        # A card shows a text; a tool is no use without the page that it stands on.
        if not article.tool
    ]
    own = settings.content / CODE_WORDS
    words = read_words(own if own.is_file() else CONTENT / CODE_WORDS)
    return Content(words, articles, files.answers, files.danger_words, _numbers(settings, library))


def _numbers(settings: Settings, library: Library) -> set[str]:
    """Every telephone number that a page here names: nobody is warned who repeats one."""
    bodies = [
        article.body
        for lang in languages.LANGUAGES
        for section in library.sections(lang)
        for article in section.articles
    ]
    named = re.findall(r"tel:(\+?[0-9]+)", "\n".join(bodies))
    named += [phone for line in read_helplines(settings.content).lines for phone in line.phones]
    return numbers_in(" ".join(named))
