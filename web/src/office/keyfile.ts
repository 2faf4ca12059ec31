/* An officer's key file: PKCS #8 with an Ed25519 key, as openssl writes it. It is read as bytes, signs
 * one text, and every copy that is made here is overwritten; those of the browser itself are not ours. */
import { ed25519 } from '@noble/curves/ed25519.js';

export type KeyFault = 'form' | 'locked' | 'kind';

export class KeyRefusal extends Error {
  constructor(readonly fault: KeyFault) {
    super(fault);
  }
}

const SEED_BYTES = 32;
/* SEQUENCE, version 0 or 1, the algorithm 1.3.101.112, and the key as an octet string in one. */
const ALGORITHM = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
const SEED_HEAD = [0x04, 0x22, 0x04, 0x20];
const ALGORITHM_AT = 5;
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const BEGIN = ascii('-----BEGIN PRIVATE KEY-----');
const END = ascii('-----END PRIVATE KEY-----');
const LOCKED = ascii('ENCRYPTED');
const LETTERS = ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;
const BLANKS = ascii(' \t\r\n');

function has(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}

function find(bytes: Uint8Array, wanted: readonly number[]): number {
  for (let at = 0; at + wanted.length <= bytes.length; at += 1) if (has(bytes, at, wanted)) return at;
  return -1;
}

/* What base64 stands for, without a text of it; null: it is none. */
function ofBase64(bytes: Uint8Array): Uint8Array | null {
  const made = new Uint8Array(Math.ceil(bytes.length * 3 / 4));
  let size = 0;
  let letters = 0;
  let pads = 0;
  let bits = 0;
  for (const byte of bytes) {
    if (BLANKS.includes(byte)) continue;
    const value = byte === PAD ? 0 : LETTERS.indexOf(byte);
    if (value < 0 || (byte !== PAD && pads > 0)) { made.fill(0); return null; }
    pads += byte === PAD ? 1 : 0;
    bits = bits << 6 | value;
    letters += 1;
    if (letters % 4 === 0) {
      made.set([bits >> 16 & 255, bits >> 8 & 255, bits & 255], size);
      size += 3;
      bits = 0;
    }
  }
  if (letters % 4 !== 0 || pads > 2) { made.fill(0); return null; }
  const whole = made.slice(0, size - pads);
  made.fill(0);
  return whole;
}

/* The 32 bytes of the key; throws KeyRefusal. Whoever calls it overwrites them, and the file's. */
export function seedOf(file: Uint8Array): Uint8Array {
  const begin = find(file, BEGIN);
  const end = find(file, END);
  if (find(file, LOCKED) >= 0) throw new KeyRefusal('locked');
  if (begin < 0 || end < begin) throw new KeyRefusal('form');
  const der = ofBase64(file.subarray(begin + BEGIN.length, end));
  if (der === null) throw new KeyRefusal('form');
  try {
    const seedAt = ALGORITHM_AT + ALGORITHM.length + SEED_HEAD.length;
    if (der[0] !== 0x30 || der[1] !== der.length - 2 || !has(der, 2, [0x02, 0x01]) || (der[4] ?? 2) > 1) throw new KeyRefusal('form');
    if (!has(der, ALGORITHM_AT, ALGORITHM) || !has(der, ALGORITHM_AT + ALGORITHM.length, SEED_HEAD) || der.length < seedAt + SEED_BYTES) throw new KeyRefusal('kind');
    return der.slice(seedAt, seedAt + SEED_BYTES);
  } finally {
    der.fill(0);
  }
}

/* The signature over the text in base64; the file's bytes are overwritten, also when it throws. */
export function signText(file: Uint8Array, text: string): string {
  let seed: Uint8Array | null = null;
  try {
    seed = seedOf(file);
    return btoa(String.fromCharCode(...ed25519.sign(new TextEncoder().encode(text), seed)));
  } finally {
    seed?.fill(0);
    file.fill(0);
  }
}
