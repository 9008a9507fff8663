"""One address per visit: pages are swapped in, and the browser's history does not grow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Route, expect

from tests.browser.people import VisitorInBrowser
from tests.browser.tab import Tab
from tests.service import Advisor, Service, get, running

TITLE = "Startpagina"
SECTION, ARTICLE = "/geweld-thuis/", "/geweld-thuis/iemand-helpen"
Opens = Callable[..., Tab]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(
        tmp_path_factory.mktemp("site"), workers=1, TITLE=TITLE, ALWAYS_OPEN="1"
    ) as service:
        yield service


@pytest.fixture(scope="module")
def noor(site: Service) -> Advisor:
    return Advisor(site.hires("Noor")).signs_in()


@pytest.fixture
def opens(chromium: Browser, site: Service) -> Iterator[Opens]:
    """Opens a page in a window of its own; whatever the browser complains of fails the test."""
    contexts, tabs = [], []

    def open_page(path: str, *, allows: str = "", **options: Any) -> Tab:
        contexts.append(chromium.new_context(viewport={"width": 360, "height": 640}, **options))
        tab = Tab(contexts[-1].new_page())
        tabs.append((tab, allows))
        tab.page.goto(site.url + path)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    for tab, allows in tabs:
        assert [text for text in tab.complaints if not allows or allows not in text] == []


def link(page: Page, path: str) -> Locator:
    return page.locator(f'main a[href="{path}"]').first


def heading(page: Page) -> Locator:
    return page.locator("main h1:visible")


def reads(page: Page, path: str) -> None:
    """By the page's own link."""
    link(page, path).click()
    sees(page, path)


def sees(page: Page, path: str) -> None:
    expect(heading(page)).to_have_text(title_of(page, path))


def title_of(page: Page, path: str) -> str:
    return first(page, path, r"<h1[^>]*>(.*?)</h1>")


def first(page: Page, path: str, pattern: str) -> str:
    """What a page says when it is opened by its own address."""
    found = re.search(pattern, get(urljoin(page.url, path)).text)
    assert found, path
    return unescape(found[1])


def leads_to(page: Page, path: str) -> Locator:
    """A link of the page, made to lead elsewhere."""
    found = link(page, SECTION)
    found.evaluate("(link, path) => (link.href = path)", path)
    return link(page, path)


# Nothing in the browser


def test_reading_changes_neither_the_address_nor_the_history_nor_the_title(opens, site):
    tab = opens("/")
    page = tab.page
    page.evaluate("""() => {
        window.titles = [];
        new MutationObserver(() => titles.push(document.title))
            .observe(document.head, { subtree: true, childList: true, characterData: true });
    }""")
    entries, length = tab.history(), page.evaluate("history.length")

    reads(page, SECTION)
    reads(page, ARTICLE)
    page.click("[data-back]")
    sees(page, SECTION)
    page.click(".language")
    sees(page, "/en/violence-at-home/")

    assert page.url == f"{site.url}/"
    assert tab.history() == entries == [f"{site.url}/"]
    assert page.evaluate("[history.length, history.state, titles]") == [length, None, []]
    assert tab.title() == TITLE


@pytest.mark.parametrize("path", ["/", "/en/", "/chat", "/bestaat/niet"])
def test_words_about_javascript_are_shown_only_without_it(opens, path):
    words = re.compile(r"JavaScript")
    gone = "404"

    without = opens(path, java_script_enabled=False, allows=gone).page
    expect(without.get_by_text(words).first).to_be_visible()
    with_it = opens(path, allows=gone).page
    expect(with_it.get_by_text(words).filter(visible=True)).to_have_count(0)
    # A page that is swapped in was read without script.
    with_it.click(".foot a[href$='/chat']")
    expect(with_it.locator("form[data-chat-start]")).to_be_visible()
    expect(with_it.get_by_text(words).filter(visible=True)).to_have_count(0)


def test_a_search_changes_neither_the_address_nor_the_history(opens, site):
    tab = opens("/", allows="422")
    page = tab.page
    page.fill("main input[name=q]", "mijn vrient slaat me")
    page.press("main input[name=q]", "Enter")

    expect(heading(page)).to_have_text("Dit hebben we gevonden")
    expect(heading(page)).to_be_focused()
    assert (page.url, tab.history()) == (f"{site.url}/", [f"{site.url}/"])
    # What is wrong with a question is told in the page too, and what was found is there again.
    page.fill("main input[name=q]", " ")
    page.press("main input[name=q]", "Enter")
    expect(page.locator("#search-error")).to_be_visible()
    page.click("[data-back]")
    expect(heading(page)).to_have_text("Dit hebben we gevonden")
    reads(page, "/geweld-thuis/geweld-door-partner-of-ex")
    assert (page.url, tab.history()) == (f"{site.url}/", [f"{site.url}/"])


def test_without_javascript_a_search_finds_and_says_what_the_browser_may_keep(opens):
    page = opens("/zoeken", java_script_enabled=False).page
    expect(page.locator("form.search .hint")).to_contain_text("kan bewaren wat je hier typt")
    page.fill("main input[name=q]", "stalking")
    page.click("main form.search button")

    expect(heading(page)).to_have_text("Dit hebben we gevonden")
    expect(link(page, "/geweld-thuis/stalking")).to_be_visible()


# What a reader notices


def test_a_new_page_begins_at_its_heading_and_is_announced(opens):
    page = opens("/").page
    page.evaluate("scrollTo(0, 300)")
    reads(page, SECTION)

    expect(heading(page)).to_be_focused()
    told = page.get_by_role("status").filter(has_text=title_of(page, SECTION))
    expect(told).to_have_count(1)
    assert page.evaluate("scrollY") == 0


def test_the_pages_own_way_back_follows_the_visit_and_finds_the_place(opens):
    page = opens("/veilig-internetten").page
    page.click("footer.foot a[href='/chat']")
    expect(heading(page)).to_have_text("Chat met ons")
    page.evaluate("scrollTo(0, 123)")
    page.evaluate(f"document.querySelector('.foot a[href=\"{SECTION}\"]').click()")
    sees(page, SECTION)

    page.click("[data-back]")
    expect(heading(page)).to_have_text("Chat met ons")
    assert page.evaluate("scrollY") == 123
    page.click("[data-back]")
    sees(page, "/veilig-internetten")
    assert page.evaluate("scrollY") > 123
    # Where the visit began, it leads to where the page belongs.
    page.click("[data-back]")
    sees(page, "/")


def test_the_language_changes_everywhere(opens):
    tab = opens(SECTION, allows="ERR_FAILED")
    page = tab.page
    page.click(".language")

    sees(page, "/en/violence-at-home/")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator(".bar nav")).to_contain_text("Young people")
    expect(page.locator("[data-phone]")).to_contain_text("free, day and night")
    expect(page.locator("[data-exit]")).to_contain_text("Leave")
    expect(page.locator(".foot")).to_contain_text("Safe on this site")
    assert page.locator("[data-exit-form]").get_attribute("action") == "/en/weg"
    page.route("**/en/**", lambda route: route.abort())
    page.click(".foot a[href='/en/veilig-internetten']")
    expect(page.locator("[data-visit-notice] button")).to_have_text("Try again")


def test_a_hash_leads_to_a_place_in_the_page_that_is_read(opens, site):
    page = opens(SECTION).page
    reads(page, ARTICLE)
    page.evaluate("""() => {
        const link = document.createElement("a");
        Object.assign(link, { href: "#" + document.querySelector("main h2[id]").id, id: "jump" });
        link.textContent = "naar beneden";
        document.querySelector("main .lead").append(link);
    }""")
    page.click("#jump")

    expect(page.locator("main h2[id]").first).to_be_focused()
    assert page.evaluate("scrollY") > 0
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    sees(page, ARTICLE)
    assert page.url == site.url + SECTION


def test_a_link_with_a_hash_opens_the_page_at_that_place(opens):
    page = opens("/").page
    place = first(page, ARTICLE, r'<h2 id="([^"]+)"')
    leads_to(page, f"{ARTICLE}#{place}").click()

    sees(page, ARTICLE)
    expect(page.locator(f"[id='{place}']")).to_be_focused()
    assert page.evaluate("scrollY") > 0


def test_enter_on_a_link_reads_it_too(opens, site):
    page = opens("/").page
    link(page, SECTION).focus()
    page.keyboard.press("Enter")

    sees(page, SECTION)
    assert page.url == f"{site.url}/"


def test_a_page_that_is_not_there_is_swapped_in_too(opens, site):
    tab = opens("/", allows="404")
    page = tab.page
    leads_to(page, "/bestaat/niet").click()
    sees(page, "/bestaat/niet")

    assert page.url == f"{site.url}/"
    page.click("[data-back]")
    sees(page, "/")


def test_the_answer_to_a_form_is_swapped_in_and_can_be_come_back_to(opens, site):
    page = opens("/").page
    posted = []

    def answers(route: Route) -> None:
        posted.append((route.request.method, route.request.post_data))
        body = get(site.url + SECTION).text
        route.fulfill(content_type="text/html; charset=utf-8", body=body)

    page.route("**/vraag", answers)
    page.evaluate("""() => {
        const form = document.createElement("form");
        Object.assign(form, { method: "post", action: "/vraag" }).dataset.visit = "";
        form.append(Object.assign(document.createElement("input"), { name: "q" }));
        document.querySelector("main").prepend(form);
    }""")
    page.fill("input[name=q]", "blauwe plek")
    page.keyboard.press("Enter")
    sees(page, SECTION)
    reads(page, ARTICLE)
    page.click("[data-back]")
    sees(page, SECTION)

    assert posted == [("POST", "q=blauwe+plek")] * 2
    assert page.url == f"{site.url}/"


# What stays the browser's own


def new_tab(page: Page, act: Callable[[], object]) -> Page:
    with page.context.expect_page() as opened:
        act()
    opened.value.wait_for_url("http://**")  # a tab is there before its page
    return opened.value


@pytest.mark.parametrize("how", ["ctrl", "middle", "shift", "target"])
def test_a_new_tab_gets_the_real_page_and_this_one_stays(opens, site, how):
    page = opens("/").page
    there = link(page, SECTION)
    if how == "target":
        there.evaluate("link => link.target = '_blank'")
    acts = {
        "ctrl": lambda: there.click(modifiers=["Control"]),
        "shift": lambda: there.click(modifiers=["Shift"]),
        "middle": lambda: there.click(button="middle"),
        "target": there.click,
    }
    other = new_tab(page, acts[how])

    sees(other, SECTION)
    assert other.url == site.url + SECTION
    sees(page, "/")


def test_staff_pages_load_as_the_browser_does_it(opens, site):
    page = opens("/").page
    leads_to(page, "/desk/").click()

    page.wait_for_url("**/desk/sign-in")


# When the line is bad


def cut(route: Route) -> None:
    route.abort("internetdisconnected")


def proxys_own_page(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")


def never(route: Route) -> None:
    """No answer at all."""


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_home_answers_in_one_screen_of_a_phone(opens: Opens, path: str) -> None:
    page = opens(path).page
    page.set_viewport_size({"width": 360, "height": 740})
    left = page.locator("[data-exit]").first.bounding_box()
    assert left
    for answer in ["a[href='tel:112']", ".talk", ".doors .card >> nth=-1"]:
        box = page.locator(answer).first.bounding_box()
        assert box
        assert box["y"] >= 0, answer
        assert box["y"] + box["height"] <= left["y"], answer


@pytest.mark.parametrize("fault", [cut, proxys_own_page, never])
def test_a_page_that_does_not_come_leaves_a_notice_the_phone_and_a_retry(opens, site, fault):
    tab = opens("/", allows="Failed to load resource")
    page = tab.page
    hurry(page)
    page.route(f"**{SECTION}", fault)
    page.evaluate("scrollTo(0, 500)")
    link(page, SECTION).click()

    notice = page.locator("[data-visit-notice]")
    expect(notice).to_be_focused()
    expect(notice).to_have_role("alert")
    expect(page.locator("a[href='tel:08002000']").first).to_be_in_viewport()
    sees(page, "/")
    notice.get_by_role("button").click()
    expect(notice).to_be_focused()
    page.unroute(f"**{SECTION}")
    notice.get_by_role("button").click()
    sees(page, SECTION)
    expect(notice).to_have_count(0)
    assert page.url == f"{site.url}/"


def hurry(page: Page) -> None:
    """What the script waits 15 s for, it waits half a second for."""
    page.evaluate("""() => {
        const real = setTimeout.bind(window);
        window.setTimeout = (act, ms) => real(act, ms > 10_000 ? ms / 30 : ms);
    }""")


def test_offline_the_notice_says_so_and_online_the_retry_works(opens):
    page = opens("/", allows="ERR_INTERNET_DISCONNECTED").page
    page.context.set_offline(True)
    link(page, SECTION).click()
    expect(page.locator("[data-visit-notice]")).to_be_focused()

    page.context.set_offline(False)
    page.locator("[data-visit-notice] button").click()

    sees(page, SECTION)


class Held:
    """Answers that come when the test says so."""

    def __init__(self, page: Page, *paths: str) -> None:
        self.routes: dict[str, Route] = {}
        for path in paths:
            page.route(f"**{path}", self._holds)

    def _holds(self, route: Route) -> None:
        self.routes[urlsplit(route.request.url).path] = route

    def lets_go(self, path: str) -> None:
        self.routes.pop(path).continue_()


def test_of_two_quick_taps_the_last_wins(opens):
    page = opens("/").page
    held = Held(page, SECTION, "/jongeren/")
    link(page, SECTION).click()
    with page.expect_request("**/jongeren/"):
        link(page, "/jongeren/").click()
    expect(page.locator("[data-visit-notice]")).to_have_count(0)

    held.lets_go("/jongeren/")
    sees(page, "/jongeren/")
    with suppress(Error):  # it may have been given up
        held.lets_go(SECTION)
    page.wait_for_timeout(300)

    sees(page, "/jongeren/")
    page.click("[data-back]")
    sees(page, "/")


def test_a_slow_page_is_told_and_the_telling_ends(opens):
    page = opens("/").page
    held = Held(page, SECTION)
    link(page, SECTION).click()
    expect(page.locator("body[aria-busy=true]")).to_have_count(1)
    held.lets_go(SECTION)

    sees(page, SECTION)
    expect(page.locator("body[aria-busy]")).to_have_count(0)


def test_a_page_that_nobody_waits_for_any_more_is_not_told_as_slow(opens):
    page = opens("/").page
    Held(page, SECTION)
    link(page, SECTION).click()
    link(page, "/jongeren/").click()
    sees(page, "/jongeren/")

    page.wait_for_timeout(600)

    expect(page.locator("body[aria-busy]")).to_have_count(0)


# The chat meanwhile


def test_a_chat_begins_on_a_page_that_was_swapped_in_and_is_come_back_to(opens, site):
    tab = opens("/")
    page, visitor = tab.page, VisitorInBrowser(tab.page)
    for _again in range(2):
        page.click(".foot a[href='/chat']")
        expect(page.locator("form[data-chat-start]")).to_be_visible()
        page.click("[data-back]")
    page.click(".foot a[href='/chat']")
    visitor.asks_for_help()
    visitor.is_in_state("waiting")

    page.click("[data-back]")
    reads(page, SECTION)
    page.locator("[data-chat-return] a").click()

    visitor.is_in_state("waiting")
    assert tab.history() == [site.url + "/"]
    # Its style and script came once.
    expect(page.locator("style[data-part=chat]")).to_have_count(1)
    expect(page.locator("script[data-part=chat]")).to_have_count(1)
    visitor.ends()
    visitor.is_in_state("ended")


def test_when_the_site_was_renewed_meanwhile_the_chat_is_loaded_as_the_browser_does_it(opens, site):
    page = opens("/", allows="Content Security Policy").page

    def renewed(route: Route) -> None:
        if route.request.resource_type == "document":
            return route.continue_()
        body = route.fetch().text().replace('data-part="chat">', 'data-part="chat">/* new */')
        return route.fulfill(body=body, content_type="text/html")

    page.route("**/chat", renewed)
    page.click(".foot a[href='/chat']")
    page.wait_for_url("**/chat")

    visitor = VisitorInBrowser(page)
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    visitor.ends()
    visitor.is_in_state("ended")


def test_an_open_chat_goes_on_while_other_pages_are_read(opens, noor):
    page = opens("/chat").page
    visitor = VisitorInBrowser(page)
    visitor.asks_for_help()
    visitor.is_in_state("waiting")
    conversation = noor.takes().json()["conversation"]
    visitor.is_in_state("open")
    visitor.says("een")
    visitor.sees("een", "visitor")
    page.locator("textarea[name=text]").fill("een half ")

    page.click("[data-back]")
    reads(page, SECTION)
    reads(page, ARTICLE)
    noor.says(conversation, "twee")
    page.click(".foot a[href='/chat']")

    visitor.is_in_state("open")
    visitor.sees("twee", "advisor")
    assert visitor.texts() == ["een", "twee"]
    assert page.locator("textarea[name=text]").input_value() == "een half "
    expect(page.locator("[data-visit-status]")).to_have_text("Je praat met Noor")
    expect(heading(page)).to_be_focused()
    visitor.says("drie")
    visitor.sees("drie", "visitor")
    visitor.ends()
    visitor.is_in_state("ended")
