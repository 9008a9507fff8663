"""The exit: the page is blank at once, and no way leads back to it."""

from __future__ import annotations

import gzip
import json
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Response, ViewportSize, expect

from luwte.config import shipped
from luwte.page_parts import read_parts
from tests.browser.elsewhere import Elsewhere, elsewhere
from tests.browser.people import VisitorInBrowser
from tests.browser.proxy import Answer, Proxy
from tests.browser.proxy import before as proxied
from tests.browser.slow_line import slow_line
from tests.browser.tab import Tab, with_back_forward_cache
from tests.servers import until
from tests.service import Advisor, Service, post, running

TITLE = "Startpagina"
SECTION, ARTICLE = "/geweld-thuis/", "/geweld-thuis/iemand-helpen"
FIELD = "form[data-chat-say] textarea[name=text]"
ESCAPES, SHIFTS = ("Escape",) * 2, ("Shift",) * 3
RUNS = 20
Opens = Callable[..., Tab]


@pytest.fixture(scope="module")
def web() -> Iterator[Elsewhere]:
    with elsewhere() as around:
        yield around


@pytest.fixture(scope="module")
def site(web: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {"EXIT_URL": web.weather, "TITLE": TITLE, "ALWAYS_OPEN": "1"}
    with running(tmp_path_factory.mktemp("site"), workers=1, **settings) as service:
        yield service


@pytest.fixture(scope="module")
def noor(site: Service) -> Advisor:
    return Advisor(site.hires("Noor")).signs_in()


@pytest.fixture(scope="module")
def browsers(chromium: Browser) -> Iterator[dict[str, Browser]]:
    with with_back_forward_cache(chromium) as other:
        yield {"without": chromium, "with": other}


@pytest.fixture
def opens(browsers: dict[str, Browser], site: Service, web: Elsewhere) -> Iterator[Opens]:
    """Somebody comes to a page of the site by a link on another one."""
    contexts = []

    def arrive(path: str, *, cache: str = "without", origin: str = "", **options: Any) -> Tab:
        size: ViewportSize = {"width": 360, "height": 640}
        contexts.append(browsers[cache].new_context(viewport=size, **options))
        tab = Tab(contexts[-1].new_page())
        address = (origin or site.url) + path
        tab.arrives(web.before(address), address)
        return tab

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def writes(opens: Opens) -> Tab:
    """Somebody who waits in the chat and has begun a message."""
    tab = opens("/chat")
    waits(tab)
    tab.page.click(FIELD)
    tab.page.keyboard.type("ik durf ")
    return tab


def waits(tab: Tab) -> str:
    """Asks for a chat; returns its token."""
    with tab.page.expect_response(_starts) as started:
        VisitorInBrowser(tab.page).asks_for_help()
    VisitorInBrowser(tab.page).is_in_state("waiting")
    return str(started.value.json()["token"])


def _starts(answer: Response) -> bool:
    return answer.request.method == "POST" and answer.url.endswith("/chat")


def has_left(tab: Tab, web: Elsewhere) -> None:
    tab.page.wait_for_url(web.weather)
    assert tab.reads() == "Weer"


def stays(tab: Tab) -> None:
    expect(tab.page.locator(FIELD)).to_be_focused()
    tab.page.wait_for_timeout(100)
    expect(tab.page.locator(FIELD)).to_be_visible()


# What leaves


def test_the_script_of_the_exit_is_tiny():
    assert len(gzip.compress(read_parts(shipped("static")).exit_script.encode())) < 2048


@pytest.mark.parametrize("keys", [ESCAPES, SHIFTS], ids=["escape", "shift"])
def test_both_keys_leave_also_from_a_message_half_written(writes, web, keys):
    writes.presses(*keys)

    has_left(writes, web)


def test_a_tap_leaves(opens, web):
    tab = opens(SECTION, has_touch=True)
    tab.page.tap("[data-exit]")

    has_left(tab, web)
    assert tab.history()[-1] == web.weather and len(tab.history()) == 2


def test_a_page_that_was_swapped_in_is_left_in_its_own_language_too(opens, web):
    tab = opens(SECTION)
    tab.page.click(".language")
    expect(tab.page.locator("[data-exit]")).to_contain_text("Leave")
    tab.page.click("[data-exit]")

    has_left(tab, web)


def test_nothing_asks_on_the_way_out(writes, web):
    writes.page.evaluate("""() => addEventListener("beforeunload", (event) => {
        event.preventDefault();
        event.returnValue = true;
    })""")
    asked = []
    writes.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    writes.presses(*ESCAPES)

    has_left(writes, web)
    assert asked == []


# What does not


def slow_escapes(tab: Tab) -> None:
    tab.presses("Escape")
    tab.page.wait_for_timeout(1_050)
    tab.presses("Escape")


def held_escape(tab: Tab) -> None:
    for _ in range(5):
        tab.page.keyboard.down("Escape")
    tab.page.keyboard.up("Escape")


def held_shift(tab: Tab) -> None:
    for _ in range(5):
        tab.page.keyboard.down("Shift")
    tab.page.keyboard.up("Shift")
    tab.presses("Shift")


def slow_shifts(tab: Tab) -> None:
    """Each soon after the other, but more than five seconds in total."""
    tab.presses("Shift")
    tab.page.wait_for_timeout(2_550)
    tab.presses("Shift")
    tab.page.wait_for_timeout(2_550)
    tab.presses("Shift")


def capitals(tab: Tab) -> None:
    tab.presses("Shift+A", "Shift+B", "Shift+C", "Shift+Tab", "Tab")


def with_other_keys(tab: Tab) -> None:
    for other in ("Control", "Alt", "Meta"):
        tab.presses(f"{other}+Shift", f"Shift+{other}")


def marks_a_text(tab: Tab) -> None:
    for _ in range(3):
        tab.page.locator(FIELD).click(modifiers=["Shift"])


def composes(tab: Tab) -> None:
    """Words that are put together by an input method, whose keys these are."""
    line = tab.page.context.new_cdp_session(tab.page)
    composition = {"text": "か", "selectionStart": 1, "selectionEnd": 1}
    line.send("Input.imeSetComposition", composition)
    tab.presses(*ESCAPES, *SHIFTS)
    line.send("Input.insertText", {"text": "か"})


@pytest.mark.parametrize(
    "does",
    [
        slow_escapes,
        held_escape,
        held_shift,
        slow_shifts,
        capitals,
        with_other_keys,
        marks_a_text,
        composes,
    ],
)
def test_what_people_do_while_they_write_does_not_leave(writes, web, does):
    does(writes)
    stays(writes)

    writes.presses(*ESCAPES)
    has_left(writes, web)


# Blank at once

LEAVES = {
    "tap": "() => document.querySelector('[data-exit]').click()",
    "escape": "() => { press('Escape'); press('Escape'); }",
    "shift": "() => { press('Shift'); press('Shift'); press('Shift'); }",
}
AT_ONCE = """() => {
    const press = (key) => {
        for (const kind of ["keydown", "keyup"]) {
            document.activeElement.dispatchEvent(new KeyboardEvent(kind, { key, bubbles: true }));
        }
    };
    (%s)();
    const { documentElement: page, body, head } = document;
    return [body.childNodes.length, page.hidden, head.childNodes.length > 0, document.title];
}"""


@pytest.mark.parametrize("way", LEAVES)
def test_the_page_is_blank_in_the_same_task(opens, web, way):
    tab = opens(SECTION)

    assert tab.page.evaluate(AT_ONCE % LEAVES[way]) == [0, True, True, TITLE]
    has_left(tab, web)


# Notes in which order things happen from the first key on, and tells it three frames after the page
# was blank. The times are those of the keys themselves and of the frames.
NOTES = """
const seen = [];
let framesToCome = 0;
const frame = (at) => {
    seen.push(["frame", at]);
    if (framesToCome && --framesToCome === 0) console.info("seen " + JSON.stringify(seen));
    else requestAnimationFrame(frame);
};
addEventListener("keydown", (event) => {
    if (!seen.length) requestAnimationFrame(frame);
    seen.push(["key", event.timeStamp]);
}, true);
new MutationObserver(() => {
    if (framesToCome || !seen.length || document.body.firstChild) return;
    seen.push(["blank", performance.now()]);
    framesToCome = 3;
}).observe(document, { childList: true, subtree: true });
"""


@contextmanager
def busy_line(advisor: Advisor, conversation: str) -> Iterator[None]:
    """Messages keep coming, as fast as they can be sent."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            advisor.says(conversation, "nog een bericht")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_the_page_is_blank_within_two_frames_while_messages_pour_in(opens, site, web, noor, capsys):
    tab = opens("/robots.txt")
    # Before the page's own scripts, which let nobody else hear the last key.
    tab.page.add_init_script(NOTES)
    frames, times_ms = [], []
    for _ in range(RUNS):
        tab.page.goto(f"{site.url}/chat")
        seen = leaves_while_busy(tab, web, noor)
        order = [what for what, _ in seen]
        key, blank = order.index("key", 1), order.index("blank")
        frames.append(sum(what == "frame" for what, _ in seen[key:blank]))
        shown_at = next(at for what, at in seen[blank:] if what == "frame")
        times_ms.append(shown_at - seen[key][1])

    assert statistics.median(frames) <= 2
    with capsys.disabled():
        print(
            f"\nexit under an open stream, {RUNS} times: median {statistics.median(frames):g} "
            f"frames between the key and the blank page (most {max(frames)}), "
            f"{statistics.median(times_ms):.0f} ms from the key to the next frame"
        )


def leaves_while_busy(tab: Tab, web: Elsewhere, noor: Advisor) -> list[Any]:
    waits(tab)
    conversation = noor.takes().json()["conversation"]
    with busy_line(noor, conversation), web.slow():
        expect(tab.page.locator("[data-message]").first).to_be_visible()
        with tab.page.expect_console_message(_tells) as told:
            tab.presses(*ESCAPES)
    has_left(tab, web)
    seen: list[Any] = json.loads(told.value.text.partition(" ")[2])
    return seen


def _tells(message: ConsoleMessage) -> bool:
    return message.text.startswith("seen ")


# While the neutral page is slow


def test_while_the_neutral_page_is_slow_nothing_is_on_the_screen(opens, web):
    tab = opens(SECTION)
    tab.page.click(".foot a[href='/chat']")
    expect(tab.page.locator("form[data-chat-start]")).to_be_visible()
    with web.slow():
        tab.presses(*ESCAPES)
        until(lambda: is_blank(tab), "the screen is blank")
        tab.page.wait_for_timeout(3_000)
        assert is_blank(tab)
        assert tab.title() == TITLE

    has_left(tab, web)


# Keys that a test presses never reach the browser's own controls, so this is all that can be seen:
# that the browser does not get to hear them.
ESC_AGAIN = """() => {
    const told = (key) => dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    return ["Escape", "Escape", "Escape", "a", "Escape"].map(told);
}"""


def test_later_presses_of_esc_do_not_stop_the_neutral_page_from_loading(opens, web):
    tab = opens(SECTION)

    assert tab.page.evaluate(ESC_AGAIN) == [True, False, False, True, False]
    has_left(tab, web)


def is_blank(tab: Tab) -> bool:
    """Whether the screen looks as an empty page does in a window of the same size."""
    page = tab.page.context.new_page()
    nothing = Tab(page).picture()
    page.close()
    tab.page.bring_to_front()
    return tab.picture() == nothing


def test_a_page_that_is_still_being_fetched_does_not_come_in_any_more(opens, web):
    tab = opens("/")
    faults = []
    tab.page.on("pageerror", lambda fault: faults.append(str(fault)))
    held = []
    tab.page.route(f"**{SECTION}", lambda route: held.append(route))
    with tab.page.expect_request(f"**{SECTION}"):
        tab.page.click(f"main a[href='{SECTION}']")
    with web.slow():
        tab.presses(*ESCAPES)
        held[0].fulfill(content_type="text/html", body="<main data-swap=main><h1>laat</h1></main>")
        tab.page.wait_for_timeout(600)
        assert is_blank(tab)

    has_left(tab, web)
    assert faults == []


# After the bar alone the page is not on the screen yet: that waits for the numbers.
@pytest.mark.parametrize("arrived", [b"</header>", b"</section>"], ids=["bar", "numbers"])
@pytest.mark.parametrize("way", ["escape", "tap"])
def test_the_exit_works_before_the_page_is_whole(opens, site, web, way, arrived):
    """Its words have come, its own script at the end has not."""
    with slow_line(site.url, arrived) as line:
        tab = opens("", origin="about:blank#")
        tab.page.goto(line.origin + SECTION, wait_until="commit")
        expect(tab.page.locator("[data-exit]")).to_be_visible()
        expect(tab.page.locator("main")).to_have_count(0)
        with web.slow():
            if way == "tap":
                tab.page.locator("[data-exit]").click(no_wait_after=True)
            else:
                tab.presses(*ESCAPES)
            line.goes_on()
            tab.page.wait_for_timeout(300)
            until(lambda: is_blank(tab), "the screen is blank")
        has_left(tab, web)


# Afterwards


def test_the_exit_ends_the_chat_on_the_server(opens, site, web):
    tab = opens("/chat")
    token = waits(tab)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    typing = f"{site.url}/chat/typing"
    assert post(typing, headers=headers).status_code == 204

    tab.presses(*ESCAPES)

    has_left(tab, web)
    until(lambda: post(typing, headers=headers).status_code == 410, "the chat is ended")


def content(tab: Tab, _: object = None) -> None:
    tab.page.click(f"main a[href='{ARTICLE}']")
    expect(tab.page.locator("footer.origin")).to_be_visible()


def start_form(tab: Tab, _: Advisor) -> None:
    tab.page.check("input[name=audience][value=self]")


def queue(tab: Tab, _: Advisor) -> None:
    waits(tab)


def open_chat(tab: Tab, noor: Advisor) -> None:
    waits(tab)
    conversation = noor.takes().json()["conversation"]
    visitor = VisitorInBrowser(tab.page)
    visitor.is_in_state("open")
    noor.says(conversation, "dag")
    visitor.sees("dag", "advisor")
    tab.page.fill(FIELD, "ik durf ")


def tool(tab: Tab, _: Advisor) -> None:
    tab.page.locator(".tool textarea").first.fill("ik durf ")


def error_page(tab: Tab, _: Advisor) -> None:
    expect(tab.page.locator("main h1")).to_be_visible()


PLACES = {
    content: SECTION,
    start_form: "/chat",
    queue: "/chat",
    open_chat: "/chat",
    tool: "/wat-kun-je-doen/veiligheidsplan",
    error_page: "/bestaat/niet",
}


@pytest.mark.parametrize("cache", ["with", "without"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_back_leads_to_the_page_before_the_visit_and_never_to_the_site(
    opens, site, web, noor, cache, place
):
    tab = opens(PLACES[place], cache=cache)
    earlier = web.before(site.url + PLACES[place])
    place(tab, noor)
    assert tab.history() == [earlier, site.url + PLACES[place]]

    tab.presses(*ESCAPES)
    has_left(tab, web)

    assert tab.history() == [earlier, web.weather]
    tab.goes(-1, earlier)
    tab.goes(+1, web.weather)
    tab.goes(-1, earlier)
    assert tab.reads().startswith("Hiervoor")


def test_the_cache_for_back_and_forward_is_really_on_in_one_browser(opens, site, web):
    """Else half of the tests above would say nothing."""
    for cache, kept in (("with", True), ("without", False)):
        tab = opens("/robots.txt", cache=cache)
        tab.page.evaluate(
            "addEventListener('pageshow', (event) => (window.kept = event.persisted))"
        )
        tab.page.goto(web.weather)
        tab.goes(-1, f"{site.url}/robots.txt")
        assert bool(tab.asks("window.kept")) is kept


@pytest.mark.parametrize("more", [False, True], ids=["one page", "two pages"])
def test_a_page_that_was_left_in_another_way_comes_back_as_it_was_first_opened(
    opens, site, web, more
):
    """Whoever presses Back sees the landing page, not what was read after it."""
    tab = opens(SECTION, cache="with")
    if more:
        content(tab)
    tab.page.goto(web.weather)

    tab.goes(-1, site.url + SECTION)

    # A page that fetched nothing is kept by the browser; it is not shown, but loaded anew.
    how = "back_forward" if more else "reload"
    until(lambda: tab.asks("performance.getEntries()[0].type") == how, "it is loaded anew")
    until(lambda: tab.asks("document.querySelector('h1')?.textContent") == "Geweld thuis", "shown")


def test_a_chat_that_was_left_in_another_way_does_not_come_back(opens, site, web):
    tab = opens("/chat", cache="with")
    tab.page.on("dialog", lambda dialog: dialog.accept())
    waits(tab)
    tab.page.fill(FIELD, "ik durf ")
    tab.page.goto(web.weather)

    tab.goes(-1, f"{site.url}/chat")

    until(lambda: "Start de chat" in tab.reads(), "it is the landing page")
    assert "in de rij" not in tab.reads()
    assert not tab.asks("document.querySelector('textarea')?.value")


# Without JavaScript


@pytest.mark.parametrize("path", ["/weg", "/en/weg"])
def test_without_javascript_the_exit_is_a_redirect_with_a_short_guard(site, web, path):
    answer = post(site.url + path)

    assert (answer.status_code, answer.headers["Location"]) == (303, web.weather)
    (cookie,) = answer.headers.get_list("Set-Cookie")
    told = {part for part in cookie.split("; ") if not part.startswith("Expires")}
    assert told == {"weg=1", "HttpOnly", "Max-Age=60", "Path=/", "SameSite=Lax"}
    assert "Clear-Site-Data" not in answer.headers


@pytest.mark.parametrize("cache", ["with", "without"])
def test_without_javascript_back_shows_the_neutral_page(opens, site, web, cache):
    tab = opens(SECTION, cache=cache, java_script_enabled=False)
    tab.page.click(f"main a[href='{ARTICLE}']")
    tab.page.wait_for_url(f"**{ARTICLE}")
    tab.page.click("[data-exit]")
    has_left(tab, web)

    for _ in ("the article", "the section, to which a link on another site led"):
        tab.goes(-1, web.weather)
        assert tab.reads() == "Weer"
    tab.goes(-1, web.before(site.url + SECTION))


@pytest.mark.parametrize("cache", ["with", "without"])
def test_without_javascript_back_does_not_show_the_chat(opens, site, web, cache):
    tab = opens("/chat", cache=cache, java_script_enabled=False)
    form = tab.page.locator("form[data-chat-start]")
    form.locator("[name=danger][value=no]").check()
    form.locator("[name=audience][value=self]").check()
    form.locator("[type=submit]").click(no_wait_after=True)
    expect(tab.page.locator("[data-chat-state][data-state=waiting]")).to_be_visible()
    tab.page.locator("[data-exit]").click(no_wait_after=True)
    has_left(tab, web)

    # The browser asks whether the form may be sent again. Somebody says yes.
    tab.goes(-1, "chrome-error://chromewebdata/")
    tab.reloads(web.weather)
    assert tab.reads() == "Weer"
    tab.goes(-1, web.weather)


def test_the_guard_is_gone_when_its_time_is_over(opens, site, web):
    """Its minute is made two seconds on the way."""

    def hurry(answer: Answer) -> None:
        if "Set-Cookie" in answer.headers:
            short = answer.headers["Set-Cookie"].replace("Max-Age=60", "Max-Age=2")
            answer.headers["Set-Cookie"] = short

    with proxied(Proxy(site.url, hurry)) as line:
        tab = opens(SECTION, origin=line.origin, java_script_enabled=False)
        tab.page.click("[data-exit]")
        has_left(tab, web)
        assert [cookie["name"] for cookie in tab.page.context.cookies()] == ["weg"]

        until(lambda: tab.page.context.cookies() == [], "the browser has forgotten it", 5)

        tab.goes(-1, line.origin + SECTION)


def test_the_guard_does_not_keep_another_tabs_messages_away(site):
    visitor = httpx.Client(base_url=site.url, cookies={"weg": "1"})
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}

    assert visitor.get("/chat", headers=headers).status_code == 303
    assert visitor.post("/chat", data={"audience": "self"}, headers=headers).status_code == 303
    for path in ("/chat/plain/messages", "/en/chat/plain/end"):
        assert visitor.post(path, data={"token": "x"}, headers=headers).status_code == 204
