// Fills and shows the parts of a page. Every visible text is already there, in the template.

// Puts each value, as text, into the elements with that `data-field`.
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of root.querySelectorAll(`[data-field="${name}"]`)) {
      // Writing the same words again would make a screen reader say them again.
      if (place.textContent !== String(value ?? "")) place.textContent = value ?? "";
    }
  }
}

// Of the parts marked `data-when="<subject>:<value>"`, shows those for this value.
export function show(root, subject, value = "") {
  for (const part of root.querySelectorAll(`[data-when^="${subject}:"]`)) {
    part.hidden = !part.dataset.when.split(" ").includes(`${subject}:${value}`);
  }
}

// Moves the reader to the heading that is now shown.
export function focusHeading(root) {
  const heading = [...root.querySelectorAll("[data-heading]")].find((one) => !one.closest("[hidden]"));
  heading?.focus();
}
