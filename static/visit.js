// One address per visit: internal links and forms swap the page in, and nothing is added to the
// browser's history. The path of the visit is kept here, in memory, for the page's own way back.
import { documentOf } from "./page.js";

const PAGE_WITHIN_MS = 15_000;
const SLOW_MS = 400;

// Pages of staff are another application: they load as the browser does it.
const ELSEWHERE = /^\/(desk|office)(\/|$)/;

export class Visit {
  #path = [{ url: location.href, top: 0 }];
  #wanted = 0;
  #swapped;

  // swapped(main) puts a page's behaviours to work after it was swapped in.
  constructor(swapped) {
    this.#swapped = swapped;
    addEventListener("click", (event) => this.#click(event));
    addEventListener("submit", (event) => this.#submit(event));
  }

  get #here() {
    return this.#path[this.#path.length - 1];
  }

  #click(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || !ours(link, event)) return;
    event.preventDefault();
    const url = new URL(link.href);
    if (link.matches("[data-back]") && this.#path.length > 1) this.#go(this.#path.slice(0, -1));
    else if (url.hash && samePage(url, this.#here.url)) jumpTo(url.hash);
    else this.#forward(url.href);
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
    const wanted = (this.#wanted += 1);
    const { url, options, top } = path[path.length - 1];
    const slow = setTimeout(() => document.body.setAttribute("aria-busy", "true"), SLOW_MS);
    const page = await read(url, options);
    clearTimeout(slow);
    // Somebody who tapped another link meanwhile wants that one.
    if (wanted !== this.#wanted) return;
    document.body.removeAttribute("aria-busy");
    if (!page) return this.#failed(() => this.#go(path));
    this.#path = path;
    this.#swap(page, new URL(url).hash, top);
  }

  #swap(page, hash, top) {
    document.documentElement.lang = page.documentElement.lang;
    for (const part of page.querySelectorAll("[data-swap]")) {
      document.querySelector(`[data-swap="${part.dataset.swap}"]`)?.replaceWith(document.importNode(part, true));
    }
    const main = document.querySelector("main");
    this.#swapped(main);
    // The title in the tab stays neutral; those who cannot see the page hear the new one.
    const status = document.querySelector("[data-visit-status]");
    if (status) status.textContent = main.querySelector("h1")?.textContent ?? "";
    if (hash) jumpTo(hash);
    else {
      scrollTo(0, top);
      focusOn(main.querySelector("h1") ?? main);
    }
  }

  #failed(again) {
    const template = document.querySelector("template[data-visit-failed]");
    const notice = document.importNode(template.content, true).firstElementChild;
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

async function read(url, options) {
  const signal = AbortSignal.timeout?.(PAGE_WITHIN_MS);
  try {
    const headers = { Accept: "text/html" };
    const answer = await fetch(url, { ...options, headers, cache: "no-store", signal });
    const page = documentOf(await answer.text());
    // A proxy's own error page has no <main>, and is no page of ours.
    return page.querySelector('main[data-swap="main"]') ? page : null;
  } catch {
    return null;
  }
}

// A new tab or window, a download and another site stay the browser's own.
function ours(link, event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const here = link.origin === location.origin && !ELSEWHERE.test(link.pathname);
  return plain && here && !link.target && !link.hasAttribute("download");
}

function samePage(url, other) {
  const there = new URL(other);
  return url.pathname === there.pathname && url.search === there.search;
}

function jumpTo(hash) {
  const part = document.getElementById(decodeURIComponent(hash.slice(1)));
  part?.scrollIntoView();
  if (part) focusOn(part);
}

function focusOn(part) {
  if (!part.matches("a, button, input, [tabindex]")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}
