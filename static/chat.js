// The visitor's conversation: waiting, talking, ending. Asking and coming back are the place's.
import { ChatScreen } from "./chat-screen.js";
import { ChatTicket } from "./chat-ticket.js";
import { Helped } from "./chat-helped.js";
import { ReturnPart } from "./return-part.js";
import { Talk } from "./talk.js";

export class Chat {
  #ticket = null;
  #onNews;
  #screen;
  #talk;
  #return;
  #helped;

  // onNews() hears that `news` changed.
  constructor(root, onNews) {
    this.root = root;
    this.#onNews = onNews;
    this.#screen = new ChatScreen(root);
    const part = (mark) => root.querySelector(`[${mark}]`);
    this.#talk = new Talk(root, {
      side: "visitor",
      post: (name, body) => this.#ticket.post(name, body),
      onGone: () => this.#ended("system"),
      mayTell: () => this.news.state === "open",
    });
    this.#return = new ReturnPart(part("data-return"), {
      askCode: () => this.#ticket.post("code"),
      keep: (wanted) => this.#ticket.keep(wanted),
    });
    this.#helped = new Helped(part("data-helped"), `${root.dataset.api}/helped`);
    part("data-chat-end").addEventListener("click", () => this.#end());
    part("data-chat-again").addEventListener("click", () => this.#startAgain());
    // Somebody who writes has no use for the four words, and others may look along.
    part("data-chat-say").addEventListener("focusin", () => this.#return.close());
  }

  // Another page may be swapped in around a chat; one that goes on, or has ended unseen, stays.
  get held() {
    return this.#ticket !== null || this.news.endUnseen;
  }

  get news() {
    return this.#screen.now;
  }

  comeIntoView() {
    this.#screen.comeIntoView();
    if (this.news.state !== "waiting") this.#talk.toEnd();
    this.#onNews();
  }

  leave() {
    this.#ticket?.leave();
    this.#ticket = null;
  }

  // With the server's answer to who asked, or came back; `asked` is what was asked.
  begin({ token, helped, ...state }, asked) {
    this.#helped.begin(helped);
    this.#ticket = new ChatTicket(this.root.dataset.api, token, {
      onEvent: (name, data) => this.#heard(name, data),
      onLine: (up) => this.#lineIs(up),
      onRefused: () => this.#ended("system"),
    });
    this.#return.begin(this.#ticket.isKept);
    this.#talk.open();
    this.#screen.asked(asked);
    this.#showState(state);
    this.#ticket.listen();
  }

  #lineIs(up) {
    this.#screen.lineIs(up);
    if (up) this.#talk.hurry();
    this.#onNews();
  }

  #heard(name, data) {
    if (name === "state") this.#showState(data);
    if (name === "typing") this.#talk.hearTyping(data.from);
    if (name === "ended") this.#ended(data.by);
    if (name !== "message" || !this.#talk.hear(data)) return;
    this.#screen.count(data.from);
    this.#onNews();
  }

  #showState(state) {
    if (state.state === "open") this.#helped.talks();
    this.#screen.show(state, { canFocus: !this.#talk.say.hasFocus });
    this.#onNews();
  }

  #ended(by) {
    if (!this.#ticket) return;
    this.#ticket.drop();
    this.#ticket = null;
    this.#return.close();
    this.#talk.close();
    this.#screen.ended(by);
    if (by !== "system") this.#helped.ask();
    this.#showState({ state: "ended" });
  }

  // The screen is cleared at once, whatever the line; that it is erased is said when it is.
  async #end() {
    const ticket = this.#ticket;
    this.#talk.clear();
    this.#ended("visitor");
    this.#screen.erased("trying");
    this.#screen.erased((await ticket.erase()) ? "yes" : "unknown");
  }

  #startAgain() {
    this.#talk.clear();
    this.#showState({ state: "start" });
  }
}
