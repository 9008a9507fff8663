"""The key screens: how each comes about, and when its picture is taken."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import AdvisorAtDesk, VisitorInBrowser
from tests.screens.camera import Camera
from tests.service import Advisor, Visitor

PAGES = {
    "home": "/",
    "section": "/geweld-thuis/",
    "article": "/direct-hulp/nu-in-gevaar",
    "tool": "/wat-kun-je-doen/veiligheidsplan",
    "region": "/regio/gelderland-zuid",
    "helplines": "/hulplijnen",
    "news": "/nieuws/",
    "safe": "/veilig-internetten",
    "error": "/geweld-thuis/bestaat-niet",
}
OFFICE = {
    "office-now": "/office/",
    "office-hours": "/office/hours",
    "office-figures": "/office/figures",
}


def public_pages(camera: Camera) -> None:
    page = camera.opens("/")
    for name, path in PAGES.items():
        page.goto(camera.service.url + path)
        camera.takes(page, name)
    page.goto(f"{camera.service.url}/zoeken")
    page.locator("main input[name=q]").fill("mijn man slaat mij")
    page.locator("main form.search button, main form button").first.click()
    expect(page.get_by_role("heading", name="Dit hebben we gevonden")).to_be_visible()
    camera.takes(page, "search")
    page.close()


def the_chat(camera: Camera) -> None:
    page = camera.opens("/chat")
    camera.takes(page, "chat-start")
    visitor, advisor = VisitorInBrowser(page), Advisor(camera.service.hires("Noor")).signs_in()
    desk = advisor.listens()
    visitor.asks_for_help(danger=True)
    visitor.is_in_state("waiting")
    camera.takes(page, "chat-waiting")
    conversation = str(advisor.takes().json()["conversation"])
    visitor.is_in_state("open")
    visitor.says("Hoi. Mijn vriend kijkt steeds in mijn telefoon. Is dat normaal?")
    advisor.says(conversation, "Goed dat je het vraagt. Kun je nu veilig praten?")
    visitor.says("Ja, hij is naar zijn werk.")
    visitor.sees("naar zijn werk", "visitor")
    camera.takes(page, "chat-open")
    advisor.ends(conversation)
    visitor.is_in_state("ended")
    camera.takes(page, "chat-ended")
    desk.cut()
    page.close()


def the_plain_chat(camera: Camera) -> None:
    page = camera.opens("/chat", java_script_enabled=False)
    visitor = VisitorInBrowser(page)
    page.check("input[name=danger][value=no]")
    page.check("input[name=audience][value=self]")
    page.locator("form[data-chat-start] button[type=submit]").click(no_wait_after=True)
    visitor.is_in_state("waiting")
    camera.takes(page, "chat-plain")
    page.locator("[data-chat-end]").click(no_wait_after=True)
    visitor.is_in_state("ended")
    page.close()


def desk_and_office(camera: Camera) -> None:
    page = camera.opens("/desk/")
    at_desk = AdvisorAtDesk(page, camera.service.hires("Sam"))
    camera.takes(page, "desk-empty")
    for said in ("Mag ik iets vragen over mijn buren?", "Ik ben bang voor mijn broer."):
        visitor = Visitor(camera.service)
        visitor.asks()
        visitor.says(said)
        at_desk.takes_next()
        at_desk.sees(said, "visitor") if "buren" in said else None
    expect(page.locator(".conversation")).to_have_count(2)
    at_desk.says("Natuurlijk. Vertel, wat zie of hoor je?")
    camera.takes(page, "desk-two")
    page.close()
    page = camera.opens("/desk/")
    AdvisorAtDesk(page, camera.service.hires("Cora", role="coordinator"))
    for name, path in OFFICE.items():
        page.goto(camera.service.url + path)
        camera.takes(page, name)
    page.close()


def the_closed_chat(camera: Camera) -> None:
    camera.service.closes()
    camera.takes(camera.opens("/chat"), "chat-closed")


SCENES = (public_pages, the_chat, the_plain_chat, desk_and_office, the_closed_chat)
