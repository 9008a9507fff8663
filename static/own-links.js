// Which links the visit follows itself, and which stay the browser's own.

// Pages of staff are another application: they load as the browser does it.
const ELSEWHERE = /^\/(desk|office)(\/|$)/;

// A new tab or window, a download and another site are the browser's.
export function isOurs(link, event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const here = link.origin === location.origin && !ELSEWHERE.test(link.pathname);
  return plain && here && !link.target && !link.hasAttribute("download");
}

// Whether a link leads to a part of the page at that address.
export function isWithin(link, address) {
  const url = new URL(link.href);
  const there = new URL(address);
  // While pages are swapped in, the document's address is still that of the first one: a link that
  // is nothing but a hash does not lead there.
  const same = url.pathname === there.pathname && url.search === there.search;
  return url.hash && (same || link.getAttribute("href").startsWith("#"));
}
