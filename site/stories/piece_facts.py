"""The front matter of a piece, by kind: what each kind must say about itself, and what it may.

A person in an interview and an item of a programme are read here too. Every reader returns a
harmless value after a fault; the faults are in the front matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from ..article_files import check_step
from ..front_matter import Fault, FrontMatter, quoted
from .pieces import AMSTERDAM, KINDS, Item, Person

# How an interview is told, and how many people speak in it: least and most.
FORMS = {"one": (1, 1), "round-table": (3, 8), "voices": (3, 3), "double": (2, 2)}
COMMON_KEYS = (
    *("id", "kind", "title", "summary", "date", "example", "issue", "next", "sources"),
    "unverified",
)
PERSON_KEYS = ("name", "role", "about")

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
_ITEM = re.compile(r"([0-9]{2}:[0-9]{2}) (.+)")

Facts = dict[str, Any]


def common(matter: FrontMatter) -> Facts:
    """What every piece has."""
    return {
        "id": matter.name("id"),
        "title": matter.text("title"),
        "summary": matter.text("summary"),
        "date": matter.day("date"),
        "example": yes(matter, "example"),
        "issue": matter.number("issue") if matter.has("issue") else None,
        "next": _next_step(matter),
        "sources": [text for _, text in matter.texts("sources", may_be_absent=True)],
    }


def one_of(matter: FrontMatter, name: str, allowed: Sequence[str]) -> str:
    value = matter.text(name)
    if value and value not in allowed:
        matter.fault(name, f"{name!r} is {quoted(value)}: choose from {', '.join(allowed)}.")
        return ""
    return value


def yes(matter: FrontMatter, name: str) -> bool:
    """False when it is not said."""
    return matter.has(name) and one_of(matter, name, ("yes", "no")) == "yes"


def optional(matter: FrontMatter, name: str) -> str:
    return matter.text(name) if matter.has(name) else ""


def moment(matter: FrontMatter, name: str) -> datetime:
    """A day and a time on a Dutch clock."""
    value = matter.text(name)
    try:
        if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value).replace(tzinfo=AMSTERDAM)
    except ValueError:
        pass
    if value:
        remedy = "give a day and a time, for example 2026-12-10 13:30."
        matter.fault(name, f"{name!r} is {quoted(value)}: {remedy}")
    return datetime.min.replace(tzinfo=AMSTERDAM)


def _tell(matter: FrontMatter, line: int, text: str) -> None:
    matter.faults.append(Fault(matter.path, line, text))


def _next_step(matter: FrontMatter) -> str:
    step = optional(matter, "next")
    check_step(step, matter, matter.line("next"))
    return step


def _interview(matter: FrontMatter) -> Facts:
    form = one_of(matter, "form", tuple(FORMS))
    people = [_person(item) for item in matter.parts("people")]
    least, most = FORMS.get(form, (1, 99))
    if not matter.faults and not least <= len(people) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        text = f"'people' has {len(people)}, a {form!r} interview has {wanted}: add or remove some."
        matter.fault("people", text)
    if form == "double" and not all(person.about for person in people):
        matter.fault("people", "each person of a double portrait has a box: write 'about' for all.")
    if matter.has("about") != matter.has("about_title"):
        matter.fault("about", "the box with background needs both 'about_title' and 'about'.")
    return {
        "form": form,
        "people": people,
        "about_title": optional(matter, "about_title"),
        "about": optional(matter, "about"),
    }


def _person(item: FrontMatter) -> Person:
    item.allow(PERSON_KEYS)
    return Person(item.text("name"), item.text("role"), optional(item, "about"))


def _newsletter(matter: FrontMatter) -> Facts:
    return {"number": matter.number("number")}


def _magazine(matter: FrontMatter) -> Facts:
    return {
        "theme": matter.text("theme"),
        "stories": [text for _, text in matter.texts("stories")],
    }


def _project(matter: FrontMatter) -> Facts:
    partners = [text for _, text in matter.texts("partners", may_be_absent=True)]
    return {
        "partners": partners,
        "running": one_of(matter, "state", ("running", "ended")) != "ended",
    }


def _event(matter: FrontMatter) -> Facts:
    starts, ends = moment(matter, "starts"), moment(matter, "ends")
    if ends <= starts and not matter.faults:
        matter.fault("ends", "'ends' is not after 'starts': correct one of the two.")
    return {
        "starts": starts,
        "ends": ends,
        "place": matter.text("place"),
        "sign_up": optional(matter, "sign_up"),
        "programme": _programme(matter, starts, ends),
    }


def _programme(matter: FrontMatter, starts: datetime, ends: datetime) -> list[Item]:
    lines = matter.texts("programme", may_be_absent=True)
    found = []
    for line, text in lines:
        match = _ITEM.fullmatch(text)
        if match is None:
            remedy = "begin with a time, for example '13:30 Welcome', between quotes."
            _tell(matter, line, f"the programme has {quoted(text)}: {remedy}")
        elif starts.date() == ends.date() and not f"{starts:%H:%M}" <= match[1] <= f"{ends:%H:%M}":
            _tell(matter, line, f"{match[1]} is outside the event: correct it, or its times.")
        else:
            found.append((match[1], match[2]))
    turns, seen = Counter(what for _, what in found), Counter[str]()
    items = []
    for at, what in sorted(found):
        seen[what] += 1
        items.append(Item(at, what, seen[what], turns[what]))
    return items


def _vacancy(matter: FrontMatter) -> Facts:
    closes = matter.day("closes")
    if date.min < closes < matter.day("date"):
        matter.fault("closes", "'closes' is before 'date': nobody would ever see it. Correct one.")
    return {
        "closes": closes,
        "hours": matter.text("hours"),
        "place": matter.text("place"),
        "apply": matter.text("apply"),
    }


# The keys of each kind beside COMMON_KEYS, and what reads them.
OWN: dict[str, tuple[tuple[str, ...], Callable[[FrontMatter], Facts]]] = {
    "news": ((), lambda matter: {}),
    "interview": (("form", "people", "about_title", "about"), _interview),
    "newsletter": (("number",), _newsletter),
    "magazine": (("theme", "stories"), _magazine),
    "project": (("partners", "state"), _project),
    "event": (("starts", "ends", "place", "sign_up", "programme"), _event),
    "vacancy": (("closes", "hours", "place", "apply"), _vacancy),
}


def facts_of(matter: FrontMatter) -> tuple[str, Facts]:
    """The kind of a piece, empty where it is unknown, and all that its front matter says."""
    kind = one_of(matter, "kind", tuple(KINDS))
    keys, read = OWN.get(kind, ((), lambda matter: {}))
    if kind:
        matter.allow((*COMMON_KEYS, *keys))
    return kind, common(matter) | read(matter)
