/* The receipt of an event that a customer was given (docs/public-log.md "Receipts for customers"): that
 * it is of their case, stands under its slot's root, and that the slot's leaf is in a log that the
 * policy believes. Asks nobody. */
import { sha256 } from '@noble/hashes/sha2.js';
import { base64Read, bytesOf, Doubt, equal, hashRead, hexRead, joined, must, numberRead, SIZE_MAX } from './note.ts';
import { checkpointJudge, type Policy, type Verdict } from './policy.ts';

/* As src/role/vault/publog_leaf.h numbers them. */
export const KINDS = ['pad', 'received', 'assessed', 'rejected', 'grant', 'opening', 'delivered', 'mismatch', 'silence', 'notice',
  'lapsed', 'lookup', 'view', 'restricted', 'released', 'preserved', 'shredded', 'drill', 'rewrapped', 'swept', 'hands', 'restored',
  'step', 'registry'];
const SECONDS = [0, 600, 60];
const PATH = 8;
const UNTIL_MAX = (1n << 63n) - 1n;
const PROOF_MAX = 64;
const EXTRA_MAX = 4096;
const RECEIPT_MAX = 131_072;

export interface Judged {
  kind: string;
  class: 'ordinary' | 'emergency';
  slot: number;  /* seconds since 1970 at which it begins */
  until: number; /* the end of a silence in seconds; 0 */
  index: bigint; /* of the slot's leaf in the log */
  verdict: Verdict;
}

const leafHash = (entry: Uint8Array): Uint8Array => sha256(joined(Uint8Array.of(0), entry));
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(joined(Uint8Array.of(1), left, right));

function eightBytes(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, i) => Number(number >> BigInt(56 - 8 * i) & 255n));
}

/* ---- the receipt of the leaf: c2sp.org/tlog-proof@v1 ---- */

interface Proof { index: bigint; hashes: Uint8Array[]; checkpoint: string }

function proofRead(text: string): Proof {
  const lines = text.split('\n');
  let at = 1;
  must(lines[0] === 'c2sp.org/tlog-proof@v1', 'receipt');
  if (lines[at]?.startsWith('extra ')) {
    const extra = base64Read(lines[at]!.slice(6));
    must(extra !== null && extra.length <= EXTRA_MAX, 'receipt');
    at += 1;
  }
  must(lines[at]?.startsWith('index ') === true, 'receipt');
  const index = numberRead(lines[at]!.slice(6), SIZE_MAX);
  const end = lines.indexOf('', at);
  must(index !== null && end > 0 && end - at - 1 <= PROOF_MAX, 'receipt');
  const hashes = lines.slice(at + 1, end).map((line) => {
    const hash = hashRead(line);
    must(hash !== null, 'receipt');
    return hash;
  });
  const checkpoint = lines.slice(end + 1).join('\n');
  must(checkpoint !== '', 'receipt');
  return { index, hashes, checkpoint };
}

/* RFC 9162 section 2.1.3.2 */
export function isIncluded(index: bigint, size: bigint, leaf: Uint8Array, hashes: Uint8Array[], root: Uint8Array): boolean {
  if (index >= size) return false;
  let at = index;
  let last = size - 1n;
  let hash = leaf;
  for (const beside of hashes) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      hash = nodeHash(beside, hash);
      while (at !== 0n && (at & 1n) === 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else hash = nodeHash(hash, beside);
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equal(hash, root);
}

/* ---- the event ---- */

/* Cuts a line off that begins with `word`. */
function lineReader(text: string): { line: (word: string) => string; rest: () => string } {
  let at = 0;
  return {
    line: (word) => {
      const end = text.indexOf('\n', at);
      must(end >= 0 && text.startsWith(word, at), 'event');
      const value = text.slice(at + word.length, end);
      must(at + word.length <= end, 'event');
      at = end + 1;
      return value;
    },
    rest: () => text.slice(at),
  };
}

function wanted<T>(value: T | null, flaw: 'event' | 'event_case' = 'event'): T {
  if (value === null) throw new Doubt(flaw);
  return value;
}

/* Throws a Doubt that names what is wrong. `name` is the case, as the letter says it. */
export function receiptJudge(policy: Policy, text: string, name: string): Judged {
  must(text.length <= RECEIPT_MAX, 'event');
  const reader = lineReader(text);
  must(reader.line('cambist-shown/v1') === '', 'event');
  wanted(hexRead(reader.line('body '), 32));
  const mark = reader.line('mark ');
  const salt = wanted(hexRead(mark.slice(0, 64), 32));
  must(mark[64] === ' ', 'event');
  const until = wanted(numberRead(mark.slice(65), UNTIL_MAX));
  must(reader.line('cambist-event/v1') === '', 'event');
  const event = wanted(hexRead(reader.line('event '), 68));
  const place = Number(wanted(numberRead(reader.line('place '), 255n)));
  const path = Array.from({ length: PATH }, () => wanted(hashRead(reader.line(''))));
  const leaf = wanted(hexRead(reader.line('leaf '), 48));
  must(reader.line('') === '', 'event');
  const kind = KINDS[event[1]!];
  must(event[0] === 1 && kind !== undefined && event[2]! < 4 && event[3] === 0, 'event');
  must(equal(leaf.subarray(0, 4), bytesOf('CSLT')) && leaf[4] === 1 && (leaf[5] === 1 || leaf[5] === 2) && leaf[6]! < 4 && leaf[7] === 0, 'event');
  const slot = leaf.subarray(8, 16).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  must(slot % BigInt(SECONDS[leaf[5]!]!) === 0n, 'event');
  const code = wanted(hexRead(name, 16), 'event_case');
  const wantedMark = sha256(joined(bytesOf('cambist/mark/v1\n'), salt, code, eightBytes(until)));
  must(equal(wantedMark, event.subarray(4, 36)), 'event_case');
  const root = path.reduce((hash, beside, step) => (place >> step & 1) === 0 ? nodeHash(hash, beside) : nodeHash(beside, hash), leafHash(event));
  must(equal(root, leaf.subarray(16)), 'event_slot');
  const proof = proofRead(reader.rest());
  const verdict = checkpointJudge(policy, proof.checkpoint);
  must(isIncluded(proof.index, verdict.checkpoint.size, leafHash(leaf), proof.hashes, verdict.checkpoint.root), 'inclusion');
  return { kind, class: leaf[5] === 1 ? 'ordinary' : 'emergency', slot: Number(slot), until: Number(until), index: proof.index, verdict };
}

/* The same as one object for machines: what `cambist log shown --json` prints. */
export function answerOf(policy: Policy, text: string, name: string): Record<string, string | number> {
  try {
    const judged = receiptJudge(policy, text, name);
    const { verdict } = judged;
    return {
      flaw: 'none', kind: judged.kind, class: judged.class, slot: judged.slot, until: judged.until, index: Number(judged.index),
      entries: Number(verdict.checkpoint.size), cosigned: verdict.cosigned.length, independent: verdict.independent,
      fresh: Number(verdict.fresh), known: Number(verdict.known),
    };
  } catch (error) {
    if (error instanceof Doubt) return { flaw: error.flaw };
    throw error;
  }
}
