"""What in a message could tell who somebody is, so that they are asked before it is sent.

Only patterns: nothing is looked up, kept or counted, and nothing is ever refused because of it. The
same rules stand in static/personal.js, for pages with a script; tests hold both to one table.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

# In the order in which they are named.
KINDS = ("bsn", "phone", "email", "address", "iban")

_BSN = re.compile(r"(?:^|[^0-9.,+-])([0-9]{3})[ .-]?([0-9]{3})[ .-]?([0-9]{3})(?![0-9-])")
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)

_PHONE = re.compile(
    r"(?:^|[^0-9A-Za-z.,])"
    r"((?:(?:\+|00)31[ -]?(?:\(0\))?[ -]?|\(?0)[1-9](?:[ ()-]{0,3}[0-9]){8})(?![0-9:])"
)
# No number of a person begins like that.
_OF_ORGANISATIONS = ("088", "0800", "0900", "0906", "0909")

_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)

# Small letters after a space are mostly a word: "in 2024 is 3".
_POSTCODE = r"[1-9][0-9]{3}(?: ?(?!S[ADS])[A-Z]{2}|[a-z]{2})(?![A-Za-z0-9])"
_HOUSE = r"[0-9]{1,5}(?:[ -]?[A-Za-z]{1,3})?(?:-[0-9]{1,4})?(?![A-Za-z0-9])"
_ADDRESS = re.compile(
    rf"(?:^|[^A-Za-z0-9]){_POSTCODE}[\s,]{{0,3}}(?:(?:nr|nummer|huisnummer)[.:]? ?)?{_HOUSE}"
    rf"|[^\W\d_]{{2,40}}\.? {_HOUSE}[\s,]{{1,3}}(?:in )?{_POSTCODE}"
)

_IBAN = re.compile(
    r"(?:^|[^A-Za-z0-9])(?=([A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}))",
)
_IBAN_LEAST = 15  # characters, Norway's


def kinds_in(text: str, ours: Collection[str] = ()) -> tuple[str, ...]:
    """Which of KINDS stand in the text. `ours`: numbers that the site itself names, as digits."""
    ibans = list(_ibans(text))
    # An account's digits are no other number.
    rest = text
    for iban in ibans:
        rest = rest.replace(iban, " ")
    numbers = (_national(one[1]) for one in _PHONE.finditer(rest))
    found = {
        "bsn": any(is_bsn("".join(one.groups())) for one in _BSN.finditer(rest)),
        "phone": any(
            number not in ours and not number.startswith(_OF_ORGANISATIONS) for number in numbers
        ),
        "email": bool(_EMAIL.search(rest)),
        "address": bool(_ADDRESS.search(rest)),
        "iban": bool(ibans),
    }
    return tuple(kind for kind in KINDS if found[kind])


def numbers_in(text: str) -> set[str]:
    """The numbers that a text of the site names, as `ours` wants them."""
    return {_national(one) for one in re.findall(r"\+?[0-9]{3,}(?:-[0-9]+)?", text)}


def is_bsn(digits: str) -> bool:
    """Whether nine digits pass the test of eleven (Rijksdienst voor Identiteitsgegevens)."""
    total = sum(weight * int(digit) for weight, digit in zip(_BSN_WEIGHTS, digits, strict=True))
    return total % 11 == 0 and total > 0


def is_iban(iban: str) -> bool:
    """Whether capitals and digits without spaces pass modulo 97 (ISO 13616)."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _ibans(text: str) -> Iterator[str]:
    for found in _IBAN.finditer(text):
        typed = found[1]
        # The words behind it look like a part of it.
        for end in range(len(typed), _IBAN_LEAST - 1, -1):
            plain = typed[:end].replace(" ", "").upper()
            if len(plain) >= _IBAN_LEAST and is_iban(plain):
                yield typed[:end]
                break


def _national(number: str) -> str:
    """The digits, as they are dialled within the country."""
    digits = re.sub(r"[^0-9]", "", number.replace("(0)", ""))
    abroad = number.startswith(("+31", "0031"))
    return "0" + digits.removeprefix("00").removeprefix("31") if abroad else digits
