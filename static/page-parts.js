// Brings along what a fetched page needs besides what every page has: a part's style and script come
// into the document with the first page that needs them, and stay.
import { scriptOf } from "./page.js";

// Answers whether the page can do its work here.
export function bringParts(page) {
  const parts = [...page.querySelectorAll("[data-part]")].filter((part) => !isThere(part));
  const ran = parts.map(bring);
  return ran.every(Boolean) || !page.querySelector("[data-needs-script]");
}

function isThere({ localName, dataset: { part } }) {
  return document.querySelector(`${localName}[data-part="${part}"]`) !== null;
}

function bring(part) {
  const isScript = part.localName === "script";
  // A script that came with a fetched page never runs; a new one does so at once.
  const own = isScript ? scriptOf(part.textContent) : document.importNode(part, true);
  own.dataset.part = part.dataset.part;
  document.head.append(own);
  const works = isScript ? "ran" in own.dataset : own.sheet !== null;
  // The site was renewed meanwhile: the policy that this visit began with does not know this part.
  if (!works) own.remove();
  return works;
}
