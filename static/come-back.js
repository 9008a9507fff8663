// The form for somebody who was here before: four words open the conversation again.
import { NO_ANSWER, call } from "./call.js";
import { clearFaults, showFault } from "./form-faults.js";
import { show } from "./parts.js";

export class ComeBack {
  #form;
  #ready;
  #onBack;
  #busy = false;

  // ready() answers whether a chat can be shown; onBack(answer) hears the conversation's token and state.
  constructor(part, { ready, onBack }) {
    this.#form = part.querySelector("form");
    this.#ready = ready;
    this.#onBack = onBack;
    // Without this script the words would be posted, and a posted body stays in the session files.
    part.removeAttribute("inert");
    this.#form.addEventListener("submit", (event) => this.#submit(event));
  }

  async #submit(event) {
    event.preventDefault();
    const field = this.#form.elements.code;
    if (this.#busy) return;
    if (!field.value.trim()) return field.focus();
    this.#busy = true;
    clearFaults(this.#form);
    show(this.#form, "coming", "yes");
    // The words work once.
    const isReady = await this.#ready();
    const { status, data } = isReady ? await call(this.#form.action, { body: { code: field.value } }) : NO_ANSWER;
    this.#busy = false;
    show(this.#form, "coming", "no");
    if (status === 200) {
      field.value = "";
      this.#onBack(data);
    } else if (!showFault(this.#form, { error: data.error, field: "code" })) {
      show(this.#form, "coming", "offline");
      field.focus();
    }
  }
}
