// Puts the steps for the visitor's own browser first, and opens them. Decided here, in the page:
// nothing is sent for it, and nothing is kept.

// These look like another browser, but keep their history somewhere else.
const OTHERS = /\b(OPR|Opera|YaBrowser|Vivaldi|DuckDuckGo|FBAV|Instagram|GSA|wv)\b/;

// In this order: most browsers also claim to be those below them.
const BROWSERS = [
  ["samsung", /SamsungBrowser|Samsung Internet/],
  ["edge", /\bEdg(A|iOS)?\/|Microsoft Edge/],
  ["firefox", /Firefox|FxiOS/],
  ["chrome", /Chrome|Chromium|CriOS/],
  ["safari", /Safari/],
];

export class OwnBrowser {
  constructor(list, about = navigator) {
    const browser = browserOf(about);
    if (!browser) return;
    const device = deviceOf(about, browser);
    const own = list.querySelector(`[data-browser="${browser}"][data-devices~="${device}"]`);
    if (own) this.#show(list, own);
  }

  #show(list, own) {
    list.prepend(own);
    own.open = true;
    own.querySelector("[data-own]").hidden = false;
  }
}

function browserOf({ userAgent, userAgentData }) {
  const brands = userAgentData?.brands?.map(({ brand }) => brand) ?? [];
  const names = [userAgent, ...brands].join(" ");
  if (OTHERS.test(names)) return "";
  return BROWSERS.find(([, mark]) => mark.test(names))?.[0] ?? "";
}

function deviceOf({ userAgent, userAgentData, maxTouchPoints }, browser) {
  if (/iPhone|iPad|iPod/.test(userAgent)) return "ios";
  const touch = maxTouchPoints > 1;
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (/Macintosh/.test(userAgent)) return touch ? "ios" : "computer";
  const android = /Android/.test(userAgent) || userAgentData?.platform === "Android";
  // A phone that asks for the computer's version of pages says that it runs Linux.
  const inDisguise = browser === "samsung" && !/Windows/.test(userAgent);
  return android || inDisguise ? "android" : "computer";
}
