// Asks before something that can tell who somebody is leaves the page. Never forbids it: it may be what saves
// somebody. Esc is "no", and twice is still the exit.
import { show } from "./parts.js";
import { personalIn } from "./personal.js";

export class PersonalQuestion {
  #part;
  #ours;
  #sure = null;
  #back = null;

  constructor(part) {
    this.#part = part;
    this.#ours = (part.dataset.ours ?? "").split(" ");
    const press = (mark, act) => part.querySelector(`[${mark}]`).addEventListener("click", act);
    press("data-personal-send", () => this.#close(this.#sure));
    press("data-personal-change", () => this.#close(this.#back));
    part.addEventListener("keydown", ({ key }) => key === "Escape" && this.#close(this.#back));
  }

  // Whether the text waits for an answer: sure() when it may go, back() when it is to be changed.
  asks(text, sure, back) {
    const kinds = personalIn(text, this.#ours);
    if (!kinds.length) return this.#close();
    [this.#sure, this.#back] = [sure, back];
    for (const kind of this.#part.querySelectorAll("[data-kind]")) {
      kind.hidden = !kinds.includes(kind.dataset.kind);
    }
    show(this.#part.parentElement, "personal", "asked");
    // The gentle choice is the one that a hurried Enter presses.
    this.#part.querySelector("[data-personal-change]").focus();
    return true;
  }

  #close(then) {
    this.#part.hidden = true;
    then?.();
    return false;
  }
}
