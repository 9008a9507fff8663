"""Style and scripts stand inside the page, put together at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from luwte.page_parts import read_parts


def folder(tmp_path: Path, **scripts: str) -> Path:
    for name in ("style", "desk", "office"):
        (tmp_path / f"{name}.css").write_text("a { color: red }")
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

    assert parts.page_script == "const b=1;function a(){}\na(b);"


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
