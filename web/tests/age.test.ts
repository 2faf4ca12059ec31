/* Aim: what is sealed here is an age file for one key and nobody else; other texts are no keys.
 * Method: sealed to a known key and opened by hand, step by step as the format says; Debian's age
 * opens one in tests/e2e/inbox_test.py, through the page. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { AGE_OVERHEAD, makeKey, recipientOf, seal } from '../src/inbox/age.ts';

// Made once with Debian's age-keygen for these tests; its secret key is nowhere.
const RECIPIENT = 'age1428n7uf0gvp8ucflpam7u95c4890ywz72jm26gxewnyu5mt6k3lqf6hynt';
const utf8 = (text: string) => new TextEncoder().encode(text);
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

test('a recipient is 32 bytes in its one form', () => {
  assert.equal(recipientOf(RECIPIENT)?.length, 32);
  for (let at = 0; at < RECIPIENT.length; at += 1) {
    const other = RECIPIENT[at] === 'q' ? 'p' : 'q';
    assert.equal(recipientOf(RECIPIENT.slice(0, at) + other + RECIPIENT.slice(at + 1)), null, `${at}`);
  }
  for (const text of ['', 'age1', RECIPIENT.toUpperCase(), `${RECIPIENT}q`, RECIPIENT.slice(0, -1), ` ${RECIPIENT}`]) assert.equal(recipientOf(text), null, text);
});

test('a file is opened by the key alone', () => {
  const secrets: Uint8Array[] = [];
  let drawn = 0;
  const random = (size: number) => {
    const bytes = new Uint8Array(size).map(() => { drawn += 1; return (drawn * 89) % 251; });
    secrets.push(bytes.slice());
    return bytes;
  };
  const file = utf8('an invented paper');
  const sealed = seal(RECIPIENT, file, random);
  assert.ok(sealed && sealed.length <= file.length + AGE_OVERHEAD);
  const [fileKey, secret] = secrets as [Uint8Array, Uint8Array];
  const lines = Buffer.from(sealed).toString('latin1').split('\n');
  assert.equal(lines[0], 'age-encryption.org/v1');
  const share = bytesOf((lines[1] ?? '').replace('-> X25519 ', ''));
  assert.deepEqual(share, x25519.getPublicKey(secret));
  const key = recipientOf(RECIPIENT) as Uint8Array;
  const wrapKey = hkdf(sha256, x25519.getSharedSecret(secret, key), new Uint8Array([...share, ...key]), utf8('age-encryption.org/v1/X25519'), 32);
  assert.deepEqual(chacha20poly1305(wrapKey, new Uint8Array(12)).decrypt(bytesOf(lines[2] ?? '')), fileKey);
  const at = lines.slice(0, 4).reduce((size, line) => size + line.length + 1, 0);
  const body = hkdf(sha256, fileKey, sealed.slice(at, at + 16), utf8('payload'), 32);
  const last = new Uint8Array(12);
  last[11] = 1;
  assert.deepEqual(chacha20poly1305(body, last).decrypt(sealed.slice(at + 16)), file);
});

test('nothing, too much and nobody are not sealed', () => {
  const random = (size: number) => new Uint8Array(size).fill(7);
  assert.equal(seal(RECIPIENT, new Uint8Array(0), random), null);
  assert.equal(seal(RECIPIENT, new Uint8Array(64 * 1024 + 1), random), null);
  assert.equal(seal('age1nobody', new Uint8Array(1), random), null);
});

test('a key that is made opens what is sealed to it', () => {
  const secret = new Uint8Array(32).map((_, at) => (at * 37 + 11) % 256);
  const made = makeKey(() => secret.slice());
  assert.deepEqual(recipientOf(made.recipient), x25519.getPublicKey(secret));
  // What Debian's age-keygen -y says of this identity, and its text in full.
  assert.equal(made.identity, 'AGE-SECRET-KEY-1PVC9275LCN5SUV6C0K3V0MQ3XEDCPFW2AU2RJH5R4RXLY9EUVXRQ98K663');
  assert.equal(made.recipient, 'age1t6wng2mu48whfq7pv97g6p7raxdl7gwg2k5fj509fry9m7t4h9xsqhuzsx');
});
