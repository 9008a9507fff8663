"""Accounts in a real browser: an invitation from the office to the desk, and every page of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.people import AdvisorAtDesk
from tests.service import Service

OTHER = "een heel ander wachtwoord"


@pytest.fixture
def office(opens: Callable[..., Page], service: Service) -> Page:
    """A coordinator's browser, at the accounts."""
    page = opens("/desk/sign-in", width=1280, height=800)
    AdvisorAtDesk(page, service.hires("Anna", role="coordinator"))
    page.goto(service.url + "/office/staff")
    return page


def invites(office: Page, email: str) -> str:
    """Fills in the form; returns the link."""
    office.get_by_role("link", name="Nodig iemand uit").click()
    office.fill("input[name=email]", email)
    office.fill("input[name=name]", "Bea")
    office.get_by_role("button", name="Maak het account en de link").click()
    return office.get_by_label("Link voor").input_value()


def test_somebody_is_invited_opens_the_account_and_sits_down_at_the_desk(
    office: Page, opens: Callable[..., Page]
) -> None:
    new = opens("/desk/sign-in", width=390, height=844)
    new.goto(invites(office, "bea.nieuw@example.org"))
    secret = new.locator("code.secret").inner_text().replace(" ", "")
    new.get_by_label("Nieuw wachtwoord").fill(OTHER)
    new.get_by_label("Nog een keer").fill(OTHER)
    new.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    new.get_by_role("button", name="Open mijn account").click()

    expect(new.get_by_role("status").first).to_contain_text("Je account is open.")
    new.fill("input[name=email]", "bea.nieuw@example.org")
    new.fill("input[name=password]", OTHER)
    # The next code: the one of this moment was used just now.
    new.fill("input[name=code]", pyotp.TOTP(secret).at(int(time.time()), counter_offset=1))
    new.locator("input[name=code]").press("Enter")
    expect(new.locator("[data-waiting]")).to_be_attached()


def test_axe_finds_nothing_on_any_page_about_accounts(
    office: Page, opens: Callable[..., Page], service: Service
) -> None:
    found = {"staff": faults(office)}
    link = invites(office, "bea.axe@example.org")
    found["link"] = faults(office)
    for path in ("/office/staff/new", "/office/audit", "/desk/account", link, "/desk/invitation/x"):
        office.goto(path if path.startswith("http") else service.url + path)
        found[path] = faults(office)
    office.goto(service.url + "/office/staff")
    office.get_by_role("link", name="Bea").first.click()
    office.evaluate(
        "document.querySelectorAll('main details').forEach((one) => { one.open = true })"
    )
    found["one"] = faults(office)
    found["sign-in"] = faults(opens("/desk/sign-in?account=ready"))

    assert {page: said for page, said in found.items() if said} == {}
