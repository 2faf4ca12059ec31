/* Aim: a session and the page's key go together: the key comes with a whole session and goes with it,
 * another tab's new token does no harm, and what the venue forgets is asked for anew.
 * Method: a venue of one session in place of fetch, which has tokens, proofs and keys as docs/sign-in.md
 * says, and notes what it was asked. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

/* Its timers and channel would keep the test alive. */
delete (globalThis as { BroadcastChannel?: unknown }).BroadcastChannel;

const {
  askOpen, askSession, endedByItself, identified, keyAt, leftDoor, login, loginAt, look, lookIdentified, pageKey, renewKey, signOutDoor,
} = await import('../src/state/login.ts');

interface Venue { hasDoor: boolean; isIn: boolean; level: 'half' | 'full'; csrf: string; fresh: boolean; account: string | null; keys: Map<string, string>; asked: string[]; held: unknown; late: boolean }

/* Of its own, since a test moves the clock. */
const later = setTimeout;
let venue: Venue;
let count = 0;

const state = () => ({ csrf: venue.csrf, login: 7, until: Date.now() + 3_600_000, level: venue.level, fresh: venue.fresh, recoveryCodes: 0, secondFactor: false });
const no = (status: number, error: string) => ({ status, body: { error } });

function answer(name: string, fields: Record<string, string>, csrf: string | null): { status: number; body: unknown } {
  if (!venue.hasDoor) return no(404, 'none');
  if (name === 'sign-in') {
    venue.isIn = true;
    venue.csrf = `t${count += 1}`;
    return { status: 200, body: state() };
  }
  if (!venue.isIn) return no(401, 'no-session');
  if (name === 'session') return { status: 200, body: state() };
  if (csrf !== venue.csrf) return no(401, 'no-session');
  if (name === 'sign-out') {
    venue.isIn = false;
    return { status: 200, body: {} };
  }
  if (name === 'second' || name === 'again') {
    venue.level = 'full';
    venue.fresh = true;
    venue.csrf = `t${count += 1}`;
    return { status: 200, body: state() };
  }
  if (name === 'page-key') {
    if (venue.level === 'half') return no(403, 'second-wanted');
    if (venue.account === null) return no(409, 'no-account');
    const publicKey = fields.publicKey ?? '';
    const apiKey = venue.keys.get(publicKey) ?? String(count += 1).padStart(64, '0');
    venue.keys.set(publicKey, apiKey);
    return { status: 200, body: { apiKey, account: venue.account, until: Date.now() + 600_000, withdraw: venue.fresh } };
  }
  return no(404, 'none');
}

globalThis.fetch = (async (path: string, options: RequestInit) => {
  const headers = options.headers as Record<string, string>;
  const name = path.replace('/page/v1/', '').replace(/\?.*/, '');
  venue.asked.push(name);
  if (name === 'records') {
    const known = [...venue.keys.values()].includes(headers['X-MBX-APIKEY'] ?? '');
    return new Response(JSON.stringify(known ? venue.held : { code: -2015, msg: 'unknown' }), { status: known ? 200 : 401 });
  }
  if (venue.late) throw new TypeError('no answer');
  const { status, body } = answer(name, JSON.parse(String(options.body)) as Record<string, string>, headers['X-CSRF-Token'] ?? null);
  return new Response(JSON.stringify(body), { status });
}) as typeof fetch;

async function settled(): Promise<void> {
  await new Promise((resolve) => { later(resolve, 5); });
  for (let i = 0; i < 1_000 && keyAt.value === 'making'; i += 1) await new Promise((resolve) => { later(resolve, 5); });
}

beforeEach(() => {
  venue = { hasDoor: true, isIn: false, level: 'full', csrf: 't0', fresh: true, account: '17', keys: new Map(), asked: [], held: {}, late: false };
  leftDoor();
});

async function signedIn(): Promise<void> {
  await askOpen('sign-in', { address: 'a@b.example', password: 'x' });
  await settled();
}

test('a venue without a door is left alone', async () => {
  venue.hasDoor = false;
  await look();
  assert.equal(loginAt.value, 'absent');
  assert.deepEqual(venue.asked, ['session']);
});

test('a whole session gets a key, half of one does not', async () => {
  venue.level = 'half';
  await signedIn();
  assert.deepEqual([loginAt.value, keyAt.value, pageKey.value], ['half', 'none', null]);
  assert.equal(venue.asked.includes('page-key'), false);
  await askSession('second', { code: '123456' });
  await settled();
  assert.deepEqual([loginAt.value, keyAt.value, pageKey.value?.account, pageKey.value?.withdraw], ['in', 'open', '17', true]);
  const signature = await pageKey.value?.signer.sign('x') ?? '';
  const [publicKey = ''] = [...venue.keys.keys()];
  const key = await crypto.subtle.importKey('raw', Buffer.from(publicKey, 'base64'), 'Ed25519', true, ['verify']);
  assert.equal(await crypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'base64'), Buffer.from('x')), true);
});

test('a renewed key is the same one, a forgotten one another, and the signer with it', async () => {
  await signedIn();
  const first = pageKey.value;
  await renewKey();
  assert.equal(pageKey.value?.signer, first?.signer);
  venue.keys.clear();
  await renewKey();
  assert.notEqual(pageKey.value?.apiKey, first?.apiKey);
  assert.notEqual(pageKey.value?.signer, first?.signer);
});

test('a fresh proof keeps the key, which may withdraw then', async () => {
  venue.fresh = false;
  await signedIn();
  const first = pageKey.value;
  assert.equal(first?.withdraw, false);
  await askSession('again', { code: '1' });
  assert.deepEqual([pageKey.value?.apiKey, pageKey.value?.withdraw], [first?.apiKey, true]);
});

test('another tab has changed the token: it is asked for before the next act', async () => {
  await signedIn();
  venue.csrf = 'another';
  const real = performance.now;
  performance.now = () => real.call(performance) + 60_000;
  try {
    await renewKey();
  } finally {
    performance.now = real;
  }
  assert.deepEqual([loginAt.value, keyAt.value], ['in', 'open']);
  assert.deepEqual(venue.asked.slice(-2), ['session', 'page-key']);
});

test('a session that ended elsewhere takes the key with it, and that is said', async () => {
  await signedIn();
  venue.isIn = false;
  await look();
  assert.deepEqual([loginAt.value, keyAt.value, pageKey.value, login.value, endedByItself.value], ['out', 'none', null, null, true]);
});

test('signing out ends it, says nothing, and makes no key on the way', async () => {
  await signedIn();
  venue.asked = [];
  assert.equal(await signOutDoor(), true);
  await settled();
  assert.deepEqual([loginAt.value, pageKey.value, endedByItself.value, venue.isIn], ['out', null, false, false]);
  assert.equal(venue.asked.includes('page-key'), false);
});

test('a venue that does not answer a sign-out: the page says so', async () => {
  await signedIn();
  venue.late = true;
  assert.equal(await signOutDoor(), false);
  assert.deepEqual([loginAt.value, pageKey.value], ['out', null]);
});

test('a login without an account waits for it', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  venue.account = null;
  await askOpen('sign-in', { address: 'a@b.example', password: 'x' });
  for (let i = 0; i < 1_000 && keyAt.value !== 'no-account'; i += 1) await new Promise((resolve) => { later(resolve, 5); });
  await new Promise((resolve) => { later(resolve, 5); });
  assert.deepEqual([loginAt.value, keyAt.value], ['in', 'no-account']);
  venue.account = '18';
  context.mock.timers.tick(5_000);
  for (let i = 0; i < 1_000 && pageKey.value === null; i += 1) await new Promise((resolve) => { later(resolve, 5); });
  assert.deepEqual([keyAt.value, pageKey.value?.account], ['open', '18']);
});

test('whether a form was sent is told by what is held', async () => {
  await signedIn();
  for (const [held, wanted] of [
    [{ records: [], review: null }, 'no'], [{ records: [{}], review: { until: 1 } }, 'sent'], [{ records: [{}], review: null }, 'seen']] as const) {
    venue.held = held;
    await lookIdentified();
    assert.equal(identified.value, wanted);
  }
});
