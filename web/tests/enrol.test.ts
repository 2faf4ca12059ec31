/* Aim: what the browser seals is what docs/vault-crypto.md says, and a form that cannot be is refused.
 * Method: the vault's test vectors made again; a form sealed with known randomness and opened with the
 * reviewer's key and with the key of the vault's process; forms at the edges. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import test from 'node:test';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { fromHex, type Offer, sealEnrolment } from '../src/enrol/enrol.ts';
import { enrolText, FILES_BYTES_MAX, type Form, type FormFile, FormRefused, textsOf } from '../src/enrol/form.ts';
import * as seal from '../src/enrol/seal.ts';
import { mostOf, sendSealed } from '../src/enrol/send.ts';
import { ApiError } from '../src/api/client.ts';

declare const WEB_ROOT: string;

type Item = Record<string, string> & { subject: number; version: number; retention: number; epoch: number };
const vectors = JSON.parse(readFileSync(process.env.CAMBIST_VECTORS ?? path(WEB_ROOT, '../tests/golden/vault/vectors.json'), 'utf8')) as Record<string, Item>;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const at = (item: Item, name: string) => fromHex(item[name] as string);
const item = (name: string) => vectors[name] as Item;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const G = ristretto255.Point.BASE;
const ZEROS = new Uint8Array(24);

function boxOpen(name: string, key: bigint, bound: Uint8Array, box: Uint8Array): Uint8Array {
  const U = box.slice(0, 32);
  const shared = seal.pointOf(U).multiply(key).toBytes();
  return xchacha20poly1305(seal.derive(name, shared, seal.join(U, G.multiply(key).toBytes(), bound)), ZEROS).decrypt(box.slice(32));
}

test('hashes, derivations, proofs and boxes are those of the vectors', () => {
  const hash = item('hash');
  assert.equal(hex(seal.hash(hash.name as string, at(hash, 'message'))), hash.hash);
  assert.equal(hex(seal.little(seal.hashScalar(hash.name as string, at(hash, 'message')), 32)), hash.scalar);
  assert.equal(hex(seal.derive(hash.name as string, at(hash, 'secret'), at(hash, 'message'))), hash.derived);
  const proof = item('proof');
  assert.equal(hex(seal.prove(proof.name as string, seal.scalarOf(at(proof, 'secret')), at(proof, 'message'), at(proof, 'random'))), proof.proof);
  const box = item('box');
  const to = G.multiply(seal.scalarOf(at(box, 'key'))).toBytes();
  assert.equal(hex(seal.box(box.name as string, to, at(box, 'bound'), at(box, 'plain'), seal.scalarOf(at(box, 'random')))), box.box);
});

test('records are those of the vectors, and their hands open', () => {
  for (const name of ['record-1', 'record-2']) {
    const v = item(name);
    const random = at(v, 'random');
    const label = seal.labelBytes({ subject: BigInt(v.subject), version: v.version, group: v.group as seal.Group, retention: v.retention, epoch: v.epoch });
    assert.equal(hex(label), v.label);
    const body = seal.closeBody(label, at(v, 'dek'), seal.utf8(v.text as string), random.slice(32, 56));
    assert.equal(hex(body), v.body);
    assert.equal(hex(seal.hash('body', body)), v.bodyHash);
    assert.equal(hex(seal.wrap(label, at(v, 'groupKey'), at(v, 'dek'), at(v, 'bodyHash'), random.slice(56, 88))), v.wrap);
    const hand = at(v, 'hand');
    const reviewer = seal.scalarOf(at(v, 'reviewer'));
    assert.equal(hex(boxOpen('hand-review', reviewer, seal.join(label, hand.slice(0, 8)), hand.slice(8))), v.dek);
    const ours = seal.reviewHand(label, G.multiply(reviewer).toBytes(), 1_800_000_000n, at(v, 'dek'), new Uint8Array(64).fill(7));
    assert.equal(ours.length, seal.HAND_BYTES);
    assert.equal(hex(ours.slice(0, 8)), hex(hand.slice(0, 8)));
    assert.equal(hex(boxOpen('hand-review', reviewer, seal.join(label, ours.slice(0, 8)), ours.slice(8))), v.dek);
  }
});

// ---- a form ----

const form = (change: Partial<Form> = {}): Form => ({
  names: [{ text: 'Ilona  Quellfrost', script: 'Latn' }, { text: 'Илона Квельфрост', script: 'Cyrl' }],
  birthDate: '1990-02-03',
  nationalities: ['FR', 'LV'],
  email: 'ilona@example.invalid',
  document: { kind: 'passport', country: 'FR', number: 'QF 77-310' },
  residence: 'FR',
  address: ['3 rue du Gel', '75000 Paris'],
  phone: '',
  key: '',
  ...change,
});
const png = (size: number): FormFile => {
  const bytes = new Uint8Array(size);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return { name: '../../<b>x</b>.png', bytes };
};

test('a form is sealed for the reviewer, the officers and the vault, each for theirs', () => {
  const [group, reviewer, enrol] = [11n, 12n, 13n];
  const pointHex = (key: bigint) => hex(G.multiply(key).toBytes());
  const offer: Offer = { subject: '17', version: 1, epoch: 2, retention: 1, until: '1800000000', groupKey: pointHex(group), enrolKey: pointHex(enrol), reviewer: pointHex(reviewer) };
  let drawn = 0;
  const random = (size: number) => new Uint8Array(size).map(() => { drawn += 1; return (drawn * 97) % 251; });
  const sealed = sealEnrolment(offer, form(), [png(1_000)], random);
  assert.deepEqual([...sealed.slice(0, 4)], [3, 0, 0, 0]);
  const view = new DataView(sealed.buffer);
  const texts: string[] = [];
  let offset = 4;
  let identity = { label: ZEROS, key: ZEROS, hash: ZEROS };
  for (let i = 0; i < 3; i += 1) {
    const label = sealed.slice(offset, offset + 20);
    const wrap = sealed.slice(offset + 24, offset + 24 + seal.WRAP_BYTES);
    const hash = sealed.slice(offset + 168, offset + 200);
    const size = view.getUint32(offset + 200, true);
    const hand = sealed.slice(offset + 216, offset + 216 + seal.HAND_BYTES);
    const body = sealed.slice(offset + 304, offset + 304 + size);
    assert.deepEqual([...sealed.slice(offset + 204, offset + 208)], [1, 0, 0, 0]);
    assert.equal(hex(seal.hash('body', body)), hex(hash));
    const key = boxOpen('hand-review', reviewer, seal.join(label, hand.slice(0, 8)), hand.slice(8));
    // The officers' way to the same key, and the wrap made again from it.
    const R = wrap.slice(0, 32);
    const wrapKey = seal.derive('wrap-key', seal.pointOf(R).multiply(group).toBytes(), seal.join(R, fromHex(offer.groupKey), label));
    assert.equal(hex(xchacha20poly1305(wrapKey, ZEROS, label).decrypt(wrap.slice(32, 80))), hex(key));
    assert.equal(hex(seal.wrap(label, fromHex(offer.groupKey), key, hash, new Uint8Array(32)).slice(0, 80)), hex(wrap.slice(0, 80)));
    texts.push(text(xchacha20poly1305(key, body.slice(0, 24), label.slice(0, 16)).decrypt(body.slice(24))));
    if (i === 0) identity = { label, key, hash };
    offset += 304 + size;
  }
  assert.match(texts[0] as string, /^name: Ilona Quellfrost\nscript: Latn\nname: Илона Квельфрост\nscript: Cyrl\nbirth-date: 1990-02-03\nnationality: FR\nnationality: LV\nemail: ilona@example.invalid\ndocument: QF 77-310\ndocument-kind: passport\ndocument-country: FR\n/);
  assert.match(texts[1] as string, /^residence: FR\naddress: 3 rue du Gel\naddress: 75000 Paris\n/);
  assert.match(texts[2] as string, /^document-1\.png\0/);
  assert.equal(hex(sealed.slice(offset, offset + 32)), offer.reviewer);
  const box = sealed.slice(offset + 32);
  assert.equal(box.length, seal.ENROL_BOX_BYTES);
  const plain = boxOpen('enrol', enrol, seal.join(identity.label, identity.hash), box);
  const mine = 'name: Ilona Quellfrost\nname: Илона Квельфрост\nbirth-date: 1990-02-03\nnationality: FR\nnationality: LV\nemail: ilona@example.invalid\ndocument: QF 77-310\n';
  assert.equal(hex(plain), hex(seal.padded(seal.utf8(mine), seal.ENROL_TEXT_BYTES)));
  assert.equal(hex(seal.enrolBox(identity.label, fromHex(offer.enrolKey), identity.key, identity.hash, seal.utf8(mine))), hex(box));
  for (const word of ['Ilona', 'QF 77', 'rue du Gel', 'example.invalid']) assert.ok(!Buffer.from(sealed).includes(word), word);
});

test('the same form sealed twice shares nothing but its labels and the reviewer', () => {
  const offer: Offer = { subject: '17', version: 1, epoch: 2, retention: 1, until: '1800000000', groupKey: hex(G.multiply(5n).toBytes()), enrolKey: hex(G.multiply(6n).toBytes()), reviewer: hex(G.multiply(7n).toBytes()) };
  let drawn = 0;
  const random = (size: number) => new Uint8Array(size).map(() => { drawn += 1; return (drawn * 89) % 253; });
  const [a, b] = [sealEnrolment(offer, form(), [], random), sealEnrolment(offer, form(), [], random)];
  assert.equal(a.length, b.length);
  const boxAt = a.length - seal.ENROL_BOX_BYTES;
  assert.notEqual(hex(a.slice(boxAt, boxAt + 32)), hex(b.slice(boxAt, boxAt + 32)));
  assert.notEqual(hex(a.slice(28, 172)), hex(b.slice(28, 172)));
});

test('an offer that is none seals nothing', () => {
  const good: Offer = { subject: '17', version: 1, epoch: 2, retention: 1, until: '1800000000', groupKey: hex(G.multiply(5n).toBytes()), enrolKey: hex(G.multiply(6n).toBytes()), reviewer: hex(G.multiply(7n).toBytes()) };
  const none = '00'.repeat(32); // the point at infinity
  for (const change of [{ groupKey: none }, { enrolKey: none }, { reviewer: none }, { groupKey: 'ff'.repeat(32) }, { reviewer: 'x' }, { subject: '0' }, { subject: '-1' }, { version: 0 }, { epoch: 0 }]) {
    assert.throws(() => sealEnrolment({ ...good, ...change }, form(), [], (size) => new Uint8Array(size).fill(3)), JSON.stringify(change));
  }
});

const OWN_KEY = 'age1428n7uf0gvp8ucflpam7u95c4890ywz72jm26gxewnyu5mt6k3lqf6hynt';

test('a key of one\'s own stands in the identity, where the opener looks for it, and goes to nobody else', () => {
  const [, identity] = textsOf(form({ key: ` ${OWN_KEY} ` }), [])[0] as [string, Uint8Array];
  assert.ok(text(identity).endsWith(`document-country: FR\nkey: ${OWN_KEY}\n`));
  assert.equal(enrolText(text(identity)).includes('age1'), false);
  assert.equal(text((textsOf(form(), [])[0] as [string, Uint8Array])[1]).includes('key:'), false);
});

test('what no form may say', () => {
  const refused = (part: string, why: string, change: Partial<Form>, files: FormFile[] = []) => assert.throws(() => textsOf(form(change), files),
    (error) => error instanceof FormRefused && error.part === part && error.why === why, `${part} ${why} ${JSON.stringify(change)}`);
  const name = (one: string) => ({ names: [{ text: one, script: 'Latn' }] });
  refused('names', 'missing', { names: [] });
  refused('names', 'missing', name('  '));
  refused('names', 'form', name('Ilona\ndocument: X'));
  refused('names', 'form', name('Ilona\u202eX'));
  refused('names', 'form', name('Il\u200bona'));
  refused('names', 'form', { names: [{ text: 'Ilona', script: 'Klin' }] });
  refused('names', 'long', name('x'.repeat(121)));
  refused('names', 'many', { names: Array.from({ length: 5 }, () => ({ text: 'x', script: 'Latn' })) });
  refused('birthDate', 'form', { birthDate: '1990-02-30' });
  refused('birthDate', 'form', { birthDate: '90-02-03' });
  refused('nationalities', 'form', { nationalities: ['fr'] });
  refused('nationalities', 'missing', { nationalities: [] });
  refused('email', 'form', { email: 'nobody' });
  refused('document', 'form', { document: { kind: 'passport', country: 'FR', number: '--' } });
  refused('document', 'form', { document: { kind: 'library card', country: 'FR', number: '7' } });
  refused('residence', 'missing', { residence: '' });
  refused('address', 'missing', { address: [] });
  refused('address', 'many', { address: Array.from({ length: 7 }, () => 'x') });
  refused('phone', 'form', { phone: 'call me' });
  for (const key of ['age1', `${OWN_KEY}q`, OWN_KEY.replace(/.$/, 'q'), OWN_KEY.toUpperCase(), `AGE-SECRET-KEY-1${OWN_KEY.slice(4).toUpperCase()}`]) refused('key', 'form', { key });
  refused('files', 'kind', {}, [{ name: 'a.png', bytes: seal.utf8('<svg onload=x>') }]);
  refused('files', 'kind', {}, [{ name: 'a.png', bytes: new Uint8Array(0) }]);
  refused('files', 'many', {}, Array.from({ length: 7 }, () => png(9)));
  refused('files', 'long', {}, [png(FILES_BYTES_MAX), png(8)]);
  // The longest that may be fits into the box; joiners stand in names.
  const long = 'x'.repeat(120);
  const most = form({ names: Array.from({ length: 4 }, () => ({ text: long, script: 'Latn' })), nationalities: ['FR', 'LV', 'DE', 'IT'], email: `${'e'.repeat(240)}@invalid`, document: { kind: 'passport', country: 'FR', number: '7'.repeat(40) } });
  assert.ok(seal.utf8(enrolText(text((textsOf(most, [])[0] as [string, Uint8Array])[1]))).length < seal.ENROL_TEXT_BYTES);
  assert.equal(textsOf(form(name('نام\u200cها')), []).length, 2);
});

test('the box is the one that the vault\'s own code makes', () => {
  const label = seal.labelBytes({ subject: 17n, version: 1, group: 'identity', retention: 1, epoch: 2 });
  const identity = 'name: Ilona Quellfrost\nscript: Latn\nbirth-date: 1990-02-03\nnationality: FR\nemail: ilona@example.invalid\ndocument: QF 77-310\ndocument-kind: passport\ndocument-country: FR\n';
  const box = seal.enrolBox(label, G.multiply(13n).toBytes(), new Uint8Array(32).fill(0x11), new Uint8Array(32).fill(0x22), seal.utf8(enrolText(identity)));
  // The same constant as in src/role/vault/seal_enrol_test.c.
  assert.equal(hex(seal.hash('enrol-box', box)), '56ad727e7ee0633e0c46cad308fba65b830f3c78fcbe8c46d086bc7d35e6afc2');
});

/* ---- sending ---- */

const LIMITS = { bytesMax: 100, pieceBytes: 84, wholeBytesMax: 1000 };
const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, i) => i % 251);

/* What keep does with pieces, as src/role/vault/vault_upload.c has it; `lose` says which answers are lost. */
function taker(lose: (call: number) => 'before' | 'behind' | null = () => null) {
  const said: { calls: string[]; have: number[]; whole: Uint8Array | null } = { calls: [], have: [], whole: null };
  const post = async (path: string, bytes: Uint8Array<ArrayBuffer>): Promise<{ next?: number }> => {
    said.calls.push(path);
    const lost = lose(said.calls.length);
    if (lost === 'before') throw new ApiError('unknown', 0, 0, 'lost');
    if (!path.endsWith('/piece')) return {};
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [total, offset] = [view.getUint32(8, true), view.getUint32(12, true)];
    assert.notEqual(view.getBigUint64(0, true), 0n);
    assert.equal(bytes.length - 16, Math.min(LIMITS.pieceBytes, total - offset));
    if (offset === said.have.length) said.have.push(...bytes.subarray(16));
    if (said.have.length === total) said.whole = Uint8Array.from(said.have);
    if (lost === 'behind') throw new ApiError('unknown', 0, 0, 'lost');
    return { next: said.have.length };
  };
  return { said, post };
}

const drawn = (size: number) => new Uint8Array(size);

test('what fits goes whole, and everything where the venue takes no pieces', async () => {
  const { said, post } = taker();
  assert.equal(await sendSealed(bytesOf(100), LIMITS, post, drawn), true);
  assert.equal(await sendSealed(bytesOf(500), { bytesMax: 100 }, post, drawn), true);
  assert.deepEqual(said.calls, ['/page/v1/enrolment', '/page/v1/enrolment']);
  assert.deepEqual([mostOf(LIMITS), mostOf({ bytesMax: 100 }), mostOf({ bytesMax: 100, wholeBytesMax: 9 })], [1000, 100, 100]);
});

test('what is longer goes in pieces, in their order, and says how far it is', async () => {
  for (const size of [101, 168, 169, 1000]) {
    const { said, post } = taker();
    const told: number[] = [];
    assert.equal(await sendSealed(bytesOf(size), LIMITS, post, drawn, (at) => told.push(at)), true);
    assert.deepEqual(said.whole, bytesOf(size));
    assert.equal(said.calls.length, Math.ceil(size / LIMITS.pieceBytes));
    assert.equal(told.at(-1), size);
  }
});

test('a piece without an answer is sent once more, the last one never', async () => {
  for (const lost of ['before', 'behind'] as const) {
    const { said, post } = taker((call) => (call === 2 ? lost : null));
    assert.equal(await sendSealed(bytesOf(300), LIMITS, post, drawn), true);
    assert.deepEqual(said.whole, bytesOf(300));
    assert.equal(said.calls.length, 5);
  }
  const twice = taker((call) => (call > 1 ? 'before' : null));
  assert.equal(await sendSealed(bytesOf(300), LIMITS, twice.post, drawn), false); // it was not taken, that much is known
  const last = taker((call) => (call === 4 ? 'behind' : null));
  await assert.rejects(sendSealed(bytesOf(300), LIMITS, last.post, drawn), { kind: 'unknown' });
  assert.equal(last.said.calls.length, 4);
});

test('a refusal ends it, and an answer that is none', async () => {
  for (const text of ['refused', 'wait', 'busy']) {
    const kind = text === 'busy' ? 'unknown' : 'refused';
    await assert.rejects(sendSealed(bytesOf(300), LIMITS, () => Promise.reject(new ApiError(kind, 503, 0, text)), drawn), { text });
  }
  for (const answer of [{}, { next: 0 }, { next: 301 }]) assert.equal(await sendSealed(bytesOf(300), LIMITS, () => Promise.resolve(answer), drawn), false);
});
