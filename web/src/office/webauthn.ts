/* Security keys: what the browser gives of them, as the console's process wants it. Bytes travel as
 * base64url without padding. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return btoa(String.fromCharCode(...all)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function ofBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}

/* ---- CBOR (RFC 8949), as far as an attestation goes: definite lengths, no floats ---- */

interface Item { major: number; value: number; head: number }

const DEPTH_MAX = 8;

function itemAt(bytes: Uint8Array, at: number): Item {
  const first = bytes[at];
  if (first === undefined) throw new RangeError('it ends too soon');
  const more = first & 31;
  if (more < 24) return { major: first >> 5, value: more, head: 1 };
  const size = more === 24 ? 1 : more === 25 ? 2 : more === 26 ? 4 : 0;
  if (size === 0) throw new RangeError('a length of no such form');
  let value = 0;
  for (let i = 1; i <= size; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new RangeError('it ends too soon');
    value = value * 256 + byte;
  }
  return { major: first >> 5, value, head: 1 + size };
}

/* Where the item at this place ends. */
export function cborEnd(bytes: Uint8Array, at: number, depth = 0): number {
  const item = itemAt(bytes, at);
  let end = at + item.head;
  if (depth > DEPTH_MAX) throw new RangeError('too deep');
  if (item.major === 2 || item.major === 3) end += item.value;
  if (item.major === 4 || item.major === 5) {
    const count = item.major === 5 ? 2 * item.value : item.value;
    for (let i = 0; i < count; i += 1) end = cborEnd(bytes, end, depth + 1);
  }
  if (item.major > 5 && item.major !== 7) throw new RangeError('an item of no such form');
  if (end > bytes.length) throw new RangeError('it ends too soon');
  return end;
}

/* The bytes below a text in the outermost map. */
function bytesUnder(bytes: Uint8Array, name: string): Uint8Array {
  const map = itemAt(bytes, 0);
  if (map.major !== 5) throw new RangeError('no map');
  let at = map.head;
  for (let i = 0; i < map.value; i += 1) {
    const key = itemAt(bytes, at);
    const keyEnd = cborEnd(bytes, at);
    const isIt = key.major === 3 && new TextDecoder().decode(bytes.subarray(at + key.head, keyEnd)) === name;
    const value = itemAt(bytes, keyEnd);
    const end = cborEnd(bytes, keyEnd);
    if (isIt && value.major === 2) return bytes.subarray(keyEnd + value.head, end);
    at = end;
  }
  throw new RangeError(`no ${name}`);
}

const RP_HASH_BYTES = 32;
const HEAD_BYTES = RP_HASH_BYTES + 1 + 4;
const AAGUID_BYTES = 16;
const FLAG_CREDENTIAL = 0x40;

export interface Made { credential: Uint8Array; key: Uint8Array }

/* The credential's name and its public key as COSE has it; throws RangeError. */
export function madeOf(attestation: Uint8Array): Made {
  const data = bytesUnder(attestation, 'authData');
  const at = HEAD_BYTES + AAGUID_BYTES;
  if (data.length < at + 2 || ((data[RP_HASH_BYTES] ?? 0) & FLAG_CREDENTIAL) === 0) throw new RangeError('no credential');
  const size = (data[at] ?? 0) * 256 + (data[at + 1] ?? 0);
  const keyAt = at + 2 + size;
  return { credential: data.slice(at + 2, keyAt), key: data.slice(keyAt, cborEnd(data, keyAt)) };
}

/* What binds a new security key to the officer: signed with the key of the register. */
export function bindingText(venue: string, origin: string, officer: string, made: Made, challenge: string): string {
  return `cambist office credential v1\nvenue: ${venue}\norigin: ${origin}\nofficer: ${officer}\ncredential: ${bytesToHex(made.credential)}\n`
    + `key: ${bytesToHex(sha256(made.key))}\nchallenge: ${bytesToHex(ofBase64url(challenge))}\n`;
}

/* ---- the browser ---- */

const ALGORITHMS = [-7, -8]; /* ES256, EdDSA */
const WAIT_MS = 120_000;

export const isThere = (): boolean => typeof PublicKeyCredential === 'function';

export interface Answer { credential: string; clientData: string; authenticatorData: string; signature: string }

export async function askKey(challenge: string, ids: string[]): Promise<Answer> {
  const found = await navigator.credentials.get({
    publicKey: { challenge: ofBase64url(challenge), rpId: location.hostname, userVerification: 'required', timeout: WAIT_MS, allowCredentials: ids.map((id) => ({ type: 'public-key' as const, id: ofBase64url(id) })) },
  }) as PublicKeyCredential | null;
  if (!found) throw new DOMException('', 'NotAllowedError');
  const answer = found.response as AuthenticatorAssertionResponse;
  return { credential: base64url(found.rawId), clientData: base64url(answer.clientDataJSON), authenticatorData: base64url(answer.authenticatorData), signature: base64url(answer.signature) };
}

export interface Begun { challenge: string; user: string; rp: string; exclude: string[] }

export async function makeKey(begun: Begun, officer: string): Promise<{ clientData: string; attestation: string; made: Made }> {
  const found = await navigator.credentials.create({
    publicKey: {
      challenge: ofBase64url(begun.challenge),
      rp: { id: begun.rp, name: 'Cambist' },
      user: { id: ofBase64url(begun.user), name: officer, displayName: officer },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key' as const, alg })),
      authenticatorSelection: { userVerification: 'required', residentKey: 'discouraged' },
      attestation: 'none',
      timeout: WAIT_MS,
      excludeCredentials: begun.exclude.map((id) => ({ type: 'public-key' as const, id: ofBase64url(id) })),
    },
  }) as PublicKeyCredential | null;
  if (!found) throw new DOMException('', 'NotAllowedError');
  const answer = found.response as AuthenticatorAttestationResponse;
  const attestation = new Uint8Array(answer.attestationObject);
  return { clientData: base64url(answer.clientDataJSON), attestation: base64url(attestation), made: madeOf(attestation) };
}
