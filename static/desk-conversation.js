// One conversation at the desk: its messages, its draft, whether it was read, its end.
import { DeskBeside } from "./desk-beside.js";
import { Draft } from "./desk-draft.js";
import { DeskHelps } from "./desk-helps.js";
import { DeskTools } from "./desk-tools.js";
import { describe } from "./desk-waiting.js";
import { fill, focusHeading, show } from "./parts.js";
import { Talk } from "./talk.js";

// What was said before this page was opened comes all at once, and was read before.
const HISTORY_MS = 1_000;

export class DeskConversation {
  #talk;
  #tools;
  #helps;
  #draft;
  #history = true;
  #onChange;
  #onDone;

  // `name` is the conversation's; post(name, body) sends; onChange() when something is unread or read; onDone()
  // when it may go.
  constructor(root, { name, post, onChange, onDone }) {
    this.root = root;
    this.beside = new DeskBeside(root, { name, post });
    this.unread = 0;
    this.over = false;
    this.#onChange = onChange;
    this.#onDone = onDone;
    this.#talk = new Talk(root, { side: "advisor", post, onGone: () => this.end("system") });
    this.#tools = new DeskTools(root);
    const writing = root.querySelector("[data-chat-say]");
    this.#helps = new DeskHelps(root, { post, tools: this.#tools, say: writing });
    this.#draft = new Draft(writing, { say: this.#talk.say, post });
    const form = root.querySelector("[data-end-form]");
    form.addEventListener("submit", (event) => this.#submitEnd(event, form, post));
    root.querySelector("[data-dismiss]").addEventListener("click", onDone);
    root.addEventListener("focusin", () => this.#read());
    root.addEventListener("pointerdown", () => this.#read());
    setTimeout(() => (this.#history = false), HISTORY_MS);
  }

  focus() {
    this.#talk.say.focus();
  }

  describe(state) {
    describe(this.root, state);
    this.#helps.describe(state);
  }

  hear(message) {
    if (!this.#talk.hear(message) || message.from !== "visitor") return;
    if (this.#history || this.#isLookedAt()) return;
    this.#setUnread(this.unread + 1);
  }

  hearTyping(from) {
    this.#talk.hearTyping(from);
  }

  // It stays on the screen until the advisor puts it away, except when an advisor ended it.
  end(by, taker = "") {
    // The answer and the event may both tell of it.
    if (this.over) return;
    this.over = true;
    this.#draft.end();
    if (by === "advisor") {
      this.#onDone();
      return;
    }
    const hadFocus = this.root.contains(document.activeElement);
    this.#talk.close();
    this.#tools.show();
    delete this.root.dataset.conversation;
    show(this.root, "talk", "ended");
    fill(this.root, { taker });
    show(this.root, "ended", by === "visitor" ? "visitor" : taker ? "moved" : "system");
    // A draft that still stands there may be read on; a field that went away takes the focus with it.
    if (hadFocus && !isShown(document.activeElement, this.root)) focusHeading(this.root);
  }

  async #submitEnd(event, form, post) {
    event.preventDefault();
    show(this.root, "ending", "no");
    const { reason, keep_out: keepOut } = form.elements;
    const out = reason.value === "abuse" && keepOut?.checked ? "yes" : "no";
    const { status } = await post("end", { reason: reason.value, keep_out: out });
    if (status === 204 || status === 410) this.end("advisor");
    else show(this.root, "ending", "failed");
  }

  #isLookedAt() {
    return !document.hidden && document.hasFocus() && this.root.contains(document.activeElement);
  }

  #read() {
    if (this.unread) this.#setUnread(0);
  }

  #setUnread(count) {
    this.unread = count;
    this.root.toggleAttribute("data-unread", count > 0);
    fill(this.root, { unread: count });
    show(this.root, "unread", count > 0 ? "yes" : "no");
    this.#onChange();
  }
}

function isShown(part, root) {
  return root.contains(part) && !part.closest("[hidden]");
}
