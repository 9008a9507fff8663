"""Advisors by the hundred, signed in: what the sign-in does one by one would take minutes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from luwte import create_app
from luwte.chat import desk_session, passwords
from luwte.chat.database import engine_for, writing
from luwte.chat.staff import Member, Staff, Staffing
from luwte.config import Settings
from tests.service import Service


def desks(service: Service, count: int, regions: list[str]) -> list[dict[str, str]]:
    """The number, region, cookie and CSRF token of as many new advisors, over all regions."""
    engine = engine_for(Settings.from_env(service.env).sql_url)
    emails = [f"advisor-{number}@example.org" for number in range(count)]
    password_hash = passwords.hashed("een lang wachtwoord")
    with writing(engine) as session:
        for number, email in enumerate(emails):
            session.add(
                Staff(
                    email=email,
                    name=f"Advisor {number}",
                    role="advisor",
                    regions=[regions[number % len(regions)]],
                    password_hash=password_hash,
                    totp_secret="A" * 32,
                    created_at=datetime.now(UTC),
                )
            )
    everybody = {member.email: member for member in Staffing(engine).everybody()}
    engine.dispose()
    return _signed_in(service, [everybody[email] for email in emails])


def _signed_in(service: Service, members: list[Member]) -> list[dict[str, str]]:
    from flask_wtf.csrf import generate_csrf

    app = create_app(Settings.from_env(service.env))
    made = []
    for member in members:
        with app.test_request_context("/desk/") as request:
            desk_session.begin(member)
            csrf = generate_csrf()
            answer = app.response_class()
            app.session_interface.save_session(app, request.session, answer)
        cookie = re.match(r"[^;]+", answer.headers["Set-Cookie"])
        assert cookie
        number, region = str(member.id), member.regions[0]
        made.append({"member": number, "region": region, "cookie": cookie[0], "csrf": csrf})
    return made
