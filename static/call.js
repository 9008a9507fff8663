// One request to our own server: always an answer, never an exception. Status 0 means: no answer.
const ANSWER_WITHIN_MS = 15_000;

export const NO_ANSWER = { status: 0, data: {}, retryMs: 0 };

export async function call(url, { method = "POST", body = {}, headers = {}, keepalive = false } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(url, {
      method,
      headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
      body: method === "POST" ? JSON.stringify(body) : undefined,
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
      keepalive,
    });
    // A proxy's error page is no JSON.
    const data = await response.json().catch(() => ({}));
    return { status: response.status, data, retryMs: retryMs(response) };
  } catch {
    return NO_ANSWER;
  } finally {
    clearTimeout(timer);
  }
}

// How long the server asks to wait before the next try.
export function retryMs(response) {
  return Math.min(60, Number(response.headers.get("Retry-After")) || 0) * 1000;
}
