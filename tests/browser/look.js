// What this site promises of every page with an exit; returns what is wrong. The page's language is given.
(lang) => {
  // 44 px for what stands by itself, 24 for a link in a sentence; the desktop's frame begins at 1024.
  const ALONE = 44, IN_TEXT = 24, DESKTOP = 1024, GUTTERS = 48, CORNER = 8;
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const root = document.documentElement, exit = document.querySelector("[data-exit]");
  const found = [];
  const say = (what, one) => found.push(`${what} | ${one ? one.outerHTML.slice(0, 140) : ""}`);
  const seen = (one) =>
    one.checkVisibility({ visibilityProperty: true }) && !one.closest(".skip, .visually-hidden");

  if (root.scrollWidth > innerWidth) say(`${root.scrollWidth} px wide on ${innerWidth}`);
  if (root.lang !== lang) say(`the language is ${root.lang}`);
  const titles = [...document.querySelectorAll("h1")].filter(seen);
  if (titles.length !== 1) say(`${titles.length} times h1`);

  const covers = () => {
    const { left, right, top, bottom } = exit.getBoundingClientRect();
    const points = [[left + CORNER, top + CORNER], [right - CORNER, bottom - CORNER],
      [(left + right) / 2, (top + bottom) / 2]];
    return points.map(([x, y]) => document.elementFromPoint(x, y)).find((one) => !exit.contains(one));
  };
  for (const place of [root.scrollHeight, 0]) {
    scrollTo(0, place);
    const over = covers();
    if (over !== undefined) say(`the exit is covered at ${scrollY}`, over);
  }
  const wide = exit.getBoundingClientRect().width;
  if (innerWidth < DESKTOP && wide < innerWidth - GUTTERS) say(`the exit is ${wide} px wide`);

  for (const one of [...document.querySelectorAll(TARGETS)].filter(seen)) {
    const target = one.closest("label:has([type=radio], [type=checkbox]), .list li") ?? one;
    const { width, height } = target.getBoundingClientRect();
    const least = getComputedStyle(target).display === "inline" ? IN_TEXT : ALONE;
    if (height < least - .5 || width < IN_TEXT) say(`${width} x ${height} px, not ${least}`, one);
  }
  return found;
}
