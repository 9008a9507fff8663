// Puts the public pages' behaviours to work: first in the whole document, then in each page swapped in.
import { Chat } from "./chat.js";
import { ChatBar } from "./chat-bar.js";
import { chatPartOf } from "./chat-elsewhere.js";
import { FirstHint } from "./first-hint.js";
import { KeptToken } from "./kept-token.js";
import { KeyboardRoom } from "./keyboard-room.js";
import { MessageCards } from "./message-cards.js";
import { OwnBrowser } from "./own-browser.js";
import { Tool } from "./tool.js";
import { Visit } from "./visit.js";

const chatBar = new ChatBar();
const hint = new FirstHint();
let chat = null;

export function attach(root) {
  if (root !== document) hint.end();
  for (const place of root.querySelectorAll("[data-chat]")) putChat(place);
  for (const list of root.querySelectorAll("[data-browsers]")) new OwnBrowser(list);
  for (const form of root.querySelectorAll("[data-tool]")) new Tool(form);
  chatBar.show(chat);
}

function putChat(place) {
  if (!chat?.held) return startChat(place);
  place.replaceWith(chat.root);
  // After the page has found its own place and focus.
  queueMicrotask(() => chat.comeIntoView());
}

function startChat(root) {
  chat = new Chat(root, () => chatBar.show(chat));
}

// A chat that this tab keeps goes on by itself, whatever page was opened.
async function goOn() {
  const part = await chatPartOf(chatBar.address);
  if (chat || !new KeptToken().token) return;
  startChat(part);
  chatBar.show(chat);
}

addEventListener("luwte:leave", () => {
  new KeptToken().forget();
  chat?.leave();
});
attach(document);
new KeyboardRoom();
new MessageCards();
new Visit(attach);
if (!chat && chatBar.address && new KeptToken().token) goOn();
