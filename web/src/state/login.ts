/* The login at the venue's door, and the key by which this page speaks for it.
 *
 * The session is a cookie: it gives no access to anything of the account. So the page makes an Ed25519
 * key that no script can read out, has the venue take its public half for some minutes, and signs with
 * it. The key is never stored: each load makes a new one. It is renewed while the tab is used. */
import { batch, signal } from '@preact/signals';
import { askDoor, DoorError, type LoginState, type PageKey } from '../account/door.ts';
import { KEY_LIFE_MS, stepOf } from '../account/pace.ts';
import { base64, Signer, signByKey } from '../api/client.ts';

/* absent: the venue has no door. half: the second factor is wanted. */
export type LoginAt = 'asking' | 'absent' | 'out' | 'half' | 'in';
/* no-account: the login is so new that it has none yet. lapsed: the tab was idle. */
export type KeyAt = 'none' | 'making' | 'open' | 'no-account' | 'lapsed' | 'failed' | 'unsupported';

export const loginAt = signal<LoginAt>('asking');
export const login = signal<LoginState | null>(null);
export const keyAt = signal<KeyAt>('none');
export const pageKey = signal<(PageKey & { signer: Signer }) | null>(null);
/* The session ended by itself, or elsewhere: said until the next sign-in. */
export const endedByItself = signal(false);

const STATE_FRESH_MS = 2_000; // how long the cross-site token is believed without asking
const AGAIN_MS = 4_000;
const WATCH_MS = 5_000;

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('cambist.login') : null;
let stateAt = 0;
let usedAt = 0;
let renewedAt = 0;
let pair: Promise<CryptoKeyPair> | null = null;
let renewing: Promise<void> | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let leaving = false;

/* What an answer says of the session. `isNew`: other tabs' tokens are old now. */
function note(state: LoginState, isNew = false): void {
  stateAt = performance.now();
  batch(() => {
    login.value = state;
    loginAt.value = state.level === 'full' ? 'in' : 'half';
    endedByItself.value = false;
  });
  if (isNew) channel?.postMessage('changed');
  if (state.level === 'full' && pageKey.peek() === null && !leaving) void renewKey();
}

function dropKey(at: KeyAt): void {
  clearTimeout(retry);
  batch(() => {
    pageKey.value = null;
    keyAt.value = at;
  });
}

/* Nobody is signed in (any more). */
function leave(byItself: boolean): void {
  batch(() => {
    endedByItself.value = byItself && loginAt.peek() !== 'asking' && loginAt.peek() !== 'out';
    login.value = null;
    identified.value = null;
    loginAt.value = 'out';
    dropKey('none');
  });
  pair = null;
}

/* Asks the venue who is signed in. */
export async function look(): Promise<void> {
  try {
    note(await askDoor<LoginState>('session'));
  } catch (error) {
    if (!(error instanceof DoorError)) throw error;
    if (error.status === 401) leave(true);
    else if (error.what === 'none') loginAt.value = 'absent';
    else if (loginAt.peek() === 'asking') setTimeout(() => void look(), AGAIN_MS);
  }
}

/* Something that no session is needed for. An answer with a state is the new session's. */
export async function askOpen<T>(name: string, fields: Record<string, string>): Promise<T> {
  return took(await askDoor<T>(name, fields));
}

function took<T>(answer: T): T {
  if (answer && typeof answer === 'object' && 'csrf' in answer) {
    dropKey('none');
    note(answer as unknown as LoginState, true);
  }
  return answer;
}

/* Something of the session. Another tab may have changed its tokens since: they are asked for anew. */
export async function askSession<T>(name: string, fields: Record<string, string> = {}): Promise<T> {
  if (performance.now() - stateAt > STATE_FRESH_MS) await look();
  const state = login.peek();
  if (!state) throw new DoorError(401, 'no-session');
  try {
    const answer = await askDoor<T>(name, fields, state.csrf);
    if (name === 'again' || name === 'totp/confirm') {
      /* The same session with another token: the key goes on, and may do more now. */
      note(answer as unknown as LoginState, true);
      await renewKey();
      return answer;
    }
    return took(answer);
  } catch (error) {
    if (error instanceof DoorError && error.status === 401) leave(true);
    throw error;
  }
}

/* Whether the venue knows; else the session goes on, and ends by itself. */
export async function signOutDoor(): Promise<boolean> {
  let known = true;
  leaving = true;
  dropKey('none');
  try {
    await askSession('sign-out');
  } catch (error) {
    known = error instanceof DoorError && error.status === 401;
  }
  leaving = false;
  leftDoor();
  return known;
}

/* The session was ended here, by what the venue has just answered. */
export function leftDoor(): void {
  leave(false);
  channel?.postMessage('changed');
}

/* ---- the key ---- */

async function makePair(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']) as CryptoKeyPair;
}

async function askKey(): Promise<void> {
  if (keyAt.peek() === 'none' || keyAt.peek() === 'lapsed') keyAt.value = 'making';
  let keys: CryptoKeyPair;
  try {
    pair ??= makePair();
    keys = await pair;
  } catch {
    pair = null;
    dropKey('unsupported');
    return;
  }
  const state = login.peek();
  try {
    const publicKey = base64(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)));
    const told = await askSession<PageKey>('page-key', { publicKey });
    renewedAt = Date.now();
    const known = pageKey.peek();
    const signer = known?.apiKey === told.apiKey ? known.signer : new Signer(told.apiKey, signByKey(keys.privateKey), onUnknown);
    if (!login.peek()) return;
    batch(() => {
      pageKey.value = { ...told, account: String(told.account), signer };
      keyAt.value = 'open';
    });
  } catch (error) {
    if (login.peek() === null || (login.peek()?.login !== state?.login)) return;
    const what = error instanceof DoorError ? error.what : 'failed';
    if (what === 'no-account') dropKey('no-account');
    else if (pageKey.peek() === null) dropKey('failed');
    if (what !== 'none') retry = setTimeout(() => void renewKey(), Math.max(AGAIN_MS, error instanceof DoorError ? error.waitSeconds * 1_000 : 0));
  }
}

/* One at a time; also the first time. */
export function renewKey(): Promise<void> {
  clearTimeout(retry);
  renewing ??= askKey().finally(() => { renewing = null; });
  return renewing;
}

/* The venue has forgotten the key: it was started anew, or the session ended elsewhere. */
function onUnknown(): void {
  if (Date.now() - renewedAt < AGAIN_MS) return;
  renewedAt = Date.now();
  void renewKey();
}

/* What the venue holds of the customer: docs/vault.md "What a person is told". */
interface Held { person: string | null; records: unknown[]; review: { until: number } | null }

function heldNow(): Promise<Held> {
  const key = pageKey.peek();
  return key ? key.signer.call<Held>('GET', '/page/v1/records') : Promise.reject(new Error('no key'));
}

/* Whether a form was ever sent: none, one that is looked at, one that has been. */
export const identified = signal<'no' | 'sent' | 'seen' | null>(null);

export async function lookIdentified(): Promise<void> {
  try {
    const held = await heldNow();
    identified.value = held.review ? 'sent' : held.records.length > 0 ? 'seen' : 'no';
  } catch { /* a venue that keeps nothing, or does not answer */ }
}

function watch(): void {
  const key = pageKey.peek();
  if (!key || renewing) return;
  const step = stepOf(Date.now(), usedAt, renewedAt, renewedAt + KEY_LIFE_MS);
  if (step === 'renew') void renewKey();
  else if (step === 'lapse') dropKey('lapsed');
}

function used(): void {
  usedAt = Date.now();
  if (keyAt.peek() === 'lapsed' && !renewing) void renewKey();
}

export function startLogin(): void {
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) addEventListener(name, used, { passive: true });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') used(); });
  setInterval(watch, WATCH_MS);
  if (channel) channel.onmessage = () => void look();
  void look();
}
