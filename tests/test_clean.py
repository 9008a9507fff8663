"""The gate for what people type: what passes it, what does not, and that nothing goes round it."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luwte.chat import clean
from luwte.chat.clean import BadInput

# Letters that combine, marks that reorder or hide, halves of pairs, and any other.
NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\0\x07\x1b\x7f\x85\u200b\u200d\u202a\u202e\u2066\u2069\ufeff\ud800\udfff"),
        st.sampled_from("e\u0301\u0327\u1100\u1161\u11a8<>&\"'{}%$ \r\n\t"),
    ),
    max_size=60,
)
HIDES = set("\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\ufeff") | {
    chr(code) for code in range(0x2060, 0x206A)
}


def is_clean(text: str) -> bool:
    controls = any(
        unicodedata.category(letter) in ("Cc", "Cs") for letter in text if letter != "\n"
    )
    return not controls and not HIDES & set(text) and unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("gate", [clean.message, clean.draft])
@given(typed=NASTY)
def test_what_passes_is_normal_and_hides_nothing(gate: Callable[..., str], typed: str) -> None:
    try:
        passed = gate(typed, most=40)
    except BadInput:
        return
    assert is_clean(passed)
    assert len(passed) <= 40 and len(passed.encode()) <= 160
    assert gate(passed, most=40) == passed


@given(typed=NASTY)
def test_a_line_is_one_line_and_a_name_can_be_seen_whole(typed: str) -> None:
    for gate in (clean.line, clean.name):
        try:
            passed = gate(typed, "field", most=40)
        except BadInput:
            continue
        assert is_clean(passed) and "\n" not in passed and passed == " ".join(passed.split())
        assert gate is clean.line or passed.isprintable()


@given(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.lists(st.text()),
        st.dictionaries(st.text(), st.text()),
    )
)
def test_what_is_no_text_is_refused_or_nothing(sent: object) -> None:
    gates: list[Callable[[object], str]] = [
        clean.message,
        lambda value: clean.line(value, "field", most=5),
        lambda value: clean.draft(value, most=5),
        lambda value: clean.secret(value, "field", most=5),
        lambda value: clean.one_of(value, "field", ("a", "b")),
        lambda value: clean.key(value, required=True),
    ]
    for gate in gates:
        try:
            assert gate(sent) == ""
        except BadInput as fault:
            assert fault.code in ("malformed", "empty", "choose")


@given(secret=st.text(max_size=20))
def test_a_secret_is_taken_as_it_is_or_not_at_all(secret: str) -> None:
    if "\0" in secret:
        with pytest.raises(BadInput):
            clean.secret(secret, "password", most=20)
    else:
        assert clean.secret(secret, "password", most=20) == secret


@pytest.mark.parametrize("typed", ["9" * 5000, "-1", "1e3", "0x10", "1000", "²", "", " 12 ", "٧"])
def test_a_number_is_whole_and_within_its_range(typed: str) -> None:
    good = {"": 0, " 12 ": 12, "٧": 7}
    if typed in good:
        assert clean.whole(typed, "place", most=999) == good[typed]
    else:
        with pytest.raises(BadInput):
            clean.whole(typed, "place", most=999)


def test_the_id_of_an_event_is_one_that_the_store_can_be_asked_for(redis) -> None:
    for sent in ("1-0", "999999999999999999-999999999999999999"):
        assert clean.is_event_id(sent)
        redis.xrange("log", f"({sent}")
    for sent in ("", "1", "-", "1-", "٣-٣", "1-1\n", "9" * 20 + "-0", "(1-0", "1-0 COUNT 1", "+"):
        assert not clean.is_event_id(sent)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


ADDRESSES = st.sampled_from(
    [
        "https://a.example.org/",
        "b.example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "//c.example.org",
        'http://d.example.org/"onmouseover="x',
        "https://e.example.org/<script>",
        " ",
    ]
)


@settings(max_examples=60)
@given(typed=st.lists(st.one_of(ADDRESSES, st.text(max_size=8)), max_size=6).map("".join))
def test_of_what_people_write_nothing_but_marked_links_becomes_html(typed: str) -> None:
    said = clean.draft(typed, most=2_000)

    assert Tags(clean.as_html(said)).found == []
    for tag, attrs in Tags(clean.with_links(said)).found:
        assert tag == "a"
        assert set(attrs) == {"href", "rel", "target", "data-outside"}
        assert str(attrs["href"]).startswith(("http://", "https://"))
        assert attrs["rel"] == "noopener noreferrer nofollow"


def test_what_is_written_as_an_entity_is_read_as_it_was_written() -> None:
    html = clean.with_links("https://a.example.org/?a=1&b=2 &lt;b&gt; <b>")
    assert [attrs["href"] for _, attrs in Tags(html).found] == ["https://a.example.org/?a=1&b=2"]
    said = unescape(re.sub(r"</?a\b[^>]*>", "", html))
    assert said == "https://a.example.org/?a=1&b=2 &lt;b&gt; <b>"


# Who may look at what was sent, and what cleans it there. Another function asks one of these.
READS = (
    "form",
    "args",
    "get_json",
    "values",
    "json",
    "data",
    "files",
    "get_data",
    "stream",
    "cookies",
)
READERS = {
    "chat.asking.fields": "each view asks a rule of clean.py for each field",
    "chat.asking.json_body": "see fields",
    "chat.answer_form.AnswerForm.sent": "read() cleans; the fields show it as it was typed",
    "chat.desk_account._page": "a key of DONE",
    "chat.desk_account.name_passkey": "passkeys.tidy",
    "chat.desk_answers._tries_out": "compared",
    "chat.desk_answers.keep": "clean.one_of",
    "chat.desk_floor._leave": "compared",
    "chat.desk_floor._some": "clean.one_of",
    "chat.invitation_page.secrets_typed": "secrets: as they are, at most so long",
    "chat.office_audit._asked": "stands in addresses of this page, quoted",
    "chat.office_audit._wanted": "a number, a day, an act of ACTS",
    "chat.office_audit.overview": "a number, and shown as it was typed",
    "chat.office_figures._asked": "days, and values of lists",
    "chat.office_figures._date": "a day",
    "chat.office_figures._steps": "stands in addresses of this page, quoted",
    "chat.office_figures.overview": "shown as it was typed",
    "chat.office_hours._page": "shown in a field for a day",
    "chat.office_hours._typed": "typed_hours and clean.name; shown as it was typed",
    "chat.office_staff._account_page": "a key of DONE",
    "chat.office_staff._typed": "staff.tidy_name, tidy_email, role_of, known_regions",
    "chat.office_texts._step": "clean.one_of",
    "chat.office_texts.keep_text": "chat_texts.written; shown as it was typed",
    "chat.plain._mine": "the pattern of a token",
    "chat.plain.helped": "clean.one_of; a seal that opens only our own tickets",
    "chat.plain.say": "clean.message",
    "chat.plain.send_anyway": "clean.key",
    "chat.sign_in._form": "shown as it was typed",
    "chat.sign_in._typed": "clean.secret, tidy_email",
    "chat.too_often._proof_asked": "sent on as it was chosen, to be asked again",
    "chat.visitor._draw_form": "choices, compared; a key, shown as it was typed",
    "site.leave._leave_again": "only whether it is there",
    "site.preview.Preview._made.changed": "compared, and only on an editor's own machine",
    "site.region_pages.find": "clean.line",
    "site.search_pages.form": "only whether it is there",
}  # fmt: skip


def readers(path: Path) -> Iterator[str]:
    """The functions of a module that look at what was sent."""
    start = ".".join(path.with_suffix("").parts[-2:])

    def look(node: ast.AST, inside: str) -> Iterator[str]:
        for part in ast.iter_child_nodes(node):
            named = isinstance(part, ast.FunctionDef | ast.ClassDef)
            if (
                isinstance(part, ast.Attribute)
                and part.attr in READS
                and isinstance(part.value, ast.Name)
                and part.value.id == "request"
            ):
                yield inside
            yield from look(part, f"{inside}.{part.name}" if named else inside)  # type: ignore[attr-defined]

    return look(ast.parse(path.read_text("utf-8")), start)


def test_what_was_sent_is_read_in_named_places_only() -> None:
    root = Path(__file__).parents[1]
    found = {
        name
        for folder in ("chat", "site")
        for path in (root / folder).rglob("*.py")
        for name in readers(path)
    }

    assert found == set(READERS)
