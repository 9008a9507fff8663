// Fetches a page of the site, to be swapped in; null when there is none to be had.
import { documentOf } from "./page.js";

export async function fetchPage(url, options) {
  try {
    const headers = { Accept: "text/html" };
    const answer = await fetch(url, { ...options, headers, cache: "no-store" });
    const page = documentOf(await answer.text());
    // A proxy's own error page has no <main>, and is no page of ours.
    return page.querySelector('main[data-swap="main"]') ? page : null;
  } catch {
    return null;
  }
}
