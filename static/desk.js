// The advisor's desk: who waits, whom I talk with, all over one line to the server.
import { call } from "./call.js";
import { DeskAlerts } from "./desk-alerts.js";
import { DeskFront } from "./desk-front.js";
import { DeskKeys } from "./desk-keys.js";
import { DeskMine } from "./desk-mine.js";
import { DeskTogether } from "./desk-together.js";
import { WaitingList } from "./desk-waiting.js";
import { EventStream } from "./events.js";
import { Heartbeat } from "./heartbeat.js";
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
  #mine;
  #taking = false;

  constructor(root) {
    this.#root = root;
    this.#api = root.dataset.api;
    this.#headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
    this.#waiting = new WaitingList(root, (conversation) => this.#take(conversation));
    this.#front = new DeskFront(root);
    this.#alerts = new DeskAlerts({ post: (...asked) => this.#post(...asked), isQuiet: () => this.#isQuiet });
    this.#mine = new DeskMine(root, {
      post: (...asked) => this.#post(...asked),
      front: this.#front,
      begin: (conversation) => this.#together.begin(conversation),
      onCount: () => this.#count(),
    });
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
      conversations: () => this.#mine.all(),
      take: (data, goes) => this.#tookOver(data, goes),
      onOpen: () => this.#count(),
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
    const taken = this.#mine.again(conversation);
    for (const message of messages) taken.hear(message);
    for (const whisper of whispers) taken.beside.hear("whisper", whisper);
    if (goes) this.#front.goTo(taken.root);
  }

  #heard(name, data) {
    if (this.#together.hear(name, data)) return;
    if (name === "waiting") this.#line(data);
    else if (name === "ended") this.#mine.get(data.conversation)?.end(data.by, data.to);
    else if (name === "typing") this.#mine.get(data.conversation)?.hearTyping(data.from);
    else if (name === "state") this.#mine.again(data.conversation).describe(data);
    else if (name === "message") this.#mine.of(data.conversation).hear(data);
  }

  // `mine`, where the server names it, tells what ended while the line was down.
  #line({ waiting, mine }) {
    this.#waiting.show(waiting);
    show(this.#root, "waiting", waiting.length ? "some" : "nobody");
    fill(this.#root, { waiting: waiting.length });
    if (mine) this.#mine.keep(mine);
    this.#alerts.hear(waiting);
    this.#count();
  }

  // Who waits for me, in a tab that is not in front.
  #count() {
    show(this.#root, "mine", this.#mine.count + this.#together.looks ? "some" : "none");
    const count = this.#waiting.count + this.#mine.unread;
    document.title = count ? `(${count}) ${this.#title}` : this.#title;
  }

  // Nothing that anybody said stays on a screen that is nobody's desk any more.
  #signedOut() {
    show(this.#root, "line", "signed-out");
    this.#together.clear();
    this.#mine.clear();
    this.#line({ waiting: [] });
  }
}
