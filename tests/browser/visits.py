"""A visit in a real browser: somebody arrives, reads, chats and drafts, all in marked words."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, Response

from tests.browser.chromium import Chromium
from tests.service import Advisor

CONTENT = Path(__file__).parents[2] / "content"
SECTION = "geweld-thuis"
PLAN_SECTION, PLAN = "/wat-kun-je-doen/", "/wat-kun-je-doen/veiligheidsplan"
ARTICLES = ("merkpad-aap", "merkpad-noot", "merkpad-mies")
ARTICLE = """---
id: {slug}
title: {title}
summary: {summary}
audience: [self]
order: {order}
next: chat
checked: 2026-11-22
sources: [Tests]
---

## {heading}

{body} [verder](article:{next})
"""


def _about(slug: str) -> dict[str, str]:
    """The words of one article: every part that a browser might keep has its own."""
    name = slug.partition("-")[2]
    parts = ("title", "summary", "heading", "body")
    return {"slug": slug} | {part: f"merk{part}{name}" for part in parts}


READ = [word for slug in ARTICLES for word in _about(slug).values()]


def marked_content(folder: Path) -> Path:
    """The site's own content with three articles more, each linking to the next."""
    content = folder / "content"
    shutil.copytree(CONTENT, content)
    for order, slug in enumerate(ARTICLES, start=50):
        following = ARTICLES[(order - 49) % len(ARTICLES)]
        text = ARTICLE.format(**_about(slug), order=order, next=following)
        (content / "nl" / SECTION / f"{slug}.md").write_text(text, "utf-8")
    return content


@dataclass
class Words:
    """What is said in one visit; no two visits share a word."""

    name: str = field(default_factory=lambda: uuid.uuid4().hex[:10])
    secrets: list[str] = field(default_factory=list)

    def next(self, kind: str) -> str:
        word = f"merk{kind}{len(self.secrets)}x{self.name}"
        self.secrets.append(word)
        return word


class Visit:
    """One person on the site, with JavaScript or without."""

    def __init__(self, browser: Chromium, address: str, advisor: Advisor) -> None:
        self.browser = browser
        self.page: Page = browser.page
        self.address = address
        self.advisor = advisor
        self.words = Words()
        self.conversation = ""
        self.faults: list[str] = []
        self.page.on("response", self._notes_the_token)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))

    def arrives(self, other_site: str) -> None:
        self.browser.arrives(other_site, self.address)

    def reads_five_pages(self) -> None:
        self.page.click(f'main a[href="/{SECTION}/"]')
        self._sees("h1", "Geweld thuis")
        for slug in ARTICLES:
            self.page.click(f'main a[href="/{SECTION}/{slug}"]')
            self._sees("h1", _about(slug)["title"])

    def searches(self) -> None:
        """With JavaScript only: without it the browser keeps what was posted, as the site says."""
        self.page.click("header .find")
        field = self.page.locator("main input[name=q]")
        field.press_sequentially(self.words.next("zoek"))
        field.press("Enter")
        self._sees("h1", "Hier vonden we niets over")

    def _sees(self, mark: str, text: str) -> None:
        self.page.locator(f"main {mark}", has_text=text).first.wait_for()

    def makes_a_plan(self) -> None:
        """Ticks and writes on a tool; there, and after a look at another page."""
        self.page.click(f'.foot a[href="{PLAN_SECTION}"]')
        self.page.click(f'main a[href="{PLAN}"]')
        self._plans()
        self.page.click(f'.foot a[href="{PLAN_SECTION}"]')
        self.page.click(f'main a[href="{PLAN}"]')
        self._plans()

    def _plans(self) -> None:
        self._sees("h1", "veiligheidsplan")
        self.page.locator(".tool [type=checkbox]").first.check()
        for room in self.page.locator(".tool details[open] textarea").all():
            room.fill("")
            room.press_sequentially(self.words.next("plan"))

    def opens_the_chat(self) -> None:
        self.page.click('main a[href="/chat"]')
        form = self.page.locator("form[data-chat-start]")
        form.locator("input[name=key]").wait_for(state="attached")
        self.words.secrets.append(form.locator("input[name=key]").get_attribute("value") or "")
        form.locator("[name=audience][value=self]").check()
        form.locator("[name=danger][value=no]").check()
        form.locator("[type=submit]").click(no_wait_after=True)
        self.page.locator("[data-chat-state][data-state=waiting]").wait_for(state="attached")
        hidden = self.page.locator("input[name=token]")
        if hidden.count():
            self.words.secrets.append(hidden.first.get_attribute("value") or "")
        self.conversation = self._is_taken()

    def _is_taken(self) -> str:
        answer = self.advisor.takes()
        assert answer.status_code == 200, answer.text
        self.page.locator("[data-chat-state][data-state=open]").wait_for(state="attached")
        name: str = answer.json()["conversation"]
        return name

    def _notes_the_token(self, response: Response) -> None:
        asked = response.request
        by_script = asked.headers.get("accept") == "application/json"
        if by_script and asked.method == "POST" and response.url.endswith("/chat"):
            self.words.secrets.append(response.json()["token"])

    def chats(self, rounds: int = 3) -> None:
        """Two messages a round: one of each."""
        for _ in range(rounds):
            self.says(self.words.next("vraag"))
            self._sees("[data-message][data-from=visitor]", self.words.secrets[-1])
            answer = self.words.next("antwoord")
            self.advisor.says(self.conversation, answer)
            self._sees("[data-message][data-from=advisor]", answer)

    def says(self, text: str) -> None:
        self.field.fill(text)
        self.page.locator("form[data-chat-say] [type=submit]:visible").last.click(
            no_wait_after=True
        )

    def drafts(self) -> str:
        word = self.words.next("klad")
        self.field.press_sequentially(word)
        return word

    @property
    def field(self) -> Locator:
        """Without JavaScript there is a new one after each message; the last is shown."""
        return self.page.locator("form[data-chat-say] textarea[name=text]:visible").last
