// Puts the chat to work: on its own page, and while other pages are read.
import { whenThere } from "./behaviours.js";
import { ChatBar } from "./chat-bar.js";
import { ChatPlace } from "./chat-place.js";

const chatBar = new ChatBar();
let chat = null;

function putChat(place) {
  if (!chat?.held) return startChat(place);
  place.replaceWith(chat.root);
  // After the page has found its own place and focus.
  queueMicrotask(() => chat.comeIntoView());
}

function startChat(root) {
  chat = new ChatPlace(root, () => chatBar.show(chat));
  chatBar.show(chat);
}

addEventListener("luwte:leave", () => chat?.leave());
whenThere("[data-chat]", putChat);
whenThere("[data-chat-return]", () => chatBar.show(chat));
