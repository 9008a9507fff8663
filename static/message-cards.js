// Opens an article that came as a card, inside its message: no address changes, nothing is kept.
import { fetchPage } from "./fetch-page.js";
import { show } from "./parts.js";

export class MessageCards {
  constructor() {
    // This event does not bubble.
    document.addEventListener("toggle", ({ target }) => this.#toggled(target), { capture: true });
  }

  async #toggled(card) {
    const place = card.querySelector?.("[data-card-place]");
    if (!place || !card.open || place.hasChildNodes()) return;
    show(card, "card", "fetching");
    const page = await fetchPage(card.dataset.cardAddress);
    const text = page?.querySelector("main .prose");
    show(card, "card", text ? "" : "failed");
    // Opened, closed and opened again while it was on its way.
    if (!text || place.hasChildNodes()) return;
    place.append(...document.importNode(withoutWays(text), true).childNodes);
  }
}

// A link that is followed leads away from the chat and may leave a trace; a phone number does not. And
// the same article may be shown twice on one page.
function withoutWays(text) {
  for (const link of text.querySelectorAll("a[href]:not([href^='tel:'])")) link.replaceWith(...link.childNodes);
  for (const named of text.querySelectorAll("[id]")) named.removeAttribute("id");
  return text;
}
