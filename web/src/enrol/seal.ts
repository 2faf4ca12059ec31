/* What the vault calls sealing, made in the customer's browser: bodies, wraps, hands and the box for
 * the vault's process, byte by byte as docs/vault-crypto.md and docs/enrolment.md have them.
 *
 * Nothing here draws randomness by itself but through `Random`, so that tests can give it. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';

export type Bytes = Uint8Array;
/* Fresh random bytes, this many. */
export type Random = (size: number) => Bytes;

export const KEY_BYTES = 32;
export const WRAP_BYTES = 144;
export const HAND_BYTES = 88;
export const ENROL_TEXT_BYTES = 1024; // padded
export const ENROL_BOX_BYTES = ENROL_TEXT_BYTES + 48;
export const TEXT_BYTES_MAX = 8 * 1024 * 1024;

export type Group = 'identity' | 'contact' | 'address' | 'documents' | 'bank' | 'logins' | 'trades' | 'transfers';
const GROUPS: Record<Group, number> = { identity: 1, contact: 2, address: 3, documents: 4, bank: 5, logins: 6, trades: 7, transfers: 8 };

export interface Label {
  subject: bigint;
  version: number;
  group: Group;
  retention: number;
  epoch: number;
}

const Point = ristretto255.Point;
const G = Point.BASE;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const ZEROS = new Uint8Array(24);
const FIXED_BYTES = 16; // the label without its epoch
const PAD_BYTES = 128;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export function join(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function little(number: bigint | number, size: number): Bytes {
  let rest = BigInt(number);
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 1) {
    bytes[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError('a number that does not fit');
  return bytes;
}

const u32 = (number: number) => little(number, 4);
export const u64 = (number: bigint) => little(number, 8);

function reduced(bytes: Bytes): bigint {
  let number = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) number = (number << 8n) | BigInt(bytes[i] ?? 0);
  return number % ORDER;
}

/* ---- hashes ---- */

const tag = (name: string) => utf8(`cambist/vault/1/${name}`);

function tagged(name: string, size: number, parts: Bytes[]): Bytes {
  const label = tag(name);
  const hash = blake2b.create({ dkLen: size }).update(Uint8Array.of(label.length)).update(label);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const hash = (name: string, ...parts: Bytes[]): Bytes => tagged(name, 32, parts);
export const hashScalar = (name: string, ...parts: Bytes[]): bigint => reduced(tagged(name, 64, parts));
export const derive = (name: string, secret: Bytes, info: Bytes): Bytes => hkdf(sha512, secret, tag(name), info, 32);

/* ---- points, proofs ---- */

/* Throws: no canonical point, or the point at infinity. */
export function pointOf(bytes: Bytes): InstanceType<typeof Point> {
  const point = Point.fromBytes(bytes);
  if (point.equals(Point.ZERO)) throw new RangeError('the point at infinity');
  return point;
}

/* Of 64 random bytes, as Hs reads its own. */
export const scalarOf = reduced;
const scalarBytes = (scalar: bigint) => little(scalar, 32);

export function prove(name: string, secret: bigint, message: Bytes, fresh: Bytes): Bytes {
  const X = G.multiply(secret).toBytes();
  const k = hashScalar('nonce', scalarBytes(secret), fresh, hash(name, X, message));
  const e = hashScalar(name, X, message, G.multiply(k).toBytes());
  return join(scalarBytes(e), scalarBytes((k + e * secret) % ORDER));
}

/* `secret` is used for this box alone. */
export function box(name: string, to: Bytes, bound: Bytes, plain: Bytes, secret: bigint): Bytes {
  const U = G.multiply(secret).toBytes();
  const key = derive(name, pointOf(to).multiply(secret).toBytes(), join(U, to, bound));
  return join(U, xchacha20poly1305(key, ZEROS).encrypt(plain));
}

/* ---- records ---- */

export function labelBytes(label: Label): Bytes {
  if (label.subject < 1n || label.version < 1 || label.retention < 1 || label.epoch < 1) throw new RangeError('no label');
  return join(u64(label.subject), u32(label.version), Uint8Array.of(GROUPS[label.group], label.retention, 0, 0), u32(label.epoch));
}

export function padded(text: Bytes, size = (Math.floor(text.length / PAD_BYTES) + 1) * PAD_BYTES): Bytes {
  if (text.length >= size) throw new RangeError('a text that does not fit');
  const all = new Uint8Array(size);
  all.set(text);
  all[text.length] = 0x80;
  return all;
}

export function closeBody(label: Bytes, key: Bytes, text: Bytes, nonce: Bytes): Bytes {
  if (text.length > TEXT_BYTES_MAX) throw new RangeError('a text that is too long');
  const plain = padded(text);
  const body = join(nonce, xchacha20poly1305(key, nonce, label.slice(0, FIXED_BYTES)).encrypt(plain));
  plain.fill(0);
  return body;
}

/* The wrap for the officers: its randomness follows from key and label alone; `fresh` is for the proof. */
export function wrap(label: Bytes, groupKey: Bytes, key: Bytes, bodyHash: Bytes, fresh: Bytes): Bytes {
  const r = hashScalar('wrap-r', key, label, groupKey);
  const R = G.multiply(r).toBytes();
  const wrapKey = derive('wrap-key', pointOf(groupKey).multiply(r).toBytes(), join(R, groupKey, label));
  const wrapped = xchacha20poly1305(wrapKey, ZEROS, label).encrypt(key);
  return join(R, wrapped, prove('wrap-proof', r, join(groupKey, label, wrapped, bodyHash), fresh));
}

/* The copy of the key for the reviewer, until `until` (seconds since 1970). */
export function reviewHand(label: Bytes, reviewer: Bytes, until: bigint, key: Bytes, fresh: Bytes): Bytes {
  const end = u64(until);
  return join(end, box('hand-review', reviewer, join(label, end), key, scalarOf(fresh)));
}

/* What the vault's process may read once. Its randomness follows from the identity's key and label, so that
 * the reviewer makes the same box again. */
export function enrolBox(label: Bytes, enrolKey: Bytes, key: Bytes, bodyHash: Bytes, text: Bytes): Bytes {
  const plain = padded(text, ENROL_TEXT_BYTES);
  const made = box('enrol', enrolKey, join(label, bodyHash), plain, hashScalar('enrol-u', key, label, enrolKey));
  plain.fill(0);
  return made;
}
