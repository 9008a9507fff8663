// Reads a stream of server-sent events from pieces of text, wherever the line was cut.
// (HTML standard, section 9.2.6.)

// A lone \r at the end may be the first half of a \r\n.
const LINE_END = /\r\n|\n|\r(?!$)/;

export class EventParser {
  #onEvent;
  #rest = "";
  #name = "";
  #data = [];
  #id;

  // `lastId` is the id of the last event that came whole: where to go on after a cut.
  constructor(onEvent, lastId = "") {
    this.#onEvent = onEvent;
    this.#id = lastId;
    this.lastId = lastId;
  }

  feed(text) {
    const lines = (this.#rest + text).split(LINE_END);
    this.#rest = lines.pop();
    for (const line of lines) line ? this.#take(line) : this.#finish();
  }

  #take(line) {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment, the server's heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") this.#data.push(value);
    if (field === "id" && !value.includes("\0")) this.#id = value;
  }

  #finish() {
    const event = { name: this.#name || "message", data: this.#data.join("\n") };
    const isEvent = this.#data.length > 0;
    this.#name = "";
    this.#data = [];
    if (isEvent) this.#onEvent(event);
    // Only now: half an event that was cut must be sent again.
    this.lastId = this.#id;
  }
}
