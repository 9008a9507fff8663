// What is wrong with a form, said beside the field that it is about.

export function clearFaults(form) {
  for (const place of form.querySelectorAll("[data-error-for]")) {
    place.textContent = "";
    place.hidden = true;
  }
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

// Answers whether there was something to show and a place for it.
export function showFault(form, { error, field }) {
  const name = CSS.escape(field ?? "");
  const place = error && form.querySelector(`[data-error-for="${name}"]`);
  if (!place) return false;
  place.textContent = error;
  place.hidden = false;
  const inputs = form.querySelectorAll(`[name="${name}"]`);
  for (const input of inputs) input.setAttribute("aria-invalid", "true");
  (inputs[0] ?? place).focus();
  return true;
}
