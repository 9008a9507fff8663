"""Who runs this site: its name, its numbers, its colours, and the doors on the home page.

All of it stands in `content/organisation.yml`, so that a centre makes the site its own without
touching code. Our texts are written with the first centre's names; those of the centre that runs
the site take their place wherever a text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from .colours import PAIRS, contrast, is_colour
from .front_matter import BadFile, Fault, FrontMatter, is_name, quoted
from .yaml_files import facts_of

FILE = "organisation.yml"
KEYS = ("name", "helpline", "phone", "phone_hours", "emergency", "colours", "doors")
COLOURS = ("ground", "surface", "soft", "ink", "main", "fill", "exit")
DRAWINGS = ("self", "other", "work")
MOST_DOORS = 4
# What our own texts say of the phone, as they say it.
_OUR_HOURS = {"nl": "gratis, dag en nacht", "en": "free, day and night"}
_NUMBER = re.compile(r"\+?[0-9]+(?:[ -][0-9]+)*")


@dataclass(frozen=True)
class Door:
    """One way in from the home page: what it says in each language, and where it leads."""

    drawing: str
    title: dict[str, str]
    summary: dict[str, str]
    # `article:<id>` or `section:<id>`.
    to: str


@dataclass
class Organisation:
    """What every page shows of the centre."""

    name: str = "Luwte"
    # Who answers the phone.
    helpline: str = "Veilig Thuis"
    phone: str = "0800-2000"
    # Its price and hours, by language.
    phone_hours: dict[str, str] = field(default_factory=dict)
    emergency: str = "112"
    # By scheme ("light", "dark") and name; what is missing stays as the stylesheet has it.
    colours: dict[str, dict[str, str]] = field(default_factory=dict)
    doors: list[Door] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list, repr=False)

    @property
    def phone_link(self) -> str:
        return _link(self.phone)

    @property
    def emergency_link(self) -> str:
        return _link(self.emergency)

    def _names(self, lang: str) -> tuple[str, ...]:
        numbers = (self.phone, self.phone_link, self.emergency, self.emergency_link)
        return (self.name, self.helpline, *numbers, self.phone_hours.get(lang, ""))

    def in_our_texts(self, lang: str) -> Callable[[str], str]:
        """Puts this centre's names and numbers in the place of the first one's in a text."""
        first = Organisation(phone_hours=_OUR_HOURS)
        ours, theirs = first._names(lang), self._names(lang)
        replaced = {o: t for o, t in zip(ours, theirs, strict=True) if t and o != t}
        # The hours may begin a sentence.
        replaced |= {o[:1].upper() + o[1:]: t[:1].upper() + t[1:] for o, t in replaced.items()}
        if not replaced:
            return str
        # A number inside a longer one is another number.
        finder = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, replaced))})(?![\d-])")
        return lambda text: finder.sub(lambda found: replaced[found[0]], text)

    def to_call(self, sentence: str) -> Markup:
        """The sentence as HTML, in which this centre's numbers can be tapped and do not break."""
        linked = Markup('<a href="{}">{}</a>')
        numbers = {n: linked.format(_link(n), n) for n in (self.phone, self.emergency)}
        finder = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, numbers))})(?![\w-])")
        return Markup("").join(numbers.get(part, part) for part in finder.split(sentence))

    @property
    def style(self) -> str:
        """The colours as CSS, to stand after the stylesheet; more contrast is left alone."""
        light, dark = (_rules(self.colours.get(scheme, {})) for scheme in ("light", "dark"))
        calm = "@media (prefers-contrast: no-preference)"
        whole = f"{calm}{{:root{{{light}}}}}" if light else ""
        if dark:
            whole += f"{calm} and (prefers-color-scheme: dark){{:root{{{dark}}}}}"
        return whole


def _link(number: str) -> str:
    return "tel:" + re.sub(r"[ -]", "", number)


def _rules(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


def read_organisation(content: Path) -> Organisation:
    """What `content/organisation.yml` says; without the file, or for what is faulty in it, ours."""
    path = content / FILE
    if not path.exists():
        return Organisation()
    try:
        matter = facts_of(path)
    except BadFile as bad:
        return Organisation(faults=[Fault(path, bad.line, bad.text)])
    found = _Reader(matter).organisation()
    found.faults = sorted(matter.faults)
    return found


class _Reader:
    """What is faulty or left out stays as it is in the first centre."""

    def __init__(self, matter: FrontMatter) -> None:
        self._matter = matter
        matter.allow(KEYS)

    def organisation(self) -> Organisation:
        ours = Organisation()
        return Organisation(
            name=self._text("name", ours.name),
            helpline=self._text("helpline", ours.helpline),
            phone=self._number("phone", ours.phone),
            phone_hours=self._in_languages(self._matter, "phone_hours"),
            emergency=self._number("emergency", ours.emergency),
            colours={scheme: dict(self._colours(scheme)) for scheme in ("light", "dark")},
            doors=list(self._doors()),
        )

    def _text(self, name: str, ours: str) -> str:
        return (self._matter.text(name) or ours) if self._matter.has(name) else ours

    def _number(self, name: str, ours: str) -> str:
        number = self._text(name, ours)
        if _NUMBER.fullmatch(number):
            return number
        text = f"{name!r} is {quoted(number)}: give a number that can be called, like 0800-2000."
        self._matter.fault(name, text)
        return ours

    @staticmethod
    def _in_languages(matter: FrontMatter, name: str) -> dict[str, str]:
        if not matter.has(name):
            return {}
        inside = matter.inside(name)
        inside.allow(("nl", "en"))
        return {lang: inside.text(lang) for lang in ("nl", "en")}

    def _colours(self, scheme: str) -> Iterator[tuple[str, str]]:
        if not self._matter.has("colours"):
            return
        both = self._matter.inside("colours")
        both.allow(("light", "dark"))
        if not both.has(scheme):
            return
        colours = both.inside(scheme)
        colours.allow(COLOURS)
        found = {name: colours.text(name) for name in COLOURS if colours.has(name)}
        for name, colour in found.items():
            if is_colour(colour):
                yield name, colour
            else:
                text = f"{name!r} is {quoted(colour)}: give a colour as # and six digits, #175b57."
                colours.fault(name, text)
        for front, back, least in PAIRS:
            if {front, back} <= found.keys() and all(map(is_colour, (found[front], found[back]))):
                seen = contrast(found[front], found[back])
                if seen < least:
                    text = (
                        f"{front!r} on {back!r} has a contrast of {seen:.1f}, and people need "
                        f"{least}: make one of the two darker or lighter."
                    )
                    colours.fault(front, text)

    def _doors(self) -> Iterator[Door]:
        if not self._matter.has("doors"):
            return
        doors = self._matter.parts("doors")
        if len(doors) > MOST_DOORS:
            text = f"'doors' has more than {MOST_DOORS}: a phone's screen shows no more at once."
            self._matter.fault("doors", text)
        for door in doors[:MOST_DOORS]:
            before = len(self._matter.faults)
            door.allow(("drawing", "title", "summary", "to"))
            drawing, to = door.text("drawing"), door.text("to")
            if drawing and drawing not in DRAWINGS:
                known = ", ".join(DRAWINGS)
                door.fault("drawing", f"'drawing' is {quoted(drawing)}: choose from {known}.")
            kind, _, name = to.partition(":")
            if to and (kind not in ("article", "section", "tool") or not is_name(name)):
                door.fault("to", f"'to' is {quoted(to)}: write article:<id> or section:<id>.")
            title, summary = (self._in_languages(door, name) for name in ("title", "summary"))
            if len(self._matter.faults) == before and title and summary:
                yield Door(drawing, title, summary, to)
