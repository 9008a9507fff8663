// Makes two sendings of one message recognisable as one.
export function newKey() {
  // randomUUID is missing in older browsers.
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
