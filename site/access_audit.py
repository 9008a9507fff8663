"""When a program last looked for what keeps people out, and what it found: `audit.yml`.

`make audit` writes the file; the statement about accessibility says what it holds where a text has
{audit}. A centre may do without the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from babel.dates import format_date

from .front_matter import BadFile, Fault
from .yaml_files import facts_of

FILE = "audit.yml"
KEYS = ("date", "tool", "version", "pages", "findings")
PLACE = "{audit}"
# The statement is looked at each year.
VALID = timedelta(days=366)


@dataclass
class Audit:
    """What stands in the place, by language, and what was wrong with the file."""

    said: dict[str, str] = field(default_factory=lambda: {"nl": "nog niet", "en": "not yet"})
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def filled_in(self, text: str, lang: str) -> str:
        return text.replace(PLACE, self.said.get(lang, ""))


def read_audit(content: Path, today: date | None = None) -> Audit:
    """The last audit; of a file with a fault nothing is said."""
    path, audit = content / FILE, Audit()
    if not path.exists():
        return audit
    try:
        facts = facts_of(path)
    except BadFile as bad:
        audit.faults.append(Fault(path, bad.line, bad.text))
        return audit
    facts.allow(KEYS)
    day, tool = facts.day("date"), f"{facts.text('tool')} {facts.text('version')}"
    pages, findings = facts.number("pages"), facts.number("findings")
    audit.faults += facts.faults
    if audit.faults:
        return audit
    if (today or date.today()) - day > VALID:
        text = "the audit is over a year old: run `make audit`."
        audit.notes.append(Fault(path, facts.line("date"), text))
    dutch, english = (format_date(day, "d MMMM y", locale=lang) for lang in ("nl", "en"))
    audit.said = {
        "nl": f"{dutch}, met {tool}, op {pages} pagina's. Gevonden fouten: {findings}",
        "en": f"{english}, with {tool}, on {pages} pages. Faults found: {findings}",
    }
    return audit
