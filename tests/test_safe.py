"""The page "safe on this site": whole, honest, easy to read, and there when a file is broken."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import render_template

from luwte.application import create_app
from luwte.config import CONTENT, Settings
from luwte.safe import FOLDER, SafePage, load_safe

BROWSERS = {"chrome", "edge", "firefox", "safari", "samsung"}
# Nobody may read that the exit, or this site, erased what the browser keeps.
UNTRUE = re.compile(
    r"geschiedenis is (nu )?(gewist|weg|leeg)|history is (now )?(erased|gone|empty)"
)
EASY = 65


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A centre's own content, which has the page as it comes with the product."""
    for lang in ("nl", "en"):
        shutil.copytree(CONTENT / lang / FOLDER, tmp_path / lang / FOLDER)
    return tmp_path


@pytest.fixture(params=["nl", "en"])
def page(request: pytest.FixtureRequest) -> SafePage:
    return load_safe(CONTENT)[str(request.param)]


def texts(page: SafePage) -> dict[str, str]:
    pieces = [page.opening, page.clearing, *page.recipes, page.limits, *page.more, page.talk]
    return {piece.title: piece.html for piece in pieces}


def changed(folder: Path, name: str, old: str, new: str, lang: str = "nl") -> SafePage:
    path = folder / lang / FOLDER / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return load_safe(folder)[lang]


def told(page: SafePage) -> list[tuple[str, int]]:
    return [(fault.path.name, fault.line) for fault in page.faults]


# What is read


def test_the_page_has_no_faults(page: SafePage) -> None:
    assert page.faults == []


def test_every_browser_has_its_steps_on_phone_and_computer(page: SafePage) -> None:
    found = {
        (recipe.browser, device) for recipe in page.recipes for device in recipe.devices.split()
    }

    phones = {(browser, "android") for browser in BROWSERS - {"safari"}}
    phones |= {(browser, "ios") for browser in BROWSERS - {"samsung"}}
    assert found == phones | {(browser, "computer") for browser in BROWSERS}


def test_every_recipe_is_a_short_list_of_numbered_steps(page: SafePage) -> None:
    for recipe in page.recipes:
        assert recipe.html.startswith("\n<ol>") or recipe.html.startswith("<ol>")
        assert 3 <= recipe.html.count("<li>") <= 5


def test_both_languages_say_the_same_things() -> None:
    nl, en = load_safe(CONTENT).values()

    def shape(page: SafePage) -> list[list[int]]:
        return [
            [html.count(tag) for tag in ("<li>", "<p>", "<a ")] for html in texts(page).values()
        ]

    assert shape(nl) == shape(en)
    assert [(r.browser, r.devices) for r in nl.recipes] == [
        (r.browser, r.devices) for r in en.recipes
    ]
    assert len(nl.notes) == len(en.notes)


def test_the_page_never_says_that_the_history_was_erased(page: SafePage) -> None:
    for title, html in texts(page).items():
        assert not UNTRUE.search(html), title


def test_the_words_of_the_settings_stand_in_the_texts() -> None:
    page = load_safe(CONTENT, title="Weer & wind", exit_url="https://www.knmi.nl/x")["nl"]

    assert "'Weer &amp; wind'" in page.opening.html
    assert "Dan opent knmi.nl." in page.opening.html
    assert not any(re.search(r"\{\w+\}", html) for html in texts(page).values())


def test_the_links_lead_to_the_chat_in_the_pages_language_and_to_the_phones(page: SafePage) -> None:
    chat = {"nl": "/chat", "en": "/en/chat"}[page.lang]

    assert re.findall(r'href="([^"]+)"', page.talk.html) == [chat, "tel:08002000", "tel:112"]


def test_the_dutch_is_easy_to_read() -> None:
    for title, html in texts(load_safe(CONTENT)["nl"]).items():
        assert flesch_douma(html) >= EASY, title


def flesch_douma(html: str) -> float:
    """206.84 - 0.77 x syllables in 100 words - 0.93 x words in a sentence."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</(p|li|h2)>", ". ", html)).lower()
    words = re.findall(r"[a-zà-ÿ0-9'-]+", text)
    sentences = [part for part in re.split(r"[.?!:]\s", text) if re.search(r"\w", part)]
    vowels = r"aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|ai|oi|[aeiouyà-ÿ]"
    syllables = sum(max(1, len(re.findall(vowels, word))) for word in words)
    return 206.84 - 77 * syllables / len(words) - 0.93 * len(words) / len(sentences)


# How it looks without script


def test_every_recipe_opens_without_script(page: SafePage) -> None:
    app = create_app(Settings(secret_keys=("a secret of the tests",), redis_url="redis://none:1"))
    path = {"nl": "/veilig-internetten", "en": "/en/veilig-internetten"}[page.lang]

    with app.test_request_context(path):
        html = render_template("safe.html", page=page, back_url="/")

    for recipe in page.recipes:
        start = rf'<details data-browser="{recipe.browser}" data-devices="{recipe.devices}">'
        assert re.search(rf"{start}\s*<summary>{re.escape(recipe.title)}</summary>", html)
    assert html.count("data-own hidden") == len(page.recipes)


# What an editor breaks


def test_a_centre_without_the_page_gets_the_products_own(tmp_path: Path) -> None:
    page = load_safe(tmp_path)["nl"]

    assert len(page.recipes) == len(load_safe(CONTENT)["nl"].recipes)
    assert page.faults == []


def test_a_page_that_cannot_be_used_is_told_and_the_products_own_takes_its_place(
    folder: Path,
) -> None:
    page = changed(folder, "page.md", "title: Veilig op deze site", "title:")

    assert page.opening.title == "Veilig op deze site"
    assert told(page) == [("page.md", 2)]
    assert load_safe(folder)["en"].faults == []


def test_a_missing_file_is_told_and_the_products_own_page_takes_its_place(folder: Path) -> None:
    (folder / "nl" / FOLDER / "talk.md").unlink()

    page = load_safe(folder)["nl"]

    assert "08002000" in page.talk.html
    assert told(page) == [("talk.md", 1)]


def test_a_browser_that_cannot_be_read_is_left_out_and_told(folder: Path) -> None:
    page = changed(folder, "browsers/edge.md", "order: 5", "order: five")

    assert {recipe.browser for recipe in page.recipes} == BROWSERS - {"edge"}
    assert told(page) == [("edge.md", 3)]


def test_steps_without_a_device_are_left_out_and_told(folder: Path) -> None:
    page = changed(folder, "browsers/safari.md", "[ios, computer]", "[ios]")

    assert "safari" not in {recipe.browser for recipe in page.recipes}
    assert [fault.text for fault in page.faults] == [
        "has 2 headings (##): write one for each of 'devices'."
    ]


def test_a_link_that_leads_nowhere_is_told_with_its_line_and_stays_as_text(folder: Path) -> None:
    page = changed(folder, "browsers/edge.md", "Open Edge. Tik", "Open [Edge](article:edge). Tik")

    assert "<a" not in "".join(recipe.html for recipe in page.recipes)
    (fault,) = page.faults
    line = (
        (folder / "nl" / FOLDER / "browsers/edge.md").read_text("utf-8").split("\n")[fault.line - 1]
    )
    assert "article:edge" in line
    assert "page:chat" in fault.text


def test_a_script_in_a_text_does_not_reach_the_page(folder: Path) -> None:
    page = changed(folder, "talk.md", "Je hoeft dit", "<script>x()</script> Je hoeft dit")

    assert "<script" not in page.talk.html
