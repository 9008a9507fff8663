"""What is counted, in words: the values that everybody knows of each kind, and what they mean."""

from __future__ import annotations

from .figures import ANSWERS, LENGTHS_S, NONE, OTHER, WAITS_S
from .keys import LANES, NATIONAL
from .texts import gettext as _
from .texts import lazy_gettext as later
from .words import TOPICS

KINDS = ("region", "lane", "lang", "topic")

VALUES: dict[str, tuple[str, ...]] = {
    "lane": LANES,
    "lang": ("nl", "en"),
    "topic": (*TOPICS, NONE, OTHER),
    "hour": tuple(f"{hour:02}" for hour in range(24)),
    # The answers of each subject, in the order in which they are shown.
    "ended": ("visitor", "advisor.done", "advisor.referred", "advisor.no-answer", "system"),
    "helped": ANSWERS,
    "wait": tuple(str(bucket) for bucket in range(len(WAITS_S) + 1)),
    "length": tuple(str(bucket) for bucket in range(len(LENGTHS_S) + 1)),
}

# What a table or a column is called.
TITLES = {
    "started": later("Begonnen"),
    "taken": later("Aangenomen"),
    "left": later("Weggegaan"),
    "day": later("Per dag"),
    "month": later("Per maand"),
    "hour": later("Per uur van de dag"),
    "region": later("Per regio"),
    "lane": later("Per wachtrij"),
    "lang": later("Per taal"),
    "topic": later("Per onderwerp"),
    "ended": later("Wie het gesprek afsloot"),
    "helped": later("Heeft het geholpen?"),
    "wait": later("Wachttijd"),
    "length": later("Duur van het gesprek"),
}

_WORDS = {
    ("lane", "public"): later("Voor zichzelf of een ander"),
    ("lane", "professional"): later("Professionals"),
    ("lang", "nl"): later("Nederlands"),
    ("lang", "en"): later("Engels"),
    ("topic", NONE): later("Niet gezegd"),
    ("topic", OTHER): later("In eigen woorden"),
    ("ended", "visitor"): later("De bezoeker"),
    ("ended", "system"): later("Vanzelf, na lange stilte"),
    ("ended", "advisor"): later("De medewerker"),
    ("ended", "advisor.done"): later("De medewerker: geholpen"),
    ("ended", "advisor.referred"): later("De medewerker: doorverwezen"),
    ("ended", "advisor.no-answer"): later("De medewerker: geen antwoord meer"),
    ("ended", "advisor.abuse"): later("De medewerker: misbruik van de chat"),
    ("ended", "advisor.other"): later("De medewerker: iets anders"),
    ("helped", "yes"): later("Ja"),
    ("helped", "bit"): later("Een beetje"),
    ("helped", "no"): later("Nee"),
}


def word(kind: str, value: str, regions: dict[str, str]) -> str:
    """What a value of a kind, or an answer of a subject, is called."""
    if kind == "region":
        return _("Geen regio gekozen") if value == NATIONAL else regions.get(value, value)
    if kind == "hour":
        return _("%(hour)s uur", hour=int(value))
    if kind in ("wait", "length"):
        return bucket(kind, int(value))
    if kind == "topic" and value in TOPICS:
        return str(TOPICS[value])
    return str(_WORDS.get((kind, value), value))


def bucket(kind: str, number: int) -> str:
    """A bucket of waiting times or lengths, in words."""
    edges = WAITS_S if kind == "wait" else LENGTHS_S
    least = edges[number - 1] if number else 0
    if number >= len(edges):
        return _("meer dan %(least)s minuten", least=least // 60)
    if edges[number] <= 60:
        return _("%(least)s tot %(most)s seconden", least=least, most=edges[number])
    return _("%(least)s tot %(most)s minuten", least=least // 60, most=edges[number] // 60)
