"""The page for a request that never reached the application: unreadable, or far too large."""

from __future__ import annotations

from http import HTTPStatus

from .organisation import Organisation

_TEXTS = {
    "nl": (
        "Deze aanvraag was niet te lezen. Ga terug en probeer het nog eens.",
        "Er ging iets mis. Probeer het zo nog eens.",
        "Bel ons (gratis, dag en nacht):",
        "In levensgevaar:",
        "Weg van deze site",
        "/weg",
    ),
    "en": (
        "This request could not be read. Go back and try again.",
        "Something went wrong. Please try again in a moment.",
        "Call us (free, day and night):",
        "When life is in danger:",
        "Leave this site",
        "/en/weg",
    ),
}

_PAGE = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Startpagina</title>
<link rel="icon" href="data:,">
<form method="post" action="{leave}" autocomplete="off">
<button data-exit type="submit">{exit}</button>
</form>
<main><p>{what}</p></main>
<p data-phone>{call} <a href="{phone_link}">{phone}</a>.
{danger} <a href="{emergency_link}">{emergency}</a>.</p>
"""

_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "Content-Security-Policy: default-src 'none'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Connection: close",
)


def refusal(status: int, path: str, organisation: Organisation | None = None) -> bytes:
    """The whole answer, ready to be sent, in the language of `path`, with the centre's numbers."""
    ours = organisation or Organisation()
    lang = "en" if path == "/en" or path.startswith("/en/") else "nl"
    unreadable, broken, call, danger, exit_, leave = _TEXTS[lang]
    what = broken if status >= 500 else unreadable
    body = _PAGE.format(
        lang=lang,
        what=what,
        call=ours.in_our_texts(lang)(call),
        danger=danger,
        exit=exit_,
        leave=leave,
        phone=ours.phone,
        phone_link=ours.phone_link,
        emergency=ours.emergency,
        emergency_link=ours.emergency_link,
    ).encode()
    reason = HTTPStatus(status).phrase
    head = (f"HTTP/1.1 {status} {reason}", *_HEADERS, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(head).encode("ascii") + body
