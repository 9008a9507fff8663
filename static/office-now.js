// Keeps the office's first screen up to date. The server draws it; only what changed is replaced.
import { EventStream } from "./events.js";
import { elementOf } from "./page.js";
import { fill, show } from "./parts.js";

export class OfficeNow {
  #root;

  constructor(root) {
    this.#root = root;
    new EventStream(root.dataset.now, {
      onEvent: (name, data) => this.#draw(data),
      onLine: (up) => show(root, "line", up ? "up" : "lost"),
      onRefused: () => show(root, "line", "signed-out"),
    }).open();
  }

  #draw({ html, said, at }) {
    for (const part of elementOf(html).querySelectorAll("[data-part]")) {
      const shown = this.#root.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!shown.isEqualNode(part)) shown.replaceWith(part);
    }
    fill(this.#root, { said, at });
  }
}
