// The advisor's desk: who waits, whom I talk with, all over one line to the server.
import { call } from "./call.js";
import { DeskAlerts } from "./desk-alerts.js";
import { DeskConversation } from "./desk-conversation.js";
import { DeskFront } from "./desk-front.js";
import { DeskKeys } from "./desk-keys.js";
import { DeskTogether } from "./desk-together.js";
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
  #front;
  #alerts;
  #together;
  #mine = new Map();
  #taking = false;

  constructor(root) {
    this.#root = root;
    this.#api = root.dataset.api;
    this.#headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
    this.#waiting = new WaitingList(root, (conversation) => this.#take(conversation));
    this.#front = new DeskFront(root);
    this.#alerts = new DeskAlerts({ post: (...asked) => this.#post(...asked), isQuiet: () => this.#isQuiet });
    new DeskKeys(this.#front, {
      waiting: () => this.#front.toWaiting(),
      next: () => this.#front.step(1),
      previous: () => this.#front.step(-1),
      mute: () => this.#alerts.mute(),
    });
    this.#together = new DeskTogether(root, {
      post: (...asked) => this.#post(...asked),
      front: this.#front,
      conversation: (name) => this.#mine.get(name),
      conversations: () => this.#mine.values(),
      take: (data, goes) => this.#tookOver(data, goes),
      onOpen: () => this.#showMine(),
      onStatus: () => this.#alerts.look(),
    });
    root.querySelector("[data-take-next]").addEventListener("click", () => this.#take(""));
    new EventStream(`${this.#api}/events`, {
      onEvent: (name, data) => this.#heard(name, data),
      onLine: (up) => this.#lineIs(up),
      onRefused: () => this.#signedOut(),
    }).open();
    new Heartbeat(() => this.#post("beat"));
  }

  // On a break nobody is called.
  get #isQuiet() {
    return this.#root.dataset.status === "break";
  }

  #lineIs(up) {
    show(this.#root, "line", up ? "up" : "lost");
    this.#alerts.line(up);
  }

  async #post(path, body, options) {
    const answer = await call(`${this.#api}/${path}`, { ...options, body, headers: this.#headers });
    if (answer.status === 401) this.#signedOut();
    return answer;
  }

  async #take(conversation) {
    // A double click must not take two visitors.
    if (this.#taking) return;
    this.#taking = true;
    const from = document.activeElement;
    const { status, data } = await this.#post("take", { conversation });
    this.#taking = false;
    show(this.#root, "problem", status === 200 ? "" : data.reason ?? "unavailable");
    if (status !== 200) return;
    // Whoever went on to type elsewhere meanwhile stays there.
    this.#tookOver(data, document.activeElement === from || !document.activeElement.matches("textarea, input, select"));
  }

  #tookOver({ conversation, messages, whispers = [] }, goes) {
    const taken = this.#again(conversation);
    for (const message of messages) taken.hear(message);
    for (const whisper of whispers) taken.beside.hear("whisper", whisper);
    if (goes) this.#front.goTo(taken.root);
  }

  #heard(name, data) {
    if (this.#together.hear(name, data)) return;
    if (name === "waiting") this.#line(data);
    else if (name === "ended") this.#mine.get(data.conversation)?.end(data.by, data.to);
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
    this.#alerts.hear(waiting);
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
    const path = `conversations/${encodeURIComponent(name)}`;
    const conversation = new DeskConversation(root, {
      name,
      post: (what, body, options) => this.#post(`${path}/${what}`, body, options),
      onChange: () => this.#unread(conversation),
      onDone: () => this.#putAway(name),
    });
    this.#mine.set(name, conversation);
    this.#root.querySelector("[data-conversations]").append(root);
    this.#front.open(root);
    this.#together.begin(conversation);
    this.#showMine();
    return conversation;
  }

  #putAway(name) {
    const { root } = this.#mine.get(name);
    const hadFocus = root.contains(document.activeElement);
    this.#mine.delete(name);
    root.remove();
    this.#showMine();
    this.#front.close(root, hadFocus);
    this.#count();
  }

  #showMine() {
    show(this.#root, "mine", this.#mine.size + this.#together.looks ? "some" : "none");
  }

  #unread({ root, unread }) {
    this.#front.tell(root, unread);
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
