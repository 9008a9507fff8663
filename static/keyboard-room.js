// An iPhone's keyboard covers what is fixed at the bottom: tells the style how much of it.

// Less than this is a toolbar that comes and goes.
const KEYBOARD_PX = 80;
// Somebody who zooms in sees less of the page, too.
const ZOOMED = 1.05;

export class KeyboardRoom {
  #view;

  constructor(view = globalThis.visualViewport) {
    this.#view = view;
    view?.addEventListener("resize", () => this.#measure());
    view?.addEventListener("scroll", () => this.#measure());
  }

  #measure() {
    const { height, offsetTop, scale } = this.#view;
    const covered = scale > ZOOMED ? 0 : Math.round(innerHeight - height - offsetTop);
    const room = covered > KEYBOARD_PX ? covered : 0;
    document.documentElement.style.setProperty("--keyboard", `${room}px`);
  }
}
