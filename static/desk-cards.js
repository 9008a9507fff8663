// The 112 card, and the word that was agreed at the start.
import { newKey } from "./new-key.js";
import { fill, show } from "./parts.js";

// A key that is pressed twice in fright shows one card.
const ONE_CARD_MS = 5_000;

export class DeskCards {
  #root;
  #post;
  #shownAt = 0;
  #key = "";

  constructor(root, post) {
    this.#root = root;
    this.#post = post;
    root.querySelector("[data-tool=emergency]").addEventListener("click", () => this.#show112());
    for (const button of root.querySelectorAll("[data-word]")) {
      button.addEventListener("click", () => this.#askWord(button.dataset.word));
    }
  }

  describe({ word, check }) {
    fill(this.#root, { word });
    show(this.#root, "word", word ? "agreed" : "none");
    show(this.#root, "check", check ? "yes" : "no");
  }

  async #show112() {
    if (Date.now() - this.#shownAt > ONE_CARD_MS) this.#key = newKey();
    this.#shownAt = Date.now();
    this.#tell(await this.#post("card", { card: "112", key: this.#key }));
  }

  async #askWord(step) {
    this.#tell(await this.#post("word", { step, key: newKey() }));
  }

  #tell({ status }) {
    show(this.#root, "shown", status >= 200 && status < 300 ? "" : "failed");
  }
}
