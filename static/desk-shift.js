// What an advisor chose for this shift; every tab shows the same, because the server tells it.
import { fill, show } from "./parts.js";

export class DeskShift {
  #desk;
  #root;
  #status;
  #form;
  #shift = null;
  #changing = false;
  #post;
  #onStatus;

  constructor(root, { post, onStatus }) {
    this.#desk = root;
    this.#root = root.querySelector("[data-shift-part]");
    this.#post = post;
    this.#onStatus = onStatus;
    this.#status = root.querySelector("[data-status-choice]");
    this.#form = root.querySelector("[data-shift-form]");
    this.#status.addEventListener("change", () => this.#choose({ status: this.#status.value }));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.addEventListener("input", () => (this.#changing = true));
    this.#form.closest("details").addEventListener("toggle", ({ target }) => target.open || this.#shows());
  }

  describe(shift) {
    this.#desk.dataset.status = shift.status;
    this.#status.value = shift.status;
    this.#shift = shift;
    // What is told meanwhile, late or from another tab, must not undo what somebody is choosing.
    if (!this.#changing) this.#shows();
    show(this.#root, "shift", shift.chosen ? "chosen" : "usual");
    show(this.#root, "status", shift.status);
    show(this.#root, "shift-regions", shift.regions.length < shift.allowed.length ? "some" : "all");
    const names = shift.allowed.filter(({ code }) => shift.regions.includes(code));
    fill(this.#root, { "shift-regions": names.map(({ name }) => name).join(", "), "shift-most": shift.most });
    this.#onStatus();
  }

  // The form as it was chosen last; what was not saved is forgotten.
  #shows() {
    this.#changing = false;
    if (!this.#shift) return;
    for (const box of this.#boxes) box.checked = this.#shift[box.name].includes(box.value);
    this.#form.elements.most.value = this.#shift.most;
  }

  get #boxes() {
    return [...this.#form.querySelectorAll("input[type=checkbox]")];
  }

  #submit(event) {
    event.preventDefault();
    const chosen = (name) => this.#boxes.filter((box) => box.name === name && box.checked).map(({ value }) => value);
    const most = Number(this.#form.elements.most.value);
    this.#choose({ regions: chosen("regions"), lanes: chosen("lanes"), langs: chosen("langs"), most });
  }

  async #choose(choice) {
    const { status, data } = await this.#post("shift", choice);
    show(this.#root, "shift-saved", status === 200 ? "yes" : data.field ?? "failed");
    if (status !== 200) return;
    this.describe(data);
    if (choice.regions) this.#close();
  }

  #close() {
    const part = this.#form.closest("details");
    part.open = false;
    part.querySelector("summary").focus();
  }
}
