// Says on other pages that the chat goes on, what came meanwhile, and leads back to it.
import { fill, show } from "./parts.js";

export class ChatBar {
  // The bar is the page's, and comes anew with each page, in its language.
  get #bar() {
    return document.querySelector("[data-chat-return]");
  }

  // `chat` is null when there is none.
  show(chat) {
    const bar = this.#bar;
    if (!bar) return;
    bar.hidden = !chat?.held || chat.root.isConnected;
    if (bar.hidden) return;
    const { state, position, advisor, unread, lineUp } = chat.news;
    const known = state === "waiting" && !position ? "returning" : state;
    fill(bar, { position, advisor, unread });
    show(bar, "chat", known);
    show(bar, "unread", ["none", "one"][unread] ?? "more");
    show(bar, "line", lineUp ? "up" : "lost");
    bar.toggleAttribute("data-unread", unread > 0);
  }
}
