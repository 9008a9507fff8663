"""The pages of the news: lists, pieces, the agenda and its calendar files, figures and the feed."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    render_template,
    request,
)
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from ..articles import Library, NotFound, Section
from ..languages import language, other, to
from ..pages import next_step
from . import drawn_figures
from .calendar_files import calendar_of
from .news import Closed, News
from .pieces import AMSTERDAM, Event, Magazine, Newsletter, Piece
from .words import Words, kind_word, words_of

# The last part of each list's address, by language. "print" is a magazine's edition to print.
NAMES = {
    "nl": {
        "interview": "interviews",
        "newsletter": "nieuwsbrief",
        "magazine": "magazine",
        "project": "projecten",
        "event": "agenda",
        "vacancy": "vacatures",
        "figures": "cijfers",
        "print": "afdrukken",
    },
    "en": {
        "interview": "interviews",
        "newsletter": "newsletter",
        "magazine": "magazine",
        "project": "projects",
        "event": "agenda",
        "vacancy": "vacancies",
        "figures": "figures",
        "print": "print",
    },
}
LISTED = ("interview", "newsletter", "magazine", "project", "vacancy")
# What stands on the front page of the news; vacancies and events have lists of their own.
STORIES = ("news", "interview", "newsletter", "magazine", "project")
NEWEST = 8
FEED_MOST = 30


def register(app: Flask, news: News) -> None:
    """Add the pages in each language that has a section for them."""
    app.extensions["luwte.news"] = news
    for lang, root in news.roots.items():
        app.register_blueprint(_blueprint(lang), url_prefix=root.rstrip("/"))
    app.extensions["luwte.paths"].append(partial(public_paths, news))
    app.register_error_handler(Closed, _closed)


def _blueprint(lang: str) -> Blueprint:
    part = Blueprint(f"news_{lang}", __name__)
    names = NAMES[lang]
    part.add_url_rule("/", view_func=overview)
    for kind in LISTED:
        part.add_url_rule(f"/{names[kind]}", view_func=listing, defaults={"kind": kind})
    part.add_url_rule(f"/{names['event']}", view_func=agenda)
    part.add_url_rule(f"/{names['event']}.ics", view_func=calendar)
    part.add_url_rule(f"/{names['figures']}", view_func=figures)
    part.add_url_rule("/feed.xml", view_func=feed)
    part.add_url_rule("/<int:year>/", view_func=year)
    part.add_url_rule("/<int:year>/<slug>", view_func=piece)
    part.add_url_rule("/<int:year>/<slug>.ics", view_func=event_file)
    part.add_url_rule(f"/<int:year>/<slug>/{names['print']}", view_func=edition)
    return part


def public_paths(news: News, lang: str) -> list[str]:
    """The path of every page but the section's own, for the site map."""
    if lang not in news.roots:
        return []
    today = _today()
    names, root = NAMES[lang], news.roots[lang]
    lists = [root + names[kind] for kind in (*LISTED, "event")]
    lists += [root + names["figures"]] if lang in news.figures else []
    years = [f"{root}{number}/" for number in news.years(lang, today)]
    pieces = news.pieces(lang, today)
    editions = [f"{p.url}/{names['print']}" for p in pieces if isinstance(p, Magazine)]
    return [*lists, *years, *(p.url for p in pieces), *editions]


def overview() -> str:
    news, lang, today = _news(), language(), _today()
    return _page(
        "overview",
        to("pages.home"),
        _in_the_other("overview"),
        section=_section(),
        newest=news.pieces(lang, today, *STORIES)[:NEWEST],
        coming=news.coming(lang, today)[:3],
        years=news.years(lang, today),
        lists=[(words_of(kind).title, to("news.listing", kind=kind)) for kind in LISTED],
        has_figures=lang in news.figures,
    )


def listing(kind: str) -> str:
    pieces = _news().pieces(language(), _today(), kind)
    twin = _in_the_other("listing", kind=kind)
    return _page("listing", _front(), twin, words=words_of(kind), pieces=pieces, kind=kind)


def year(year: int) -> str:
    pieces = [p for p in _news().pieces(language(), _today()) if p.date.year == year]
    if not pieces:
        raise NotFound(str(year))
    words = Words(_("Nieuws uit %(year)s", year=str(year)), "", "")
    twin = _in_the_other("year", year=year)
    return _page("listing", _front(), twin, words=words, pieces=pieces, kind="")


def agenda() -> str:
    news, lang, today = _news(), language(), _today()
    twin = _in_the_other("agenda")
    coming, past = news.coming(lang, today), news.past(lang, today)
    return _page("agenda", _front(), twin, words=words_of("event"), coming=coming, past=past)


def calendar() -> Response:
    """Every event that is not yet past, in one file."""
    return _calendar_file(_news().coming(language(), _today()), words_of("event").title)


def event_file(year: int, slug: str) -> Response:
    found = _news().piece(language(), year, slug, _today())
    if not isinstance(found, Event):
        raise NotFound(slug)
    return _calendar_file([found])


def figures() -> str:
    found = _news().figures.get(language())
    if found is None:
        raise NotFound("figures")
    return _page(
        "figures",
        _front(),
        _in_the_other("figures"),
        figures=found,
        draw=drawn_figures.draw,
        amount=drawn_figures.amount,
        note=drawn_figures.note,
    )


def piece(year: int, slug: str) -> str:
    news, lang, today = _news(), language(), _today()
    found = news.piece(lang, year, slug, today)
    issue = news.newsletter(lang, found.issue, today)
    shown: dict[str, Any] = {"issue": issue, "print_url": f"{found.url}/{NAMES[lang]['print']}"}
    if issue:
        shown["others"] = [p for p in news.in_issue(lang, found.issue, today) if p is not found]
    if isinstance(found, Newsletter):
        shown["pieces"] = news.in_issue(lang, found.number, today)
    elif isinstance(found, Magazine):
        shown["pieces"] = news.stories(found, today)
    elif isinstance(found, Event):
        shown["past"] = found.is_past(today)
    step = next_step(found.next) if found.next else None
    twin = _twin_of(found)
    return _page("piece", _list_of(found), twin, piece=found, next_step=step, **shown)


def edition(year: int, slug: str) -> str:
    """A whole magazine on one page, to be printed."""
    found = _news().piece(language(), year, slug, _today())
    if not isinstance(found, Magazine):
        raise NotFound(slug)
    twin = _news().twin(found, other(language()))
    twin_url = f"{twin.url}/{NAMES[twin.lang]['print']}" if twin else _twin_of(found)
    stories = _news().stories(found, _today())
    return _page("edition", found.url, twin_url, piece=found, pieces=stories, lowered=_lowered)


def _lowered(html: str) -> Markup:
    """A story's headings below its title; no ids, which two stories could share."""
    for level in (4, 3, 2):
        html = re.sub(rf"<h{level}[^>]*>", f"<h{level + 1}>", html)
        html = html.replace(f"</h{level}>", f"</h{level + 1}>")
    return Markup(html)  # noqa: S704 - sanitised before


def feed() -> Response:
    pieces = _news().pieces(language(), _today())[:FEED_MOST]
    page = render_template(
        "news/feed.xml",
        section=_section(),
        pieces=pieces,
        at=_midnight,
        origin=request.url_root.rstrip("/"),
        front=_front(),
    )
    return Response(page, mimetype="application/atom+xml")


def _calendar_file(events: list[Event], name: str = "") -> Response:
    data = calendar_of(events, request.url_root.rstrip("/"), name)
    return Response(data, mimetype="text/calendar")


def _closed(error: Closed) -> tuple[str, int]:
    steps = [
        (words_of("vacancy").title, words_of("vacancy").summary, to("news.listing", kind="vacancy"))
    ]
    page = render_template(
        "message_page.html",
        title=_("Deze vacature is gesloten"),
        sentence=_("Je kunt hier niet meer op reageren."),
        back_url=_front(),
        twin_url=_in_the_other("listing", kind="vacancy"),
        steps=steps,
    )
    return page, 410


def _page(name: str, back_url: str, twin_url: str, **shown: Any) -> str:
    return render_template(
        f"news/{name}.html",
        back_url=back_url,
        twin_url=twin_url,
        kind_word=kind_word,
        front=_front(),
        day=_day,
        clock=_clock,
        **shown,
    )


def _front() -> str:
    return _news().roots[language()]


def _list_of(piece: Piece) -> str:
    """The page that a piece is listed on."""
    if isinstance(piece, Event):
        return to("news.agenda")
    return to("news.listing", kind=piece.kind) if piece.kind in LISTED else _front()


def _twin_of(piece: Piece) -> str:
    twin = _news().twin(piece, other(language()))
    return twin.url if twin else to("pages.home", other(language()))


def _in_the_other(view: str, **values: Any) -> str:
    lang = other(language())
    if lang not in _news().roots:
        return to("pages.home", lang)
    return to(f"news.{view}", lang, **values)


def _section() -> Section | None:
    library: Library = current_app.extensions["luwte.library"]
    return library.news(language())


def _news() -> News:
    news: News = current_app.extensions["luwte.news"]
    return news


def _today() -> date:
    return datetime.now(AMSTERDAM).date()


def _day(day: date) -> str:
    return str(format_date(day, "long"))


def _clock(moment: datetime) -> str:
    """As people write a time in the page's language: 9.30 or 9:30."""
    sign = "." if language() == "nl" else ":"
    return f"{moment.hour}{sign}{moment.minute:02}"


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).isoformat()
