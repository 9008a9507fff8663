"""A passkey in a real browser: made on one's own account's page, used at the sign-in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.service import PASSWORD, Member, Service

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Laptop:
    """A browser with a fingerprint reader."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page = page
        # A passkey belongs to a name, never to an address of numbers.
        self.site = service.url.replace("127.0.0.1", "localhost")
        self._line: CDPSession = page.context.new_cdp_session(page)
        self._line.send("WebAuthn.enable")
        made = self._line.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self._reader = {"authenticatorId": made["authenticatorId"]}

    def opens(self, path: str) -> None:
        self.page.goto(self.site + path)

    def signs_in(self, member: Member) -> None:
        self.opens("/desk/sign-in")
        self.page.fill("input[name=email]", member.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.fill("input[name=code]", member.code())
        self.page.locator("input[name=code]").press("Enter")
        expect(self.page.locator("[data-waiting]")).to_be_attached()

    def makes_a_passkey(self, name: str, password: str = PASSWORD) -> None:
        self.opens("/desk/account")
        form = self.page.locator("[data-passkey-add]")
        form.locator("input[name=name]").fill(name)
        form.locator("input[name=password]").fill(password)
        form.get_by_role("button").click()

    def signs_out(self) -> None:
        self.opens("/desk/account")
        self.page.get_by_role("button", name="Uitloggen").click()
        expect(self.page).to_have_url(self.site + "/desk/sign-in")

    def uses_the_passkey(self) -> None:
        self.page.get_by_role("button", name="Log in met een passkey").click()

    def has_keys(self) -> int:
        return len(self.keys())

    def keys(self) -> list[dict[str, object]]:
        found = self._line.send("WebAuthn.getCredentials", self._reader)
        return list(found["credentials"])

    def finger_is(self, known: bool) -> None:
        self._line.send("WebAuthn.setUserVerified", {**self._reader, "isUserVerified": known})

    def turns_back_the_counter(self) -> None:
        """As a copy of the key would be: behind the one that was used since."""
        (key,) = self.keys()
        self._line.send(
            "WebAuthn.removeCredential", {**self._reader, "credentialId": key["credentialId"]}
        )
        copy = {**key, "signCount": 0}
        self._line.send("WebAuthn.addCredential", {**self._reader, "credential": copy})


@pytest.fixture
def laptop(opens: Callable[..., Page], service: Service) -> Laptop:
    return Laptop(opens("/desk/sign-in", width=1280, height=800), service)


def test_somebody_makes_a_passkey_signs_in_with_it_and_removes_it(
    laptop: Laptop, service: Service
) -> None:
    laptop.signs_in(service.hires("Noor"))
    laptop.makes_a_passkey("mijn laptop")
    expect(laptop.page.get_by_role("status")).to_contain_text("De passkey is toegevoegd.")
    expect(laptop.page.locator("ul.list > li")).to_contain_text("mijn laptop")
    assert laptop.has_keys() == 1

    laptop.signs_out()
    laptop.uses_the_passkey()
    expect(laptop.page.locator("[data-waiting]")).to_be_attached()

    laptop.opens("/desk/account")
    key = laptop.page.locator("ul.list > li")
    key.locator("summary").nth(0).click()
    key.locator("input[name=name]").fill("de oude laptop")
    key.get_by_role("button", name="Opslaan").click()
    expect(key).to_contain_text("de oude laptop")
    key.locator("summary").nth(1).click()
    key.get_by_role("button", name="Ja, verwijder deze passkey").click()
    expect(laptop.page.get_by_text("Je hebt nog geen passkeys.")).to_be_visible()

    laptop.signs_out()
    laptop.uses_the_passkey()
    expect(laptop.page.get_by_text("Met deze passkey lukt het niet.")).to_be_visible()


def test_without_the_finger_nobody_gets_in(laptop: Laptop, service: Service) -> None:
    laptop.signs_in(service.hires("Noor"))
    laptop.makes_a_passkey("mijn laptop")
    expect(laptop.page.get_by_role("status")).to_contain_text("De passkey is toegevoegd.")
    laptop.signs_out()
    laptop.finger_is(known=False)

    laptop.uses_the_passkey()

    expect(laptop.page.get_by_text("Het inloggen met een passkey is gestopt")).to_be_visible()


def test_a_copy_of_the_key_that_fell_behind_is_refused(laptop: Laptop, service: Service) -> None:
    laptop.signs_in(service.hires("Noor"))
    laptop.makes_a_passkey("mijn laptop")
    expect(laptop.page.get_by_role("status")).to_contain_text("De passkey is toegevoegd.")
    laptop.signs_out()
    laptop.turns_back_the_counter()

    laptop.uses_the_passkey()

    expect(laptop.page.get_by_text("Met deze passkey lukt het niet.")).to_be_visible()


def test_with_another_password_no_passkey_is_made(laptop: Laptop, service: Service) -> None:
    laptop.signs_in(service.hires("Noor"))

    laptop.makes_a_passkey("mijn laptop", password="niet het goede")

    expect(laptop.page.get_by_text("Dit is niet je wachtwoord.")).to_be_visible()
    assert laptop.has_keys() == 0
    laptop.makes_a_passkey(" ")
    expect(laptop.page.get_by_text("Geef de passkey een naam")).to_be_visible()


def test_without_javascript_the_button_is_not_there(
    opens: Callable[..., Page], service: Service
) -> None:
    page = opens("/desk/sign-in", java_script_enabled=False)

    expect(page.get_by_role("button", name="Inloggen", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Log in met een passkey")).to_be_hidden()
