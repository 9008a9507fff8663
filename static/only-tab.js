// Of all tabs of one browser, one does a thing. Which one moves on when it closes or no longer wants to.
export class OnlyTab {
  #name;
  #wants = false;
  #letGo = null;
  #stop = null;

  constructor(name) {
    this.#name = name;
  }

  // Without locks (an old browser, plain http) every tab does it: twice is better than never.
  get mine() {
    return this.#wants && (!navigator.locks || this.#letGo !== null);
  }

  want(wants) {
    if (wants === this.#wants) return;
    this.#wants = wants;
    if (!navigator.locks) return;
    if (wants) this.#ask();
    else this.#leave();
  }

  #ask() {
    this.#stop = new AbortController();
    const held = () => new Promise((letGo) => (this.#letGo = letGo));
    navigator.locks.request(this.#name, { signal: this.#stop.signal }, held).catch(() => {});
  }

  #leave() {
    this.#stop.abort();
    this.#letGo?.();
    this.#letGo = null;
  }
}
