"""The tools in a real browser: what applies is shown without script, and all stays in the page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.axe import faults

CHECK = "/geweld-thuis/is-dit-huiselijk-geweld"
CHILD = "/geweld-thuis/zorgen-over-een-kind"
PLAN = "/wat-kun-je-doen/veiligheidsplan"
LEAVING = "/wat-kun-je-doen/weggaan"
WEIGHING = "/professionals/afwegingskader"
CODE = "/professionals/meldcode"
KINDCHECK = "/professionals/kindcheck"
Opens = Callable[..., Page]

both = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def outcomes(page: Page) -> Locator:
    return page.locator(".outcome").filter(visible=True)


def answers(page: Page, *given: str) -> None:
    """One answer to each question in turn; "" leaves it open."""
    for number, answer in enumerate(given, start=1):
        if answer:
            page.locator(f"label:has([name=q{number}])", has_text=answer).first.click()


# Which outcome applies, with script and without


@both
def test_signals_have_an_outcome_and_danger_comes_before_it(opens: Opens, script: bool) -> None:
    page = opens(CHECK, java_script_enabled=script)
    expect(outcomes(page)).to_have_count(0)

    page.get_by_label("Ik ben bang voor de ander.").check()
    expect(outcomes(page)).to_have_count(1)
    expect(outcomes(page)).to_contain_text("Het is niet jouw schuld.")

    page.get_by_label("De ander kneep mijn keel dicht.").check()
    expect(outcomes(page)).to_have_count(1)
    expect(outcomes(page).locator("a.button")).to_have_attribute("href", "tel:112")

    page.get_by_role("button", name="Wis wat ik heb ingevuld").click()
    expect(outcomes(page)).to_have_count(0)


@both
def test_signals_of_a_child_stand_by_age(opens: Opens, script: bool) -> None:
    page = opens(CHILD, java_script_enabled=script)
    expect(page.locator("[type=checkbox]:visible")).to_have_count(5)

    page.locator("summary", has_text="Kind van 4 tot 12 jaar").click()
    page.get_by_label("Het kind heeft vaak honger.").check()
    expect(outcomes(page)).to_contain_text("Praat er met iemand over.")
    page.get_by_label("Iemand dreigt het kind iets te doen.").check()
    expect(outcomes(page)).to_have_count(1)
    expect(outcomes(page)).to_contain_text("Bel vandaag.")


@both
@pytest.mark.parametrize("path", [WEIGHING, CODE])
def test_the_weighing_questions_lead_to_an_outcome_with_its_reasons(
    opens: Opens, path: str, script: bool
) -> None:
    page = opens(path, java_script_enabled=script)
    for given, title, reasons in [
        (("Ja", "Nee", "Ja", "Ja"), "", 0),
        (("", "", "", "", "Ja"), "elf hulp|ied of organiseer hulp", 0),
        (("", "", "Nee"), "Meld bij Veilig Thuis", 1),
        (("", "", "", "Nee", "Nee"), "Meld bij Veilig Thuis", 3),
        (("", "Ja, s", "Ja", "Ja", "Ja"), "Meld bij Veilig Thuis", 1),
        (("Nee", "Nee"), "Sluit|afsluiten", 1),
        (("Ja", "Ja, "), "Zorg eerst voor veiligheid", 1),
    ]:
        answers(page, *given)
        expect(outcomes(page)).to_have_count(1 if title else 0)
        if title:
            heading = outcomes(page).locator("h3").inner_text()
            assert any(part in heading for part in title.split("|")), (given, heading)
        expect(page.locator(".reasons li").filter(visible=True)).to_have_count(reasons)


@both
def test_the_child_check_tells_what_is_still_to_be_asked(opens: Opens, script: bool) -> None:
    page = opens(KINDCHECK, java_script_enabled=script)
    for given, title in [
        (("Ja", "Nee", "Nee", "Ja"), "Vraag door"),
        (("", "Ja"), "Leg vast wat je weet"),
        (("", "", "Weet ik niet"), "Ga verder met de meldcode"),
        (("", "", "Ja"), "Zorg eerst dat het kind veilig is"),
    ]:
        answers(page, *given)
        expect(outcomes(page)).to_have_count(1)
        expect(outcomes(page)).to_contain_text(title)


def test_a_browser_that_cannot_choose_shows_every_outcome_and_when_it_applies(opens: Opens) -> None:
    page = opens(WEIGHING)
    page.evaluate("""() => {
        const without = (rules) => {
            for (let at = rules.cssRules.length - 1; at >= 0; at--) {
                const rule = rules.cssRules[at];
                if (rule.conditionText?.includes(":has")) rules.deleteRule(at);
                else if (rule.cssRules?.length) without(rule);
            }
        };
        for (const sheet of document.styleSheets) without(sheet);
    }""")

    expect(outcomes(page)).to_have_count(4)
    expect(outcomes(page).nth(2)).to_contain_text("op vraag 3, 4 of 5 is het antwoord nee")
    expect(outcomes(page).nth(2).locator("li").filter(visible=True)).to_have_count(4)


# What is filled in


@both
def test_nothing_that_is_filled_in_leaves_the_page(opens: Opens, script: bool) -> None:
    page = opens(WEIGHING, java_script_enabled=script)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    address = page.url

    page.locator("[name=q1]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.locator("textarea").fill("mijn redenen")
    page.keyboard.press("Enter")
    page.locator("[name=q2]").last.check()

    expect(page.locator("[name=q1]").first).to_be_checked()
    expect(page.locator("textarea")).to_have_value("mijn redenen\n")
    assert (page.url, asked) == (address, [])


def test_what_was_filled_in_is_there_again_in_the_same_visit_and_gone_after_it(
    opens: Opens,
) -> None:
    page = opens(PLAN)
    page.locator("summary", has_text="De dieren").click()
    page.get_by_label("Wie zorgt er voor mijn dier?").fill("tante")
    page.get_by_label("Eten en papieren van het dier liggen klaar.").check()
    page.locator(".back").click()
    page.click(f'main a[href="{PLAN}"]')

    expect(page.get_by_label("Wie zorgt er voor mijn dier?")).to_be_visible()
    expect(page.get_by_label("Wie zorgt er voor mijn dier?")).to_have_value("tante")
    page.click(".language")
    expect(page.get_by_label("Who takes care of my animal?")).to_have_value("tante")
    expect(page.get_by_label("Food and papers of the animal are ready.")).to_be_checked()

    page.get_by_role("button", name="Clear what I filled in").click()
    page.click(".language")
    expect(page.get_by_label("Wie zorgt er voor mijn dier?")).to_have_value("")
    page.get_by_label("Ons codewoord").fill("rozijnen")
    page.reload()
    expect(page.get_by_label("Ons codewoord")).to_have_value("")


# On paper


@both
def test_on_paper_there_is_the_plan_and_nothing_of_the_site(opens: Opens, script: bool) -> None:
    page = opens(PLAN, java_script_enabled=script)
    expect(page.get_by_role("button", name="Print deze pagina")).to_have_count(int(script))
    page.get_by_label("Ons codewoord").fill("rozijnen")
    page.emulate_media(media="print")

    for hidden in ("h1", ".lead", ".exit", ".phones", ".top", ".foot", ".paper-advice", ".step"):
        expect(page.locator(hidden).filter(visible=True)).to_have_count(0)
    expect(page.locator(".paper")).to_have_text("Mijn lijst")
    expect(page.locator(".paper")).to_be_visible()
    expect(page.get_by_label("Ons codewoord")).to_be_visible()
    # Room to write by hand, also in what is folded on the screen.
    expect(page.get_by_label("Wie kan ik bellen?")).not_to_be_visible()
    expect(page.get_by_label("De kinderen kennen het codewoord.")).to_be_visible()
    lines = page.locator(".field", has_text="Wat spreken wij af?").locator("i")
    expect(lines.filter(visible=True)).to_have_count(3)


def test_the_button_prints(opens: Opens) -> None:
    page = opens(LEAVING)
    page.evaluate("print = () => (document.body.dataset.printed = 'yes')")
    page.get_by_role("button", name="Print deze pagina").click()

    expect(page.locator("body")).to_have_attribute("data-printed", "yes")


# For everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tools_keep_nobody_out_and_fit_a_small_phone(opens: Opens, scheme: str) -> None:
    page = opens(PLAN, color_scheme=scheme)
    for path in (PLAN, CHECK, KINDCHECK):
        page.goto(urljoin(page.url, path))
        for fold in page.locator(".tool details").all():
            fold.evaluate("fold => (fold.open = true)")
        for tick in page.locator("[data-to]").all():
            tick.check()
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
