/* Aim: receipts of a real venue's log verify, of each kind and with its quorum; with any byte changed,
 * under another policy or for another case they do not. Method: recorded receipts of three witnesses,
 * each character changed in turn, policies with a key, a quorum or an operator changed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { type Doubt } from '../src/log/note.ts';
import { policyRead } from '../src/log/policy.ts';
import { answerOf, isIncluded, receiptJudge } from '../src/log/receipt.ts';

declare const WEB_ROOT: string;

interface Row { kind: string; until: number; case: string; shown: string }
const golden = process.env.CAMBIST_VECTORS ? dirname(dirname(process.env.CAMBIST_VECTORS)) : join(WEB_ROOT, '../tests/golden');
const vectors = JSON.parse(readFileSync(join(golden, 'receipts/receipts.json'), 'utf8')) as { policy: string; receipts: Row[] };
const policy = policyRead(vectors.policy);

const flawOf = (text: string, name: string, of = policy) => answerOf(of, text, name).flaw;

test('receipts of a real venue verify', () => {
  assert.deepEqual(vectors.receipts.map((row) => row.kind), ['opening', 'notice', 'silence', 'grant']);
  for (const row of vectors.receipts) {
    const judged = receiptJudge(policy, row.shown, row.case);
    assert.equal(judged.kind, row.kind);
    assert.equal(judged.until, row.until);
    assert.equal(judged.class, 'emergency');
    assert.equal(judged.slot % 60, 0);
    assert.ok(judged.verdict.cosigned.length >= 2 && judged.verdict.independent <= 1);
    assert.ok(judged.index < judged.verdict.checkpoint.size && judged.verdict.known <= judged.verdict.fresh);
  }
});

test('no receipt verifies with a character changed', () => {
  const row = vectors.receipts[0]!;
  const line = (at: number) => row.shown.slice(row.shown.lastIndexOf('\n', at - 1) + 1).split('\n')[0]!;
  for (let at = 0; at < row.shown.length; at += 1) {
    const code = row.shown.charCodeAt(at);
    const text = row.shown.slice(0, at) + String.fromCharCode(code === 10 ? 32 : code ^ 1) + row.shown.slice(at + 1);
    /* The text's salt is for who has the text; a witness whose name is another is a stranger, and two are enough. */
    if (line(at).startsWith('body ') || line(at).startsWith('\u2014 w')) continue;
    assert.notEqual(flawOf(text, row.case), 'none', `character ${at} of ${line(at)}`);
  }
  for (const cut of [1, 10, 100, 1000, row.shown.length - 1]) assert.notEqual(flawOf(row.shown.slice(0, cut), row.case), 'none');
  assert.equal(flawOf(row.shown + '\n', row.case), 'text');
  assert.equal(flawOf('', row.case), 'event');
});

test('a receipt is of one case', () => {
  const [first, second] = [vectors.receipts[0]!, vectors.receipts[1]!];
  assert.equal(flawOf(first.shown, second.case), 'event_case');
  for (const name of ['', 'zz', first.case.toUpperCase(), `${first.case}00`]) assert.equal(flawOf(first.shown, name), 'event_case');
});

test('the policy says who is believed', () => {
  const row = vectors.receipts[0]!;
  const lines = vectors.policy.split('\n');
  const with_ = (change: (text: string) => string) => policyRead(change(vectors.policy));
  assert.equal(flawOf(row.shown, row.case, with_((text) => text.replace('independent 1', 'independent 2'))), 'independent');
  assert.equal(flawOf(row.shown, row.case, with_((text) => text.replace('operator somebody w3', 'operator venue2 w3'))), 'none');
  const log = lines.find((entry) => entry.startsWith('log '))!;
  assert.throws(() => with_((text) => text.replace(log, log.replace('+', '.x+'))), (error: Doubt) => error.flaw === 'policy');
  const alone = lines.filter((entry) => entry.startsWith('log ')).concat('quorum none', '').join('\n');
  assert.equal(flawOf(row.shown, row.case, policyRead(alone)), 'none');
  for (const wrong of ['', 'quorum none\n', `${log}\n`, vectors.policy.slice(0, -1), `${vectors.policy}quorum most\n`, `${vectors.policy}group two 3 w1\n`,
    vectors.policy.replace('most 2', 'most 4'), vectors.policy.replace('quorum most', 'quorum few'), `${vectors.policy}what is this\n`]) {
    assert.throws(() => policyRead(wrong), (error: Doubt) => error.flaw === 'policy', wrong);
  }
});

/* As `witness` makes one: name, the first bytes of a hash, kind and 32 bytes. */
function keyText(name: string, kind: number, byte: number): string {
  const whole = Buffer.concat([Buffer.of(kind), Buffer.alloc(32, byte)]);
  const id = createHash('sha256').update(`${name}\n`).update(whole).digest('hex').slice(0, 8);
  return `${name}+${id}+${whole.toString('base64')}`;
}

test('a policy counts nobody twice, and no key for what it is not', () => {
  const keyOf = (word: string) => vectors.policy.split('\n').find((line) => line.startsWith(word))!.split(' ').at(-1)!;
  const other = keyText('w4.invalid/witness', 4, 7);
  const more = (lines: string) => policyRead(`${vectors.policy}${lines}\n`);
  assert.equal(more(`witness w4 ${other}`).witnesses.length, 4);
  assert.equal(more(`log ${keyText('demo.invalid/log', 1, 7)}`).logs.length, 2);
  assert.equal(more(`witness w4 ${other}\ngroup few any w4 most\ngroup two all few`).groups.length, 3);
  for (const wrong of [
    `witness w4 ${keyOf('witness w1 ')}`, `witness w1 ${other}`, `witness most ${other}`, `witness none ${other}`,
    `witness w4 ${keyText('demo.invalid/log', 1, 7)}`, `witness w4 ${other} url more`, `witness w4`,
    `log ${keyOf('log ')}`, `log ${other}`, `log ${keyText('demo.invalid/log', 1, 7)} url more`, `log ${keyText('demo.invalid/log', 2, 7)}`,
    'group again 1 w1', `witness w4 ${other}\ngroup most 1 w4`, `witness w4 ${other}\ngroup w1 1 w4`, `witness w4 ${other}\ngroup none 1 w4`,
    `witness w4 ${other}\ngroup few 0 w4`, `witness w4 ${other}\ngroup few 1 w4 w4`, `witness w4 ${other}\ngroup few 2 w4`, 'group few 1',
    'quorum most', 'quorum none', 'operator venue w3', 'operator other w3', 'operator other w4', 'operator other', 'independent 1', 'independent 33',
  ]) assert.throws(() => more(wrong), (error: Doubt) => error.flaw === 'policy', wrong);
});

test('a proof of another size or place leads nowhere', () => {
  const hashes = Array.from({ length: 64 }, () => new Uint8Array(32));
  assert.equal(isIncluded(0n, 1n, hashes[0]!, [], hashes[0]!), true);
  assert.equal(isIncluded(1n, 1n, hashes[0]!, [], hashes[0]!), false);
  assert.equal(isIncluded(0n, 1n, hashes[0]!, hashes, hashes[0]!), false);
  assert.equal(isIncluded(0n, 2n, hashes[0]!, [], hashes[0]!), false);
});

/* RFC 9162 section 2.1, as it stands there. */
const nodeOf = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(createHash('sha256').update(Buffer.concat([Buffer.of(1), ...parts])).digest());
const splitOf = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));
const rootOf = (leaves: Uint8Array[]): Uint8Array => leaves.length === 1 ? leaves[0]!
  : nodeOf(rootOf(leaves.slice(0, splitOf(leaves.length))), rootOf(leaves.slice(splitOf(leaves.length))));
function pathOf(leaves: Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  return index < split ? [...pathOf(leaves.slice(0, split), index), rootOf(leaves.slice(split))]
    : [...pathOf(leaves.slice(split), index - split), rootOf(leaves.slice(0, split))];
}

test('each leaf of each small tree is where it is, and nowhere else', () => {
  const all = Array.from({ length: 21 }, (_, i) => new Uint8Array(createHash('sha256').update(String(i)).digest()));
  for (let size = 1; size <= all.length; size += 1) {
    const leaves = all.slice(0, size);
    const root = rootOf(leaves);
    for (let index = 0; index < size; index += 1) {
      const path = pathOf(leaves, index);
      const holds = (at: number, hashes = path, of = root) => isIncluded(BigInt(at), BigInt(size), leaves[index]!, hashes, of);
      for (let at = 0; at <= size; at += 1) assert.equal(holds(at), at === index, `${index} of ${size} at ${at}`);
      assert.equal(holds(index, [...path, root]), false);
      assert.equal(holds(index, path, nodeOf(root)), false);
      if (path.length > 0) assert.equal(holds(index, path.slice(0, -1)), false);
      if (path.length > 1) assert.equal(holds(index, [...path].reverse()), false);
    }
  }
});
