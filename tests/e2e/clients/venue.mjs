// What the suites share: where the venue is, checks that are counted, and requests without any
// library. A suite ends with finish(): its exit code says whether a check failed.
import crypto from 'node:crypto';
import fs from 'node:fs';

export const keys = JSON.parse(fs.readFileSync(process.env.CAMBIST_KEYS, 'utf8'));
export const { rest, ws_stream: stream, ws_api: api } = keys;
export const { A, B, W } = keys.accounts;
const PATIENCE_MS = 20000;

let checks = 0;
let failed = 0;

export function check(fact, what) {
  checks += 1;
  if (!fact) {
    failed += 1;
    console.log(`FAILED: ${what}`);
  }
}

export function equal(found, expected, what) {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value) ?? 'undefined');
  let same = 0; // where they begin to differ
  while (same < a.length && a[same] === b[same]) same += 1;
  const from = Math.max(0, same - 200);
  check(a === b, `${what}: ${a.slice(from, from + 600)} instead of ${b.slice(from, from + 600)}`);
}

// The error that a promise must end with; `test` gets it.
export async function refused(promise, what, test) {
  try {
    const answer = await promise;
    check(false, `${what}: was not refused: ${JSON.stringify(answer)?.slice(0, 200)}`);
  } catch (error) {
    check(test(error), `${what}: ${error?.constructor?.name} ${error?.code} ${error?.message}`);
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Waits until something is so; what it was then.
export async function eventually(what, fact) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await fact();
    if (found) return found;
    await sleep(20);
  }
  check(false, `${what}: not within ${PATIENCE_MS} ms`);
  return undefined;
}

export function within(promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: no answer`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// A part of a suite: an error that nobody expected is a failed check, and the next part goes on.
export async function part(name, body) {
  const begin = Date.now();
  try {
    await body();
  } catch (error) {
    check(false, `${name}: ${error?.stack ?? JSON.stringify(error)}`);
  }
  console.log(`  ${name}: ${Date.now() - begin} ms`);
}

export function finish() {
  console.log(`${checks} checks, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

// ---- requests without a library ----

export function sign(account, parameters) {
  const query = new URLSearchParams(parameters).toString();
  const signature = crypto.createHmac('sha256', account.secret).update(query).digest('hex');
  return `${query}&signature=${signature}`;
}

export async function send(method, path, query, key, body) {
  const headers = key ? { 'X-MBX-APIKEY': key } : {};
  if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
  const response = await fetch(rest + path + (query ? `?${query}` : ''), { method, headers, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

export function ask(account, method, path, parameters = {}) {
  const query = sign(account, { ...parameters, recvWindow: 60000, timestamp: Date.now() });
  return send(method, path, query, account.apiKey);
}

// ---- a seeded source of random numbers ----

export function random(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * bound);
  };
}
