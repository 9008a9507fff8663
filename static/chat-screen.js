// What a visitor sees of their chat: where it stands, who is there, how it ended.
import { fill, focusHeading, show } from "./parts.js";

const ENDERS = ["visitor", "advisor"];

export class ChatScreen {
  #root;

  constructor(root) {
    this.#root = root;
    // A conversation that comes along to a page in the other language keeps its own.
    root.lang = document.documentElement.lang;
    this.now = { state: "start", lineUp: true };
  }

  // What was asked beforehand; a conversation that was come back to says it again, where it can.
  asked({ danger = "no", audience = "self" } = {}) {
    show(this.#root, "asked", danger === "yes" ? "danger" : "");
    show(this.#root, "reads", audience);
  }

  // Answers whether this is another state than before.
  show({ state, position, estimate_s: seconds, advisor }) {
    const before = this.now.state;
    this.now = { ...this.now, state, position, advisor };
    const root = this.#root;
    root.querySelector("[data-chat-state]").dataset.state = state;
    show(root, "state", state);
    show(root, "place", position ? "known" : "unknown");
    show(root, "estimate", Number.isFinite(seconds) ? "known" : "unknown");
    fill(root, { position, minutes: Math.max(1, Math.ceil((seconds ?? 0) / 60)), advisor });
    // Whoever was in a conversation must not think that it begins all over again.
    if (before !== state) show(root, "queued", before === "open" ? "again" : "first");
    return before !== state;
  }

  focus() {
    focusHeading(this.#root);
  }

  lineIs(up) {
    this.now.lineUp = up;
    show(this.#root, "line", up ? "up" : "lost");
  }

  ended(by) {
    this.lineIs(true);
    show(this.#root, "ended", ENDERS.includes(by) ? by : "system");
    this.erased("yes");
    return this.show({ state: "ended" });
  }

  // "trying", "yes" or "unknown"
  erased(how) {
    show(this.#root, "erased", how);
  }
}
