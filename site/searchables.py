"""The pages that search can find, each as search sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .article_files import Article, Section
from .articles import Library, plain_address
from .languages import LANGUAGES
from .regions import Region
from .search import Finder, Index, Searchable
from .stories.pieces import Piece
from .synonyms import Synonyms

# Pages that search can find and that no file has the title of.
FIXED = ("chat", "safe", "region", "helplines")


def of_library(library: Library, lang: str) -> list[Searchable]:
    """Its sections, articles and tools."""
    found = []
    for section in library.sections(lang):
        found.append(_searchable(section, "section"))
        found += [
            _searchable(article, "tool" if article.tool else "article")
            for article in section.articles
        ]
    return found


def of_regions(regions: Iterable[Region], lang: str) -> list[Searchable]:
    """The page of each region, by its name and that of its organisation."""
    start = "/en" if lang == "en" else ""
    return [
        Searchable(
            f"region:{one.slug}", one.organisation, one.name, f"{start}/regio/{one.slug}", "region"
        )
        for one in regions
    ]


def of_news(pieces: Iterable[Piece]) -> list[Searchable]:
    """Stories and news, which stand below what helps."""
    return [
        Searchable(f"news:{one.id}", one.title, one.summary, one.url, "story", text=one.body)
        for one in pieces
    ]


def _searchable(page: Article | Section, kind: str) -> Searchable:
    return Searchable(
        link=f"{kind}:{page.id}",
        title=page.title,
        summary=page.summary,
        url=plain_address(kind, page, page.lang),
        kind=kind,
        text=page.body,
    )


def links_of(library: Library) -> dict[str, set[str]]:
    """How the content names every page that search can find, by language."""
    fixed = {f"page:{name}" for name in FIXED}
    return {lang: fixed | {page.link for page in of_library(library, lang)} for lang in LANGUAGES}


def finder_for(
    pages: Mapping[str, Sequence[Searchable]],
    synonyms: Mapping[str, Synonyms],
    danger_words: Sequence[str] = (),
) -> Finder:
    """Search through these pages, with what people call them."""
    return Finder(
        {
            lang: Index(
                lang,
                [_called(page, synonyms[lang]) for page in listed],
                synonyms[lang].words,
                (*danger_words, *synonyms[lang].suicide),
            )
            for lang, listed in pages.items()
        }
    )


def _called(page: Searchable, synonyms: Synonyms) -> Searchable:
    return replace(page, keywords=(*page.keywords, *synonyms.pages.get(page.link, ())))
