"""What `luwte check` looks at: settings, content, connections. One line for each fault."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from redis.exceptions import RedisError

from .articles import ContentMissing, Fault, Library
from .chat.database import DatabaseUnusable, reach
from .chat.factor_seal import FactorUnreadable
from .chat.store import UNREACHABLE, connect
from .config import BadSetting, Settings
from .desk_files import read_desk_files
from .helplines import read_helplines
from .organisation import read_organisation
from .place_checks import check_places
from .plain_language import measured
from .searchables import links_of
from .staff_key import look_through
from .stories.reading import load_news
from .synonyms import read_synonyms


@dataclass
class Found:
    """The lines about the content folder, each about one place in one file."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # How each text reads.
    figures: list[str] = field(default_factory=list)
    articles: int = 0
    tools: int = 0


def run(settings: Settings, out: TextIO | None = None) -> int:
    """Print what is wrong, how each text reads, then a summary.

    Returns the exit status: 1 when there is any fault.
    """
    out = out or sys.stdout
    found = of_the_content(settings.content)
    faults = [*_settings(settings), *found.faults, *_connections(settings)]
    for line in (*faults, *found.notes, *found.figures):
        print(line, file=out)
    print(_summary(len(faults), len(found.notes), found.articles, found.tools), file=out)
    return 1 if faults else 0


def of_the_content(content: Path) -> Found:
    """What there is to say about everything that editors write."""
    found = Found()
    try:
        library = Library.load(content)
    except ContentMissing as missing:
        found.faults.append(str(missing))
        return found
    found.articles, found.tools = library.count(), library.count_tools()
    found.notes += [_line(note, "note: ") for note in library.notes]
    found.faults += map(_line, library.faults)
    faults, notes = check_places(content)
    helplines = read_helplines(content)
    faults, notes = [*faults, *helplines.faults], [*notes, *helplines.notes]
    found.faults += map(_line, faults)
    found.notes += [_line(note, "note: ") for note in notes]
    found.faults += map(_line, read_desk_files(content).faults)
    found.faults += map(_line, read_organisation(content).faults)
    found.faults += map(_line, read_synonyms(content, links_of(library)).faults)
    news = load_news(content, library)
    found.faults += map(_line, news.faults)
    found.notes += [_line(note, "note: ") for note in news.notes]
    for told, plain in measured((*library.texts, *news.texts)):
        if plain:
            found.figures.append(_line(told, "figure: "))
        else:
            found.faults.append(_line(told))
    return found


def _settings(settings: Settings) -> Iterator[str]:
    if settings.redis_url and not settings.secret_keys:
        yield (
            "LUWTE_SECRET_KEY is missing: set it to a long random text, the same for every "
            "process that uses the Redis of LUWTE_REDIS_URL."
        )


def _connections(settings: Settings) -> Iterator[str]:
    """An embedded store is made when the service starts: there is nothing to reach yet."""
    if settings.redis_url:
        yield from _redis(settings.redis_url)
    try:
        if settings.database_url:
            reach(settings.database_url)
        # Without a secret nobody's second factor opens; that it is missing has been said.
        if settings.secret_keys or not settings.redis_url:
            look_through(settings)
    except (DatabaseUnusable, FactorUnreadable, BadSetting) as unusable:
        yield _one_line(str(unusable))


def _redis(url: str) -> Iterator[str]:
    # What these errors say may hold a piece of the address, and so of its password.
    try:
        client = connect(url)
    except ValueError:
        yield "LUWTE_REDIS_URL cannot be read: write it as redis://:password@host:6379/0."
        return
    try:
        client.ping()
    except (*UNREACHABLE, RedisError, OSError) as error:
        yield (
            f"LUWTE_REDIS_URL: Redis does not answer ({type(error).__name__}): start it, or "
            "correct the host, the port and the password in the address."
        )
    finally:
        client.close()


def _line(fault: Fault, kind: str = "") -> str:
    return f"{_shown(fault.path)}:{fault.line}: {kind}{_one_line(fault.text)}"


def _shown(path: Path) -> str:
    whole = path.absolute()
    here = Path.cwd()
    text = str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
    # A name with a newline, or one that is not UTF-8, must not break the line.
    return text if text.isprintable() else ascii(text)[1:-1]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _summary(faults: int, notes: int, articles: int, tools: int) -> str:
    verdict = _counted(faults, "fault") if faults else "Everything is in order"
    # A centre may do without tools.
    pages = [_counted(articles, "article"), *([_counted(tools, "tool")] if tools else ())]
    return f"{verdict}; {', '.join(pages)}, {_counted(notes, 'note')}."


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
