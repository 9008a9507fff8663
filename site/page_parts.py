"""Style and scripts stand inside the page: one response is the fastest first view, and an external
script would leave its address in the browser's code cache.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from markupsafe import Markup
from rcssmin import cssmin
from rjsmin import jsmin

from .config import Settings, shipped
from .organisation import Organisation

_IMPORT = re.compile(r'^import .* from "\./(.+)\.js";\n', re.MULTILINE)
_NAME = re.compile(r"^(?:async )?(?:const|let|class|function) (\w+)", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=class|function|async|const|let)", re.MULTILINE)


@dataclass(frozen=True)
class Parts:
    """What base.html puts into every page, and the hashes by which the browser knows it."""

    page_style: Markup
    staff_style: Markup
    exit_script: Markup
    page_script: Markup
    desk_script: Markup
    office_script: Markup

    @property
    def script_hashes(self) -> str:
        return _hashes(self.exit_script, self.page_script, self.desk_script, self.office_script)

    @property
    def style_hashes(self) -> str:
        return _hashes(self.page_style, self.staff_style)


def _hashes(*parts: str) -> str:
    return " ".join(csp_hash(part) for part in parts)


def csp_hash(text: str) -> str:
    """As `script-src` and `style-src` name an inline part (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def read_parts(folder: Path, colours: str = "") -> Parts:
    """Put the parts together from the static folder; `colours` are a centre's own, as CSS."""
    return Parts(
        page_style=_style(folder, "style", more=colours),
        # What visitors never see does not weigh on their pages.
        staff_style=_style(folder, "desk", "office"),
        exit_script=_whole(jsmin((folder / "exit.js").read_text("utf-8")), "script"),
        page_script=_joined(folder, "main"),
        desk_script=_joined(folder, "desk-main"),
        office_script=_joined(folder, "office-main"),
    )


def _style(folder: Path, *names: str, more: str = "") -> Markup:
    texts = ((folder / f"{name}.css").read_text("utf-8") for name in names)
    return _whole(cssmin("\n".join([*texts, more])), "style")


def _joined(folder: Path, entry: str) -> Markup:
    """A script with all that it imports, each once and before it is needed, in one scope."""
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        text = (folder / f"{name}.js").read_text("utf-8")
        for needed in _IMPORT.findall(text):
            if needed not in texts:
                add(needed)
        texts[name] = _EXPORT.sub("", _IMPORT.sub("", text))

    add(entry)
    _all_different(texts)
    return _whole(jsmin("\n".join(texts.values())), "script")


def _all_different(texts: dict[str, str]) -> None:
    """One name twice in one scope is a fault of the whole script: tell it before a visitor does."""
    seen: dict[str, str] = {}
    for script, text in texts.items():
        for name in _NAME.findall(text):
            if name in seen:
                raise ValueError(f"{name} stands in {seen[name]}.js and in {script}.js")
            seen[name] = script


def _whole(text: str, tag: str) -> Markup:
    if f"</{tag}" in text.lower():
        raise ValueError(f"a part of the page would end its own <{tag}>")
    return Markup(text)  # noqa: S704 - our own file


def register(app: Flask, settings: Settings, organisation: Organisation) -> None:
    """Templates see the parts, the settings, and who runs the site."""
    parts = read_parts(shipped("static"), organisation.style)
    app.extensions["luwte.parts"] = parts
    app.context_processor(
        lambda: {
            "page_style": parts.page_style,
            "staff_style": parts.staff_style,
            "exit_script": parts.exit_script,
            "page_script": parts.page_script,
            "desk_script": parts.desk_script,
            "office_script": parts.office_script,
            "settings": settings,
            "organisation": organisation,
        }
    )
