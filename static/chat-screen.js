// What a visitor sees of their chat: where it stands, who is there, what they missed, how it ended.
import { fill, focusHeading, show } from "./parts.js";

const ENDERS = ["visitor", "advisor"];

export class ChatScreen {
  #root;

  constructor(root) {
    this.#root = root;
    // A chat that comes along to a page in the other language keeps its own.
    root.lang = document.documentElement.lang;
    this.now = { state: "start", lineUp: true, unread: 0, endUnseen: false };
  }

  // What was asked beforehand. To a chat that was come back to, only the server can say it.
  asked({ danger = "no", audience = "self" } = {}) {
    show(this.#root, "asked", danger === "yes" ? "danger" : "");
    show(this.#root, "reads", audience);
  }

  // `canFocus`: somebody who is writing must not be pulled away by an advisor who comes in.
  show({ state, position, estimate_s: seconds, advisor, danger }, { canFocus = true } = {}) {
    const before = this.now.state;
    Object.assign(this.now, { state, position, advisor });
    const root = this.#root;
    if (danger) show(root, "asked", "danger");
    root.querySelector("[data-chat-state]").dataset.state = state;
    show(root, "state", state);
    show(root, "place", position ? "known" : "unknown");
    show(root, "estimate", Number.isFinite(seconds) ? "known" : "unknown");
    fill(root, { position, minutes: Math.max(1, Math.ceil((seconds ?? 0) / 60)), advisor });
    if (before === state) return;
    // Whoever was talking must not think that it begins all over again.
    show(root, "queued", before === "open" ? "again" : "first");
    if (canFocus) focusHeading(root);
  }

  // Messages that come while another page is read are counted.
  count(from) {
    if (from !== "visitor" && !this.#root.isConnected) this.now.unread += 1;
  }

  // The visitor is back from another page.
  comeIntoView() {
    Object.assign(this.now, { unread: 0, endUnseen: false });
    focusHeading(this.#root);
  }

  lineIs(up) {
    this.now.lineUp = up;
    show(this.#root, "line", up ? "up" : "lost");
  }

  ended(by) {
    this.lineIs(true);
    this.now.endUnseen = !this.#root.isConnected;
    show(this.#root, "ended", ENDERS.includes(by) ? by : "system");
    this.erased("yes");
  }

  // "trying", "yes" or "unknown"
  erased(how) {
    show(this.#root, "erased", how);
  }
}
