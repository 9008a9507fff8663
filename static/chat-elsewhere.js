// The chat's part of the page, for a visit that begins on another page while this tab keeps a chat.
import { documentOf } from "./page.js";
import { Patience } from "./patience.js";

const FETCH_AGAIN_MS = 1_000;
const FETCH_LONGEST_MS = 30_000;

export async function chatPartOf(url) {
  const patience = new Patience(FETCH_AGAIN_MS, FETCH_LONGEST_MS);
  for (;;) {
    const part = await fetchPart(url);
    if (part) return part;
    await patience.wait();
  }
}

async function fetchPart(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store" });
    const part = documentOf(await answer.text()).querySelector("[data-chat]");
    return part && document.importNode(part, true);
  } catch {
    return null;
  }
}
