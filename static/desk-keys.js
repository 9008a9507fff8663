// Everything at the desk without a mouse. The keys stand in the page's own table, which is also what `?`
// shows. Alt+Shift with a letter types nothing anybody needs, and no browser or screen reader has these.
const SHUT = "[hidden], details:not([open]) > :not(summary)";
const TYPING = "input, textarea, select, [contenteditable]";

export class DeskKeys {
  #front;
  #ways;
  #dialog;
  #rows = new Map();
  #from = null;

  // `ways` are the acts that are more than a press of a button, by name.
  constructor(front, ways) {
    this.#front = front;
    this.#ways = ways;
    this.#dialog = document.querySelector("[data-keys]");
    for (const row of this.#dialog.querySelectorAll("[data-letter]")) this.#learn(row);
    addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.querySelector("[data-keys-close]").addEventListener("click", () => this.#close());
    for (const button of document.querySelectorAll("[data-keys-open]")) {
      button.addEventListener("click", () => this.#toggle());
    }
  }

  #learn(row) {
    const { letter, how, what } = row.dataset;
    this.#rows.set(letter, { how, what });
    if (how === "go") return;
    const places = [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)];
    const parts = places.flatMap((place) => [...place.querySelectorAll(what)]);
    row.hidden = !parts.length;
    for (const part of parts) {
      part.setAttribute("aria-keyshortcuts", `Alt+Shift+${letter}`);
      part.dataset.shortcut = letter;
    }
  }

  #key(event) {
    if (event.isComposing || event.repeat || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && this.#dialog.contains(event.target)) this.#close();
    else if (event.key === "?" && !event.altKey && !event.target.closest?.(TYPING)) this.#toggle();
    else if (!event.altKey || !event.shiftKey || !this.#do(this.#rows.get(letterOf(event)))) return;
    event.preventDefault();
  }

  #do(row) {
    if (!row) return false;
    if (row.how === "go") this.#ways[row.what]();
    else this.#use(this.#find(row.what), row.how);
    return true;
  }

  #find(what) {
    const section = this.#front.conversation;
    const parts = [...(section?.querySelectorAll(what) ?? []), ...document.querySelectorAll(what)];
    return parts.find((part) => !part.disabled && !part.closest(SHUT));
  }

  #use(part, how) {
    if (!part) return;
    const section = part.closest(".conversation");
    // A small screen shows one thing at a time, and nothing that is hidden takes the focus.
    if (section || how === "focus") this.#front.bring(section);
    // While a new conversation comes, nobody may go on typing into the one before.
    if (how === "start") document.activeElement.blur();
    if (how !== "press") part.focus();
    if (how !== "focus") part.click();
  }

  #toggle() {
    if (this.#dialog.open) return this.#close();
    this.#from = document.activeElement;
    this.#dialog.show();
    this.#dialog.querySelector("[data-heading]").focus();
  }

  #close() {
    this.#dialog.close();
    if (this.#from?.isConnected) this.#from.focus();
  }
}

// On a Mac Option makes another character of the letter; then the place of the key counts.
function letterOf({ key, code }) {
  return /^[a-z]$/i.test(key) ? key.toUpperCase() : /^Key([A-Z])$/.exec(code)?.[1];
}
