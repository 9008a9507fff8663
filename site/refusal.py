"""The page for a request that never reached the application: unreadable, far too large, or sent
while the application is down.
"""

from __future__ import annotations

from http import HTTPStatus

from .organisation import Organisation

_TEXTS = {
    "nl": (
        "Deze aanvraag was niet te lezen. Ga terug en probeer het nog eens.",
        "Er ging iets mis. Probeer het zo nog eens.",
        "Deze site doet het nu even niet. Probeer het over een paar minuten nog eens.",
        "Bel ons (gratis, dag en nacht):",
        "In levensgevaar:",
        "Weg van deze site",
        "/weg",
    ),
    "en": (
        "This request could not be read. Go back and try again.",
        "Something went wrong. Please try again in a moment.",
        "This site is not working right now. Please try again in a few minutes.",
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

# Chromium asks the policy of every redirect after a form too, and the exit leads to another site.
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "Content-Security-Policy: default-src 'none'; img-src data:; form-action 'self' https:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Connection: close",
)


def page(about: str, lang: str, organisation: Organisation | None = None) -> str:
    """The page in that language with the centre's numbers; `about`: unreadable, broken or away."""
    ours = organisation or Organisation()
    unreadable, broken, away, call, danger, exit_, leave = _TEXTS[lang]
    return _PAGE.format(
        lang=lang,
        what={"unreadable": unreadable, "broken": broken, "away": away}[about],
        call=ours.in_our_texts(lang)(call),
        danger=danger,
        exit=exit_,
        leave=leave,
        phone=ours.phone,
        phone_link=ours.phone_link,
        emergency=ours.emergency,
        emergency_link=ours.emergency_link,
    )


def refusal(status: int, path: str, organisation: Organisation | None = None) -> bytes:
    """The whole answer, ready to be sent, in the language of `path`, with the centre's numbers."""
    lang = "en" if path == "/en" or path.startswith("/en/") else "nl"
    body = page("broken" if status >= 500 else "unreadable", lang, organisation).encode()
    reason = HTTPStatus(status).phrase
    head = (f"HTTP/1.1 {status} {reason}", *_HEADERS, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(head).encode("ascii") + body
