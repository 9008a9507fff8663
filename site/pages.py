"""The public pages: home, sections, articles, and what search engines ask for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext as _

from .article_files import PAGES
from .articles import Article, Library, Section
from .chat.doors import on_the_button
from .chat.parts import chat
from .languages import LANGUAGES, language, other, to
from .organisation import Door, Organisation
from .region_pages import public_paths as region_paths
from .safe import SafePage

blueprint = Blueprint("pages", __name__)


class ChatState(NamedTuple):
    open: bool
    text: str


def register(
    app: Flask, library: Library, safe_pages: Mapping[str, SafePage], organisation: Organisation
) -> None:
    """Add the pages in both languages, and what every page shows of the library."""
    app.extensions["luwte.library"] = library
    # What names the public pages of a language, for the site map; other parts add their own.
    app.extensions["luwte.paths"] = [partial(public_paths, library), partial(region_paths, app)]
    app.extensions["luwte.safe"] = safe_pages
    app.extensions["luwte.organisation"] = organisation
    app.register_blueprint(blueprint, name="pages_nl")
    app.register_blueprint(blueprint, name="pages_en", url_prefix="/en")
    app.add_url_rule("/sitemap.xml", view_func=sitemap)
    app.add_url_rule("/robots.txt", view_func=robots)
    app.context_processor(_on_every_page)


def address_of(kind: str, thing: Any, lang: str) -> str:
    """The path of an article, a section, or a page of PAGES; needs no request."""
    start = "/en" if lang == "en" else ""
    if kind in ("article", "tool"):
        return f"{start}/{thing.section.slug}/{thing.slug}"
    if kind == "section":
        return f"{start}/{thing.slug}/"
    return f"{start}/{PAGES[thing]}"


@blueprint.get("/")
def home() -> str:
    doors = [(door, url) for door in _organisation().doors if (url := _behind(door))]
    return render_template("home.html", doors=doors, chat_state=_chat_state())


def _chat_state() -> ChatState:
    # Articles need no store: this says only what the hours say, and they never fail.
    return ChatState(*on_the_button(chat()))


def _behind(door: Door) -> str:
    """Where a door leads; "" when the centre has no such page in this language."""
    kind, _, name = door.to.partition(":")
    if kind == "section":
        found = next((s for s in _library().sections(language()) if s.id == name), None)
        return address_of("section", found, language()) if found else ""
    article = _library().by_id(language(), name)
    return address_of("article", article, language()) if article else ""


@blueprint.get("/veilig-internetten")
def safe() -> str:
    page = current_app.extensions["luwte.safe"][language()]
    return render_template("safe.html", page=page, back_url=to("pages.home"))


@blueprint.get("/<section>/")
def section(section: str) -> str:
    found = _library().section(language(), section)
    return render_template(
        "section.html", section=found, back_url=to("pages.home"), twin_url=_twin_url(found)
    )


@blueprint.get("/<section>")
def section_without_slash(section: str) -> Response:
    found = _library().section(language(), section)
    return make_response(redirect(address_of("section", found, language()), 308))


@blueprint.get("/<section>/<slug>")
def article(section: str, slug: str) -> str:
    found = _library().article(language(), section, slug)
    return render_template(
        "tool.html" if found.tool else "article.html",
        article=found,
        next_step=next_step(found.next),
        step_of=next_step,
        back_url=address_of("section", found.section, language()),
        twin_url=_twin_url(found),
    )


def sitemap() -> Response:
    """Every public page in both languages."""
    parts = current_app.extensions["luwte.paths"]
    paths = [path for lang in LANGUAGES for paths_of in parts for path in paths_of(lang)]
    page = render_template("sitemap.xml", addresses=[request.url_root[:-1] + p for p in paths])
    return Response(page, mimetype="application/xml")


def public_paths(library: Library, lang: str) -> list[str]:
    """The path of every page, section and article in one language."""
    paths = [address_of("page", name, lang) for name in PAGES]
    for section in library.sections(lang):
        paths.append(address_of("section", section, lang))
        paths += [address_of("article", article, lang) for article in section.articles]
    return paths


def robots() -> Response:
    lines = ["User-agent: *", "Disallow: /desk/", "Disallow: /office/"]
    lines.append(f"Sitemap: {request.url_root}sitemap.xml")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def next_step(step: str) -> tuple[str, str, str] | None:
    """What a text's `next` leads to at its end: title, text, address."""
    if step.startswith(("article:", "tool:")):
        found = _library().by_id(language(), step.partition(":")[2])
        return (
            (found.title, found.summary, address_of("article", found, language()))
            if found
            else None
        )
    steps = {
        "chat": (
            _("Praat met ons"),
            _("In de chat praat je met een medewerker. Je hoeft je naam niet te zeggen."),
            to("chat.start"),
        ),
        "phone": (
            _("Bel 0800-2000"),
            _("Gratis, dag en nacht. Je hoeft je naam niet te zeggen."),
            _organisation().phone_link,
        ),
        "danger": (
            _("Ben je nu in gevaar? Bel 112"),
            _("Politie en ambulance komen."),
            _organisation().emergency_link,
        ),
    }
    return steps.get(step)


def _twin_url(thing: Article | Section) -> str:
    lang = other(language())
    twin = _library().twin(thing, lang)
    if twin is None:
        return to("pages.home", lang)
    return address_of("section" if isinstance(twin, Section) else "article", twin, lang)


def _on_every_page() -> dict[str, Any]:
    lang = language()
    sections = _library().sections(lang)
    return {
        "sections": [section for section in sections if section.place == "top"],
        "foot_sections": [section for section in sections if section.place == "foot"],
        "news_section": _library().news(lang),
        "section_url": lambda section: address_of("section", section, lang),
        "article_url": lambda article: address_of("article", article, lang),
        "twin_url": _same_page_elsewhere(),
    }


def _same_page_elsewhere() -> str:
    """The other language's address of a page that has the same path in both."""
    if language() == "en":
        return request.path.removeprefix("/en") or "/"
    return "/en" + request.path


def _organisation() -> Organisation:
    organisation: Organisation = current_app.extensions["luwte.organisation"]
    return organisation


def _library() -> Library:
    library: Library = current_app.extensions["luwte.library"]
    return library
