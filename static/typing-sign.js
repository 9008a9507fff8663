// Shows that the other side types, and stops when nothing more is heard of it.
const FADES_AFTER_MS = 6_000;

export class TypingSign {
  #sign;
  #timer = 0;

  constructor(sign) {
    this.#sign = sign;
  }

  show() {
    clearTimeout(this.#timer);
    this.#sign.hidden = false;
    this.#timer = setTimeout(() => this.hide(), FADES_AFTER_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#sign.hidden = true;
  }
}
