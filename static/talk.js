// One conversation on a page, at either side: what was said, what is being written, that somebody types.
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { Say } from "./say.js";
import { TypingSign } from "./typing-sign.js";

export class Talk {
  #side;
  #post;
  #onGone;
  #template;
  #log;
  #outbox;
  #typing;

  // `side` is who writes here. post(name, body) sends; onGone() hears that the conversation is over.
  constructor(root, { side, post, onGone, mayTell = () => true }) {
    this.#side = side;
    this.#post = post;
    this.#onGone = onGone;
    const part = (mark) => root.querySelector(`[${mark}]`);
    this.#template = part("data-unsent-template");
    this.#log = new Log({ list: part("data-chat-log"), end: part("data-log-end"), jump: part("data-log-new") });
    this.#typing = new TypingSign(part("data-typing"));
    this.say = new Say(part("data-chat-say"), {
      onSay: (text) => this.#outbox.add(text),
      onTyping: () => mayTell() && this.#post("typing"),
    });
    this.open();
  }

  // A new conversation in the same place.
  open() {
    this.#outbox?.close();
    this.#outbox = new Outbox({
      send: (text, key) => this.#post("messages", { text, key }),
      log: this.#log,
      template: this.#template,
      onRefused: (status, { error }) => (status === 410 ? this.#onGone() : this.say.tell(error)),
      onHeld: (held) => this.say.hold(held),
    });
    this.#log.clear();
    this.say.reopen();
  }

  // Answers whether the message was new.
  hear(message) {
    if (message.from !== this.#side) this.#typing.hide();
    if (message.key) this.#outbox.confirm(message.key);
    return this.#log.add(message);
  }

  hearTyping(from) {
    if (from !== this.#side) this.#typing.show();
  }

  // Where the last words are.
  toEnd() {
    this.#log.toEnd();
  }

  // The line is back.
  hurry() {
    this.#outbox.hurry();
  }

  // Nothing more can be said. What stands there stays, also what could not be sent.
  close() {
    this.#outbox.close();
    this.#typing.hide();
    this.say.close();
  }

  clear() {
    this.#log.clear();
    this.say.empty();
  }
}
