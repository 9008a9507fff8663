// The sign-in page's button for who has a passkey: there only where it can work.
import { call } from "./call.js";
import { passkeysWork, usePasskey } from "./passkey.js";
import { show } from "./parts.js";

export class PasskeySignIn {
  #root;
  #headers;
  #busy = false;

  constructor(root) {
    this.#root = root;
    const token = document.querySelector("form[method=post] input[name=csrf_token]").value;
    this.#headers = { "X-CSRFToken": token };
    root.hidden = !passkeysWork();
    root.querySelector("button").addEventListener("click", () => this.#press());
  }

  async #press() {
    if (this.#busy) return;
    this.#busy = true;
    const problem = await this.#signIn();
    this.#busy = false;
    show(this.#root, "passkey", problem);
  }

  // Answers what went wrong.
  async #signIn() {
    const { ask, enter } = this.#root.dataset;
    show(this.#root, "passkey", "");
    const asked = await call(ask, { headers: this.#headers });
    if (asked.status !== 200) return "unavailable";
    const answer = await usePasskey(asked.data);
    if (!answer) return "stopped";
    const { status, data } = await call(enter, { body: answer, headers: this.#headers });
    if (status === 200) return location.assign(data.to);
    return { 422: "refused", 429: "too-many" }[status] ?? "unavailable";
  }
}
