// Ready answers in a draft: `/` at the start of the field, or the button, opens the list. Nothing is ever
// sent from here.
import { AnswerList } from "./answer-list.js";
import { show } from "./parts.js";

export class DeskAnswers {
  #panel;
  #field;
  #button;
  #filter;
  #list;
  #known = { answers: [], name: "", fill: {} };
  #bySlash = false;
  #lang = "nl";
  #region = "";

  // `field` is where the draft stands.
  constructor(root, field) {
    this.#field = field;
    this.#panel = root.querySelector("[data-panel=answers]");
    this.#button = root.querySelector("[data-tool=answers]");
    this.#filter = this.#panel.querySelector("[data-answers-filter]");
    this.#list = new AnswerList(this.#panel, ({ text }) => {
      this.#close();
      this.#insert(text);
    });
    field.addEventListener("input", (event) => this.#typed(event));
    this.#filter.addEventListener("focus", () => this.#load());
    this.#filter.addEventListener("keydown", (event) => this.#key(event));
  }

  // What is known of the conversation: what the visitor can read stands on top.
  describe({ lang, region_name: region }) {
    this.#lang = lang;
    this.#region = region;
  }

  #typed({ data, isComposing }) {
    if (data !== "/" || isComposing || this.#field.selectionStart !== 1) return;
    this.#field.setRangeText("", 0, 1, "end");
    this.#filter.value = "";
    if (!this.#isOpen) this.#button.click();
    this.#filter.focus();
    this.#bySlash = true;
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#leave();
    else if (event.key === "Backspace" && this.#bySlash && !this.#filter.value) this.#close();
    else return;
    event.preventDefault();
  }

  // Whoever meant the slash itself finds it, and what came after it, in the field.
  #leave() {
    const typed = this.#bySlash ? `/${this.#filter.value}` : "";
    this.#close();
    if (typed) this.#insert(typed);
  }

  #close() {
    this.#bySlash = false;
    this.#filter.value = "";
    if (this.#isOpen) this.#button.click();
    this.#field.focus();
  }

  get #isOpen() {
    return this.#button.getAttribute("aria-expanded") === "true";
  }

  // What was there is shown at once; what a colleague has changed meanwhile follows.
  async #load() {
    this.#show();
    const options = { headers: { Accept: "application/json" }, cache: "no-store" };
    const answer = await fetch(this.#list.address, options).catch(() => null);
    if (answer?.ok) this.#known = await answer.json();
    show(this.#panel, "answers", answer?.ok ? "" : "failed");
    this.#show();
  }

  #show() {
    const readable = ({ lang }) => lang === this.#lang;
    const { answers } = this.#known;
    const ordered = [...answers.filter(readable), ...answers.filter((answer) => !readable(answer))];
    this.#list.show(ordered.map((one) => ({ ...one, title: this.#filled(one.title, one), text: this.#filled(one.text, one) })));
  }

  #filled(text, { lang }) {
    const { name, fill } = this.#known;
    const values = { ...fill[lang], name, ...(this.#region && { region: this.#region }) };
    return text.replace(/\{(\w+)\}/g, (whole, wanted) => values[wanted] ?? whole);
  }

  #insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.#field;
    const gap = start && !/\s/.test(value[start - 1]) ? " " : "";
    this.#field.setRangeText(gap + text, start, end, "end");
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
