"""A site that does everything wrong: each of its pages leaves one word in one place."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import urlsplit

import cramjam

from tests.browser.sites import Page, serving

WORKER = "addEventListener('fetch', () => {}); // worker-in-script"
STORES = """
localStorage.setItem('key-in-local', 'value-in-local é');
sessionStorage.setItem('key-in-session', 'value-in-session é');
const put = (open) => new Promise((done) => {
  open.onupgradeneeded = () => open.result.createObjectStore('store-in-idb');
  open.onsuccess = () => {
    const change = open.result.transaction('store-in-idb', 'readwrite');
    change.objectStore('store-in-idb').put('value-in-idb é', 'key-in-idb');
    // Long and repetitive: the browser compresses this one.
    change.objectStore('store-in-idb').put('packed-in-idb '.repeat(9000), 'long');
    // More than the database keeps in its log: it goes into a compressed table.
    for (let n = 0; n < 120; n++)
      change.objectStore('store-in-idb').put('. '.repeat(24000) + 'table-in-idb', 'table' + n);
    change.oncomplete = done;
  };
});
const all = async () => {
  await put(indexedDB.open('name-in-idb'));
  const cache = await caches.open('name-in-cachestorage');
  await cache.put('/path-in-cachestorage', new Response('body-in-cachestorage'));
  await navigator.serviceWorker.register('/worker.js?query-in-worker');
  await navigator.serviceWorker.ready;
  document.title = 'ready';
};
all();
"""
# Long enough to be worth a place in the code cache.
SCRIPT = "const words = () => [" + "'script-in-cache'," * 999 + "]; words();"
HEAD = "<!doctype html><meta charset=utf-8>"
FORM = """<form method="post" action="/posted"><input name="line" value="">
<textarea name="text"></textarea><button>ok</button></form>"""
PAGES = {
    "/": "<title>Start</title>",
    "/path-in-history": "<title>title-in-history</title>",
    "/stores": f"<script>{STORES}</script>",
    "/scripted": "<script src='/script-in-cache.js'></script>",
    "/pushed": "<script>history.pushState('state-in-push', '', '/path-in-push')</script>",
    "/form": FORM,
    "/draft": '<textarea></textarea><textarea autocomplete="off"></textarea>',
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: bytes(cramjam.brotli.compress(data)),
    "zstd": lambda data: bytes(cramjam.zstd.compress(data)),
    "identity": lambda data: data,
}


class LeakySite(Page):
    """The pages above, cacheable bodies in every coding, a cookie, and posted words."""

    pages: ClassVar = {path: HEAD + html for path, html in PAGES.items()}

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/cookie":
            self.answers(b"", set_cookie="name-in-cookie=value-in-cookie; Max-Age=9999")
        elif path == "/worker.js":
            self.answers(WORKER.encode(), content_type="text/javascript")
        elif path == "/script-in-cache.js":
            script = {"content_type": "text/javascript", "cache_control": "max-age=9999"}
            self.answers(SCRIPT.encode(), 200, **script)
        elif path.startswith("/packed/"):
            self._packed(path.rpartition("/")[2])
        else:
            super().do_GET()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answers(f"{HEAD}<title>Posted</title>".encode())

    def _packed(self, coding: str) -> None:
        # The word comes after a repetition, so that no coding leaves it readable.
        plain = f"body-in- {coding} ".encode() * 5 + f"body-in-{coding}".encode() * 2
        self.answers(
            PACKED[coding](HEAD.encode() + plain),
            content_encoding=coding,
            cache_control="max-age=9999",
        )


@contextmanager
def leaky_site() -> Iterator[str]:
    with serving(LeakySite) as origin:
        yield origin
