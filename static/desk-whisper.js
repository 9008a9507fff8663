// What colleagues say to each other beside one conversation. It has a form of its own: what is written there
// never goes to the visitor.
import { newKey } from "./new-key.js";
import { elementOf } from "./page.js";
import { fill, show } from "./parts.js";

export class DeskWhisper {
  #root;
  #panel;
  #form;
  #list;
  #post;
  #unread = 0;
  #sent = { text: "", key: "" };

  constructor(root, { post }) {
    this.#root = root;
    this.#post = post;
    this.#panel = root.querySelector("[data-panel=whisper]");
    this.#form = root.querySelector("[data-whisper-say]");
    this.#list = root.querySelector("[data-whisper-log]");
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.addEventListener("keydown", (event) => this.#key(event));
    new MutationObserver(() => this.#read()).observe(this.#panel, { attributeFilter: ["hidden"] });
  }

  // Answers whether it was new.
  hear({ id, html }) {
    const there = [...this.#list.children];
    if (there.some(({ dataset }) => dataset.whisper === id)) return false;
    const later = there.find(({ dataset }) => isLaterThan(dataset.whisper, id));
    this.#list.insertBefore(elementOf(html), later ?? null);
    this.#toEnd();
    if (this.#panel.hidden) this.#count(this.#unread + 1);
    return true;
  }

  #read() {
    if (this.#panel.hidden) return;
    this.#count(0);
    this.#toEnd();
  }

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #count(unread) {
    this.#unread = unread;
    fill(this.#root, { whispers: unread });
    show(this.#root, "whispers", unread ? "some" : "none");
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  async #submit(event) {
    event.preventDefault();
    const { text: field } = this.#form.elements;
    const text = field.value.trim();
    if (!text || field.readOnly) return;
    // The same words again after a failure are the same whisper.
    if (this.#sent.text !== text) this.#sent = { text, key: newKey() };
    field.readOnly = true;
    const { status, data } = await this.#post("whisper", this.#sent);
    field.readOnly = false;
    const done = status === 200 || status === 201;
    fill(this.#form, { "whisper-problem": data.error ?? "" });
    show(this.#form, "whispered", done ? "" : data.error ? "refused" : "failed");
    if (!done) return;
    this.#sent = { text: "", key: "" };
    field.value = "";
  }
}

// Ids are the store's: milliseconds, and a number within them.
function isLaterThan(one, other) {
  const [[ms, place], [otherMs, otherPlace]] = [one, other].map((id) => id.split("-").map(Number));
  return ms > otherMs || (ms === otherMs && place > otherPlace);
}
