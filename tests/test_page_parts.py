"""Style and scripts stand inside the page, put together at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from luwte.page_parts import csp_hash, read_parts

STYLE = """@layer ground, chat;
@layer ground {
  a { color: red }
}
@layer chat {
  b { color: blue }
}
@media print {
  i { color: tan }
}
"""


def folder(tmp_path: Path, **scripts: str) -> Path:
    for name in ("style", "desk", "office"):
        (tmp_path / f"{name}.css").write_text(STYLE)
    entries = {"exit": "1", "main": "1", "desk_main": "1", "office_main": "1"}
    for name, text in (entries | scripts).items():
        (tmp_path / f"{name.replace('_', '-')}.js").write_text(text)
    return tmp_path


def test_what_a_script_needs_stands_before_it_and_once(tmp_path):
    parts = read_parts(
        folder(
            tmp_path,
            main='import { a } from "./a.js";\nimport { b } from "./b.js";\na(b);',
            a='import { b } from "./b.js";\nexport function a() {}',
            b="export const b = 1;",
        )
    )

    assert "const b=1;function a(){}\na(b);" in parts.page_script


def test_what_only_some_pages_need_stands_apart(tmp_path):
    parts = read_parts(
        folder(
            tmp_path,
            main='import { a } from "./a.js";\na();',
            chat_main='import { a } from "./a.js";\nimport { c } from "./c.js";\na(c);',
            a="export function a() {}\nexport function unasked() {}",
            c="export const c = 1;",
        )
    )

    assert (
        parts.page_style
        == "@layer ground,chat;@layer ground{a{color:red}}@media print{i{color:tan}}"
    )
    assert parts.parts["chat"].style == "@layer chat{b{color:blue}}"
    assert "blue" in parts.staff_style
    # One object is all that the scripts share, and it holds what another script asks for.
    assert parts.page_script == (
        'const luwte={};(()=>{"use strict";function a(){}\nfunction unasked(){}\n'
        "Object.assign(luwte,{a});a();})()"
    )
    assert parts.parts["chat"].script == (
        'document.currentScript.dataset.ran="";'
        '(()=>{"use strict";const{a}=luwte;const c=1;a(c);})()'
    )
    assert (parts.parts["tools"].style, parts.parts["tools"].script) == ("", "")
    hashes = parts.script_hashes(staff=False) + parts.style_hashes(staff=False)
    for part in ("chat", "tools"):
        for text in (parts.parts[part].style, parts.parts[part].script):
            assert not text or csp_hash(text) in hashes


def test_a_part_whose_name_the_pages_script_has_stops_the_start(tmp_path):
    with pytest.raises(ValueError, match=r"a stands in main\.js and in chat-main\.js"):
        read_parts(folder(tmp_path, main="const a = 1;", chat_main="const a = 2;"))


def test_a_name_that_two_scripts_share_stops_the_start(tmp_path):
    with pytest.raises(ValueError, match=r"PAUSE stands in a\.js and in main\.js"):
        read_parts(
            folder(
                tmp_path,
                main='import { a } from "./a.js";\nconst PAUSE = 1;',
                a="const PAUSE = 2;\nexport function a() {}",
            )
        )


def test_a_script_that_would_end_itself_stops_the_start(tmp_path):
    with pytest.raises(ValueError, match="would end its own"):
        read_parts(folder(tmp_path, exit="'</script>'"))
