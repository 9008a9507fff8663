"""Everything that the content folder says, read once at start."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from . import pages
from .articles import Library
from .chat.helps import Content
from .chat.personal import numbers_in
from .chat.return_code import read_words
from .chat.shelf import Reading
from .config import CONTENT, Settings
from .desk_files import DeskFiles, read_desk_files
from .helplines import Helplines, read_helplines
from .languages import LANGUAGES
from .organisation import Organisation, read_organisation
from .place_files import read_places
from .region_pages import Regions
from .regions import Region, read_regions
from .safe import SafePage, load_safe
from .searchables import links_of
from .stories.news import News
from .stories.reading import load_news
from .synonyms import Synonyms, read_synonyms

# A centre may have words of its own.
CODE_WORDS = "code-words.txt"


@dataclass(frozen=True)
class SiteContent:
    """What the pages and the chat show; whoever makes several applications reads it once."""

    organisation: Organisation
    # In the order of their names.
    regions: Sequence[Region]
    found_regions: Regions
    library: Library
    desk_files: DeskFiles
    code_words: Sequence[str]
    helplines: Helplines
    # By language.
    safe_pages: Mapping[str, SafePage]
    synonyms: Mapping[str, Synonyms]
    news: News

    def for_the_chat(self) -> Content:
        """What the chat needs of it; it knows nothing of the site."""
        articles = [
            Reading(
                article.id,
                lang,
                article.title,
                article.summary,
                pages.address_of("article", article, lang),
                article.body,
                partial(getattr, article, "html"),
            )
            for lang in LANGUAGES
            for section in self.library.sections(lang)
            for article in section.articles
            # A card shows a text; a tool is no use without the page that it stands on.
            if not article.tool
        ]
        files = self.desk_files
        return Content(
            self.code_words, articles, files.answers, files.danger_words, self._numbers()
        )

    def _numbers(self) -> set[str]:
        """Every telephone number that a page here names: nobody is warned who repeats one."""
        bodies = [
            article.body
            for lang in LANGUAGES
            for section in self.library.sections(lang)
            for article in section.articles
        ]
        named = re.findall(r"tel:(\+?[0-9]+)", "\n".join(bodies))
        named += [phone for line in self.helplines.lines for phone in line.phones]
        return numbers_in(" ".join(named))


def read_site(settings: Settings) -> SiteContent:
    """What can be used of `settings.content`; `luwte check` names the rest.

    Raises ContentMissing when there is no such folder.
    """
    folder = settings.content
    organisation = read_organisation(folder)
    regions = read_regions(folder)
    library = Library.load(folder, link_to=pages.address_of, checked=False)
    own_words = folder / CODE_WORDS
    return SiteContent(
        organisation=organisation,
        regions=regions,
        found_regions=Regions(
            {region.code: region for region in regions},
            read_places(folder, {region.code: region.name for region in regions}),
        ),
        library=library,
        desk_files=read_desk_files(folder),
        code_words=read_words(own_words if own_words.is_file() else CONTENT / CODE_WORDS),
        helplines=read_helplines(folder),
        safe_pages=load_safe(
            folder,
            title=settings.title,
            exit_url=settings.exit_url,
            organisation=organisation,
        ),
        synonyms=read_synonyms(folder, links_of(library)).of,
        news=load_news(folder, library),
    )
