// Waits a little longer each time, and not a moment longer than the line is gone.

export class Patience {
  #shortestMs;
  #longestMs;
  #tries = 0;
  #wake = () => {};

  constructor(shortestMs, longestMs) {
    this.#shortestMs = shortestMs;
    this.#longestMs = longestMs;
  }

  reset() {
    this.#tries = 0;
  }

  hurry() {
    this.#wake();
  }

  wait(atLeastMs = 0) {
    const fullMs = Math.min(this.#longestMs, this.#shortestMs * 2 ** this.#tries++);
    // Jitter: after a restart of the server, all pages would come back in the same moment.
    const pauseMs = Math.max(atLeastMs, fullMs * (0.5 + Math.random() / 2));
    return new Promise((resolve) => {
      const seen = () => document.hidden || this.#wake();
      const timer = setTimeout(() => this.#wake(), pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        removeEventListener("online", this.#wake);
        document.removeEventListener("visibilitychange", seen);
        this.#wake = () => {};
        resolve();
      };
      // Somebody is looking, or the line is back; but a server that asked for time gets it.
      if (atLeastMs) return;
      addEventListener("online", this.#wake);
      document.addEventListener("visibilitychange", seen);
    });
  }
}
