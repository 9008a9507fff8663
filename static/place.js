// Where the reader is in a page: at its heading, or at a part that a link named.

export function headingOf(main) {
  // Of the chat's page only one part is shown, and each has its own heading.
  return [...main.querySelectorAll("h1")].find((heading) => !heading.closest("[hidden]"));
}

export function jumpTo(hash) {
  const part = document.getElementById(decodeURIComponent(hash.slice(1)));
  part?.scrollIntoView();
  if (part) focusOn(part);
}

export function focusOn(part) {
  if (!part.matches("a, button, input, [tabindex]")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}
