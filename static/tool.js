// What somebody fills in on a tool is there again when they come back to it in the same visit. It stays in
// this page's memory: nothing is sent, and it is gone with the page.
const filledIn = new Map();

export class Tool {
  #form;
  #fields;

  constructor(form) {
    this.#form = form;
    this.#fields = [...form.querySelectorAll("input, textarea")];
    this.#putBack(filledIn.get(form.dataset.tool) ?? []);
    form.addEventListener("input", () => this.#keep());
    form.addEventListener("reset", () => filledIn.delete(form.dataset.tool));
    const button = form.parentElement.querySelector("[data-print]");
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // By their order: it is the same in both languages.
  #keep() {
    const values = this.#fields.map((field) => (field.type === "textarea" ? field.value : field.checked));
    filledIn.set(this.#form.dataset.tool, values);
  }

  #putBack(values) {
    values.forEach((value, at) => {
      const field = this.#fields[at];
      if (!value || !field) return;
      field[field.type === "textarea" ? "value" : "checked"] = value;
      // What was filled in must not be out of sight.
      field.closest("details")?.setAttribute("open", "");
    });
  }
}

// Whatever is folded or scrolled away would be missing on paper.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("[data-tool] details")) fold.open = true;
  if (CSS.supports("field-sizing", "content")) return;
  for (const field of document.querySelectorAll("[data-tool] textarea")) {
    if (field.value) field.style.height = `${field.scrollHeight + 4}px`;
  }
});
