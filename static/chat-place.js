// The chat's page: asking and coming back. What shows a conversation is fetched when somebody begins to
// fill in the form, so that the page itself is light.
import { ChatStart } from "./chat-start.js";
import { ComeBack } from "./come-back.js";
import { fetchPage } from "./fetch-page.js";
import { KeptToken } from "./kept-token.js";
import { bringParts } from "./page-parts.js";
import { show } from "./parts.js";
import { Patience } from "./patience.js";

const AGAIN_MS = 1_000;
const AGAIN_LONGEST_MS = 30_000;
const NOTHING = { state: "start", lineUp: true, unread: 0, endUnseen: false };

let makeChat = null;

// The script that comes with the conversation's part says how one is made: make(root, onNews).
export function chatsAreMadeBy(make) {
  makeChat = make;
}

export class ChatPlace {
  #chat = null;
  #onNews;
  #coming = null;
  #left = false;

  // onNews() hears that `news` changed.
  constructor(root, onNews) {
    this.root = root;
    this.#onNews = onNews;
    const part = (mark) => root.querySelector(`[${mark}]`);
    const ready = () => this.#ready();
    const begin = (...started) => this.#chat.begin(...started);
    new ChatStart(part("data-chat-start"), part("data-refusal"), { ready, onStarted: begin });
    new ComeBack(part("data-come-back"), { ready, onBack: begin });
    for (const form of root.querySelectorAll("form")) {
      for (const sign of ["pointerdown", "focusin"]) form.addEventListener(sign, ready);
    }
    if (new KeptToken().token) this.#goOn();
  }

  // Another page may be swapped in around a chat; one that goes on, or has ended unseen, stays.
  get held() {
    return this.#chat?.held ?? false;
  }

  get news() {
    return this.#chat?.news ?? NOTHING;
  }

  comeIntoView() {
    this.#chat.comeIntoView();
  }

  leave() {
    this.#left = true;
    this.#chat?.leave();
  }

  // A conversation that this tab keeps.
  async #goOn() {
    show(this.root, "state", "returning");
    const patience = new Patience(AGAIN_MS, AGAIN_LONGEST_MS);
    while (!(await this.#ready())) {
      show(this.root, "line", "lost");
      await patience.wait();
    }
    const { token } = new KeptToken();
    if (token) this.#chat.begin({ token, state: "returning" });
  }

  // Answers whether a conversation can be shown.
  async #ready() {
    this.#coming ??= this.#fetch();
    await this.#coming;
    if (!this.#chat) this.#coming = null;
    return this.#chat !== null && !this.#left;
  }

  async #fetch() {
    const page = await fetchPage(this.root.dataset.talkUrl);
    const talk = page?.querySelector("[data-talk]");
    if (!talk) return;
    // The site was renewed meanwhile: the whole page again, before anything was said.
    if (!bringParts(page)) return location.replace(this.root.dataset.api);
    this.root.append(...document.importNode(talk, true).childNodes);
    this.#chat = makeChat(this.root, this.#onNews);
  }
}
