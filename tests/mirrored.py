"""The site in a made-up language that runs from right to left, for any WSGI server.

Every sentence of the catalogue is written in Arabic letters, sound by sound: it says nothing, but
stands, wraps and mixes with numbers and names as a real translation would.
"""

from __future__ import annotations

import re
from functools import cache

from luwte import languages

# What is filled in, markup and entities stay as they are.
KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&\w+;|\{\w+\})")
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz",
    "ابكدىفگهيجكلمنوپقرستوڤوخيز",
)


def mirrored(text: str) -> str:
    parts = KEPT.split(text)
    parts[::2] = [part.lower().translate(LETTERS) for part in parts[::2]]
    return "".join(parts)


_of_the_product = languages._catalogue
languages._catalogue = cache(lambda lang, own: _of_the_product(lang, mirrored))
languages.direction = lambda lang: "rtl"

from luwte.wsgi import app  # noqa: E402, F401
