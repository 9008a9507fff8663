// What a visitor can do to come back: four words to remember, or a tab that keeps the conversation.
import { fill, show } from "./parts.js";

export class ReturnPart {
  #part;
  #askCode;
  #keep;
  #box;

  // askCode() answers as `call` does; keep(wanted) answers whether it is done.
  constructor(part, { askCode, keep }) {
    this.#part = part;
    this.#askCode = askCode;
    this.#keep = keep;
    this.#box = part.querySelector("[data-keep]");
    this.#button("show").addEventListener("click", () => this.#showCode());
    this.#button("hide").addEventListener("click", () => this.#hideCode());
    this.#box.addEventListener("change", () => this.#chooseToKeep());
    part.addEventListener("toggle", () => part.open || this.hide());
  }

  // A conversation begins; `kept` when this tab keeps it already.
  begin(kept) {
    this.close();
    this.#box.checked = kept;
    show(this.#part, "keep", "");
  }

  close() {
    this.hide();
    this.#part.open = false;
  }

  // The words leave the page, not only the sight.
  hide() {
    fill(this.#part, { code: "" });
    show(this.#part, "code", "hidden");
  }

  async #showCode() {
    const { status, data } = await this.#askCode();
    // Whoever closed this meanwhile does not want to see them.
    if (!this.#part.open) return;
    if (status !== 200) return show(this.#part, "code", "failed");
    show(this.#part, "code", "shown");
    fill(this.#part, { code: data.code });
    this.#button("hide").focus();
  }

  #hideCode() {
    this.hide();
    this.#button("show").focus();
  }

  #chooseToKeep() {
    const done = this.#keep(this.#box.checked);
    if (!done) this.#box.checked = false;
    show(this.#part, "keep", done ? "" : "failed");
  }

  #button(name) {
    return this.#part.querySelector(`[data-code-${name}]`);
  }
}
