// Puts what every page has to work. What only some pages need comes with them: see page-parts.js.
import { putToWork } from "./behaviours.js";
import { fetchChat } from "./chat-elsewhere.js";
import { FirstHint } from "./first-hint.js";
import { KeptToken } from "./kept-token.js";
import { KeyboardRoom } from "./keyboard-room.js";
import { bringParts } from "./page-parts.js";
import { Visit } from "./visit.js";

const hint = new FirstHint();

// A chat that this tab keeps goes on by itself, whatever page was opened.
async function goOn(address) {
  const page = await fetchChat(address);
  const isBegun = document.querySelector("script[data-part=chat]");
  if (isBegun || !new KeptToken().token || !bringParts(page)) return;
  putToWork(document.importNode(page.querySelector("main"), true));
}

addEventListener("luwte:leave", () => new KeptToken().forget());
new KeyboardRoom();
new Visit(() => {
  hint.end();
  putToWork(document);
});
const toChat = document.querySelector("[data-chat-return] a");
if (toChat && !document.querySelector("[data-chat]") && new KeptToken().token) goOn(toChat.href);
