"""What a search makes of words: accents and endings do not count, small words hardly do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import snowballstemmer

ALGORITHMS = {"nl": "dutch", "en": "english"}
# Nobody types a longer one, and an endless one would take the stemmer long.
LONGEST = 40
# A verb's last t or d ("volgt", "gevolgd") is no part of its root, which the Dutch stemmer leaves
# on. Shorter words ("kind", "wet") are what they are.
SHORTEST_BASE = 4

_APOSTROPHES = re.compile("['’‘`´]")
_WORD = re.compile(r"[^\W_]+")

# Words that stand in every sentence. They count a little where somebody's own phrase is looked for
# ("hij slaat me" is another thing than "ik sla hem"), and nowhere else.
SMALL = {
    "nl": """
        de het een en of of maar want dus dat die dit deze daar hier er wat wie waar wanneer hoe
        waarom welke ik je jij u hij zij ze we wij jullie me mij mijn mn jouw uw zn zijn haar hem
        hun hen ons onze ben bent is was waren wordt worden word werd heb hebt heeft hebben had
        hadden zal zullen zou kan kun kunnen kon mag mogen moet moeten wil willen wou ga gaat gaan
        ging doe doet doen deed gedaan als dan toen nu nog al wel niet geen ook zo te om aan op in
        uit van voor met bij tot over door naar na onder tegen zonder sinds per via heel erg echt
        zelf zich iets iemand niemand niks niets alles allemaal altijd steeds vaak soms weer meer
        veel weinig ander andere anders graag gewoon eigenlijk denk denken weet weten dacht vind
        vinden krijg krijgt krijgen komt komen kom laat laten zeg zegt zeggen mee toch even eens
        hoi hallo hey vraag help hulp ofzo enzo bijv hoeveel heen toe af weg zit d t m s n k
    """,
    "en": """
        the a an and or but so because that this these those there here what who where when how
        why which i you he she it we they me my mine your yours his her hers him them their our us
        am is are was were be been being have has had having do does did doing done will would
        shall should can could may might must want wants get gets got go goes going went if then
        now still already not no nor too also to of on in at by for with from into onto out up
        about over after before under against without since as than very really just even ever
        myself yourself himself herself something someone somebody anyone anybody nobody nothing
        everything always often sometimes again more much many little other else please think
        know dont doesnt isnt cant wont im ive hes shes theyre let lets say says said way make
        makes come comes any some all hi hello help need tell told don doesn t s m re ve ll d
    """,
}

# The stems of the content's words, by language and word: working one out takes a twentieth of a
# millisecond, and a process may make more than one index.
_STEMS: dict[tuple[str, str], str] = {}


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without accents: "Foto's" is "fotos"."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [word[:LONGEST] for word in _WORD.findall(bare)]


class Roots:
    """One language's words and what they come down to; keeps the content's words, no visitor's."""

    def __init__(self, lang: str, groups: Iterable[Iterable[str]] = ()) -> None:
        """`groups`: folded words that mean the same to who searches."""
        self._lang = lang
        self._stemmer = snowballstemmer.stemmer(ALGORITHMS[lang])
        self._known: dict[str, str] = {}
        self._bases: set[str] = set()
        self._same: dict[str, str] = {}
        for group in groups:
            roots = [self._stem_of_content(word) for word in group]
            first = next((self._same[root] for root in roots if root in self._same), roots[0])
            self._same |= dict.fromkeys(roots, first)

    def learn(self, words: Iterable[str]) -> None:
        """Take these for words of the language."""
        self._known |= {word: self._stem_of_content(word) for word in words}
        self._bases = {root for word, root in self._known.items() if word[-1] not in "td"}

    def of(self, word: str) -> str:
        root = self._stem(word)
        if root not in self._same and self._may_be_a_verb(word):
            base = self._stem(word[:-1])
            if base in self._bases or base in self._same:
                root = base
        return self._same.get(root, root)

    def _may_be_a_verb(self, word: str) -> bool:
        return self._lang == "nl" and word[-1] in "td" and len(word) > SHORTEST_BASE

    def _stem_of_content(self, word: str) -> str:
        if (self._lang, word) not in _STEMS:
            _STEMS[self._lang, word] = self._stem(word)
        return _STEMS[self._lang, word]

    def _stem(self, word: str) -> str:
        if word in self._known:
            return self._known[word]
        root = str(self._stemmer.stemWord(word)) or word
        # The stemmer holds on to the last word that it was given.
        self._stemmer.set_current("")
        return root


def is_small(word: str, lang: str) -> bool:
    return word in small_words(lang)


@cache
def small_words(lang: str) -> frozenset[str]:
    return frozenset(SMALL[lang].split())
