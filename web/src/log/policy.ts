/* Whom a reader of the public log believes: the policy's text (docs/public-log.md "Policy"), and what
 * follows from it for a checkpoint. A mistake names its line. */
import { type Checkpoint, checkpointRead, Doubt, type Key, KIND_LOG, KIND_WITNESS, keyRead, must, noteRead, noteTime, numberRead } from './note.ts';

interface Witness { name: string; key: Key; operator: string | null }
interface Group { name: string; wanted: number; members: string[] }

export interface Policy {
  logs: Key[];
  witnesses: Witness[];
  groups: Group[];
  quorum: string | null; /* a witness or a group; null: none */
  independent: number;
}

const MOST = 32;
const BYTES_MAX = 65_536;

function lineRead(policy: Policy, words: string[], seen: Set<string>, used: Set<string>): void {
  const no = (why: string): never => { throw new Error(why); };
  const [word, first = '', second = ''] = words;
  const isNamed = (name: string) => policy.witnesses.some((row) => row.name === name) || policy.groups.some((row) => row.name === name);
  if (word === 'log' && (words.length === 2 || words.length === 3)) {
    const key = keyRead(first);
    if (key.kind !== KIND_LOG) no('not a key of a log');
    if (policy.logs.some((row) => String(row.key) === String(key.key))) no('a key twice');
    policy.logs.push(key);
  } else if (word === 'witness' && (words.length === 3 || words.length === 4)) {
    const key = keyRead(second);
    if (key.kind !== KIND_WITNESS) no('not a key of a witness');
    if (first === 'none' || isNamed(first) || policy.witnesses.some((row) => String(row.key.key) === String(key.key))) no('a name or key twice');
    policy.witnesses.push({ name: first, key, operator: null });
  } else if (word === 'group' && words.length >= 4) {
    const members = words.slice(3);
    const wanted = second === 'all' ? members.length : second === 'any' ? 1 : Number(numberRead(second, BigInt(members.length)) ?? 0n);
    if (first === 'none' || isNamed(first) || wanted === 0) no('a name twice, or a number that cannot be');
    for (const member of members) {
      if (!isNamed(member) || used.has(member)) no('a member that is not above, or of another group');
      used.add(member);
    }
    policy.groups.push({ name: first, wanted, members });
  } else if (word === 'quorum' && words.length === 2 && !seen.has(word)) {
    seen.add(word);
    if (first !== 'none' && !isNamed(first)) no('a quorum that is not above');
    policy.quorum = first === 'none' ? null : first;
  } else if (word === 'operator' && words.length >= 3 && !seen.has(`operator ${first}`)) {
    seen.add(`operator ${first}`);
    for (const name of words.slice(2)) {
      const witness = policy.witnesses.find((row) => row.name === name);
      if (!witness || witness.operator !== null) throw new Error('a witness that is not above, or has an operator');
      witness.operator = first;
    }
  } else if (word === 'independent' && words.length === 2 && !seen.has(word)) {
    seen.add(word);
    policy.independent = Number(numberRead(first, BigInt(MOST)) ?? no('no number'));
  } else no('no such line');
}

export function policyRead(text: string): Policy {
  const policy: Policy = { logs: [], witnesses: [], groups: [], quorum: null, independent: 0 };
  const seen = new Set<string>();
  const used = new Set<string>();
  must(text.endsWith('\n') && text.length <= BYTES_MAX, 'policy', 'not a text of lines');
  text.slice(0, -1).split('\n').forEach((line, index) => {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]!.startsWith('#')) return;
    try {
      lineRead(policy, words, seen, used);
    } catch (error) {
      throw new Doubt('policy', `line ${index + 1}: ${(error as Error).message}`);
    }
  });
  must(policy.logs.length > 0 && seen.has('quorum'), 'policy', 'no log, or no quorum');
  must([policy.logs, policy.witnesses, policy.groups].every((rows) => rows.length <= MOST), 'policy', 'more lines than are read');
  return policy;
}

/* What is believed of a checkpoint. */
export interface Verdict {
  checkpoint: Checkpoint;
  cosigned: string[];  /* names of witnesses */
  independent: number; /* operators beside the venue among them */
  fresh: bigint;       /* the latest second at or after which a quorum gave its time; 0: none */
  known: bigint;       /* the earliest second by which a quorum had seen it; 0: none */
}

/* Groups have members above them only, so one pass is enough. */
function holds(policy: Policy, cosigned: Set<string>): boolean {
  const met = new Set(cosigned);
  for (const group of policy.groups) {
    if (group.members.filter((name) => met.has(name)).length >= group.wanted) met.add(group.name);
  }
  return policy.quorum === null || met.has(policy.quorum);
}

export function checkpointJudge(policy: Policy, whole: string): Verdict {
  const note = noteRead(whole);
  const checkpoint = checkpointRead(note.text);
  const logs = policy.logs.filter((row) => row.name === checkpoint.origin);
  must(logs.length > 0, 'origin');
  must(logs.filter((row) => noteTime(note, row) !== null).length > 0, 'unsigned');
  const times = new Map<string, bigint>();
  for (const witness of policy.witnesses) {
    const time = noteTime(note, witness.key);
    if (time !== null) times.set(witness.name, time);
  }
  const operators = new Set(policy.witnesses.filter((row) => times.has(row.name) && row.operator !== null && row.operator !== 'venue').map((row) => row.operator));
  const having = (fact: (time: bigint) => boolean) => new Set([...times].filter(([, time]) => fact(time)).map(([name]) => name));
  let fresh = 0n;
  let known = 0n;
  for (const time of policy.quorum === null ? [] : times.values()) {
    if (time > fresh && holds(policy, having((other) => other >= time))) fresh = time;
    if ((known === 0n || time < known) && holds(policy, having((other) => other <= time))) known = time;
  }
  must(holds(policy, new Set(times.keys())), 'quorum');
  must(operators.size >= policy.independent, 'independent');
  return { checkpoint, cosigned: [...times.keys()], independent: operators.size, fresh, known };
}
