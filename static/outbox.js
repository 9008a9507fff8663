// Sends what somebody wrote: one message at a time, in order, again and again under the same key until
// the server has it. Nothing that was typed is ever lost: it stays on the screen with its state.
import { newKey } from "./new-key.js";
import { copyOf } from "./page.js";
import { show } from "./parts.js";
import { Patience } from "./patience.js";

const SHORTEST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
const TOO_MANY = 429;
const MAY_WORK_LATER = [0, 408, 425, TOO_MANY];

export class Outbox {
  #send;
  #log;
  #template;
  #onRefused;
  #onHeld;
  #patience = new Patience(SHORTEST_RETRY_MS, LONGEST_RETRY_MS);
  #queue = [];
  #unconfirmed = new Map();
  #running = false;
  #closed = false;

  // send(text, key) answers {status, data, retryMs}; onRefused(status, data) hears every final no, and
  // onHeld(held) whether a message has to wait, because there are too many.
  constructor({ send, log, template, onRefused, onHeld }) {
    this.#send = send;
    this.#log = log;
    this.#template = template;
    this.#onRefused = onRefused;
    this.#onHeld = onHeld;
  }

  add(text) {
    const bubble = copyOf(this.#template);
    const message = { text, key: newKey(), bubble };
    bubble.querySelector("[data-text]").textContent = text;
    bubble.querySelector("[data-retry]").addEventListener("click", () => this.#enqueue(message));
    this.#enqueue(message);
  }

  // The conversation's own event says that the server has it; that event brings the real bubble.
  confirm(key) {
    const message = this.#unconfirmed.get(key);
    if (!message) return;
    this.#unconfirmed.delete(key);
    message.bubble.remove();
  }

  // The line is back.
  hurry() {
    this.#patience.hurry();
  }

  // No more can be sent; what was not sent stays readable, and says so.
  close() {
    this.#closed = true;
    for (const message of this.#queue) this.#mark(message, "gone");
    this.#queue = [];
    this.hurry();
  }

  #enqueue(message) {
    if (this.#closed || this.#queue.includes(message)) return;
    this.#unconfirmed.set(message.key, message);
    this.#queue.push(message);
    this.#log.addUnsent(message.bubble);
    this.#mark(message, "pending");
    this.#run();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#queue.length) await this.#try(this.#queue[0]);
    this.#running = false;
  }

  async #try(message) {
    // It may have arrived though its answer got lost.
    if (!this.#unconfirmed.has(message.key)) return this.#done(message, "sent");
    const { status, data, retryMs } = await this.#send(message.text, message.key);
    if (status === 200 || status === 201) this.#done(message, "sent");
    else if (this.#closed) return;
    else if (status >= 500 || MAY_WORK_LATER.includes(status)) await this.#hold(status, retryMs);
    else {
      this.#done(message, "failed");
      this.#onRefused(status, data);
    }
  }

  // Too many messages at once: that it has to wait is told. A broken line is told elsewhere.
  async #hold(status, retryMs) {
    if (status !== TOO_MANY) return this.#patience.wait(retryMs);
    this.#onHeld(true);
    await this.#patience.wait(retryMs);
    this.#onHeld(false);
  }

  #done(message, state) {
    this.#patience.reset();
    this.#queue.shift();
    this.#mark(message, state);
  }

  #mark(message, state) {
    message.bubble.dataset.unsent = state;
    show(message.bubble, "sending", state);
  }
}
