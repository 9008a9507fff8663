// What helps an advisor in one conversation: ready answers, articles, the 112 card, the word, hints.
import { DeskAnswers } from "./desk-answers.js";
import { DeskArticles } from "./desk-articles.js";
import { DeskCards } from "./desk-cards.js";
import { DeskHints } from "./desk-hints.js";
import { show } from "./parts.js";

export class DeskHelps {
  #answers;
  #cards;

  // post(name, body) sends; `tools` closes what is open; `say` is the form with the draft.
  constructor(root, { post, tools, say }) {
    this.#answers = new DeskAnswers(root, say.elements.text);
    this.#cards = new DeskCards(root, post);
    new DeskHints(root);
    new DeskArticles(root, {
      post,
      onShown: () => {
        tools.show();
        say.elements.text.focus();
      },
    });
    const { reason } = root.querySelector("[data-end-form]").elements;
    reason.addEventListener("change", () => show(root, "reason", reason.value));
  }

  describe(state) {
    this.#answers.describe(state);
    this.#cards.describe(state);
  }
}
