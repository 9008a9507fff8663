"""The articles: what an editor writes is what a visitor reads, and a broken file stays alone."""

from __future__ import annotations

import os
import re
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luwte.application import create_app
from luwte.articles import Article, ContentMissing, Library, NotFound
from luwte.config import CONTENT, Settings
from tests.content import TEXT, Editor, slugs

NL = "nl/geweld-thuis/iemand-helpen.md"
EN = "en/violence-at-home/help-someone.md"


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path / "content")


def the_article(editor: Editor) -> Article:
    return editor.publishes().article("nl", "geweld-thuis", "iemand-helpen")


def read_after_writing(editor: Editor, text: str) -> str:
    editor.writes_article(text)
    return the_article(editor).html


# What is read


def test_a_whole_folder_has_no_faults_and_its_articles_are_found(editor: Editor) -> None:
    library = editor.publishes()
    article = library.article("nl", "geweld-thuis", "iemand-helpen")

    assert library.faults == []
    assert (article.id, article.lang, article.slug) == ("help-someone", "nl", "iemand-helpen")
    assert article.title == "Iemand helpen"
    assert article.summary == "Wat je kunt doen voor een ander."
    assert (article.audience, article.order, article.next) == (["self", "other"], 1, "chat")
    assert (article.checked, article.sources) == (date(2026, 11, 22), ["veiligthuis.nl"])
    assert article.unverified == []
    assert article.section is library.section("nl", "geweld-thuis")
    assert library.by_id("nl", "help-someone") is article
    assert library.count() == 2


def test_a_page_leads_to_its_twin_in_the_other_language(editor: Editor) -> None:
    library = editor.publishes()
    english = library.article("en", "violence-at-home", "help-someone")

    assert library.twin(english, "nl") is library.by_id("nl", "help-someone")
    assert library.twin(english.section, "nl") is library.section("nl", "geweld-thuis")


@pytest.mark.parametrize(
    ("lang", "section", "slug"),
    [
        ("nl", "geweld-thuis", "help-someone"),
        ("nl", "violence-at-home", "iemand-helpen"),
        ("de", "geweld-thuis", "iemand-helpen"),
    ],
)
def test_what_is_not_there_is_not_found(editor: Editor, lang: str, section: str, slug: str) -> None:
    with pytest.raises(NotFound):
        editor.publishes().article(lang, section, slug)


def test_articles_and_sections_stand_in_the_order_that_was_given(editor: Editor) -> None:
    editor.writes_in_both("## Nu\n\nBel.", "a-later-one", order="9")
    editor.writes_in_both("## Nu\n\nBel.", "z-first-one", order="0")
    for lang in ("nl", "en"):
        text = "---\nid: now\ntitle: Nu\nsummary: Nu.\norder: 0\n---\n"
        editor.writes(editor.folder / lang / "z-now" / "_section.md", text)

    library = editor.publishes()

    assert library.faults == []
    assert slugs(library) == ["z-first-one", "iemand-helpen", "a-later-one"]
    assert [section.slug for section in library.sections("nl")] == ["z-now", "geweld-thuis"]


def test_a_section_stands_at_the_top_unless_it_says_that_it_belongs_at_the_foot(
    editor: Editor,
) -> None:
    text = editor.section().read_text()
    for lang in ("nl", "en"):
        about = text.replace("id: violence", "id: about\nplace: foot")
        editor.writes(editor.folder / lang / "about" / "_section.md", about)

    library = editor.publishes()

    assert library.faults == []
    places = {section.id: section.place for section in library.sections("nl")}
    assert places == {"violence": "top", "about": "foot"}


def test_words_that_yaml_takes_for_something_else_stay_words(editor: Editor) -> None:
    editor.writes_article("## Bel\n\nNu.", title="112", summary="no")
    article = the_article(editor)
    assert (article.title, article.summary) == ("112", "no")


def test_a_file_of_a_windows_editor_is_read_as_well(editor: Editor) -> None:
    path = editor.writes_article("## A\n\nBel 112.\n\n[b](article:nobody)")
    editor.writes(path, b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert editor.only_fault()[:2] == (NL, TEXT + 4)
    assert "<p>Bel 112.</p>" in the_article(editor).html


def test_the_text_of_a_section_is_shown_above_its_articles(editor: Editor) -> None:
    text = editor.section().read_text() + "Loopt iemand gevaar? Bel [112](tel:112).\n"
    editor.writes(editor.section(), text)
    section = editor.publishes().section("nl", "geweld-thuis")
    assert section.html == '<p>Loopt iemand gevaar? Bel <a href="tel:112">112</a>.</p>\n'


def test_statements_to_be_verified_are_notes_with_their_lines_and_no_faults(editor: Editor) -> None:
    path = editor.writes_article("## A\n\nb", unverified="\n  - het nummer\n  - de tijden")
    library = editor.publishes()
    assert library.faults == []
    assert [(note.path, note.line, note.text) for note in library.notes] == [
        (path, 11, "to be verified: het nummer"),
        (path, 12, "to be verified: de tijden"),
    ]


# What a visitor gets


def test_markdown_becomes_html_with_tables_and_lists(editor: Editor) -> None:
    html = read_after_writing(
        editor, "## Bellen\n\n1. **nu**\n2. *later*\n\n| wie | hoe |\n|---|---:|\n| ik | bel |\n"
    )
    assert '<h2 id="at-bellen">Bellen</h2>' in html
    assert "<ol>\n<li><strong>nu</strong></li>\n<li><em>later</em></li>\n</ol>" in html
    assert '<th scope="col">wie</th>' in html
    assert "<td>bel</td>" in html
    assert "style" not in html


def test_every_heading_has_an_id_of_its_own(editor: Editor) -> None:
    html = read_after_writing(editor, "## Één *ding*\n\n### Één ding\n\n## Main\n\n## ???\n\nx")
    assert re.findall(r'id="([^"]*)"', html) == ["at-een-ding", "at-een-ding-2", "at-main", "at"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '[x](https://a.nl "t\\" onclick=\\"alert(1)")',
        "```x onclick=alert(1)\n</code><script>\n```",
    ],
)
def test_no_article_can_carry_a_script(editor: Editor, text: str) -> None:
    html = read_after_writing(editor, f"## A\n\n{text}\n")
    tags = re.findall(r"<[^>]*>", html)
    assert all(re.fullmatch(r"</?(h2|p|pre|code|a)( (id|href|rel)=\"[^\"]*\")*>", t) for t in tags)
    assert not re.search(r'(href|src)="(?!https://a\.nl")', html)


def test_html_is_shown_as_it_was_written(editor: Editor) -> None:
    html = read_after_writing(editor, "## A\n\n<p>Bel <b>nu</b>\n\n<h2>B</h2>\n")
    assert "&lt;p&gt;Bel &lt;b&gt;nu&lt;/b&gt;" in html
    assert html.count("<h2") == 1


def test_links_lead_to_articles_sections_pages_the_phone_and_other_sites(editor: Editor) -> None:
    html = read_after_writing(
        editor,
        "## A\n\n[a](article:help-someone) [b](section:violence) [c](page:chat) [d](page:safe) "
        "[e](tel:0800-2000) [f](https://politie.nl/x?a=b)",
    )
    assert re.findall(r"<a .*?</a>", html) == [
        '<a href="/geweld-thuis/iemand-helpen">a</a>',
        '<a href="/geweld-thuis/">b</a>',
        '<a href="/chat">c</a>',
        '<a href="/veilig-internetten">d</a>',
        '<a href="tel:0800-2000">e</a>',
        '<a href="https://politie.nl/x?a=b" rel="noreferrer">f</a>',
    ]


def test_english_links_lead_to_english_pages(editor: Editor) -> None:
    editor.writes_article("## A\n\n[a](article:help-someone) [c](page:chat)", lang="en")
    english = editor.publishes().article("en", "violence-at-home", "help-someone")
    assert 'href="/en/violence-at-home/help-someone"' in english.html
    assert 'href="/en/chat"' in english.html


def test_the_addresses_are_the_callers_own(editor: Editor) -> None:
    editor.writes_article("## A\n\n[a](article:help-someone) [c](page:chat)")

    def link_to(kind: str, target: object, lang: str) -> str:
        return f"/{lang}-{kind}-{target if isinstance(target, str) else getattr(target, 'id', '')}"

    library = Library.load(editor.folder, link_to=link_to)
    html = library.article("nl", "geweld-thuis", "iemand-helpen").html
    assert re.findall('href="([^"]*)"', html) == ["/nl-article-help-someone", "/nl-page-chat"]


# What is told of a text


@pytest.mark.parametrize(
    ("link", "remedy"),
    [
        ("article:nobody", "no article in 'nl' has the id 'nobody': correct the link."),
        ("section:nowhere", "no section in 'nl' has the id 'nowhere': correct the link."),
        ("page:kitchen", "there is no page 'kitchen': use page:home, page:chat, page:safe, "),
        ("http://politie.nl", "the link 'http://politie.nl' is of no known kind"),
        ("mailto:a@b.nl", "the link 'mailto:a@b.nl' is of no known kind"),
        ("/geweld-thuis/", "the link '/geweld-thuis/' is of no known kind"),
        ("tel:help", "the link 'tel:help' is of no known kind"),
        ("//evil.nl", "the link '//evil.nl' is of no known kind"),
    ],
)
def test_a_dead_link_is_told_with_its_line_and_shown_as_text(
    editor: Editor, link: str, remedy: str
) -> None:
    html = read_after_writing(editor, f"\n## A\n\nEen\nregel met [een *lint*]({link}) erin.\n")

    path, line, text = editor.only_fault()
    assert (path, line) == (NL, TEXT + 4)
    assert text.startswith(remedy)
    assert "regel met een <em>lint</em> erin." in html
    assert "<a" not in html


def test_each_dead_link_has_its_own_line(editor: Editor) -> None:
    editor.writes_article(
        "## A\n"  # TEXT
        "- [a](article:x) en\n"
        "  [b](article:x)\n"
        "\n"
        "| a | b |\n"
        "|---|---|\n"
        "| c | [d](article:x) |\n"
        "\n"
        "Zie [dit][ver].\n"
        "\n"
        "[ver]: article:x\n"
    )
    assert [line - TEXT for _, line, _ in editor.faults()] == [1, 2, 6, 10]


def test_a_link_to_an_article_that_is_left_out_says_so(editor: Editor) -> None:
    editor.writes_in_both("## A\n\nb", "broken")
    editor.writes_article("## A\n\nb", name="broken", id="broken", order="x")
    editor.writes_article("## A\n\n[a](article:broken)")
    assert [(path, text) for path, _, text in editor.faults()] == [
        (NL.replace("iemand-helpen", "broken"), "'order' is 'x': give a whole number, for "
         "example 10."),
        (NL, "the article 'broken' is left out for faults of its own: mend those."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("Alleen een alinea.", -1, "has no heading"),
        ("### Te diep\n\ntekst", -1, "has no heading"),
        ("## A\n\nb\n\n##\n\nc", 4, "a heading has no text"),
        ("tekst\n\n# Titel\n\ntekst", 2, "a heading has one #"),
        ("## A\n\ntekst\n![een deur](deur.png)", 3, "a picture cannot be shown"),
    ],
)
def test_a_text_that_cannot_be_shown_well_is_told_but_stays_readable(
    editor: Editor, text: str, line: int, remedy: str
) -> None:
    editor.writes_article(text)
    path, found, told = editor.only_fault()
    assert (path, found) == (NL, TEXT + line)
    assert told.startswith(remedy)
    assert the_article(editor).html


def test_a_first_level_heading_is_not_a_second_title(editor: Editor) -> None:
    assert "<h1" not in read_after_writing(editor, "# Titel\n\ntekst")
    assert "<h2" in read_after_writing(editor, "# Titel\n\ntekst")


# What is told of front matter; such an article is left out


@pytest.mark.parametrize(
    ("facts", "line", "remedy"),
    [
        ({"titel": "x"}, 10, "'titel' is not a known key: use one of id, title, summary"),
        ({"without": "title"}, 1, "'title' is missing: add a line 'title: ...'"),
        ({"title": ""}, 3, "'title' is empty"),
        ({"title": "[a, b]"}, 3, "'title' must be one text"),
        ({"id": "Help Someone"}, 2, "'id' is 'Help Someone': use small letters"),
        ({"audience": "self"}, 5, "'audience' must be a list"),
        ({"audience": "[]"}, 5, "'audience' is empty: give at least one of self, other"),
        ({"audience": "\n  - self\n  - dog"}, 7, "'audience' has 'dog': choose from self"),
        ({"audience": "[self, self]"}, 5, "'audience' has 'self' twice"),
        ({"audience": "[self, [x]]"}, 5, "'audience' has an item that is no text"),
        ({"order": "first"}, 6, "'order' is 'first': give a whole number"),
        ({"order": "-1"}, 6, "'order' is '-1': give a whole number"),
        (
            {"next": "home"},
            7,
            "'next' is 'home': choose from chat, phone, danger, article:<id> or tool:<id>",
        ),
        ({"next": "section:violence"}, 7, "'next' is 'section:violence': choose from"),
        ({"checked": "22-11-2026"}, 8, "'checked' is '22-11-2026': give a day as year-month-day"),
        ({"checked": "2026-02-30"}, 8, "'checked' is '2026-02-30': give a day"),
        ({"without": "sources"}, 1, "'sources' is missing: add a line 'sources: [...]'"),
        ({"sources": "a\nid: b"}, 10, "'id' stands here a second time"),
    ],
)
def test_a_fact_that_cannot_be_used_is_told_on_its_line(
    editor: Editor, facts: dict[str, str], line: int, remedy: str
) -> None:
    editor.writes_article("## A\n\nb", **facts)
    library = editor.publishes()
    told = [(fault.path, fault.line) for fault in library.faults if fault.text.startswith(remedy)]
    assert told == [(editor.article(), line)]
    assert slugs(library) == []
    assert slugs(library, "en") == ["help-someone"]


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        (b"## Bel\n", 1, "has no front matter"),
        (b"", 1, "has no front matter"),
        (b"---\nid: a\n", 1, "has front matter without an end"),
        (b"---\n---\n## A\n", 1, "has front matter without facts"),
        (b"---\n- a\n---\n## A\n", 1, "has front matter without facts"),
        (b"---\nid: a\ntitle: Bel: nu\n---\n", 3, "the front matter is not valid YAML (mapping"),
        (b"---\nid: a\ntitle: 'Bel\n---\n", 4, "the front matter is not valid YAML"),
        (b"---\nid: a\n\ttitle: b\n---\n", 3, "the front matter is not valid YAML"),
        (b"---\nid: *a\n---\n", 2, "the front matter is not valid YAML"),
        (b"---\nid: a\ntitle: caf\xe9\n---\n", 3, "is not UTF-8 text"),
        ("---\nid: a\n---\n\nBel".encode("utf-16"), 1, "is not UTF-8 text"),
        (b"---\nid: a\n---\n\nBel\x00nu", 5, "has an invisible control character (U+0000)"),
        (b"---\nid: " + b"[" * 100_000 + b"\n---\n", 1, "has front matter of over 4000"),
        (b"---\nid: " + b"[" * 3_000 + b"\n---\n", 3, "the front matter is not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_takes_nothing_down(
    editor: Editor, text: bytes, line: int, remedy: str
) -> None:
    editor.writes_in_both("## A\n\nb", "another")
    path = editor.writes(editor.article(name="broken"), text)

    library = editor.publishes()

    assert [(fault.path, fault.line) for fault in library.faults] == [(path, line)]
    assert library.faults[0].text.startswith(remedy)
    assert "\n" not in library.faults[0].text
    assert slugs(library) == ["another", "iemand-helpen"]


def test_files_that_are_no_files_are_told(editor: Editor) -> None:
    loop = editor.article(name="a-loop")
    loop.symlink_to(loop)
    pipe = editor.article(name="b-pipe")
    os.mkfifo(pipe)
    memory = editor.article(name="c-memory")
    memory.symlink_to("/proc/self/mem")  # nobody, root neither, can read its beginning

    library = editor.publishes()

    assert [fault.path for fault in library.faults] == [loop, pipe, memory]
    assert "put a text file here" in library.faults[1].text
    assert library.faults[2].text == "cannot be read (Input/output error): check its permissions."
    assert slugs(library) == ["iemand-helpen"]


def test_an_article_without_text_is_left_out(editor: Editor) -> None:
    editor.writes_article(" \n\n")
    assert editor.only_fault() == (NL, 2, "has no text: write it below the front matter.")
    assert slugs(editor.publishes()) == []


def test_a_next_step_that_is_gone_becomes_the_phone(editor: Editor) -> None:
    editor.writes_article("## A\n\nb", next="article:nobody")
    path, line, text = editor.only_fault()
    assert (path, line) == (NL, 7)
    assert text == "'next': no article in 'nl' has the id 'nobody': correct the link."
    assert the_article(editor).next == "phone"


def test_a_next_step_may_be_another_article(editor: Editor) -> None:
    editor.writes_in_both("## A\n\nb", "another")
    editor.writes_article("## A\n\nb", next="article:another")
    assert editor.faults() == []
    assert the_article(editor).next == "article:another"


# What is told of the folder


def test_an_article_without_a_twin_is_told_and_shown(editor: Editor) -> None:
    editor.article("en").unlink()
    assert editor.only_fault() == (
        NL, 2, "has no twin in 'en': write the article there with id: help-someone",
    )  # fmt: skip
    assert slugs(editor.publishes()) == ["iemand-helpen"]


def test_a_section_without_a_twin_is_told_and_shown(editor: Editor) -> None:
    editor.writes(
        editor.folder / "nl" / "nu" / "_section.md",
        "---\nid: now\ntitle: Nu\nsummary: Nu.\norder: 2\n---\n",
    )
    path, line, text = editor.only_fault()
    assert (path, line) == ("nl/nu/_section.md", 2)
    assert text == "has no twin in 'en': write the section there with id: now"
    assert editor.publishes().section("nl", "nu").title == "Nu"


def test_a_broken_twin_is_told_once(editor: Editor) -> None:
    editor.writes_article("## A\n\nb", lang="en", order="x")
    path, line, _ = editor.only_fault()
    assert (path, line) == (EN, 6)


def test_twins_in_different_sections_are_told(editor: Editor) -> None:
    for lang in ("nl", "en"):
        text = "---\nid: now\ntitle: Nu\nsummary: Nu.\norder: 2\n---\n"
        editor.writes(editor.folder / lang / "nu" / "_section.md", text)
    editor.article("en").rename(editor.folder / "en" / "nu" / "help-someone.md")
    path, line, text = editor.only_fault()
    assert (path, line) == ("en/nu/help-someone.md", 2)
    assert text.startswith("its twin in 'nl' is in the section 'violence', this one in 'now'")


def test_an_id_that_is_used_twice_keeps_the_first_article(editor: Editor) -> None:
    editor.writes_article("## A\n\nb", name="zelfde")
    assert editor.only_fault() == (
        "nl/geweld-thuis/zelfde.md", 2,
        f"'id' is 'help-someone', as in {NL}: give this article another one.",
    )  # fmt: skip
    assert slugs(editor.publishes()) == ["iemand-helpen"]


@pytest.mark.parametrize(
    ("place", "remedy"),
    [
        ("left", "'place' is 'left': choose top or foot."),
        ("", "'place' is empty"),
        ("[top]", "'place' must be one text"),
    ],
)
def test_a_place_that_is_none_is_told_on_its_line(editor: Editor, place: str, remedy: str) -> None:
    text = editor.section().read_text().replace("order: 1", f"order: 1\nplace: {place}")
    path = editor.writes(editor.section(), text)

    library = editor.publishes()

    told = [(fault.path, fault.line) for fault in library.faults if fault.text.startswith(remedy)]
    assert told == [(path, 6)]
    assert library.sections("nl") == []


def test_a_section_id_that_is_used_twice_keeps_the_first_section(editor: Editor) -> None:
    copy = editor.writes(editor.folder / "nl/zelfde/_section.md", editor.section().read_text())
    library = editor.publishes()
    assert [(fault.path, fault.line) for fault in library.faults] == [(copy, 2)]
    assert [section.slug for section in library.sections("nl")] == ["geweld-thuis"]


def test_two_articles_of_one_name_are_told_and_both_shown(editor: Editor) -> None:
    for lang in ("nl", "en"):
        folder = editor.folder / lang / "nu"
        editor.writes(
            folder / "_section.md", "---\nid: now\ntitle: Nu\nsummary: Nu.\norder: 2\n---\n"
        )
        editor.writes_article("## A\n\nb", lang=lang, name="x", id="other")
        editor.article(lang, "x").rename(folder / "iemand-helpen.md")
    path, _, text = editor.only_fault()
    assert path == "nl/nu/iemand-helpen.md"
    assert text == f"has the same name as {NL}: rename one of the two."
    assert slugs(editor.publishes()) == ["iemand-helpen", "iemand-helpen"]


@pytest.mark.parametrize(
    "text",
    [
        "geen feiten",
        "---\nid: violence\n---\n",
        "---\nid: violence\ntitle: a\nsummary: b\norder: 1\ncolour: red\n---\n",
        None,
    ],
)
def test_a_broken_section_takes_only_itself_out(editor: Editor, text: str | None) -> None:
    now = editor.folder / "nl" / "nu" / "_section.md"
    editor.writes(now, "---\nid: now\ntitle: Nu\nsummary: Nu.\norder: 2\n---\n")
    editor.writes(editor.folder / "en/now/_section.md", now.read_text())
    if text is None:
        editor.section().unlink()
    else:
        editor.writes(editor.section(), text)

    library = editor.publishes()

    assert {fault.path for fault in library.faults} >= {editor.section()}
    assert editor.article() not in {fault.path for fault in library.faults}
    assert [section.id for section in library.sections("nl")] == ["now"]
    assert library.by_id("nl", "help-someone") is None
    assert slugs(library, "en") == ["help-someone"]


@pytest.mark.parametrize(
    "path",
    [
        "nl/los.md",
        "los.md",
        "nl/geweld-thuis/dieper",
        "nl/geweld-thuis/plaatje.png",
        "nl/geweld-thuis/iemand-helpen.md~",
        "de",
    ],
)
def test_a_file_in_the_wrong_place_is_told(editor: Editor, path: str) -> None:
    if "." in path:
        editor.writes(editor.folder / path, "x")
    else:
        editor.writes(editor.folder / path / "x.md", "x")
    found, line, text = editor.only_fault()
    assert (found, line) == (path, 1)
    assert text.startswith("is in the wrong place")


@pytest.mark.parametrize("path", [".DS_Store", "nl/.swp", "README.md", "regions.csv"])
def test_what_is_no_page_and_never_looked_like_one_is_left_alone(editor: Editor, path: str) -> None:
    editor.writes(editor.folder / path, "x")
    assert editor.faults() == []


@pytest.mark.parametrize("name", ["Iemand Helpen", "iemand_helpen", "één", "-a"])
def test_a_name_that_cannot_stand_in_an_address_is_told(editor: Editor, name: str) -> None:
    editor.article().rename(editor.article(name=name))
    path, _, text = editor.only_fault()
    assert path == f"nl/geweld-thuis/{name}.md"
    assert text.startswith("the file's name cannot stand in an address: use small letters")


def test_a_section_cannot_take_the_place_of_the_chat(editor: Editor) -> None:
    editor.section().parent.rename(editor.folder / "nl" / "chat")
    assert editor.only_fault() == (
        "nl/chat/_section.md", 2, "the site itself uses the name 'chat': rename the folder.",
    )  # fmt: skip


def test_a_language_that_is_missing_is_told_once(editor: Editor) -> None:
    (editor.folder / "en").rename(editor.folder.parent / "elsewhere")
    path, line, text = editor.only_fault()
    assert (path, line) == ("en", 1)
    assert text.startswith("is missing: make this folder")
    assert slugs(editor.publishes()) == ["iemand-helpen"]


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing, match="set LUWTE_CONTENT"):
        Library.load(tmp_path / "nowhere")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="-:#[]()*`|<>! \n\tab01&'\"", max_size=200))
def test_whatever_stands_in_a_file_the_others_are_read(what: bytes | str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        editor = Editor(Path(folder))
        editor.writes(editor.article(name="x"), what if isinstance(what, bytes) else what.encode())
        if isinstance(what, str):
            editor.writes_in_both(f"## A\n\n{what}", "y")
        library = editor.publishes()
        assert "iemand-helpen" in slugs(library)
        for article in library.section("nl", "geweld-thuis").articles:
            assert "<script" not in article.html


def test_the_sites_own_articles_have_no_faults() -> None:
    library = Library.load(Path(__file__).parent.parent / "content")
    assert library.faults == []
    assert library.count() >= 12


@pytest.mark.parametrize("start", ["", "/en"])
def test_what_is_about_the_site_stands_at_the_foot_and_not_among_the_help(start: str) -> None:
    app = create_app(Settings(secret_keys=("a secret of the tests",), redis_url="redis://none:1"))
    lang = start[1:] or "nl"
    about = next(s for s in Library.load(CONTENT).sections(lang) if s.id == "about")
    html = app.test_client().get(f"{start}/{about.slug}/").get_data(as_text=True)
    topics = html[html.index('class="topics"') :].partition("</nav>")[0]
    foot = html[html.index('<footer class="foot"') :].partition("</footer>")[0]

    assert about.slug not in topics
    news = Library.load(CONTENT).news(lang)
    assert news and news.slug not in topics and foot.count(f'<a href="{start}/{news.slug}/">') == 1
    assert topics.count("<a ") == len(Library.load(CONTENT).sections(lang)) - 2
    names = ["about-us", "privacy", "accessibility", "complaints", "sources"]
    assert [article.id for article in about.articles] == names
    for article in about.articles:
        link = f'<a href="{start}/{about.slug}/{article.slug}">{article.title}</a>'
        assert foot.count(link) == 1


def test_ninety_articles_are_ready_at_once(editor: Editor) -> None:
    part = "## Wat je kunt doen\n\nBel [112](tel:112) of [chat](page:chat). **Doe** het nu.\n\n"
    text = (
        part + "Je hoeft niet alles uit te leggen. Je mag fluisteren.\n" * 8 + "\n- een\n- twee\n\n"
    )
    for number in range(45):
        editor.writes_in_both(text * 4, f"article-{number}")

    def seconds() -> float:
        began = time.process_time()
        assert editor.publishes().count() == 92
        return time.process_time() - began

    # The best of a few: another program may keep the processor's caches cold.
    assert min(seconds() for _ in range(4)) < 0.7
