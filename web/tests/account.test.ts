/* Aim: the page renews its key while it is used and at no other time; a signature is over what is sent;
 * keys and texts of a form are gone also when sealing it fails.
 * Method: the rule of renewal at each of its bounds; Ed25519 signatures verified with the public half;
 * randomness that fails half way, and what it had given before. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { KEY_LIFE_MS, MARGIN_MS, RENEW_MS, stepOf } from '../src/account/pace.ts';
import { base64, Signer, signByHmac, signByKey } from '../src/api/client.ts';
import { sealEnrolment } from '../src/enrol/enrol.ts';

test('a tab that is used renews its key, an idle one lets it run out', () => {
  const begin = 1_000_000;
  const end = begin + KEY_LIFE_MS;
  assert.equal(stepOf(begin + RENEW_MS - 1, begin + 5, begin, end), 'rest');
  assert.equal(stepOf(begin + RENEW_MS, begin + 5, begin, end), 'renew');
  assert.equal(stepOf(begin + RENEW_MS, begin, begin, end), 'rest'); // not used since
  assert.equal(stepOf(end - MARGIN_MS - 1, begin, begin, end), 'rest');
  assert.equal(stepOf(end - MARGIN_MS, begin, begin, end), 'lapse');
  assert.equal(stepOf(end - MARGIN_MS, end - MARGIN_MS - 1, begin, end), 'renew');
  assert.equal(stepOf(end + RENEW_MS, end - MARGIN_MS, begin, end), 'lapse');
});

test('what a page key signs is verified with its public half, behind the query the bytes', async () => {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']) as CryptoKeyPair;
  const signer = new Signer('k'.repeat(64), signByKey(pair.privateKey));
  const body = Uint8Array.of(0, 255, 10, 13, 0);
  const made = Uint8Array.from(atob(await signer.sign('a=1&b=%20', body)), (letter) => letter.charCodeAt(0));
  const message = Uint8Array.of(...new TextEncoder().encode('a=1&b=%20'), ...body);
  assert.equal(await crypto.subtle.verify('Ed25519', pair.publicKey, made, message), true);
  message[0] = 0;
  assert.equal(await crypto.subtle.verify('Ed25519', pair.publicKey, made, message), false);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey));
});

test('an HMAC signature is as it was, and base64 is that of others', async () => {
  const signer = new Signer('k', signByHmac('key'));
  /* RFC 4231 gives no case of text; this one is everybody's. */
  assert.equal(await signer.sign('The quick brown fox jumps over the lazy dog'), 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8');
  for (const size of [0, 1, 2, 3, 32]) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => 250 - i);
    assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
  }
});

test('keys are wiped also when sealing fails', () => {
  const point = 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'; // the base point
  const offer = { subject: '7', version: 1, epoch: 1, retention: 1, until: '1800000000', groupKey: point, enrolKey: point, reviewer: point };
  const form = {
    names: [{ text: 'Nora Example', script: 'Latn' }], birthDate: '1990-02-03', nationalities: ['LV'], email: 'nora@example.invalid',
    document: { kind: 'passport', country: 'LV', number: 'X1' }, residence: 'LV', address: ['Street 1'], phone: '', key: '',
  };
  for (const most of [1, 2, 3, 4, 5, 6, 7]) {
    const given: Uint8Array[] = [];
    const random = (size: number) => {
      if (given.length === most) throw new Error('no more');
      const bytes = new Uint8Array(size).fill(7);
      given.push(bytes);
      return bytes;
    };
    assert.throws(() => sealEnrolment(offer, form, [], random), /no more/);
    assert.equal(given.length, most);
    assert.ok(given.every((bytes) => bytes.every((byte) => byte === 0)), `behind ${most}`);
  }
});
