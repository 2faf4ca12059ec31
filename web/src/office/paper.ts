/* What is in a paper becomes hashes here, in the browser: neither the paper nor a value in it goes to
 * the console's process. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { hash, join, u64, utf8 } from '../enrol/seal.ts';

export const FIELDS = ['name', 'birth-date', 'nationality', 'document', 'email', 'phone', 'account'] as const;
export type Field = (typeof FIELDS)[number];

const VALUE_BYTES_MAX = 256;
const JOINED: readonly Field[] = ['document', 'account', 'phone'];

export async function hashOfFile(file: Blob): Promise<string> {
  return bytesToHex(sha256(new Uint8Array(await file.arrayBuffer())));
}

export const hashOfText = (text: string): string => bytesToHex(sha256(utf8(text)));

/* The one form of a value, as docs/opening.md's identifiers have it; null: it has none. */
export function formOf(field: Field, value: string): Uint8Array | null {
  const bytes = utf8(value);
  const form: number[] = [];
  if (bytes.length > VALUE_BYTES_MAX) return null;
  for (let letter of bytes) {
    if (JOINED.includes(field) && letter < 0x80 && ' -./()+'.includes(String.fromCharCode(letter))) continue;
    if (letter === 0x20 && (form.length === 0 || form.at(-1) === 0x20)) continue;
    if (letter < 0x20 || letter === 0x7f || (field === 'phone' && (letter < 0x30 || letter > 0x39))) return null;
    if (field === 'email') {
      if (letter >= 0x41 && letter <= 0x5a) letter += 32;
    } else if (letter >= 0x61 && letter <= 0x7a) {
      letter -= 32;
    }
    form.push(letter);
  }
  if (form.at(-1) === 0x20) form.pop();
  return form.length > 0 ? Uint8Array.from(form) : null;
}

/* Stands for what the paper says of a person: with the case as nonce. Null: no such value. */
export function identifierHash(caseName: string, person: number, field: Field, value: string): string | null {
  const form = formOf(field, value);
  return form && bytesToHex(hash('identifier', hexToBytes(caseName), join(u64(BigInt(person)), Uint8Array.of(FIELDS.indexOf(field) + 1)), form));
}

/* The number of a new case. */
export const newCase = (): string => bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
