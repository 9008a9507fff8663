// The tools of one conversation: a bar of buttons, each with a panel; one panel is open at a time.
const FIRST_CONTROL = "input:not([type=hidden]), select, textarea, button, a[href], [tabindex='0']";

export class DeskTools {
  #root;

  constructor(root) {
    this.#root = root;
    root.addEventListener("click", ({ target }) => this.#click(target.closest("[data-tool]")));
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  // Shows that panel, or none. Whoever was in a panel that closes goes back to its button.
  show(name = "") {
    for (const panel of this.#root.querySelectorAll("[data-panel]")) {
      const hadFocus = panel.contains(document.activeElement);
      panel.hidden = panel.dataset.panel !== name;
      const button = this.#buttonOf(panel.dataset.panel);
      button?.setAttribute("aria-expanded", !panel.hidden);
      if (panel.hidden && hadFocus) button?.focus();
    }
  }

  #click(button) {
    if (!button || !this.#panelOf(button.dataset.tool)) return;
    const opens = button.getAttribute("aria-expanded") !== "true";
    this.show(opens ? button.dataset.tool : "");
    if (opens) this.#panelOf(button.dataset.tool).querySelector(FIRST_CONTROL)?.focus();
  }

  #key(event) {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    if (!event.target.closest("[data-panel]")) return;
    event.preventDefault();
    this.show();
  }

  #buttonOf(name) {
    return this.#root.querySelector(`[data-tool="${name}"]`);
  }

  #panelOf(name) {
    return this.#root.querySelector(`[data-panel="${name}"]`);
  }
}
