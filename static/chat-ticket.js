// What a visitor's page does with its token. The token lives here, in memory, and nowhere else unless
// the visitor asked for it.
import { call } from "./call.js";
import { EventStream } from "./events.js";
import { KeptToken } from "./kept-token.js";
import { Patience } from "./patience.js";

const ERASE_AGAIN_MS = 1_000;
const ERASE_LONGEST_MS = 10_000;
const ERASE_TRIES = 30;

// An accidental reload would lose the conversation.
const askFirst = (event) => {
  event.preventDefault();
  event.returnValue = true;
};

export class ChatTicket {
  #api;
  #token;
  #stream;
  #kept = new KeptToken();

  // The listeners are those of an EventStream.
  constructor(api, token, listeners) {
    this.#api = api;
    this.#token = token;
    this.#stream = new EventStream(this.#url("events"), { headers: this.#headers, ...listeners });
    if (!this.isKept) addEventListener("beforeunload", askFirst);
  }

  get isKept() {
    return this.#kept.token === this.#token;
  }

  listen() {
    this.#stream.open();
  }

  async post(name, body) {
    const answer = await this.#post(name, body);
    if (answer.status && answer.status < 300) this.#stream.hurry();
    return answer;
  }

  // Answers whether it is now as it was wanted.
  keep(wanted) {
    if (!wanted) this.#kept.forget();
    const done = !wanted || this.#kept.keep(this.#token);
    if (this.isKept) removeEventListener("beforeunload", askFirst);
    else addEventListener("beforeunload", askFirst);
    return done;
  }

  // Ends the conversation, however bad the line is; answers whether the server has done it.
  async erase() {
    const patience = new Patience(ERASE_AGAIN_MS, ERASE_LONGEST_MS);
    for (let tries = 0; tries < ERASE_TRIES; tries += 1) {
      const { status, retryMs: againMs } = await this.#post("end");
      if (status === 204 || status === 410) return true;
      await patience.wait(againMs);
    }
    return false;
  }

  // The conversation is over, or must be given up: nobody is asked any more.
  drop() {
    this.#kept.forget();
    this.#stream.close();
    removeEventListener("beforeunload", askFirst);
  }

  // The page is going: this request outlives it, and nothing waits for it.
  leave() {
    this.drop();
    if ("keepalive" in Request.prototype) call(this.#url("end"), { headers: this.#headers, keepalive: true });
    // Firefox before 133. A beacon has no headers, so the token goes in the body.
    else navigator.sendBeacon?.(this.#url("end"), new URLSearchParams({ token: this.#token }));
  }

  get #headers() {
    return { Authorization: `Bearer ${this.#token}` };
  }

  #url(name) {
    return `${this.#api}/${name}`;
  }

  #post(name, body) {
    return call(this.#url(name), { body, headers: this.#headers });
  }
}
