"""Other helplines: who they are for and when they answer. Read once at start from one file.

`content/helplines.yml` has both languages; a centre may do without it. A line that is faulty is
left out and told: it never takes the others down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from .chat.opening import COUNTRY, OpenState, Plan
from .chat.timetable import ALWAYS, BadHours, Week, local
from .front_matter import BadFile, Fault, FrontMatter, quoted
from .languages import LANGUAGES
from .typed_week import days_of
from .yaml_files import facts_of

FILE = "helplines.yml"
ALWAYS_WORD, UNKNOWN_WORD = "always", "unknown"
# Numbers and hours change: after so many days somebody has to look again.
FRESH_FOR = timedelta(days=180)

_PHONE = re.compile(r"[0-9]{3,4}|[0-9]{3,4}-[0-9]{4,8}")
_KEYS = ("id", "group", "phone", "hours", "checked", "source", "unverified", *LANGUAGES)
_TEXTS = ("name", "who", "cost", "ways")


@dataclass(frozen=True, slots=True)
class Words:
    """What a helpline is called in one language; `who` is a sentence or two."""

    name: str
    who: str
    cost: str
    # How it can be reached: "bellen en chat".
    ways: str


@dataclass(frozen=True, slots=True)
class Helpline:
    id: str
    # The id of a group.
    group: str
    # As they are dialled, with a hyphen: "0800-2000". None: it has no phone.
    phones: tuple[str, ...]
    # None: we do not know them for certain.
    hours: Week | None
    # The day on which somebody last held it against its source.
    checked: date
    source: str
    # What somebody must still ask the helpline itself.
    unverified: tuple[str, ...]
    # By language.
    words: dict[str, Words]

    def state(self, at: datetime) -> OpenState | None:
        """Whether it answers at that moment, and until or from when; None: we do not know."""
        return Plan({COUNTRY: self.hours}).state(COUNTRY, at) if self.hours else None


@dataclass
class Helplines:
    # Group's id -> its title by language, in the order of the file.
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: list[Helpline] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def grouped(self) -> Iterator[tuple[dict[str, str], list[Helpline]]]:
        """Each group's title with its lines; empty groups are left out."""
        for id, title in self.groups.items():
            if lines := [line for line in self.lines if line.group == id]:
                yield title, lines


def read_helplines(content: Path, today: date | None = None) -> Helplines:
    """What can be used of the file. `today` tells which lines were checked too long ago."""
    path = content / FILE
    read = Helplines()
    if not path.exists():
        return read
    try:
        matter = facts_of(path)
    except BadFile as bad:
        read.faults.append(Fault(path, bad.line, bad.text))
        return read
    matter.allow(("groups", "lines"))
    for group in matter.parts("groups"):
        group.allow(("id", *LANGUAGES))
        read.groups[group.name("id")] = {lang: group.text(lang) for lang in LANGUAGES}
    today = today or local(datetime.now().astimezone()).date()
    for part in matter.parts("lines"):
        _take(part, read, today)
    read.faults = sorted(set(matter.faults))
    read.notes.sort()
    return read


def _take(part: FrontMatter, read: Helplines, today: date) -> None:
    before = len(part.faults)
    part.allow(_KEYS)
    unverified = part.texts("unverified", may_be_absent=True)
    line = Helpline(
        id=part.name("id"),
        group=part.text("group"),
        phones=_phones(part),
        hours=_hours(part),
        checked=part.day("checked"),
        source=part.text("source"),
        unverified=tuple(text for _, text in unverified),
        words={lang: _words(part, lang) for lang in LANGUAGES},
    )
    _check(part, line, read, today)
    if len(part.faults) > before:
        return
    read.lines.append(line)
    if today - line.checked > FRESH_FOR:
        text = (
            f"{line.id} was last checked on {line.checked}, over {FRESH_FOR.days} days ago: ask "
            "the helpline, and write the day in 'checked'."
        )
        read.notes.append(Fault(part.path, part.line("checked"), text))
    for at, text in unverified:
        read.notes.append(Fault(part.path, at, f"to be verified: {line.id}: {text}"))


def _check(part: FrontMatter, line: Helpline, read: Helplines, today: date) -> None:
    if line.group and line.group not in read.groups:
        known = ", ".join(read.groups)
        part.fault("group", f"'group' is {quoted(line.group)}: choose from {known}.")
    if any(line.id == other.id for other in read.lines):
        part.fault("id", f"'id' is {quoted(line.id)} a second time: give this line another one.")
    if line.checked > today:
        part.fault("checked", f"'checked' is {line.checked}, which is still to come: correct it.")


def _phones(part: FrontMatter) -> tuple[str, ...]:
    if not part.has("phone"):
        return ()
    numbers = [n for _, n in part.texts("phone")] if part.is_list("phone") else [part.text("phone")]
    for number in numbers:
        if not _PHONE.fullmatch(number):
            text = f"'phone' is {quoted(number)}: write it like 0800-2000, or 112."
            part.fault("phone", text)
    return tuple(numbers)


def _hours(part: FrontMatter) -> Week | None:
    typed = part.text("hours")
    if typed == ALWAYS_WORD:
        return ALWAYS
    if typed in (UNKNOWN_WORD, ""):
        return None
    try:
        return Week(days_of(typed.split()))
    except BadHours as bad:
        text = f"'hours': {bad}; or write {ALWAYS_WORD}, or {UNKNOWN_WORD}."
        part.fault("hours", text)
        return None


def _words(part: FrontMatter, lang: str) -> Words:
    if not part.has(lang):
        part.fault(lang, f"{lang!r} is missing: write name, who, cost and ways below it.")
        return Words("", "", "", "")
    inside = part.inside(lang)
    inside.allow(_TEXTS)
    return Words(*(inside.text(name) for name in _TEXTS))


def link_of(phone: str) -> str:
    return "tel:" + phone.replace("-", "")
