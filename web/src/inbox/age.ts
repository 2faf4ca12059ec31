/* A file sealed to one key, as age-encryption.org/v1 has it: what `age -r age1...` makes, and the
 * officers open with `age -d`. Only what one small file needs: one X25519 key, one chunk. */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64 } from '../api/client.ts';

export const AGE_OVERHEAD = 200; // bytes that a file grows by
const CHUNK = 64 * 1024;
const SYMBOLS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const PREFIX = 'age';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const plain = (bytes: Uint8Array): string => base64(bytes).replace(/=+$/, '');

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/* The checksum of bech32 (BIP 173): 1 where it holds. */
function checksum(values: number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    generators.forEach((generator, bit) => { if ((top >>> bit) & 1) sum ^= generator; });
  }
  return sum >>> 0;
}

/* Bytes as bech32 (BIP 173) has them, in small letters. */
function bech32(prefix: string, bytes: Uint8Array): string {
  const values: number[] = [];
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (count += 8; count >= 5; count -= 5) values.push((bits >> (count - 5)) & 31);
  }
  if (count > 0) values.push((bits << (5 - count)) & 31);
  const letters = [...prefix].map((letter) => letter.charCodeAt(0));
  const head = [...letters.map((code) => code >> 5), 0, ...letters.map((code) => code & 31)];
  const sum = checksum([...head, ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let at = 5; at >= 0; at -= 1) values.push((sum >>> (5 * at)) & 31);
  return `${prefix}1${values.map((value) => SYMBOLS[value]).join('')}`;
}

export interface AgeKey {
  recipient: string; // age1...: what others seal to
  identity: string; // AGE-SECRET-KEY-1...: what opens it
}

/* A key of its owner's own, as `age-keygen` makes one. */
export function makeKey(random: (size: number) => Uint8Array): AgeKey {
  const secret = random(32);
  const key = { recipient: bech32(PREFIX, x25519.getPublicKey(secret)), identity: bech32('age-secret-key-', secret).toUpperCase() };
  secret.fill(0);
  return key;
}

/* The 32 bytes of age1...; null: it is none. */
export function recipientOf(text: string): Uint8Array | null {
  if (!text.startsWith(`${PREFIX}1`) || text.length !== 62) return null;
  const values = [...text.slice(PREFIX.length + 1)].map((symbol) => SYMBOLS.indexOf(symbol));
  const letters = [...PREFIX].map((letter) => letter.charCodeAt(0));
  const head = [...letters.map((code) => code >> 5), 0, ...letters.map((code) => code & 31)];
  if (values.includes(-1) || checksum([...head, ...values]) !== 1) return null;
  const key = new Uint8Array(32);
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const value of values.slice(0, -6)) {
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count >= 8) {
      count -= 8;
      key[at] = (bits >> count) & 0xff;
      at += 1;
    }
  }
  return at === 32 && (bits & ((1 << count) - 1)) === 0 ? key : null;
}

/* null: no recipient, nothing to seal, or more than one chunk holds. */
export function seal(recipient: string, file: Uint8Array, random: (size: number) => Uint8Array): Uint8Array<ArrayBuffer> | null {
  const key = recipientOf(recipient);
  if (!key || file.length === 0 || file.length > CHUNK) return null;
  const fileKey = random(16);
  const secret = random(32);
  const share = x25519.getPublicKey(secret);
  const wrapKey = hkdf(sha256, x25519.getSharedSecret(secret, key), joined(share, key), utf8('age-encryption.org/v1/X25519'), 32);
  const wrapped = chacha20poly1305(wrapKey, new Uint8Array(12)).encrypt(fileKey);
  const head = `age-encryption.org/v1\n-> X25519 ${plain(share)}\n${plain(wrapped)}\n---`;
  const mac = hmac(sha256, hkdf(sha256, fileKey, undefined, utf8('header'), 32), utf8(head));
  const nonce = random(16);
  const last = new Uint8Array(12);
  last[11] = 1; // the first chunk is the last one
  const body = chacha20poly1305(hkdf(sha256, fileKey, nonce, utf8('payload'), 32), last).encrypt(file);
  for (const bytes of [fileKey, secret, wrapKey]) bytes.fill(0);
  return joined(utf8(`${head} ${plain(mac)}\n`), nonce, body);
}
