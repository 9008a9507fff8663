// Asks once, after the end, whether it helped. The ticket is in memory only and says nothing of the chat.
import { call } from "./call.js";
import { show } from "./parts.js";

export class Helped {
  #part;
  #url;
  #ticket = "";
  #talked = false;

  constructor(part, url) {
    this.#part = part;
    this.#url = url;
    part.addEventListener("click", (event) => this.#answer(event.target.closest("button")?.value));
  }

  begin(ticket = "") {
    this.#ticket = ticket;
    this.#talked = false;
    show(this.#part, "helped", "no");
  }

  // Whoever only waited has nothing to answer.
  talks() {
    this.#talked = true;
  }

  ask() {
    if (this.#ticket && this.#talked) show(this.#part, "helped", "ask");
  }

  // Whether it arrives is no worry of the visitor's: the thanks do not wait for it.
  #answer(answer) {
    if (!answer) return;
    call(this.#url, { body: { ticket: this.#ticket, answer } });
    this.#ticket = "";
    show(this.#part, "helped", "thanks");
    this.#part.querySelector("[tabindex]").focus();
  }
}
