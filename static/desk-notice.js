// A notice of the computer that somebody waits, for whoever looks at another window. Nothing of a visitor is
// ever in it: others see the screen. It is asked for only by a button.
import { OnlyTab } from "./only-tab.js";

export class DeskNotice {
  #text;
  #button;
  #tab = new OnlyTab("luwte-desk-notice");
  #note = null;
  #up = true;

  constructor(text, button) {
    this.#text = text;
    this.#button = button;
    button.addEventListener("click", () => this.#ask());
    this.#arrange();
  }

  line(up) {
    this.#up = up;
    this.#arrange();
  }

  show() {
    // Whoever looks at the desk sees it already.
    if (!this.#tab.mine || (!document.hidden && document.hasFocus())) return;
    try {
      this.#note = new Notification(this.#text, { tag: "luwte-waiting", silent: true });
      this.#note.addEventListener("click", () => window.focus());
    } catch {
      // Some phones allow it and cannot do it.
    }
  }

  close() {
    this.#note?.close();
  }

  async #ask() {
    await Notification.requestPermission();
    this.#arrange();
  }

  #arrange() {
    const permission = globalThis.Notification?.permission;
    this.#tab.want(permission === "granted" && this.#up);
    this.#button.hidden = permission !== "default";
  }
}
