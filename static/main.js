// Puts the public pages' behaviours to work: first in the whole document, then in each page swapped in.
import { Chat } from "./chat.js";
import { OwnBrowser } from "./own-browser.js";
import { Visit } from "./visit.js";

let chat = null;

export function attach(root) {
  for (const place of root.querySelectorAll("[data-chat]")) {
    // A conversation that goes on comes back into view as it was.
    if (chat?.live) place.replaceWith(chat.root);
    else chat = new Chat(place);
  }
  for (const list of root.querySelectorAll("[data-browsers]")) new OwnBrowser(list);
}

attach(document);
new Visit(attach);
