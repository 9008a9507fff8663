// The chat's page, for a visit that begins on another page while this tab keeps a chat.
import { fetchPage } from "./fetch-page.js";
import { Patience } from "./patience.js";

const FETCH_AGAIN_MS = 1_000;
const FETCH_LONGEST_MS = 30_000;

export async function fetchChat(url) {
  const patience = new Patience(FETCH_AGAIN_MS, FETCH_LONGEST_MS);
  for (;;) {
    const page = await fetchPage(url);
    if (page?.querySelector("[data-chat]")) return page;
    await patience.wait();
  }
}
