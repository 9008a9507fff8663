"""What axe finds on the pages of staff that no other test looks at, light and dark."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.axe import by_day_and_night
from tests.browser.people import AdvisorAtDesk
from tests.service import Service

PAGES = (
    "/office/figures",
    "/office/answers",
    "/office/answers/shared/nl/new",
    "/office/audit",
    "/office/audit?day=2020-01-01",
    "/office/staff/new",
    "/desk/account",
    "/desk/answers",
)
NOT_YET_IN = ("/desk/invitation/" + "x" * 43, "/desk/sign-in")


def test_axe_finds_nothing_on_the_pages_of_staff_light_or_dark(
    opens: Callable[..., Page], service: Service
) -> None:
    page = opens("/desk/sign-in", width=1280, height=800)
    found = {path: looked_at(page, service, path) for path in NOT_YET_IN}
    page.goto(service.url + "/desk/sign-in")
    AdvisorAtDesk(page, service.hires("Anna", role="coordinator"))
    found |= {path: looked_at(page, service, path) for path in PAGES}
    page.goto(service.url + "/office/answers")
    page.get_by_role("link", name="Wijzig").first.click()
    found["a text of the chat"] = in_both(page)

    assert {path: said for path, said in found.items() if said} == {}


def looked_at(page: Page, service: Service, path: str) -> list[str]:
    page.goto(service.url + path)
    return in_both(page)


def in_both(page: Page) -> list[str]:
    """Faults in both colour schemes, and what sticks out sideways on a small screen."""
    said = by_day_and_night(page)
    page.set_viewport_size({"width": 390, "height": 844})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        said.append("wider than 390 px")
    page.set_viewport_size({"width": 1280, "height": 800})
    return said
