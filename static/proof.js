// A little work for a chat, while very many ask for one: finds the number whose hash begins as the server
// says (ALTCHA, version 2, SHA-256). In slices between which the page stays awake: a worker would need an
// address of its own, and leave it in a cache.
const WORK_MS = 12;
const TRIES_AT_ONCE = 100;
const MOST_TRIES = 1_000_000;

const [SHA_START, SHA_ROUNDS] = shaConstants();

// Answers what has to be sent along; "" when no number was found.
export async function proofOf({ parameters, signature }) {
  const block = blockOf(parameters);
  const wanted = parseInt(parameters.keyPrefix.slice(0, 8), 16) | 0;
  for (let counter = 0; counter < MOST_TRIES; ) {
    const until = performance.now() + WORK_MS;
    while (performance.now() < until) {
      for (const end = counter + TRIES_AT_ONCE; counter < end; counter += 1) {
        block[8] = counter;
        const hash = shaOf(block);
        if (hash[0] !== wanted || !hexOf(hash).startsWith(parameters.keyPrefix)) continue;
        return btoa(JSON.stringify({ challenge: { parameters, signature }, solution: { counter, derivedKey: hexOf(hash) } }));
      }
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  return "";
}

// Salt, nonce and number make 36 bytes: one block, padded as the standard says (FIPS 180-4, 5.1.1).
function blockOf({ salt, nonce }) {
  const block = new Int32Array(64);
  (salt + nonce).match(/.{8}/g).forEach((word, place) => (block[place] = parseInt(word, 16)));
  block[9] = 0x80000000;
  block[15] = 36 * 8;
  return block;
}

function hexOf(hash) {
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

// The first 32 bits of the fractional parts of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
function shaConstants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const bits = (root) => (root * 2 ** 32) | 0;
  return [primes.slice(0, 8).map((prime) => bits(prime ** (1 / 2))), primes.map((prime) => bits(prime ** (1 / 3)))];
}

// The hash of one block, whose words after the 16th are ours to fill (FIPS 180-4, 6.2.2).
function shaOf(w) {
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = SHA_START;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA_ROUNDS[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, place) => (word + SHA_START[place]) | 0);
}
