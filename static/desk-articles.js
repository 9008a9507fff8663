// Finds an article of the site, and shows it to the visitor as a card.
import { newKey } from "./new-key.js";
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

const PAUSE_MS = 250;

export class DeskArticles {
  #root;
  #form;
  #list;
  #template;
  #post;
  #onShown;
  #timer;
  #asked = 0;

  // post(name, body) sends; onShown() when the visitor has got it.
  constructor(root, { post, onShown }) {
    this.#root = root;
    this.#post = post;
    this.#onShown = onShown;
    this.#form = root.querySelector("[data-articles-form]");
    this.#list = root.querySelector("[data-articles-list]");
    this.#template = root.querySelector("[data-article-template]");
    const { q } = this.#form.elements;
    q.addEventListener("focus", () => this.#list.childElementCount || this.#search());
    q.addEventListener("input", () => this.#soon());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search();
    });
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE_MS);
  }

  async #search() {
    clearTimeout(this.#timer);
    // An answer that is overtaken by a later question is not shown.
    const asked = (this.#asked += 1);
    const { status, data } = await this.#post("articles", { q: this.#form.elements.q.value });
    if (asked !== this.#asked) return;
    const articles = data.articles ?? [];
    show(this.#root, "articles", status !== 200 ? "failed" : articles.length ? "" : "nothing");
    this.#list.replaceChildren(...articles.map((article) => this.#rowOf(article)));
  }

  #rowOf(article) {
    const row = copyOf(this.#template);
    row.lang = article.lang;
    fill(row, { "article-title": article.title, "article-summary": article.summary });
    const button = row.querySelector("[data-article-send]");
    // Pressed twice it is still sent once.
    const key = newKey();
    button.addEventListener("click", () => this.#send(article, key));
    return row;
  }

  async #send({ id }, key) {
    const { status } = await this.#post("card", { card: "article", article: id, key });
    const shown = status === 200 || status === 201;
    show(this.#root, "articles", shown ? "" : "failed");
    if (!shown) return;
    this.#form.reset();
    this.#list.replaceChildren();
    this.#onShown();
  }
}
