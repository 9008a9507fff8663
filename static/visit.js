// One address per visit: internal links and forms swap the page in, and nothing is added to the
// browser's history. The path of the visit is kept here, in memory, for the page's own way back.
import { fetchPage } from "./fetch-page.js";
import { isOurs, isWithin } from "./own-links.js";
import { copyOf } from "./page.js";
import { bringParts } from "./page-parts.js";
import { focusOn, headingOf, jumpTo } from "./place.js";

const PAGE_WITHIN_MS = 15_000;
const SLOW_MS = 400;

export class Visit {
  #path = [{ url: location.href, top: 0 }];
  #turn = null;
  #notice = noticeOf(document);
  #swapped;

  // swapped() puts a page's behaviours to work after it was swapped in.
  constructor(swapped) {
    this.#swapped = swapped;
    addEventListener("click", (event) => this.#click(event));
    addEventListener("submit", (event) => this.#submit(event));
    // Nothing may come into a page that was left.
    addEventListener("luwte:leave", () => this.#takeTurn());
  }

  get #here() {
    return this.#path[this.#path.length - 1];
  }

  #click(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || !isOurs(link, event)) return;
    event.preventDefault();
    if (link.matches("[data-back]") && this.#path.length > 1) this.#go(this.#path.slice(0, -1));
    else if (isWithin(link, this.#here.url)) jumpTo(link.hash);
    else this.#forward(link.href);
  }

  #submit(event) {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-visit]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    this.#forward(form.action, { method: "POST", body });
  }

  #forward(url, options = {}) {
    const here = { ...this.#here, top: scrollY };
    this.#go([...this.#path.slice(0, -1), here, { url, options, top: 0 }]);
  }

  // Fetches the last page of `path`; only when it is there, that is where the visit has come.
  async #go(path) {
    const turn = this.#takeTurn();
    const { url, options, top } = path[path.length - 1];
    const slow = setTimeout(() => document.body.setAttribute("aria-busy", "true"), SLOW_MS);
    const late = setTimeout(() => turn.abort(), PAGE_WITHIN_MS);
    const page = await fetchPage(url, { ...options, signal: turn.signal });
    clearTimeout(slow);
    clearTimeout(late);
    if (turn !== this.#turn) return;
    document.body.removeAttribute("aria-busy");
    if (!page) return this.#failed(() => this.#go(path));
    // Loaded as the browser does it, the page brings a policy that knows its scripts.
    if (!bringParts(page)) return location.replace(url);
    this.#path = path;
    this.#swap(page, new URL(url).hash, top);
  }

  // Somebody who tapped another link meanwhile wants that one.
  #takeTurn() {
    this.#turn?.abort();
    this.#turn = new AbortController();
    return this.#turn;
  }

  #swap(page, hash, top) {
    const { lang, dir } = page.documentElement;
    Object.assign(document.documentElement, { lang, dir });
    // In the language of the page that is read.
    this.#notice = noticeOf(page) ?? this.#notice;
    for (const part of page.querySelectorAll("[data-swap]")) {
      document.querySelector(`[data-swap="${part.dataset.swap}"]`)?.replaceWith(document.importNode(part, true));
    }
    const main = document.querySelector("main");
    this.#swapped();
    // The title in the tab stays neutral; those who cannot see the page hear the new one.
    const heading = headingOf(main);
    const status = document.querySelector("[data-visit-status]");
    if (status) status.textContent = heading?.textContent ?? "";
    if (hash) return jumpTo(hash);
    scrollTo(0, top);
    focusOn(heading ?? main);
  }

  #failed(again) {
    const notice = copyOf(this.#notice);
    notice.querySelector("button").addEventListener("click", () => {
      notice.remove();
      again();
    });
    const main = document.querySelector("main");
    main.querySelector("[data-visit-notice]")?.remove();
    main.prepend(notice);
    scrollTo(0, 0);
    focusOn(notice);
  }
}

function noticeOf(page) {
  return page.querySelector("template[data-visit-failed]");
}
