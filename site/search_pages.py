"""The search page. What is asked comes by POST only, since addresses stay in histories; it is
answered, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_babel import force_locale
from flask_babel import gettext as _

from .chat.accept import wants_json
from .chat.asking import fields
from .chat.clean import BadInput, line
from .chat.danger_words import DangerWords
from .chat.limits.limits import limits
from .helplines import Helplines
from .languages import LANGUAGES, language, to
from .organisation import Organisation
from .region_pages import region_named
from .safe import SafePage
from .search import MOST_RESULTS, Finder, Found, Index, Searchable
from .searchables import finder_for, of_library, of_news, of_regions
from .site_content import SiteContent
from .stories.news import News
from .stories.pieces import AMSTERDAM
from .synonyms import Synonyms

# The longest question that is taken, in characters.
MOST = 200
MOST_STORIES = 3

blueprint = Blueprint("search", __name__)


class Alert(NamedTuple):
    """What is told above the results, and whom to call."""

    title: str
    text: str
    # The most urgent first, each with its link.
    numbers: list[tuple[str, str]]
    danger: bool


class Search:
    """What the search page needs; the index is made when it is first asked for, or at start."""

    def __init__(
        self,
        pages: Mapping[str, Sequence[Searchable]],
        synonyms: Mapping[str, Synonyms],
        danger_words: Sequence[str],
        news: News,
    ) -> None:
        self._news = news
        self._pages = pages
        self._synonyms = synonyms
        self._words_of_danger = danger_words
        self._danger = DangerWords(danger_words)
        # In both languages: who is in need does not look which one the page speaks.
        self._suicide = DangerWords([text for one in synonyms.values() for text in one.suicide])
        self._finder: Finder | None = None
        self._stories: dict[str, Index] = {}

    @property
    def finder(self) -> Finder:
        # Made twice, when two ask at once, it is the same.
        if self._finder is None:
            self._stories = {lang: self._index_of_stories(lang) for lang in LANGUAGES}
            self._finder = finder_for(self._pages, self._synonyms, self._words_of_danger)
        return self._finder

    def _index_of_stories(self, lang: str) -> Index:
        pieces = self._news.all_pieces(lang)
        return Index(lang, of_news(pieces), self._synonyms[lang].words, self._words_of_danger)

    def stories(self, lang: str, text: str, today: date) -> list[Searchable]:
        """Stories and news that are out on that day; they stand below what helps."""
        shown = {f"news:{piece.id}" for piece in self._news.pieces(lang, today)}
        found = self._stories[lang].search(text).results
        return [page for page in found if page.link in shown][:MOST_STORIES]

    def suggested(self, lang: str) -> list[Searchable]:
        """Pages to begin with."""
        by_link = {page.link: page for page in self._pages[lang]}
        return [by_link[link] for link in self._synonyms[lang].suggested]

    def danger_in(self, text: str) -> tuple[bool, bool]:
        """Whether it speaks of danger, and whether of suicide."""
        rest = self._suicide.without(text)
        return self._danger.stand_in(rest), rest != text


def register(app: Flask, content: SiteContent) -> None:
    """Add search through all pages, in both languages."""
    app.extensions["luwte.search"] = Search(
        pages_of(app, content), content.synonyms, content.desk_files.danger_words, content.news
    )
    app.register_blueprint(blueprint, name="search_nl")
    app.register_blueprint(blueprint, name="search_en", url_prefix="/en")


def make_ready(app: Flask) -> None:
    """Make the index before the first visitor asks for it."""
    search: Search = app.extensions["luwte.search"]
    search.finder  # noqa: B018 - made once it is asked for


def pages_of(app: Flask, content: SiteContent) -> dict[str, list[Searchable]]:
    """The pages of the library, and those that are no part of it, by language."""
    found = {}
    for lang in LANGUAGES:
        with app.app_context(), force_locale(lang):
            fixed = _fixed(lang, content.safe_pages[lang], content.helplines)
            regions = of_regions(content.regions, lang)
            found[lang] = [*of_library(content.library, lang), *fixed, *regions]
    return found


def _fixed(lang: str, safe: SafePage, helplines: Helplines) -> list[Searchable]:
    start = "/en" if lang == "en" else ""
    where = _("Wie helpt je waar jij woont, en is de chat daar open?")
    others = _("Voor wie ze er zijn, en of ze nu open zijn.")
    lines = " ".join(line.words[lang].name for line in helplines.lines)
    chat = _("Chat anoniem en gratis met een medewerker.")
    pieces = " ".join(piece.title for piece in (safe.clearing, *safe.recipes, *safe.more))
    return [
        Searchable("page:chat", _("Chat met ons"), chat, f"{start}/chat", "page"),
        Searchable(
            *("page:safe", safe.opening.title, safe.summary, f"{start}/veilig-internetten", "page"),
            text=pieces,
        ),
        Searchable("page:region", _("Vind jouw Veilig Thuis"), where, f"{start}/regio", "page"),
        Searchable(
            *("page:helplines", _("Andere hulplijnen"), others, f"{start}/hulplijnen", "page"),
            text=lines,
        ),
    ]


@blueprint.get("/zoeken")
def form() -> str:
    # Somebody's own link with the words in it: they would stay in the browser's history.
    return _page(in_address="q" in request.args)


@blueprint.post("/zoeken")
def results() -> str | Response:
    typed = fields().get("q")
    g.draw_form = lambda errors: _page(typed=_shown(typed), error=errors[""])
    limits().count_search(request.remote_addr or "")
    try:
        text = line(typed, "q", most=MOST)
        if not text:
            raise BadInput("q", "empty")
    except BadInput as bad:
        return _refused(bad, typed)
    lang, found = _search().finder.search(language(), text)
    found = _with_their_region(text, found)
    alerts = _alerts(" ".join([text, *found.meant]))
    stories = _search().stories(language(), text, datetime.now(AMSTERDAM).date())
    return _page(typed=text, found=found, found_lang=lang, alerts=alerts, stories=stories)


def _with_their_region(text: str, found: Found) -> Found:
    """Whoever types only a place wants to know who helps there."""
    region = region_named(text)
    if region is None:
        return found
    (page,) = of_regions([region], language())
    others = [other for other in found.results if other.link != page.link]
    return replace(found, results=[page, *others][:MOST_RESULTS])


def _refused(bad: BadInput, typed: object) -> Response:
    sentence = {
        "empty": _("Typ eerst waar je hulp bij zoekt."),
        "too-long": _("Dit is te lang. Gebruik een paar woorden, of een korte zin."),
    }.get(bad.code, _("Dit konden we niet lezen. Typ het nog eens."))
    if wants_json():
        return make_response(jsonify(error=sentence, field="q"), 422)
    return make_response(_page(typed=_shown(typed), error=sentence), 422)


def _shown(typed: object) -> str:
    return typed if isinstance(typed, str) else ""


def _page(
    *,
    typed: str = "",
    error: str = "",
    in_address: bool = False,
    found: Found | None = None,
    found_lang: str = "",
    alerts: Sequence[Alert] = (),
    stories: Sequence[Searchable] = (),
) -> str:
    return render_template(
        "search.html",
        typed=typed,
        error=error,
        in_address=in_address,
        found=found,
        found_lang=found_lang,
        alerts=alerts,
        stories=stories,
        suggested=_search().suggested(language()),
        back_url=to("pages.home"),
    )


def _alerts(text: str) -> list[Alert]:
    danger, suicide = _search().danger_in(text)
    centre: Organisation = current_app.extensions["luwte.organisation"]
    numbers = [(centre.emergency, centre.emergency_link), (centre.phone, centre.phone_link)]
    found = []
    if danger:
        title = _("Is er nu gevaar? Bel 112")
        advice = _("Wil je overleggen? Bel dan 0800-2000. Dat is gratis, dag en nacht.")
        found.append(Alert(title, advice, numbers, danger=True))
    if suicide:
        title = _("Denk je aan zelfdoding? Praat er nu met iemand over")
        advice = _("Bel 113. Dat is gratis, dag en nacht. Is er nu levensgevaar? Bel 112.")
        found.append(Alert(title, advice, [("113", "tel:113"), *numbers], danger=False))
    return found


def _search() -> Search:
    search: Search = current_app.extensions["luwte.search"]
    return search
