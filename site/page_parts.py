"""Style and scripts stand inside the page: one response is the fastest first view, and an external
script would leave its address in the browser's code cache.

What every page needs is in every page. What only some need is a part: those pages say
`{% set brings = ["chat"] %}`, and get its layer of the stylesheet and its script. When such a page
is swapped in, page-parts.js puts both into the document; every page's policy names all of them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from flask import Flask
from markupsafe import Markup
from rcssmin import cssmin
from rjsmin import jsmin

from .config import Settings, shipped
from .organisation import Organisation

# The parts, and what each of them builds on besides the script of every page. A part's style is the
# layer of its name, its script `<name>-main.js`; it may lack either.
PARTS: Mapping[str, tuple[str, ...]] = {
    "chat": (),
    "talk": ("chat",),
    "tools": (),
    "safe": (),
}

_IMPORT = re.compile(r'^import \{ (.+) \} from "\./(.+)\.js";\n', re.MULTILINE)
_NAME = re.compile(r"^(?:async )?(?:const|let|class|function) (\w+)", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=class|function|async|const|let)", re.MULTILINE)
_LAYER = re.compile(r"^@layer (\w+) \{\n.*?^\}\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Part:
    """What only some pages need; either may be empty."""

    style: Markup
    script: Markup


@dataclass(frozen=True)
class Parts:
    """What base.html puts into pages, and the hashes by which the browser knows it."""

    page_style: Markup
    staff_style: Markup
    exit_script: Markup
    page_script: Markup
    desk_script: Markup
    office_script: Markup
    parts: Mapping[str, Part]

    def script_hashes(self, *, staff: bool) -> str:
        """Those of the staff's pages, or of all others: each page names only what it may get."""
        if staff:
            own = (self.exit_script, self.page_script)
            return _hashes(*own, self.desk_script, self.office_script)
        scripts = (part.script for part in self.parts.values())
        return _hashes(self.exit_script, self.page_script, *scripts)

    def style_hashes(self, *, staff: bool) -> str:
        """As `script_hashes`."""
        if staff:
            return _hashes(self.page_style, self.staff_style)
        return _hashes(self.page_style, *(part.style for part in self.parts.values()))


def _hashes(*parts: str) -> str:
    return " ".join(csp_hash(part) for part in parts if part)


def csp_hash(text: str) -> str:
    """As `script-src` and `style-src` name an inline part (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def read_parts(folder: Path, colours: str = "") -> Parts:
    """Put the parts together from the static folder; `colours` are a centre's own, as CSS."""
    style, layers = _layers((folder / "style.css").read_text("utf-8"))
    scripts = _scripts(folder)
    staff = [(folder / f"{name}.css").read_text("utf-8") for name in ("desk", "office")]
    return Parts(
        page_style=_style(style, colours),
        # What visitors never see does not weigh on their pages. The desk shows conversations too.
        staff_style=_style(layers.get("chat", ""), *staff),
        exit_script=_whole(jsmin((folder / "exit.js").read_text("utf-8")), "script"),
        page_script=scripts["main"],
        desk_script=_module(folder, "desk-main"),
        office_script=_module(folder, "office-main"),
        parts={name: Part(_style(layers.get(name, "")), scripts[name]) for name in PARTS},
    )


def _layers(style: str) -> tuple[str, dict[str, str]]:
    """The stylesheet without the layers that only some pages need, and those layers."""
    apart = {found[1]: found[0] for found in _LAYER.finditer(style) if found[1] in PARTS}
    return _LAYER.sub(lambda found: "" if found[1] in apart else found[0], style), apart


def _style(*texts: str) -> Markup:
    return _whole(cssmin("\n".join(texts)), "style")


@dataclass
class _Script:
    """A script's modules in the order in which they are needed, and what it takes from others."""

    texts: dict[str, str] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)  # by module

    @classmethod
    def read(cls, folder: Path, entry: str, known: Iterable[str] = ()) -> _Script:
        """An entry with all that it imports, each once, but those modules that are `known`."""
        script, known = cls(), frozenset(known)

        def add(name: str) -> None:
            text = (folder / f"{name}.js").read_text("utf-8")
            for names, needed in _IMPORT.findall(text):
                if needed in known:
                    script.taken.setdefault(needed, set()).update(names.split(", "))
                elif needed not in script.texts:
                    add(needed)
            script.texts[name] = _EXPORT.sub("", _IMPORT.sub("", text))

        add(entry)
        return script

    def joined(self) -> str:
        return str(jsmin("\n".join(self.texts.values())))


def _module(folder: Path, entry: str) -> Markup:
    """A script that shares nothing with others."""
    script = _Script.read(folder, entry)
    _all_different(script.texts)
    return _whole(script.joined(), "script")


def _scripts(folder: Path) -> dict[str, Markup]:
    """The script of every page ("main") and those of the parts.

    Each has a scope of its own. What others need of it, it leaves in the one object `luwte`.
    """
    scripts = {"main": _Script.read(folder, "main")}
    for name, bases in PARTS.items():
        known = chain.from_iterable(scripts[base].texts for base in ("main", *bases))
        there = (folder / f"{name}-main.js").is_file()
        scripts[name] = _Script.read(folder, f"{name}-main", known) if there else _Script()
        texts = [scripts[base].texts for base in ("main", *bases, name)]
        _all_different({module: text for one in texts for module, text in one.items()})
    return {name: _scope(name, scripts) for name in scripts}


def _scope(name: str, scripts: Mapping[str, _Script]) -> Markup:
    script = scripts[name]
    if not script.texts:
        return Markup("")
    taken = set().union(*script.taken.values())
    given = {
        wanted
        for other in scripts.values()
        for module in other.taken.keys() & script.texts
        for wanted in other.taken[module]
    }
    *needed, entry = script.texts.values()
    lines = [
        f"const {{ {', '.join(sorted(taken))} }} = luwte;" if taken else "",
        *needed,
        # Before the entry puts it to work: what that does may bring other parts.
        f"Object.assign(luwte, {{ {', '.join(sorted(given))} }});" if given else "",
        entry,
    ]
    # By the mark, page-parts.js knows that the browser let it run.
    opens = "const luwte={};" if name == "main" else 'document.currentScript.dataset.ran="";'
    return _whole(opens + '(()=>{"use strict";' + jsmin("\n".join(lines)) + "})()", "script")


def _all_different(texts: Mapping[str, str]) -> None:
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
            "parts": parts.parts,
            "settings": settings,
            "organisation": organisation,
        }
    )
