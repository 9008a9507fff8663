// Makes a passkey on the page of one's own account.
import { call } from "./call.js";
import { clearFaults, showFault } from "./form-faults.js";
import { makePasskey, passkeysWork } from "./passkey.js";
import { show } from "./parts.js";

export class PasskeyAdd {
  #form;
  #headers;
  #busy = false;

  constructor(form) {
    this.#form = form;
    this.#headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
    form.hidden = !passkeysWork();
    document.querySelector("[data-passkey-none]").hidden = !form.hidden;
    form.addEventListener("submit", (event) => this.#submit(event));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    clearFaults(this.#form);
    show(this.#form, "passkey", await this.#make());
    this.#busy = false;
  }

  // Answers what went wrong and is not said beside a field.
  async #make() {
    const { name, password } = Object.fromEntries(new FormData(this.#form));
    const { ask, keep } = this.#form.dataset;
    const asked = await this.#post(ask, { name, password });
    if (asked.status !== 200) return this.#fault(asked);
    const answer = await makePasskey(asked.data);
    if (!answer) return "stopped";
    const kept = await this.#post(keep, { name, answer });
    if (kept.status !== 201) return this.#fault(kept);
    location.assign(kept.data.to);
    return "";
  }

  #post(url, body) {
    return call(url, { body, headers: this.#headers });
  }

  #fault({ data }) {
    return showFault(this.#form, data) ? "" : "unavailable";
  }
}
