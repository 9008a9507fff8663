// An advisor's own conversations on the desk: opened, told what happens in them, put away.
import { DeskConversation } from "./desk-conversation.js";
import { copyOf } from "./page.js";

export class DeskMine {
  #root;
  #ways;
  #all = new Map();

  // post(path, body, options) sends; begin(conversation) gives it what it has beside it;
  // onCount() when there are more, fewer, or unread ones.
  constructor(root, ways) {
    this.#root = root;
    this.#ways = ways;
  }

  get count() {
    return this.#all.size;
  }

  get unread() {
    let count = 0;
    for (const { unread } of this.#all.values()) count += unread;
    return count;
  }

  get(name) {
    return this.#all.get(name);
  }

  all() {
    return this.#all.values();
  }

  of(name) {
    return this.#all.get(name) ?? this.#open(name);
  }

  // What ended here and comes back, after a colleague had it, starts afresh.
  again(name) {
    if (this.#all.get(name)?.over) this.#putAway(name);
    return this.of(name);
  }

  // All but these ended while the line was down.
  keep(names) {
    for (const [name, conversation] of this.#all) if (!names.includes(name)) conversation.end("system");
  }

  clear() {
    for (const name of [...this.#all.keys()]) this.#putAway(name);
  }

  #open(name) {
    const root = copyOf(this.#root.querySelector("[data-conversation-template]"));
    root.dataset.conversation = name;
    root.querySelector("[data-heading]").id = `talk-${name}`;
    root.setAttribute("aria-labelledby", `talk-${name}`);
    const path = `conversations/${encodeURIComponent(name)}`;
    const conversation = new DeskConversation(root, {
      name,
      post: (what, body, options) => this.#ways.post(`${path}/${what}`, body, options),
      onChange: () => this.#changed(conversation),
      onDone: () => this.#putAway(name),
    });
    this.#all.set(name, conversation);
    this.#root.querySelector("[data-conversations]").append(root);
    this.#ways.front.open(root);
    this.#ways.begin(conversation);
    this.#ways.onCount();
    return conversation;
  }

  #putAway(name) {
    const root = this.#all.get(name)?.root;
    if (!root) return;
    const hadFocus = root.contains(document.activeElement);
    this.#all.delete(name);
    root.remove();
    this.#ways.onCount();
    this.#ways.front.close(root, hadFocus);
  }

  #changed({ root, unread }) {
    this.#ways.front.tell(root, unread);
    this.#ways.onCount();
  }
}
