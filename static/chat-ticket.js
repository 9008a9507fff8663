// What a visitor's page does with its token. The token lives here, in memory, and nowhere else.
import { call } from "./call.js";
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

  constructor(api, token) {
    this.#api = api;
    this.#token = token;
    addEventListener("beforeunload", askFirst);
  }

  get headers() {
    return { Authorization: `Bearer ${this.#token}` };
  }

  url(name) {
    return `${this.#api}/${name}`;
  }

  post(name, body) {
    return call(this.url(name), { body, headers: this.headers });
  }

  // Ends the conversation, however bad the line is; answers whether the server has done it.
  async erase() {
    const patience = new Patience(ERASE_AGAIN_MS, ERASE_LONGEST_MS);
    for (let tries = 0; tries < ERASE_TRIES; tries += 1) {
      const { status, retryMs: againMs } = await this.post("end");
      if (status === 204 || status === 410) return true;
      await patience.wait(againMs);
    }
    return false;
  }

  // The conversation is over, or must be given up: nobody is asked any more.
  drop() {
    removeEventListener("beforeunload", askFirst);
  }

  // The page is going: this request outlives it, and nothing waits for it.
  leave() {
    if ("keepalive" in Request.prototype) call(this.url("end"), { headers: this.headers, keepalive: true });
    // Firefox before 133. A beacon has no headers, so the token goes in the body.
    else navigator.sendBeacon?.(this.url("end"), new URLSearchParams({ token: this.#token }));
  }
}
