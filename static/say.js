// The form in which somebody writes: Enter and taps, length, and the sign that they type.
import { fill, show } from "./parts.js";
import { PersonalQuestion } from "./personal-question.js";

const MOST_CHARACTERS = 2000;
const NEARLY_FULL = 200;
const TYPING_EVERY_MS = 3_000;
// A keyboard under a mouse: Enter sends. On a touch keyboard Enter is the only way to a new line.
const DESKTOP = matchMedia("(hover: hover) and (pointer: fine)");

export class Say {
  #form;
  #field;
  #onSay;
  #onTyping;
  #typedAt = 0;
  #question = null;

  constructor(form, { onSay, onTyping }) {
    this.#form = form;
    this.#field = form.elements.text;
    const question = form.querySelector("[data-personal]");
    if (question) this.#question = new PersonalQuestion(question);
    this.#onSay = onSay;
    this.#onTyping = onTyping;
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#typed());
  }

  get hasFocus() {
    return this.#form.contains(document.activeElement);
  }

  focus() {
    this.#field.focus();
  }

  // Why the last message was refused.
  tell(sentence = "") {
    fill(this.#form, { problem: sentence });
    show(this.#form, "said", sentence ? "refused" : "");
  }

  // There are too many messages: they go by themselves as soon as they may.
  hold(held) {
    show(this.#form, "said", held ? "held" : "");
  }

  // Puts a text there, without the sign that somebody types.
  write(text) {
    this.#field.value = text;
    this.#count();
  }

  empty() {
    this.write("");
  }

  // A draft that can no longer be sent stays readable.
  close() {
    this.#field.readOnly = true;
    this.#form.querySelector("[type=submit]").disabled = true;
    this.#form.hidden = this.#field.value === "";
  }

  reopen() {
    this.#field.readOnly = false;
    this.#form.querySelector("[type=submit]").disabled = false;
    this.#form.hidden = false;
    this.empty();
    this.tell();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    this.#field.focus();
    // The field is emptied at once, so a double tap finds nothing to send a second time.
    if (!text || this.#field.readOnly || this.#count() < 0) return;
    if (this.#question?.asks(text, () => this.#send(text), () => this.focus())) return;
    this.#send(text);
  }

  #send(text) {
    // It may have been over before the answer came.
    if (this.#field.readOnly) return;
    this.empty();
    this.focus();
    this.tell();
    // The message takes away the sign that somebody types; the next one brings it back.
    this.#typedAt = 0;
    this.#onSay(text);
  }

  #key(event) {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing || !DESKTOP.matches) return;
    this.#submit(event);
  }

  #typed() {
    this.#count();
    const now = Date.now();
    if (!this.#field.value.trim() || now - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = now;
    this.#onTyping();
  }

  // How many characters are left, counted as the server counts them.
  #count() {
    const left = MOST_CHARACTERS - [...this.#field.value.trim().normalize()].length;
    fill(this.#form, { left: Math.max(0, left), over: Math.max(0, -left) });
    show(this.#form, "length", left < 0 ? "over" : left < NEARLY_FULL ? "near" : "fine");
    this.#field.setAttribute("aria-invalid", left < 0);
    return left;
  }
}
