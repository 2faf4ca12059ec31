/* Signed notes, checkpoints and cosignatures as docs/public-log.md has them (c2sp.org), read as
 * strictly as the venue's own program reads them. Nothing here is believed yet: policy.ts says whom to
 * believe. Everything is text in UTF-8; what is hashed are its bytes. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';

/* Names as src/role/vault/tlog_flaw.h has them. */
export type Flaw =
  | 'none' | 'text' | 'signature_line' | 'signatures_many' | 'key_text' | 'key_id' | 'key_kind' | 'signature'
  | 'unsigned' | 'origin' | 'quorum' | 'independent' | 'checkpoint' | 'receipt' | 'inclusion' | 'event'
  | 'event_case' | 'event_slot' | 'policy';

/* Why something is not believed. */
export class Doubt extends Error {
  constructor(readonly flaw: Flaw, why = '') {
    super(why || flaw);
  }
}

export function must(fact: boolean, flaw: Flaw, why = ''): asserts fact {
  if (!fact) throw new Doubt(flaw, why);
}

const NOTE_BYTES_MAX = 65_536;
const SIGNATURES_MAX = 64;
const SIGNATURE_BYTES_MAX = 6144;
const NAME_BYTES_MAX = 255;
const TIME_MAX = (1n << 63n) - 1n;
export const SIZE_MAX = (1n << 62n) - 1n;

const encoder = new TextEncoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

export function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/* Small digits, exactly so many bytes; null: it is none. */
export function hexRead(text: string, bytes: number): Uint8Array | null {
  if (text.length !== 2 * bytes || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: bytes }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/* With its padding, unused bits zero; null: it is none, or nothing. */
export function base64Read(text: string): Uint8Array | null {
  if (text === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const raw = atob(text);
  return btoa(raw) === text ? Uint8Array.from(raw, (letter) => letter.charCodeAt(0)) : null;
}

/* Without leading zeros, at most `most`. */
export function numberRead(text: string, most: bigint): bigint | null {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const number = BigInt(text);
  return number <= most ? number : null;
}

const bigNumber = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
export const hashRead = (text: string): Uint8Array | null => {
  const bytes = base64Read(text);
  return bytes?.length === 32 ? bytes : null;
};

/* ---- keys ---- */

export const KIND_LOG = 1;
export const KIND_WITNESS = 4;

export interface Key { name: string; id: string; kind: number; key: Uint8Array }

/* White space of Unicode, control characters of ASCII and the plus are in no name. */
function isName(text: string): boolean {
  const bytes = bytesOf(text).length;
  // eslint-disable-next-line no-control-regex
  return bytes > 0 && bytes <= NAME_BYTES_MAX && !/[\s\u0000-\u0020\u007f\u0085+]/u.test(text.replace(/\ufeff/g, ''));
}

const idOf = (bytes: Uint8Array): string => Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');

/* name+id+base64 */
export function keyRead(vkey: string): Key {
  const first = vkey.indexOf('+');
  const second = vkey.indexOf('+', first + 1);
  must(first > 0 && second > 0, 'key_text');
  const name = vkey.slice(0, first);
  const id = vkey.slice(first + 1, second);
  const whole = base64Read(vkey.slice(second + 1));
  must(isName(name) && hexRead(id, 4) !== null && whole !== null, 'key_text');
  must(whole[0] === KIND_LOG || whole[0] === KIND_WITNESS, 'key_kind');
  must(whole.length === 33, 'key_text');
  must(idOf(sha256(joined(bytesOf(`${name}\n`), whole))) === id, 'key_id');
  return { name, id, kind: whole[0], key: whole.subarray(1) };
}

/* ---- notes ---- */

interface Signature { name: string; id: string; bytes: Uint8Array }
export interface Note { text: string; signatures: Signature[] }

function signatureRead(line: string): Signature {
  const parts = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line);
  must(parts !== null && isName(parts[1]!), 'signature_line');
  const bytes = base64Read(parts[2]!);
  must(bytes !== null && bytes.length > 4 && bytes.length <= SIGNATURE_BYTES_MAX, 'signature_line');
  return { name: parts[1]!, id: idOf(bytes), bytes: bytes.subarray(4) };
}

export function noteRead(whole: string): Note {
  // eslint-disable-next-line no-control-regex
  /* U+FFFD stands where the bytes were no UTF-8. */
  must(bytesOf(whole).length <= NOTE_BYTES_MAX && !/[\u0000-\u0009\u000b-\u001f\ufffd]/.test(whole), 'text');
  const at = whole.lastIndexOf('\n\n');
  must(at >= 0 && at + 2 < whole.length && whole.endsWith('\n'), 'text');
  const lines = whole.slice(at + 2, -1).split('\n');
  must(lines.length <= SIGNATURES_MAX, 'signatures_many');
  return { text: whole.slice(0, at + 1), signatures: lines.map(signatureRead) };
}

/* RFC 8032, without the cofactor: as other programs of this log decide. */
function isSigned(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/* Whether the note has a line of the key; one that does not verify condemns it. The time is the latest
 * that a witness gives, 0 of a log; null: there is no such line. */
export function noteTime(note: Note, key: Key): bigint | null {
  let found: bigint | null = null;
  const text = bytesOf(note.text);
  for (const { name, id, bytes } of note.signatures) {
    if (name !== key.name || id !== key.id) continue;
    if (key.kind === KIND_LOG) {
      must(bytes.length === 64 && isSigned(key.key, text, bytes), 'signature');
      found = 0n;
      continue;
    }
    must(bytes.length === 72, 'signature');
    const time = bigNumber(bytes.subarray(0, 8));
    must(time <= TIME_MAX, 'signature');
    const head = bytesOf(`cosignature/v1\ntime ${time}\n`);
    must(isSigned(key.key, joined(head, text), bytes.subarray(8)), 'signature');
    found = found === null || time > found ? time : found;
  }
  return found;
}

export interface Checkpoint { origin: string; size: bigint; root: Uint8Array }

export function checkpointRead(text: string): Checkpoint {
  const lines = text.slice(0, -1).split('\n');
  must(text.endsWith('\n') && lines.length >= 3 && lines.every((line) => line !== ''), 'checkpoint');
  const size = numberRead(lines[1]!, SIZE_MAX);
  const root = hashRead(lines[2]!);
  must(size !== null && root !== null, 'checkpoint');
  return { origin: lines[0]!, size, root };
}
