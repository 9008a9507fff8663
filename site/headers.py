"""The headers of every response: nothing is kept, nothing is told to others."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Flask, Response, request

from .config import Settings
from .page_parts import Parts

# Where the staff's pages begin.
STAFF = ("/desk", "/office")

HEADERS = {
    # Not even the back-forward cache's second copy: see the exit's own script for that.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "browsing-topics",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "payment",
            "usb",
        )
    ),
    "X-DNS-Prefetch-Control": "off",
    # Asks browsers that know it (Brave) to offer not to record the visit at all.
    "Request-OTR": "1",
}


def policy(parts: Parts, settings: Settings, *, staff: bool = False) -> str:
    """The content security policy; script and style only as we wrote them."""
    rules = {
        "default-src": "'none'",
        "script-src": parts.script_hashes(staff=staff),
        "style-src": parts.style_hashes(staff=staff),
        "img-src": "data:",
        "connect-src": "'self'",
        "form-action": _where_forms_lead(settings),
        # The hidden frame that takes the answers of forms without JavaScript.
        "frame-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "luwte",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _where_forms_lead(settings: Settings) -> str:
    # Chromium asks this of every redirect after a form too. Without JavaScript the exit is a form:
    # when its page, or the consent page that this one leads to, were refused, the visitor would
    # stay where they are.
    exit_page = urlsplit(settings.exit_url)
    return f"'self' https: {exit_page.scheme}://{exit_page.netloc}"


def register(app: Flask, settings: Settings) -> None:
    """Set the headers on every response, errors too."""
    parts: Parts = app.extensions["luwte.parts"]
    policies = {staff: policy(parts, settings, staff=staff) for staff in (False, True)}

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        # A public page is lighter without what only the staff's pages hold.
        policy = policies[request.path.startswith(STAFF)]
        response.headers["Content-Security-Policy"] = policy
        if settings.onion_location:
            response.headers["Onion-Location"] = settings.onion_location + quote(request.path)
        # Over plain http it must not be said (RFC 6797, section 7.2).
        if settings.hsts_s and request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={settings.hsts_s}"
        return response
