/* The receipt check as one file for Debian's own node, without packages: what the page does, to be run
 * by whoever does not want to believe the page. A policy comes from somewhere else than the venue.
 *
 *     node verifier.js RECEIPT --policy FILE --case HEX
 *
 * Ends with 0 when the receipt holds, with 19 when it does not, with 2 for another call. */
import { readFileSync } from 'node:fs';
import { Doubt } from './note.ts';
import { policyRead } from './policy.ts';
import { answerOf } from './receipt.ts';

const USAGE = 2;
const ROT = 19;
const USE = 'usage: node verifier.js RECEIPT --policy FILE --case HEX\n';

function read(path) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(path));
}

function run(words) {
  const [receipt, first, policy, second, name] = words;
  if (words.length !== 5 || first !== '--policy' || second !== '--case') {
    process.stderr.write(USE);
    return USAGE;
  }
  let answer;
  try {
    answer = answerOf(policyRead(read(policy)), read(receipt), name);
  } catch (error) {
    if (!(error instanceof Doubt)) throw error;
    process.stderr.write(`policy: ${error.message}\n`);
    return USAGE;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return answer.flaw === 'none' ? 0 : ROT;
}

process.exitCode = run(process.argv.slice(2));
