"""The people of the browser tests, who find things as people do, or by the contract's marks."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.service import PASSWORD, Member


class Talker:
    """Somebody in a conversation."""

    root: Page | Locator

    def says(self, text: str) -> None:
        self.root.locator("form[data-chat-say] textarea[name=text]").fill(text)
        self.root.locator("form[data-chat-say] button[type=submit]").click()

    def sees(self, text: str, sender: str, within_ms: float = 10_000) -> None:
        message = self.root.locator(f'[data-message][data-from="{sender}"]', has_text=text)
        expect(message).to_have_count(1, timeout=within_ms)

    def texts(self) -> list[str]:
        said = '[data-message]:not([data-from="system"]) .text'
        return [text.strip() for text in self.root.locator(said).all_text_contents()]


class VisitorInBrowser(Talker):
    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page

    def asks_for_help(self, *, danger: bool = False, audience: str = "self") -> None:
        self.page.check(f'input[name=danger][value="{"yes" if danger else "no"}"]')
        self.page.check(f'input[name=audience][value="{audience}"]')
        self.page.locator("form[data-chat-start] button[type=submit]").click()

    def is_in_state(self, state: str) -> None:
        expect(self.page.locator(f'[data-chat-state][data-state="{state}"]').last).to_be_visible()

    def is_at_place(self, place: int) -> None:
        expect(self.page.locator("[data-chat-position]").last).to_have_text(str(place))

    def ends(self) -> None:
        self.page.locator("[data-chat-end]").click()


class AdvisorAtDesk(Talker):
    def __init__(self, page: Page, member: Member) -> None:
        self.page = page
        self.root = page.locator("[data-conversation]").first
        page.fill("input[name=email]", member.email)
        page.fill("input[name=password]", PASSWORD)
        page.fill("input[name=code]", member.code())
        page.keyboard.press("Enter")
        expect(page.locator("[data-waiting]")).to_be_attached()

    def takes_next(self) -> None:
        expect(self.page.locator("[data-waiting] > li").first).to_be_visible()
        self.page.locator("[data-take-next]").click()
        expect(self.page.locator("[data-conversation]:visible").first).to_be_visible()

    def sees_waiting(self, count: int) -> None:
        expect(self.page.locator("[data-waiting] > li")).to_have_count(count)
