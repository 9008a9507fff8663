// An address that somebody wrote in a chat is opened only after a question that names its host: whoever
// opens it shows the centre's own network to whoever runs that site.
import { fill } from "./parts.js";

export class DeskOutside {
  #dialog;
  #link;
  #from = null;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#link = dialog.querySelector("[data-outside-open]");
    // The middle button opens links too, with an event of its own.
    for (const press of ["click", "auxclick"]) addEventListener(press, (event) => this.#press(event), true);
    this.#link.addEventListener("click", () => this.#close());
    dialog.querySelector("[data-outside-close]").addEventListener("click", () => this.#close());
    dialog.addEventListener("keydown", ({ key }) => key === "Escape" && this.#close());
  }

  #press(event) {
    const link = event.target.closest?.("a[data-outside]");
    if (!link || event.button === 2) return;
    event.preventDefault();
    this.#from = link;
    // As the browser reads it: letters that only look Latin are told as what they are.
    fill(this.#dialog, { host: new URL(link.href).hostname });
    this.#link.href = link.href;
    this.#dialog.show();
    this.#dialog.querySelector("[data-outside-close]").focus();
  }

  #close() {
    this.#dialog.close();
    if (this.#from?.isConnected) this.#from.focus();
  }
}
