// The visitor's chat: asking, waiting, talking, coming back, ending.
import { ChatScreen } from "./chat-screen.js";
import { ChatStart } from "./chat-start.js";
import { ChatTicket } from "./chat-ticket.js";
import { ComeBack } from "./come-back.js";
import { EventStream } from "./events.js";
import { KeptToken } from "./kept-token.js";
import { ReturnPart } from "./return-part.js";
import { Talk } from "./talk.js";

export class Chat {
  #ticket = null;
  #kept = new KeptToken();
  #unread = 0;
  #unseenEnd = false;
  #onNews;
  #screen;
  #stream;
  #talk;
  #return;

  // onNews() hears that `news` changed.
  constructor(root, onNews) {
    this.root = root;
    this.#onNews = onNews;
    this.#screen = new ChatScreen(root);
    const part = (mark) => root.querySelector(`[${mark}]`);
    this.#talk = new Talk(root, {
      side: "visitor",
      post: (name, body) => this.#post(name, body),
      onGone: () => this.#ended("system"),
      mayTell: () => this.news.state === "open",
    });
    this.#return = new ReturnPart(part("data-return"), {
      askCode: () => this.#post("code"),
      keep: (wanted) => this.#keep(wanted),
    });
    new ChatStart(part("data-chat-start"), part("data-refusal"), (...started) => this.#begin(...started));
    new ComeBack(part("data-come-back"), (answer) => this.#begin(answer));
    part("data-chat-end").addEventListener("click", () => this.#end());
    part("data-chat-again").addEventListener("click", () => this.#startAgain());
    // Somebody who writes has no use for the words, and others may look along.
    part("data-chat-say").addEventListener("focusin", () => this.#return.close());
    const { token } = this.#kept;
    if (token) this.#begin({ token, state: "returning" });
  }

  // Another page may be swapped in around a conversation; what goes on, or has ended unseen, stays.
  get held() {
    return this.#ticket !== null || this.#unseenEnd;
  }

  get news() {
    return { ...this.#screen.now, unread: this.#unread };
  }

  // The visitor is back from another page.
  comeIntoView() {
    const { state } = this.news;
    this.#unread = 0;
    this.#unseenEnd = false;
    this.#screen.focus();
    if (state === "open") this.#talk.toEnd();
    this.#onNews();
  }

  // The exit. Nothing may be kept, whatever happens afterwards.
  leave() {
    this.#kept.forget();
    this.#ticket?.leave();
    if (this.#ticket) this.#letGo();
  }

  #begin({ token, ...state }, asked) {
    this.#ticket = new ChatTicket(this.root.dataset.api, token);
    const kept = this.#kept.token === token;
    this.#ticket.guard(!kept);
    this.#return.begin(kept);
    this.#stream = new EventStream(this.#ticket.url("events"), {
      headers: this.#ticket.headers,
      onEvent: (name, data) => this.#heard(name, data),
      onLine: (up) => this.#lineIs(up),
      onRefused: () => this.#ended("system"),
    });
    this.#talk.open();
    this.#screen.asked(asked);
    this.#showState(state);
    this.#stream.open();
  }

  async #post(name, body) {
    const answer = await this.#ticket.post(name, body);
    if (answer.status < 300 && answer.status) this.#stream.hurry();
    return answer;
  }

  #keep(wanted) {
    const done = wanted ? this.#kept.keep(this.#ticket.token) : this.#kept.forget() ?? true;
    this.#ticket.guard(!wanted || !done);
    return done;
  }
}
