// The hint on the first page of a visit: it goes when it is put away, or with that page.

export class FirstHint {
  #hint = document.querySelector("[data-hint]");

  constructor() {
    this.#hint?.querySelector("button").addEventListener("click", () => {
      this.end();
      document.querySelector("main").focus({ preventScroll: true });
    });
  }

  end() {
    this.#hint?.remove();
  }
}
