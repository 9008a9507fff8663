// The list of who waits. Rows stay the same elements while the list moves, so that a focus is not lost.
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

const TELL_TIME_EVERY_MS = 10_000;

export class WaitingList {
  #list;
  #template;
  #onTake;
  #rows = new Map();
  #waiting = [];

  constructor(root, onTake) {
    this.#list = root.querySelector("[data-waiting]");
    this.#template = root.querySelector("[data-waiter-template]");
    this.#onTake = onTake;
    setInterval(() => this.#tellTimes(), TELL_TIME_EVERY_MS);
  }

  get count() {
    return this.#waiting.length;
  }

  show(waiting) {
    this.#waiting = waiting;
    const names = new Set(waiting.map(({ conversation }) => conversation));
    for (const [name, row] of this.#rows) if (!names.has(name)) this.#remove(name, row);
    waiting.forEach((visitor, place) => this.#put(this.#rowOf(visitor), place));
    this.#tellTimes();
  }

  #rowOf(visitor) {
    let row = this.#rows.get(visitor.conversation);
    if (!row) {
      row = copyOf(this.#template);
      row.querySelector("[data-take]").addEventListener("click", () => this.#onTake(visitor.conversation));
      this.#rows.set(visitor.conversation, row);
    }
    describe(row, visitor);
    return row;
  }

  #put(row, place) {
    const there = this.#list.children[place];
    if (there !== row) this.#list.insertBefore(row, there ?? null);
  }

  #remove(name, row) {
    this.#rows.delete(name);
    const hadFocus = row.contains(document.activeElement);
    row.remove();
    if (hadFocus) this.#list.focus();
  }

  #tellTimes() {
    for (const { conversation, since } of this.#waiting) {
      const minutes = Math.max(0, Math.floor((Date.now() / 1000 - since) / 60));
      fill(this.#rows.get(conversation), { minutes });
    }
  }
}

// What an advisor may know of a visitor beforehand.
export function describe(root, { region_name: region, topic, back, later, ...visitor }) {
  const { lane, lang, audience, danger, returned, away, was_out: wasOut } = visitor;
  fill(root, { region, topic });
  show(root, "region", region ? "known" : "unknown");
  show(root, "topic", topic ? "known" : "unknown");
  show(root, "lane", lane);
  show(root, "lang", lang);
  show(root, "back", back);
  show(root, "later", later ? "yes" : "no");
  if (audience) show(root, "audience", audience);
  for (const [mark, applies] of Object.entries({ danger, returned, away, was_out: wasOut })) {
    show(root, mark, applies ? "yes" : "no");
  }
}
