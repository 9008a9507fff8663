// Which conversation is in front: the one that keys work on, that is read aloud, and that a small screen
// shows. Every conversation has a number, and a tab that tells what is unread.
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

export class DeskFront {
  #root;
  #list;
  #tabs = new Map();
  #front = null;

  constructor(root) {
    this.#root = root;
    this.#list = root.querySelector("[data-tabs]");
    this.#list.querySelector("[data-tab-waiting]").addEventListener("click", () => this.toWaiting());
    for (const sign of ["focusin", "pointerdown"]) {
      root.addEventListener(sign, ({ target }) => this.#touched(target));
    }
    this.#mark(null);
  }

  // The conversation that keys work on.
  get conversation() {
    return this.#front ?? this.#all[0] ?? null;
  }

  open(section) {
    const taken = new Set(this.#all.map((one) => one.dataset.number));
    let number = 1;
    while (taken.has(String(number))) number += 1;
    const tab = copyOf(this.#root.querySelector("[data-tab-template]"));
    const log = section.querySelector("[data-chat-log]");
    section.dataset.number = number;
    for (const part of [section, tab]) fill(part, { number });
    show(tab, "tab", "look" in section.dataset ? "look" : "mine");
    log.setAttribute("aria-label", `${log.getAttribute("aria-label")} ${number}`);
    log.setAttribute("aria-live", "off");
    tab.querySelector("button").addEventListener("click", () => this.goTo(section));
    this.#tabs.set(section, tab);
    this.#list.firstElementChild.append(tab);
    if (!this.#front) this.#mark(section);
  }

  // What was unread elsewhere is told once; more of it is only counted.
  tell(section, unread) {
    const tab = this.#tabs.get(section);
    fill(tab, { unread });
    show(tab, "unread", unread ? "yes" : "no");
    const { number } = section.dataset;
    if (unread) this.#say("message", number);
    else if (this.#root.querySelector("[data-told]").dataset.told === number) this.#say("", "");
  }

  // Whoever was in what goes away goes to its neighbour.
  close(section, hadFocus) {
    const place = this.#all.indexOf(section);
    this.#tabs.get(section)?.remove();
    this.#tabs.delete(section);
    this.#say("gone", section.dataset.number);
    const next = this.#all[Math.min(place, this.#all.length - 1)] ?? null;
    if (this.#front === section) this.#mark(next);
    if (!hadFocus) return;
    if (next) this.goTo(next);
    else this.toWaiting();
  }

  bring(section) {
    this.#mark(section);
    // What came before is history; from here on it is read aloud as it comes.
    for (const one of this.#all) {
      one.querySelector("[data-chat-log]").setAttribute("aria-live", one === section ? "polite" : "off");
    }
  }

  step(by) {
    const all = this.#all;
    if (!all.length) return this.toWaiting();
    const now = all.indexOf(document.activeElement?.closest(".conversation") ?? this.#front);
    return this.goTo(all[(now + by + all.length) % all.length]);
  }

  toWaiting() {
    this.#mark(null);
    const take = this.#root.querySelector("[data-take-next]");
    (this.#root.querySelector("[data-waiting] [data-take]") ?? take).focus();
  }

  get #all() {
    return [...this.#tabs.keys()];
  }

  goTo(section) {
    this.bring(section);
    const field = section.querySelector("[data-chat-say]:not([hidden]) textarea");
    (field ?? section.querySelector("[data-heading]")).focus();
  }

  #touched(target) {
    const section = target.closest(".conversation");
    if (section && section !== this.#front) this.bring(section);
    if (target.closest("[data-line]")) this.#mark(null);
  }

  #mark(section) {
    this.#front = section;
    this.#root.dataset.front = section ? "conversation" : "waiting";
    for (const [one, tab] of this.#tabs) {
      one.toggleAttribute("data-front", one === section);
      tab.querySelector("button").setAttribute("aria-current", one === section);
    }
    this.#list.querySelector("[data-tab-waiting]").setAttribute("aria-current", !section);
    this.#list.querySelector("[aria-current=true]").scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #say(what, number) {
    const told = this.#root.querySelector("[data-told]");
    told.dataset.told = number;
    fill(told, { told: number });
    show(told, "told", what);
  }
}
