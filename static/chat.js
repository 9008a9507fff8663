// The visitor's chat: asking, waiting, talking, ending.
import { ChatStart } from "./chat-start.js";
import { ChatTicket } from "./chat-ticket.js";
import { EventStream } from "./events.js";
import { fill, focusHeading, show } from "./parts.js";
import { Talk } from "./talk.js";

const ENDERS = ["visitor", "advisor"];

export class Chat {
  #ticket = null;
  #state = "start";
  #stream;
  #talk;

  constructor(root) {
    this.root = root;
    const part = (mark) => root.querySelector(`[${mark}]`);
    this.#talk = new Talk(root, {
      side: "visitor",
      post: (name, body) => this.#post(name, body),
      onGone: () => this.#ended("system"),
      mayTell: () => this.#state === "open",
    });
    new ChatStart(part("data-chat-start"), part("data-refusal"), (...started) => this.#begin(...started));
    part("data-chat-end").addEventListener("click", () => this.#end());
    part("data-chat-again").addEventListener("click", () => this.#startAgain());
    addEventListener("luwte:leave", () => this.#leave());
  }

  // The page around a conversation may be swapped for another; the conversation must not be lost.
  get live() {
    return this.#ticket !== null;
  }

  #begin({ token, ...state }, { danger }) {
    this.#ticket = new ChatTicket(this.root.dataset.api, token);
    this.#stream = new EventStream(this.#ticket.url("events"), {
      headers: this.#ticket.headers,
      onEvent: (name, data) => this.#heard(name, data),
      onLine: (up) => this.#lineIs(up),
      onRefused: () => this.#ended("system"),
    });
    this.#talk.open();
    show(this.root, "asked", danger === "yes" ? "danger" : "");
    this.#showState(state);
    this.#stream.open();
  }

  async #post(name, body) {
    const answer = await this.#ticket.post(name, body);
    if (answer.status < 300 && answer.status) this.#stream.hurry();
    return answer;
  }

  #lineIs(up) {
    show(this.root, "line", up ? "up" : "lost");
    if (up) this.#talk.hurry();
  }

  #heard(name, data) {
    if (name === "state") this.#showState(data);
    if (name === "typing") this.#talk.hearTyping(data.from);
    if (name === "message") this.#talk.hear(data);
    if (name === "ended") this.#ended(data.by);
  }

  #showState({ state, position, estimate_s: seconds, advisor }) {
    const isNew = state !== this.#state;
    this.#state = state;
    this.root.querySelector("[data-chat-state]").dataset.state = state;
    show(this.root, "state", state);
    show(this.root, "estimate", Number.isFinite(seconds) ? "known" : "unknown");
    fill(this.root, { position, minutes: Math.max(1, Math.ceil((seconds ?? 0) / 60)), advisor });
    // Somebody who is writing must not be pulled away by an advisor who comes in.
    if (isNew && !this.#talk.say.hasFocus) focusHeading(this.root);
  }

  #ended(by) {
    if (!this.live) return;
    this.#letGo();
    this.#talk.close();
    show(this.root, "line", "up");
    show(this.root, "ended", ENDERS.includes(by) ? by : "system");
    show(this.root, "erased", "yes");
    this.#showState({ state: "ended" });
  }

  // The screen is cleared at once, whatever the line; that it is erased is said when it is.
  async #end() {
    const ticket = this.#ticket;
    this.#talk.clear();
    this.#ended("visitor");
    show(this.root, "erased", "trying");
    show(this.root, "erased", (await ticket.erase()) ? "yes" : "unknown");
  }

  #startAgain() {
    this.#talk.clear();
    this.#showState({ state: "start" });
  }

  #leave() {
    this.#ticket?.leave();
    if (this.live) this.#letGo();
  }

  #letGo() {
    this.#stream.close();
    this.#ticket.drop();
    this.#ticket = null;
  }
}
