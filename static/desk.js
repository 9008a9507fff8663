// The advisor's desk: who waits, whom I talk with, all over one line to the server.
import { call } from "./call.js";
import { DeskConversation } from "./desk-conversation.js";
import { WaitingList } from "./desk-waiting.js";
import { EventStream } from "./events.js";
import { Heartbeat } from "./heartbeat.js";
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

export class Desk {
  #root;
  #api;
  #headers;
  #title = document.title;
  #waiting;
  #mine = new Map();
  #taking = false;

  constructor(root) {
    this.#root = root;
    this.#api = root.dataset.api;
    this.#headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
    this.#waiting = new WaitingList(root, (conversation) => this.#take(conversation));
    root.querySelector("[data-take-next]").addEventListener("click", () => this.#take(""));
    new EventStream(`${this.#api}/events`, {
      onEvent: (name, data) => this.#heard(name, data),
      onLine: (up) => show(root, "line", up ? "up" : "lost"),
      onRefused: () => this.#signedOut(),
    }).open();
    new Heartbeat(() => this.#post("beat"));
  }

  async #post(path, body) {
    const answer = await call(`${this.#api}/${path}`, { body, headers: this.#headers });
    if (answer.status === 401) this.#signedOut();
    return answer;
  }

  async #take(conversation) {
    // A double click must not take two visitors.
    if (this.#taking) return;
    this.#taking = true;
    const { status, data } = await this.#post("take", { conversation });
    this.#taking = false;
    show(this.#root, "problem", status === 200 ? "" : data.reason ?? "unavailable");
    if (status !== 200) return;
    const taken = this.#again(data.conversation);
    for (const message of data.messages) taken.hear(message);
    taken.focus();
  }

  #heard(name, data) {
    if (name === "waiting") this.#line(data);
    else if (name === "ended") this.#mine.get(data.conversation)?.end(data.by);
    else if (name === "typing") this.#mine.get(data.conversation)?.hearTyping(data.from);
    else if (name === "state") this.#again(data.conversation).describe(data);
    else if (name === "message") this.#of(data.conversation).hear(data);
  }

  // `mine`, where the server names it, tells what ended while the line was down.
  #line({ waiting, mine }) {
    this.#waiting.show(waiting);
    show(this.#root, "waiting", waiting.length ? "some" : "nobody");
    fill(this.#root, { waiting: waiting.length });
    for (const [name, conversation] of this.#mine) {
      if (mine && !mine.includes(name)) conversation.end("system");
    }
    this.#count();
  }

  #of(name) {
    return this.#mine.get(name) ?? this.#open(name);
  }

  // What ended here and comes back, after a colleague had it, starts afresh.
  #again(name) {
    if (this.#mine.get(name)?.over) this.#putAway(name);
    return this.#of(name);
  }

  #open(name) {
    const root = copyOf(this.#root.querySelector("[data-conversation-template]"));
    root.dataset.conversation = name;
    root.querySelector("[data-heading]").id = `talk-${name}`;
    root.setAttribute("aria-labelledby", `talk-${name}`);
    const conversation = new DeskConversation(root, {
      post: (what, body) => this.#post(`conversations/${encodeURIComponent(name)}/${what}`, body),
      onChange: () => this.#count(),
      onDone: () => this.#putAway(name),
    });
    this.#mine.set(name, conversation);
    this.#root.querySelector("[data-conversations]").append(root);
    show(this.#root, "mine", "some");
    return conversation;
  }

  #putAway(name) {
    const { root } = this.#mine.get(name);
    const hadFocus = root.contains(document.activeElement);
    this.#mine.delete(name);
    root.remove();
    show(this.#root, "mine", this.#mine.size ? "some" : "none");
    const [next] = this.#mine.values();
    if (hadFocus) next ? next.focus() : this.#root.querySelector("[data-take-next]").focus();
    this.#count();
  }

  // Who waits for me, in a tab that is not in front.
  #count() {
    let count = this.#waiting.count;
    for (const { unread } of this.#mine.values()) count += unread;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
  }

  #signedOut() {
    show(this.#root, "line", "signed-out");
  }
}
