// Turns the site's own html into elements: the only place where text becomes markup.
const AS_IT_IS = { createHTML: (html) => html };

let policy;

export function documentOf(html) {
  // With Trusted Types enforced the browser refuses every other way. Only html that our own server made may
  // come here; what people say is escaped there, or set as text. Made when it is needed: where two of our
  // scripts stand on one page, the browser allows it to one of them.
  policy ??= globalThis.trustedTypes?.createPolicy("luwte", AS_IT_IS) ?? AS_IT_IS;
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

export function elementOf(html) {
  return document.importNode(documentOf(html).body.firstElementChild, true);
}

export function copyOf(template) {
  return document.importNode(template.content, true).firstElementChild;
}
