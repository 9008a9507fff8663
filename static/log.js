// The messages of one conversation: in the store's order, each exactly once, what is not yet sent last.
import { elementOf } from "./page.js";

export class Log {
  #list;
  #end;
  #jump;
  #ids = [];
  #atEnd = true;

  // `list` holds the messages, `end` stands where the reader should be, `jump` leads there.
  constructor({ list, end, jump }) {
    this.#list = list;
    this.#end = end;
    this.#jump = jump;
    new IntersectionObserver((seen) => this.#look(seen.pop().isIntersecting), { rootMargin: "40px" })
      .observe(end);
    // What opens or grows, a keyboard, a notice, a long draft, must not cover what was just read.
    const stay = () => this.#stays && this.toEnd();
    addEventListener("resize", stay);
    const sizes = new ResizeObserver(stay);
    sizes.observe(list);
    sizes.observe(list.parentElement);
    jump.addEventListener("click", () => this.toEnd());
  }

  // Answers whether the message is new. A reader who looks something up higher is left there.
  add({ id, html }) {
    const place = this.#placeOf(id);
    if (this.#ids[place - 1] === id) return false;
    const after = this.#list.querySelector(`[data-message="${CSS.escape(this.#ids[place] ?? "")}"]`);
    this.#ids.splice(place, 0, id);
    const message = elementOf(html);
    message.dataset.message = id;
    this.#insert(message, after ?? this.#list.querySelector("[data-unsent]"));
    return true;
  }

  addUnsent(bubble) {
    this.#insert(bubble, null);
    this.toEnd();
  }

  toEnd() {
    this.#jump.hidden = true;
    // What comes before the browser has looked again follows too: on a slow phone that takes a while.
    this.#atEnd = true;
    // A log with a scroll bar of its own must not move the page under somebody's hands.
    if (getComputedStyle(this.#list).overflowY !== "visible") this.#list.scrollTop = this.#list.scrollHeight;
    else this.#end.scrollIntoView({ block: "end" });
  }

  clear() {
    this.#ids = [];
    for (const message of this.#list.querySelectorAll("[data-message], [data-unsent]")) message.remove();
  }

  // Somebody who opened a part that holds the log is reading that.
  get #stays() {
    return this.#atEnd && !this.#list.parentElement.querySelector("[data-log-hold][open]");
  }

  #insert(message, before) {
    const stays = this.#stays;
    const last = this.#end.parentNode === this.#list ? this.#end : null;
    this.#list.insertBefore(message, before ?? last);
    if (stays) this.toEnd();
    else this.#jump.hidden = false;
  }

  // From the end, because that is where nearly every message belongs.
  #placeOf(id) {
    let place = this.#ids.length;
    while (place && isLater(this.#ids[place - 1], id)) place -= 1;
    return place;
  }

  #look(atEnd) {
    // Of a log that is not shown nobody scrolled away.
    if (!this.#list.getClientRects().length) return;
    this.#atEnd = atEnd;
    if (atEnd) this.#jump.hidden = true;
  }
}

// Ids are the store's: milliseconds, a dash, a number.
function isLater(id, than) {
  const [ms, number] = id.split("-").map(Number);
  const [thanMs, thanNumber] = than.split("-").map(Number);
  return ms > thanMs || (ms === thanMs && number > thanNumber);
}
