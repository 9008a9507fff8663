"""From what a visitor types to the region that helps them: never by a guess they cannot see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .place_files import Municipality, PlaceFiles
from .place_names import letters_of, plain_name, sound_of, split, with_province, words_of
from .regions import Region

# How many choices somebody in a hurry can look through; beside an answer, fewer.
MOST_CHOICES, MOST_BESIDE = 8, 3

MUNICIPALITY, PLACE, REGION, PROVINCE, POSTCODE = (
    *("municipality", "place", "region", "province", "postcode"),
)

_POSTCODE = re.compile(r"\s*(?:nl[ -]*)?([1-9][0-9]{3})(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Something that has a name and lies in one region.

    `name` is how people say it; `municipality` and `province` tell it from others of that name,
    and are empty for what is larger. `kind` is one of the words above.
    """

    kind: str
    name: str
    municipality: str
    province: str
    # A region's code.
    region: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a name or a postcode.

    With `place` it is known which region is meant; `exact` says that it was typed like that, and
    `others` are what might have been meant as well. Without, `others` are what may be meant, the
    likeliest first; none: we do not know the place.
    """

    place: Place | None = None
    exact: bool = True
    others: tuple[Place, ...] = ()


@dataclass
class Places:
    """Looks places up; made once at start, then only read."""

    _postcodes: dict[int, Place] = field(default_factory=dict)
    # By the words of a name with its suffix, and by its letters alone.
    _by_words: dict[str, list[Place]] = field(default_factory=dict)
    _by_letters: dict[str, list[Place]] = field(default_factory=dict)
    _by_sound: dict[str, list[Place]] = field(default_factory=dict)

    @classmethod
    def of(cls, files: PlaceFiles, regions: Iterable[Region]) -> Places:
        made = cls()
        for kind, written, where in _names(files):
            made._add(kind, written, where)
        for region in regions:
            for name in {region.name, region.organisation.removeprefix("Veilig Thuis ")}:
                place = Place(REGION, region.name, "", "", region.code)
                made._put(made._by_words, words_of(name), place)
                made._put(made._by_letters, letters_of(words_of(name)), place)
        for letters, places in made._by_letters.items():
            for place in places:
                made._put(made._by_sound, sound_of(letters), place)
        for code, (name, where) in files.postcodes.items():
            town = plain_name(where.name)
            made._postcodes[code] = Place(
                POSTCODE, plain_name(name) or town, town, where.province, where.region
            )
        return made

    def _add(self, kind: str, written: str, where: Municipality) -> None:
        plain, suffix = split(written)
        place = Place(kind, plain, plain_name(where.name), where.province, where.region)
        words = words_of(plain)
        for more in {suffix, where.province, where.name} - {""}:
            self._put(self._by_words, f"{words} {words_of(more)}", place)
        self._put(self._by_words, words_of(written), place)
        if suffix and kind == MUNICIPALITY:
            # Who types the name alone may as well mean another place of that name.
            place = replace(place, kind=PLACE)
        self._put(self._by_words, words, place)
        self._put(self._by_letters, letters_of(words), place)
        if where.province:
            province = Place(PROVINCE, where.province, "", "", where.region)
            self._put(self._by_words, words_of(where.province), province)

    @staticmethod
    def _put(index: dict[str, list[Place]], key: str, place: Place) -> None:
        listed = index.setdefault(key, [])
        if place not in listed:
            listed.append(place)

    def find(self, typed: str) -> Answer:
        """`typed` is one line: a postcode, or the name of anything that lies in one region."""
        if code := _POSTCODE.match(typed):
            return Answer(self._postcodes.get(int(code[1])))
        words = words_of(typed)
        letters = letters_of(words)
        if not letters or letters.isdigit():
            return Answer()
        if found := self._by_words.get(words) or self._by_letters.get(letters):
            return self._exactly(found, words, letters)
        if longer := list(self._longer(words)):
            return _among(longer, exact=False)
        rest, province = with_province(words)
        if rest:
            within = [place for place in self._by_words.get(rest, ()) if place.province == province]
            if within:
                return _among(within, exact=True)
        return self._alike(letters_of(rest), province) or self._nearly(letters_of(rest), province)

    def _exactly(self, found: list[Place], words: str, letters: str) -> Answer:
        smaller = [place for place in found if place.kind != PROVINCE]
        if not smaller:
            return _among(found, exact=True)
        longer = list(self._longer(words))
        whole = [place for place in smaller if place.kind == MUNICIPALITY]
        if len(_regions(whole)) == 1:
            near = self._near(letters, most=1 if len(letters) > 4 else 0)
            return _sure(whole[0], [*smaller, *longer, *(place for _, place in near)])
        return _among([*smaller, *longer], exact=True)

    def _longer(self, words: str) -> Iterator[Place]:
        """Names that go on where what was typed ends: Nieuwerkerk, aan den IJssel."""
        if len(words) < 3:
            return
        for key, places in self._by_words.items():
            if key.startswith(words + " "):
                for place in places:
                    if words_of(place.name).startswith(words + " "):
                        yield place

    def _alike(self, letters: str, province: str) -> Answer | None:
        """What somebody meant who wrote it as it sounds."""
        found = [p for p in self._by_sound.get(sound_of(letters), ()) if _is_in(p, province)]
        towns = [place for place in found if place.kind == MUNICIPALITY]
        if len(_regions(towns or found)) != 1:
            return None
        near = [place for _, place in self._near(letters, most=1) if _is_in(place, province)]
        return _sure((towns or found)[0], [*found, *near], exact=False)

    def _nearly(self, letters: str, province: str) -> Answer:
        """What somebody meant who mistyped it; a choice wherever that is not certain."""
        sure = _sure_errors(letters)
        near = self._near(letters, most=sure + 1 if sure else 0)
        near = [(errors, place) for errors, place in near if _is_in(place, province)]
        if not near:
            return Answer(exact=False)
        least = near[0][0]
        best = [place for errors, place in near if errors == least]
        next_best = [place for errors, place in near if errors == least + 1]
        towns = [place for place in best if place.kind == MUNICIPALITY]
        # The first letter is seldom wrong: then it is more than a slip.
        slip = least <= sure and (least == 1 or words_of(best[0].name)[0] == letters[0])
        if slip and len(_regions([*best, *next_best])) == 1:
            return _sure((towns or best)[0], [], exact=False)
        if slip and len(_regions(best)) == 1 and towns:
            return _sure(towns[0], next_best, exact=False)
        return Answer(exact=False, others=_different([*towns, *best, *next_best]))

    def _near(self, letters: str, most: int) -> list[tuple[int, Place]]:
        """The places that need the fewest letters changed, with how many: the nearest first."""
        if most == 0:
            return []
        hits = process.extract(
            letters, self._by_letters.keys(), scorer=OSA.distance, score_cutoff=most, limit=None
        )
        hits.sort(key=lambda hit: (hit[1], hit[0]))
        return [(int(errors), place) for key, errors, _ in hits for place in self._by_letters[key]]


def _names(files: PlaceFiles) -> Iterator[tuple[str, str, Municipality]]:
    for name, where in files.municipalities.items():
        yield MUNICIPALITY, name, where
    for name, where in dict.fromkeys(files.postcodes.values()):
        if name and name != where.name:
            yield PLACE, name, where
    for name, where in files.names:
        yield PLACE if where.name else REGION, name, where


def _sure_errors(letters: str) -> int:
    """How many mistyped letters leave a name certain."""
    if len(letters) < 4:
        return 0
    return 1 if len(letters) < 8 else 2 if len(letters) < 14 else 3


def _is_in(place: Place, province: str) -> bool:
    return not province or place.province == province


def _regions(places: Iterable[Place]) -> set[str]:
    return {place.region for place in places}


def _among(found: list[Place], *, exact: bool) -> Answer:
    if len(_regions(found)) == 1:
        return _sure(found[0], [], exact=exact)
    return Answer(exact=exact, others=_different(found))


def _sure(place: Place, others: list[Place], *, exact: bool = True) -> Answer:
    elsewhere = [other for other in others if other.region != place.region]
    return Answer(place, exact, _different(elsewhere)[:MOST_BESIDE])


def _different(places: Iterable[Place]) -> tuple[Place, ...]:
    """One of each municipality, and of each larger thing: a second one would lead nowhere else."""
    first: dict[tuple[str, str, str], Place] = {}
    for place in places:
        first.setdefault((place.municipality or place.name, place.province, place.region), place)
    return tuple(first.values())[:MOST_CHOICES]
