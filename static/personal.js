// What in a message could tell who somebody is: the same rules as chat/personal.py, held to one table by the
// tests. No lookbehind: a browser of before 2023 would refuse the whole script.
const BSN = /(?:^|[^0-9.,+-])([0-9]{3})[ .-]?([0-9]{3})[ .-]?([0-9]{3})(?![0-9-])/g;
const BSN_WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];
const PHONE =
  /(?:^|[^0-9A-Za-z.,])((?:(?:\+|00)31[ -]?(?:\(0\))?[ -]?|\(?0)[1-9](?:[ ()-]{0,3}[0-9]){8})(?![0-9:])/g;
// No number of a person begins like that.
const OF_ORGANISATIONS = /^0(?:88|800|900|906|909)/;
const EMAIL = /[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])/;
// Small letters after a space are mostly a word: "in 2024 is 3".
const POSTCODE = "[1-9][0-9]{3}(?: ?(?!S[ADS])[A-Z]{2}|[a-z]{2})(?![A-Za-z0-9])";
const HOUSE = "[0-9]{1,5}(?:[ -]?[A-Za-z]{1,3})?(?:-[0-9]{1,4})?(?![A-Za-z0-9])";
const ADDRESS = new RegExp(
  `(?:^|[^A-Za-z0-9])${POSTCODE}[\\s,]{0,3}(?:(?:nr|nummer|huisnummer)[.:]? ?)?${HOUSE}` +
    `|\\p{L}{2,40}\\.? ${HOUSE}[\\s,]{1,3}(?:in )?${POSTCODE}`,
  "u",
);
const IBAN = /(?:^|[^A-Za-z0-9])(?=([A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}))/g;
const IBAN_LEAST = 15;

// `ours` are numbers that the site itself names, as digits. In the order in which they are named.
export function personalIn(text, ours = []) {
  const ibans = all(IBAN, text).map(([, typed]) => ibanAtStart(typed)).filter(Boolean);
  // An account's digits are no other number.
  const rest = ibans.reduce((left, iban) => left.split(iban).join(" "), text);
  const isAPersons = (number) => !ours.includes(number) && !OF_ORGANISATIONS.test(number);
  const found = {
    bsn: all(BSN, rest).some(([, ...parts]) => isBsn(parts.join(""))),
    phone: all(PHONE, rest).some(([, number]) => isAPersons(national(number))),
    email: EMAIL.test(rest),
    address: ADDRESS.test(rest),
    iban: ibans.length > 0,
  };
  return Object.keys(found).filter((kind) => found[kind]);
}

function all(pattern, text) {
  return [...text.matchAll(pattern)];
}

// The test of eleven.
function isBsn(digits) {
  const total = BSN_WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0);
  return total % 11 === 0 && total > 0;
}

// Modulo 97, of letters and digits that are too long for one number.
function isIban(iban) {
  const turned = [...(iban.slice(4) + iban.slice(0, 4))];
  const digits = turned.map((letter) => Number.parseInt(letter, 36)).join("");
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

// The words behind it look like a part of it.
function ibanAtStart(typed) {
  for (let end = typed.length; end >= IBAN_LEAST; end -= 1) {
    const plain = typed.slice(0, end).replaceAll(" ", "").toUpperCase();
    if (plain.length >= IBAN_LEAST && isIban(plain)) return typed.slice(0, end);
  }
  return "";
}

function national(number) {
  const digits = number.replace("(0)", "").replace(/[^0-9]/g, "");
  return /^(?:\+|00)31/.test(number) ? digits.replace(/^(?:00)?31/, "0") : digits;
}
