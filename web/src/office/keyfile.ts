/* An officer's key file: PKCS #8 with an Ed25519 key, as openssl writes it. The key is read, signs one
 * text and is overwritten; nothing keeps it. */
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

function has(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}

/* The 32 bytes; throws KeyRefusal. Whoever calls it overwrites them. */
export function seedOf(pem: string): Uint8Array {
  if (pem.includes('ENCRYPTED')) throw new KeyRefusal('locked');
  const found = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(pem);
  if (!found) throw new KeyRefusal('form');
  let der: Uint8Array;
  try {
    der = Uint8Array.from(atob((found[1] ?? '').replace(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    throw new KeyRefusal('form');
  }
  const seedAt = ALGORITHM_AT + ALGORITHM.length + SEED_HEAD.length;
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || !has(der, 2, [0x02, 0x01]) || (der[4] ?? 2) > 1) throw new KeyRefusal('form');
  if (!has(der, ALGORITHM_AT, ALGORITHM) || !has(der, ALGORITHM_AT + ALGORITHM.length, SEED_HEAD) || der.length < seedAt + SEED_BYTES) throw new KeyRefusal('kind');
  const seed = der.slice(seedAt, seedAt + SEED_BYTES);
  der.fill(0);
  return seed;
}

export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/* The signature over the text in base64. */
export function signText(pem: string, text: string): string {
  const seed = seedOf(pem);
  try {
    return base64(ed25519.sign(new TextEncoder().encode(text), seed));
  } finally {
    seed.fill(0);
  }
}
