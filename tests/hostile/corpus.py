"""Well over a thousand hostile texts, put together from building blocks of our own.

What would run calls `hit`; what a template would work out has a product that nobody else writes.
"""

# ruff: noqa: E501 - tables
from __future__ import annotations

from collections.abc import Iterator

FACTORS, PRODUCT = "1337*7331", "9801547"
HEADER = "X-Hit"

SCRIPTS = (
    "<script>hit(1)</script>",
    "<img src=x onerror=hit(1)>",
    "<svg onload=hit(1)>",
    "<svg><script>hit(1)</script></svg>",
    "<svg><animate onbegin=hit(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit(1)>",
    "<iframe srcdoc='<script>parent.hit(1)</script>'></iframe>",
    "<iframe src=javascript:parent.hit(1)>",
    "<a href=javascript:hit(1) autofocus onfocus=hit(1)>x</a>",
    "<details open ontoggle=hit(1)>",
    "<input autofocus onfocus=hit(1)>",
    "<body onload=hit(1)>",
    "<form action=javascript:hit(1)><button>x</button></form>",
    "<object data=javascript:hit(1)>",
    "<embed src=javascript:hit(1)>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:hit(1)'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x';</style>",
    "<template><script>hit(1)</script></template>",
    "<video><source onerror=hit(1)></video>",
    "<div style='background:url(javascript:hit(1))'>",
    "<noscript><p title='</noscript><img src=x onerror=hit(1)>'>",
    "<x onpointerenter=hit(1) style=position:fixed;inset:0>",
)
# Out of the place where a text stands: an attribute, a script, a comment, a field, a style, JSON.
WAYS_OUT = (
    "{}",
    "'>{}",
    '">{}',
    "</textarea>{}",
    "</title>{}",
    "</script>{}",
    "--><!-- -->{}",
    "]]>{}",
    "</style>{}",
    "\\u003c{}",
    '"}}}};{}//',
    "\0{}",
    "\u202e{}\u202c",
    "\ufeff{}",
    "&lt;{}",
    "https://a.example.org/{}",
    "https://a.example.org/?a=\"{}",
)  # fmt: skip
ATTRIBUTES = (
    '" onmouseover="hit(1)" x="',
    "' onfocus='hit(1)' autofocus x='",
    "` onclick=`hit(1)",
    '"autofocus onfocus=hit(1) x="',
    "javascript:hit(1)",
    "JaVaScRiPt:hit(1)//",
    "java\tscript:hit(1)",
    "data:text/html,<script>hit(1)</script>",
    "vbscript:hit(1)",
    "https://user:pw@a.example.org/",
    "';hit(1);'",
    '";hit(1);"',
    "${hit(1)}",
    "`${hit(1)}`",
)
TEMPLATES = ("{{%s}}", "{%% print(%s) %%}", "${%s}", "#{%s}", "<%%= %s %%>", "{{config}}%s", "%%(x)s%s",
             "{{''.__class__.__mro__}}%s", "{0.__class__}%s", "{{ self }}%s", "[[%s]]", "@(%s)")  # fmt: skip
PATHS = (
    "../",
    "..\\",
    "%2e%2e/",
    "..%2f",
    "..;/",
    "/",
    "//",
    "file:///",
    "\\\\x\\",
    "%00/",
    "%c0%ae/",
)
FILES = (
    "etc/passwd",
    "proc/self/environ",
    "var/luwte.db",
    "content/nl/x.md",
    "site/config.py",
    ".env",
)
LINES = ("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\u0085", "\v", "\\r\\n", "嘊嘍")
AFTER_LINES = (
    f"{HEADER}: 1",
    "Set-Cookie: hit=1",
    "Location: https://evil.example/",
    "\r\n<script>hit(1)</script>",
    "Content-Length: 0\r\n\r\nHTTP/1.1 200 OK",
    "data: {}\n\nevent: ended",
    "id: 9-9",
)
SQL = ("' OR '1'='1", "'; DROP TABLE staff;--", '" OR ""="', "1 UNION SELECT * FROM staff", "\\'; --",
       "'||(SELECT 1)||'", "1;PRAGMA writable_schema=1", "%' --", "x'::int", "); DELETE FROM staff;--")  # fmt: skip
REDIS = ("FLUSHALL", "*1\r\n$8\r\nFLUSHALL\r\n", "\r\nSET canary 0\r\n", "CONFIG SET dir /tmp", "DEL canary",
         "{NL}:conversation:x", "redis.call('FLUSHALL')", "' .. redis.call('DEL','canary') .. '", "* ? [a-z]",
         "NL:seen", "EVAL \"return 1\" 0", "{staff}:present")  # fmt: skip
UNICODE = (
    "e\u0301" * 40,
    "\u0300" * 300,
    "z" + "\u0335" * 200,
    "\u202e\u2066gnitiaw\u2069",
    "\ufdfa" * 100,
    "\U000e0041\U000e0042",
    "ﬁ" * 60,
    "\u200d" * 90,
    "🏳️\u200d🌈" * 40,
    "İı" * 50,
    "ß" * 60,
    "\ud7ff\ue000\uffff",
    "\U0010ffff",
    "١٢٣",
    "Ａ＜script＞hit(1)＜/script＞",
    "﹤script﹥",
    "аdmin",
    "\u115f\u3164",
    "\x1b]0;hit\x07\x1b[2J",
    "\x08" * 20,
    "\x7f\x9b",
)  # fmt: skip
SIZES = (101, 201, 2_001, 8_001, 20_000)
NUMBERS = ("-1", "0x1f", "1e309", "NaN", "9" * 19, "9" * 400, "9" * 4_400, "²", "1_000", "00", "٣", "+1",
           "0001-01-01", "9999-12-31", "2026-02-30", "24:61", "9-9-9", "9999999999-9999999999")  # fmt: skip


def _all() -> Iterator[str]:
    for way in WAYS_OUT:
        yield from (way.replace("{}", script, 1) for script in SCRIPTS)
    for script in SCRIPTS:
        yield script.swapcase()
        yield script.replace("<", "<\0", 1)
        yield script.replace(" ", "/", 1)
        yield script.replace("<", "＜").replace(">", "＞")
        yield script.replace("<", "%3C").replace(">", "%3E")
    for attribute in ATTRIBUTES:
        for before in ("", "dag ", "\u200b", "x" * 50):
            yield before + attribute
    for template in TEMPLATES:
        for text in ("", "naam ", "<b>"):
            yield text + template % FACTORS
    for start in PATHS:
        for file in FILES:
            yield from (start + file, start * 6 + file)
    for line in LINES:
        for after in AFTER_LINES:
            yield from (line + after, "dag" + line + after)
    for text in (*SQL, *REDIS):
        yield from (text, f"1{text}", f"dag {text}", text.lower(), f"{text}\0")
    for text in UNICODE:
        yield from (text, f"dag {text}", f"{text}<img src=x onerror=hit(1)>", text[::-1])
    for size in SIZES:
        yield from (letter * size for letter in ("x", "é", "🙂", "<", "\u0301", " "))
    for number in NUMBERS:
        yield from (number, f" {number}", f"{number}'")


CORPUS = sorted({text.encode("utf-8", "ignore").decode() for text in _all()})

# For fields of JSON: what is no text.
NO_TEXTS: tuple[object, ...] = (None, True, 0, -1, 1.5, 10**30, [], {}, ["x"], {"x": "y"}, [["x"]], [None], {"$ne": ""},
            "\ud800", "\0", [0] * 1_000)  # fmt: skip

# Whole bodies: their type and bytes.
BODIES = (
    ("application/json", b"{"),
    ("application/json", b""),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("application/json", b'"text"'),
    ("application/json", b"[" * 90_000),
    ("application/json", b'{"text":' * 9_000),
    ("application/json", b'{"text":"\xff\xfe"}'),
    ("application/json", b'{"text":"\\ud800","key":"\\udfff"}'),
    ("application/json", b'{"text":' + b"9" * 5_000 + b"}"),
    ("application/json", b'{"text":NaN,"key":Infinity}'),
    ("application/json", b'{"text":"a","text":["b"]}'),
    ("application/json; charset=utf-16", '{"text":"x"}'.encode("utf-16")),
    ("application/x-www-form-urlencoded", b"text=%ff%fe&key=%c0%80"),
    ("application/x-www-form-urlencoded", b"text=\xff\xfe&key=\x00"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(3_000))),
    ("application/x-www-form-urlencoded", b"text=a&text=b&key[]=1&__proto__=1"),
    ("application/x-www-form-urlencoded", b"%" * 500),
    ("application/x-www-form-urlencoded", b"x" * 100_000),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"; '
     b'filename="../../x"\r\n\r\nhit\r\n--x--\r\n'),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
    ("text/plain", b"text=x"),
    ("application/xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    ("x" * 200, b"x"),
    ("text/html; charset=é", b"x"),
)  # fmt: skip
