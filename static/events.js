// Listens to the server for as long as it takes: comes back after every cut, misses nothing.
// EventSource cannot do this: it sends no Authorization header and does not tell why it failed.
import { retryMs } from "./call.js";
import { EventParser } from "./event-parser.js";
import { LineWatch } from "./line-watch.js";
import { Patience } from "./patience.js";

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const HEAD_WITHIN_MS = 10_000;
const SILENCE_MS = 40_000;
const SOUND_AFTER_MS = 5_000;
const TELL_AFTER_MS = 2_000;
const FOR_GOOD = [401, 403, 410];

export class EventStream {
  #url;
  #headers;
  #tell;
  #patience = new Patience(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
  #watch = new LineWatch(() => this.#line?.abort());
  #line = null;
  #lost = 0;
  #open = false;

  // onEvent(name, data); onLine(up); onRefused(status) when there is no use in trying again.
  constructor(url, { headers = {}, onEvent, onLine, onRefused }) {
    this.#url = url;
    this.#headers = headers;
    this.#tell = { onEvent, onLine, onRefused };
  }

  async open() {
    this.#open = true;
    this.#watch.start();
    let lastId = "";
    while (this.#open) {
      const parser = new EventParser((event) => this.#hand(event), lastId);
      const { status, againMs, livedMs } = await this.#listen(parser);
      if (!this.#open) return;
      lastId = parser.lastId;
      if (FOR_GOOD.includes(status)) return this.#refused(status);
      this.#lost ||= setTimeout(() => this.#tell.onLine(false), TELL_AFTER_MS);
      // A server that accepts and drops at once must not be asked twice a second for ever.
      if (livedMs > SOUND_AFTER_MS) this.#patience.reset();
      await this.#patience.wait(againMs);
    }
  }

  close() {
    this.#open = false;
    this.#watch.stop();
    clearTimeout(this.#lost);
    this.#line?.abort();
    this.hurry();
  }

  // Another request came through: the line is back, so there is no use in waiting.
  hurry() {
    this.#patience.hurry();
  }

  #refused(status) {
    this.close();
    this.#tell.onRefused(status);
  }

  #hand({ name, data }) {
    try {
      this.#tell.onEvent(name, JSON.parse(data));
    } catch (fault) {
      // A fault in one event must not keep the next ones away.
      setTimeout(() => { throw fault; });
    }
  }

  async #listen(parser) {
    const outcome = { status: 0, againMs: 0, livedMs: 0 };
    const began = Date.now();
    try {
      const response = await this.#ask(parser.lastId);
      outcome.status = response.status;
      outcome.againMs = retryMs(response);
      const kind = response.headers.get("Content-Type") ?? "";
      if (response.ok && kind.startsWith("text/event-stream")) await this.#read(response.body, parser);
    } catch {
      // Cut, aborted or unreachable: the same remedy for all.
    }
    this.#watch.rest();
    this.#line = null;
    outcome.livedMs = Date.now() - began;
    return outcome;
  }

  #ask(lastId) {
    this.#line = new AbortController();
    this.#watch.expect(HEAD_WITHIN_MS);
    const headers = { Accept: "text/event-stream", ...this.#headers };
    if (lastId) headers["Last-Event-ID"] = lastId;
    const options = { headers, cache: "no-store", redirect: "error", signal: this.#line.signal };
    return fetch(this.#url, options);
  }

  async #read(body, parser) {
    clearTimeout(this.#lost);
    this.#lost = 0;
    this.#tell.onLine(true);
    const reader = body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      this.#watch.expect(SILENCE_MS);
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }
}
