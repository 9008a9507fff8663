// What the scripts do with the things they find in a page: the first one, and each that is swapped in.
const known = [];

// begin(place) is told of each place that is there now, and of each that comes later.
export function whenThere(selector, begin) {
  known.push({ selector, begin });
  putToWork(document, [known[known.length - 1]]);
}

export function putToWork(root, behaviours = known) {
  for (const { selector, begin } of behaviours) {
    for (const place of root.querySelectorAll(selector)) begin(place);
  }
}
