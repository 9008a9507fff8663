// Notices that a line is dead though nobody said so: it is silent, the page slept, or the network changed.

// The server beats every 15 s.
const MISSED_BEAT_MS = 20_000;
const SIGNS_OF_LIFE = ["online", "visibilitychange", "resume"];

export class LineWatch {
  #onDead;
  #heardAt = 0;
  #timer = 0;

  constructor(onDead) {
    this.#onDead = onDead;
  }

  start() {
    // Some of these are the document's, some the window's; capturing, the window hears all.
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, this.#check, true);
  }

  stop() {
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, this.#check, true);
    this.rest();
  }

  // Something was heard; the next thing must come in so many milliseconds.
  expect(withinMs) {
    clearTimeout(this.#timer);
    this.#heardAt = Date.now();
    this.#timer = setTimeout(this.#onDead, withinMs);
  }

  // There is no line to watch.
  rest() {
    clearTimeout(this.#timer);
  }

  // Timers of a page that slept come late, so the clock is asked too.
  #check = ({ type }) => {
    const missed = !document.hidden && Date.now() - this.#heardAt > MISSED_BEAT_MS;
    if (type === "online" || missed) this.#onDead();
  };
}
