"""Walks the whole sitemap in one window, and looks at each page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.browser.look import NARROW, WIDE, faults, seen_as
from tests.browser.tab import Tab
from tests.service import get

# What a page is made of: two pages that share this come from one template.
MAKE = """[...document.querySelectorAll("main > *, main > * > *")]
  .map((one) => `${one.localName}.${one.className}`)
  .filter((made, n, all) => all.indexOf(made) === n).sort().join()"""

# Its title is the one that gives nothing away.
NEUTRAL = "document.title && document.title === document.documentElement.dataset.title"

# Of pages of one make so many are looked at by axe.
FEW = 3


def addresses(origin: str) -> list[str]:
    """The paths of all public pages, in both languages."""
    sitemap = get(f"{origin}/sitemap.xml").text
    return [urlsplit(address).path for address in re.findall(r"<loc>([^<]+)</loc>", sitemap)]


def walk(
    browser: Browser, origin: str, paths: list[str], *, thorough: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """Each path and what is wrong there, on a small phone by day.

    Every page is there, without a complaint of the browser, bears the title that gives nothing
    away, and is held to our other promises. Axe looks at the first few pages of each make, at one
    of each for contrasts and on a desktop by night; with `thorough`, at all of them everywhere.
    """
    page = browser.new_page(locale="nl-NL", reduced_motion="reduce")
    complaints = Tab(page).complaints
    made: Counter[str] = Counter()
    for path in paths:
        answer = page.goto(origin + path)
        lang = "en" if re.match(r"/en(/|$)", path) else "nl"
        seen_as(page, NARROW, "light")
        make = page.evaluate(MAKE)
        first = thorough or make not in made
        found = faults(page, lang, axe=thorough or made[make] < FEW, contrast=first)
        made[make] += 1
        if first:
            seen_as(page, WIDE, "dark")
            found += faults(page, lang)
        if answer is None or answer.status != 200:
            found.append(f"answered with {answer and answer.status}")
        if not page.evaluate(NEUTRAL):
            found.append(f"its title is {page.title()!r}")
        yield path, found + complaints
        complaints.clear()
    page.close()
