// Turns the site's own text into elements: the only place where text becomes markup or script.
const AS_IT_IS = { createHTML: (html) => html, createScript: (text) => text };

let policy;

// With Trusted Types enforced the browser refuses every other way. Only what our own server made may come
// here; what people say is escaped there, or set as text.
function trusted() {
  // Made when it is needed: where two of our scripts stand on one page, the browser allows it to one of them.
  policy ??= globalThis.trustedTypes?.createPolicy("luwte", AS_IT_IS) ?? AS_IT_IS;
  return policy;
}

export function documentOf(html) {
  return new DOMParser().parseFromString(trusted().createHTML(html), "text/html");
}

// It runs when it comes into the document, if the policy of the page that the visit began with names it.
export function scriptOf(text) {
  const script = document.createElement("script");
  script.text = trusted().createScript(text);
  return script;
}

export function elementOf(html) {
  return document.importNode(documentOf(html).body.firstElementChild, true);
}

export function copyOf(template) {
  return document.importNode(template.content, true).firstElementChild;
}
