// The list of ready answers under its filter: typing makes it shorter, arrows point, Enter chooses.
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
let lists = 0;

export class AnswerList {
  #panel;
  #filter;
  #list;
  #template;
  #onChosen;
  #shown = [];
  #at = 0;
  #answers = [];

  // onChosen(answer) hears which one.
  constructor(panel, onChosen) {
    this.#panel = panel;
    this.#onChosen = onChosen;
    this.#filter = panel.querySelector("[data-answers-filter]");
    this.#list = panel.querySelector("[data-answers-list]");
    this.#template = panel.querySelector("[data-answer-template]");
    this.#list.id = `answers-${(lists += 1)}`;
    this.#filter.setAttribute("aria-controls", this.#list.id);
    this.#filter.addEventListener("input", () => this.#draw());
    this.#filter.addEventListener("keydown", (event) => this.#key(event));
    // A press must not take the focus from the filter before the click arrives.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => this.#choose([...this.#list.children].indexOf(target.closest("li"))));
  }

  get address() {
    return this.#list.dataset.address;
  }

  // The order is that of the answers.
  show(answers) {
    this.#answers = answers;
    this.#draw();
  }

  #draw() {
    const wanted = this.#filter.value.trim().toLowerCase().split(/\s+/);
    const fits = ({ title, text }) => wanted.every((word) => `${title} ${text}`.toLowerCase().includes(word));
    this.#shown = this.#answers.filter(fits);
    this.#list.replaceChildren(...this.#shown.map((answer, place) => this.#optionOf(answer, place)));
    show(this.#panel, "found", this.#shown.length || !this.#answers.length ? "" : "nothing");
    this.#point(0);
  }

  #optionOf({ title, text, own, lang }, place) {
    const option = copyOf(this.#template);
    option.id = `${this.#list.id}-${place}`;
    fill(option, { "answer-title": title, "answer-text": text });
    show(option, "answer-own", own ? "yes" : "");
    show(option, "answer-lang", lang);
    return option;
  }

  #key(event) {
    const { key, isComposing } = event;
    const { length } = this.#shown;
    if (isComposing) return;
    if (STEPS[key] && length) this.#point((this.#at + STEPS[key] + length) % length);
    else if (key === "Enter") this.#choose(this.#at);
    else return;
    event.preventDefault();
  }

  #point(place) {
    this.#at = place;
    [...this.#list.children].forEach((option, one) => option.setAttribute("aria-selected", one === place));
    const option = this.#list.children[place];
    if (option) this.#filter.setAttribute("aria-activedescendant", option.id);
    else this.#filter.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  #choose(place) {
    if (this.#shown[place]) this.#onChosen(this.#shown[place]);
  }
}
