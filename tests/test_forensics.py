"""Proves that the search of a profile can find: a site leaks in every way that we know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, chromium
from tests.browser.forensics import Finding, search
from tests.browser.leaky_site import PACKED, leaky_site
from tests.browser.remains import cookies_of, history_rows, storage_of

# Each word, and a file that holds it.
LEAKS = {
    "path-in-history": "Default/History",
    "title-in-history": "Default/History",
    "name-in-cookie": "Default/Cookies",
    "value-in-cookie": "Default/Cookies",
    "key-in-local": "Default/Local Storage/",
    "value-in-local é": "Default/Local Storage/",
    "key-in-session": "Default/Session Storage/",
    "value-in-session é": "Default/Session Storage/",
    "name-in-idb": "Default/IndexedDB/",
    "key-in-idb": "Default/IndexedDB/",
    "value-in-idb é": "Default/IndexedDB/",
    "packed-in-idb packed-in-idb": "Default/IndexedDB/",
    "table-in-idb": ".ldb",
    "path-in-cachestorage": "Default/Service Worker/CacheStorage/",
    "body-in-cachestorage": "Default/Service Worker/CacheStorage/",
    "query-in-worker": "Default/Service Worker/Database/",
    "worker-in-script": "Default/Service Worker/ScriptCache/",
    "script-in-cache": "Default/Code Cache/",
    "path-in-push": "Default/History",
    "state-in-push": "Default/Sessions/",
    "line-in-form": "Default/Web Data",
    "text-in-form": "Default/Sessions_Encrypted/",
    **{f"body-in-{coding}": "Default/Cache/" for coding in PACKED},
}
NEVER = "word-never-shown"
KINDS = {
    "cache",
    "code cache",
    "cache storage",
    "Local Storage",
    "Session Storage",
    "IndexedDB",
    "Service Worker",
    "bucket",
}


@pytest.fixture(scope="module", params=["simple", "blockfile", "sql"])
def visit(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """A visit to the leaky site, in each of the browser's cache formats."""
    profile = tmp_path_factory.mktemp("profile")
    cache = f"--enable-features=DiskCacheBackendExperiment:backend/{request.param}"
    with leaky_site() as origin:
        with chromium(profile, flags=[cache]) as browser:
            _reads_everything(browser, origin)
            browser.quits()
        yield profile, origin


def _reads_everything(browser: Chromium, origin: str) -> None:
    page = browser.page
    page.goto(f"{origin}/stores")
    page.wait_for_function("document.title === 'ready'")
    packed = [f"packed/{coding}" for coding in PACKED]
    # A script gets its place in the code cache when it is seen again.
    for path in ("path-in-history", "cookie", "scripted", *packed, "scripted", "pushed", "form"):
        page.goto(f"{origin}/{path}")
    page.fill("input", "line-in-form")
    page.fill("textarea", "text-in-form")
    page.click("button")
    page.wait_for_url("**/posted")


def test_every_kind_of_leak_is_found_where_it_is(visit: tuple[Path, str]) -> None:
    found = search(visit[0], LEAKS)

    missed = {word: file for word, file in LEAKS.items() if not _found(found, word, file)}
    assert missed == {}


def _found(found: list[Finding], word: str, file: str) -> bool:
    return any(one.marker == word and file in one.path for one in found)


def test_what_was_never_shown_is_not_found(visit: tuple[Path, str]) -> None:
    assert search(visit[0], [NEVER]) == []


def test_history_cookies_and_stores_are_told(visit: tuple[Path, str]) -> None:
    profile, origin = visit

    rows = history_rows(profile)

    assert len(rows) == 14
    assert (f"{origin}/path-in-history", "title-in-history") in [row[:2] for row in rows]
    assert f"{origin}/path-in-push" in [row.url for row in rows]
    assert cookies_of(profile, origin) == ["name-in-cookie"]
    assert {kept.kind for kept in storage_of(profile, origin)} == KINDS
    assert storage_of(profile, "http://localhost:1") == []
    assert cookies_of(profile, "http://127.0.0.1:1") == []


@pytest.mark.parametrize("ending", [Chromium.is_killed, Chromium.is_terminated])
def test_a_draft_is_found_after_a_crash(ending: object, tmp_path: Path) -> None:
    with leaky_site() as origin, chromium(tmp_path) as browser:
        browser.page.goto(f"{origin}/draft")
        for number, word in enumerate(("draft-kept", "draft-not-kept")):
            browser.page.locator("textarea").nth(number).press_sequentially(word)
        browser.settles()
        ending(browser)  # type: ignore[operator]

    found = search(tmp_path, ["draft-kept", "draft-not-kept"])

    assert {one.marker for one in found} == {"draft-kept"}
    assert any("/Sessions/" in one.path for one in found)
    assert any("/Sessions_Encrypted/" in one.path for one in found)
