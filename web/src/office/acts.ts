/* The desk's acts as docs/desk.md has them: which fields each wants, who may do it in which state, and
 * what stands against it. The desk itself judges when an act is brought; this only says beforehand what
 * it will most likely say. */
import type { ActRow, CaseShown, Session } from './api.ts';
import { momentOf } from './moment.ts';

export const ROLES = ['clerk', 'legal', 'independent', 'preparer', 'ombud'] as const;
export const STATES = ['received', 'authenticated', 'assessed', 'rejected', 'narrowing', 'challenged', 'preserved', 'approved', 'logged', 'opened', 'delivered', 'acknowledged', 'noticed', 'closed', 'withdrawn', 'expired'] as const;
export const REQUESTS = ['disclose', 'preserve', 'restrict', 'sever'] as const;
export const CLASSES = ['plain', 'bulk', 'search'] as const;
export const URGENCIES = ['ordinary', 'emergency'] as const;
export const REASONS = ['Incomplete', 'ManifestErrors', 'InsufficientInformation', 'DataNotHeld', 'DeFactoImpossibility', 'InvalidIssuingAuthority', 'OffenceNotCovered', 'ServiceNotCovered', 'ImmunitiesOrPrivileges', 'ConflictOfLaw', 'SendViaTreaty', 'TooWide'] as const;
export const GROUPS = ['identity', 'contact', 'address', 'documents', 'bank', 'logins', 'trades', 'transfers'] as const;

/* The words that a field may have. */
export const WORDS: Record<string, readonly string[]> = {
  reason: REASONS,
  request: REQUESTS,
  mark: ['law', 'order', 'supervisory', 'foreign', 'own-policy'],
  opening: ['authority', 'report', 'customer', 'review', 'none'],
  basis: ['union-law', 'treaty', 'duty', 'access', 'sign-up', 'none'],
  class: CLASSES,
  urgency: URGENCIES,
  type: ['court', 'prosecutor', 'police', 'tax', 'supervisor', 'other'],
  contact: ['meeting', 'call', 'membership', 'agreement'],
};

export type Form = 'word' | 'line' | 'hash' | 'moment' | 'subjects' | 'records' | 'persons';
const FORMS: Record<string, Form> = {
  evidence: 'hash', instrument: 'hash', sealed: 'hash', grant: 'hash', dated: 'moment', ends: 'moment', until: 'moment',
  subject: 'subjects', record: 'records', person: 'persons',
};
export const formOfField = (field: string): Form => FORMS[field] ?? (field in WORDS ? 'word' : 'line');

const ASKED = ['request', 'mark', 'opening', 'basis', 'class', 'urgency', 'country', 'authority'];
const PAPER = ['instrument', 'sealed', 'reference', 'dated', 'ends'];
const BEFORE = ['received', 'authenticated', 'assessed', 'narrowing', 'challenged', 'preserved', 'approved', 'logged'];
const OVER = ['rejected', 'withdrawn', 'expired'];
const AFTER = ['opened', 'delivered', 'acknowledged'];
const REVIEWERS = ['legal', 'independent'];

interface Arrow { from: readonly string[]; roles: readonly string[]; fields: readonly string[]; evidence?: boolean; letter?: boolean }

export const ACTS: Record<string, Arrow> = {
  'call-back': { from: ['received'], roles: ['clerk'], fields: ['authority', 'telephone'], evidence: true },
  authenticate: { from: ['received'], roles: ['clerk'], fields: [], evidence: true, letter: true },
  assess: { from: ['authenticated', 'assessed', 'expired'], roles: ['legal'], fields: ['record'], evidence: true },
  prepare: { from: ['assessed'], roles: ['preparer'], fields: ['grant', 'until', 'person'] },
  approve: { from: ['assessed'], roles: REVIEWERS, fields: [] },
  'carry-out': { from: ['logged'], roles: REVIEWERS, fields: [], evidence: true },
  acknowledge: { from: ['delivered'], roles: ['clerk'], fields: [], evidence: true },
  notice: { from: [...AFTER, ...OVER, 'preserved'], roles: ['clerk', 'legal'], fields: [], letter: true },
  close: { from: ['noticed', ...OVER], roles: ['legal'], fields: [] },
  reject: { from: [...BEFORE, 'expired'], roles: REVIEWERS, fields: ['reason'], letter: true },
  narrow: { from: ['assessed'], roles: ['legal'], fields: ['reason'], letter: true },
  challenge: { from: ['assessed'], roles: ['legal'], fields: ['reason'], evidence: true, letter: true },
  preserve: { from: ['assessed', 'preserved'], roles: ['legal'], fields: ['until'], evidence: true },
  amend: { from: ['narrowing', 'challenged', 'preserved'], roles: ['clerk'], fields: [...ASKED, ...PAPER, 'subject', 'record'], evidence: true },
  silence: { from: [...BEFORE, ...AFTER], roles: ['legal'], fields: [...PAPER, 'until'] },
  instrument: { from: [...BEFORE, ...AFTER], roles: ['clerk'], fields: PAPER },
  withdraw: { from: BEFORE, roles: ['clerk'], fields: [], evidence: true },
};

const EVERYBODY = ROLES;

/* What begins a case, and the registers. */
export const FREE: Record<string, Arrow> = {
  receive: { from: [], roles: ['clerk'], fields: [...ASKED, ...PAPER, 'subject', 'record'] },
  authority: { from: [], roles: REVIEWERS, fields: ['authority', 'country', 'type', 'recipient', 'telephone'], evidence: true },
  confirm: { from: [], roles: REVIEWERS, fields: ['authority'], evidence: true },
  strike: { from: [], roles: REVIEWERS, fields: ['authority'] },
  contact: { from: [], roles: EVERYBODY, fields: ['authority', 'contact', 'member'], evidence: true },
  recuse: { from: [], roles: EVERYBODY, fields: ['authority', 'member'] },
};

export const arrowOf = (act: string): Arrow | undefined => ACTS[act] ?? FREE[act];
export const fieldsOf = (act: string): string[] => [...(arrowOf(act)?.fields ?? []), 'evidence'];

/* ---- acts as they were signed ---- */

export interface Signed {
  number: number;
  log: number; /* 0: the log does not have it yet */
  text: string;
  fields: Record<string, string>; /* the last of those that stand many times */
  act: string;
  officer: string;
  role: string;
  region: string;
  at: number | null;
}

export function signedOf(row: ActRow): Signed {
  const fields: Record<string, string> = {};
  for (const line of row.text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  const of = (name: string) => fields[name] ?? '';
  // What the process says is told by the event that it names.
  const log = row.log === 0 && of('officer') === 'none' ? Number(fields.number ?? 0) : row.log;
  return { number: row.number, log, text: row.text, fields, act: of('act'), officer: of('officer'), role: of('role'), region: of('region'), at: momentOf(of('at')) };
}

/* Lines of the newest request that stand many times in it, such as its subjects. */
export function linesOf(acts: readonly Signed[], field: string): string[] {
  const request = acts.findLast((one) => one.act === 'receive' || one.act === 'amend');
  return (request?.text ?? '').split('\n').filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
}

export const isNone = (hash: string): boolean => hash === '' || hash === 'none' || /^0+$/.test(hash);

/* ---- where a case is, and what is missing ---- */

const WAY: Record<string, readonly string[]> = {
  disclose: ['received', 'authenticated', 'assessed', 'approved', 'logged', 'opened', 'delivered', 'acknowledged', 'noticed', 'closed'],
  preserve: ['received', 'authenticated', 'assessed', 'preserved', 'noticed', 'closed'],
  restrict: ['received', 'authenticated', 'assessed', 'approved', 'logged', 'acknowledged', 'noticed', 'closed'],
};
/* States beside the way, and the step behind which they stand. */
const ASIDE: Record<string, string> = { narrowing: 'assessed', challenged: 'assessed', preserved: 'assessed', rejected: '', withdrawn: '', expired: '' };
const REACHES: Record<string, string> = {
  receive: 'received', authenticate: 'authenticated', amend: 'authenticated', counted: 'authenticated', assess: 'assessed', preserve: 'preserved', logged: 'logged', opened: 'opened', delivered: 'delivered',
  acknowledge: 'acknowledged', 'carry-out': 'acknowledged', notice: 'noticed', close: 'closed',
};

const ENDS: Record<string, string> = { reject: 'rejected', withdraw: 'withdrawn', expire: 'expired', mismatch: 'rejected' };

export interface Step { state: string; when: 'done' | 'now' | 'ahead' | 'aside'; by: string; at: number | null }

/* The steps of the case's way. One that ended aside has that state as its last step, behind those it took. */
export function stepsOf(shown: CaseShown, acts: readonly Signed[]): Step[] {
  const way = WAY[shown.request] ?? WAY.restrict ?? [];
  const made = new Map<string, Signed>();
  for (const act of acts) {
    const state = REACHES[act.act];
    if (state) made.set(state, act);
  }
  const approvals = acts.filter((act) => act.act === 'approve');
  const last = approvals.at(-1);
  if (last && !['received', 'authenticated', 'assessed'].includes(shown.state)) made.set('approved', last);
  const place = way.indexOf(shown.state);
  const before = ASIDE[shown.state];
  if (place < 0) {
    const taken = way.filter((state) => made.has(state) && (state !== 'noticed' || shown.noticed));
    const until = before ? taken.slice(0, taken.indexOf(before) + 1) : taken;
    const ending = acts.at(-1);
    return [
      ...until.map((state): Step => ({ state, when: 'done', by: made.get(state)?.officer ?? '', at: made.get(state)?.at ?? null })),
      { state: shown.state, when: 'aside', by: ending?.officer ?? '', at: ending?.at ?? momentOf(shown.moved) },
    ];
  }
  // What was passed over, as by a refusal, is no step of this case; what ended it stands in its place.
  const ending = acts.findLast((act) => act.act in ENDS || REACHES[act.act] === 'delivered' || REACHES[act.act] === 'acknowledged');
  const steps = way.map((state, index): Step => {
    const act = index <= place ? made.get(state) : undefined;
    return { state, when: index < place ? 'done' : index === place ? 'now' : 'ahead', by: act?.officer ?? '', at: act?.at ?? null };
  }).filter((step) => step.when !== 'done' || made.has(step.state));
  const end = ending && ENDS[ending.act];
  if (ending && end && ['noticed', 'closed'].includes(shown.state)) {
    const at = steps.findIndex((step) => ['noticed', 'closed'].includes(step.state));
    steps.splice(at, 0, { state: end, when: 'done', by: ending.officer, at: ending.at });
  }
  return steps;
}

export interface Approvals { group: 'a' | 'b'; have: { officer: string; number: number; region: string; at: number | null }[]; want: number | null }

/* Group A is the legal reviewers, group B the independent ones; one more of each for bulk and search. */
export function approvalsOf(shown: CaseShown, acts: readonly Signed[], session: Session): Approvals[] {
  const signed = acts.filter((act) => act.act === 'approve').slice(-shown.approvals.length || Infinity);
  const more = shown.class === 'plain' ? 0 : 1;
  return (['a', 'b'] as const).map((group) => {
    const role = group === 'a' ? 'legal' : 'independent';
    const mine = signed.filter((act) => act.role === role);
    return {
      group,
      have: shown.approvals.filter((one) => one.role === role).map((one, index) => ({ officer: mine[index]?.officer ?? '', number: one.officer, region: one.region, at: mine[index]?.at ?? null })),
      want: session.quorum ? session.quorum[group] + more : null,
    };
  });
}

export const isSilent = (shown: CaseShown, now: number): boolean => (momentOf(shown.silent_until) ?? 0) > now && !shown.lapsed;
export const isOwedNotice = (shown: CaseShown): boolean => !shown.noticed && (shown.opened || shown.silent_until !== null || shown.lapsed);

/* The name of what the case waits for: a text of the family `missing`. */
export function missingOf(shown: CaseShown, now: number): string {
  if (shown.state === 'received') return shown.authority !== 'none' && !shown.called_back ? 'call-back' : 'authenticate';
  if (shown.state === 'assessed') return shown.request === 'preserve' ? 'preserve' : shown.grant ? 'approve' : 'prepare';
  if (shown.state === 'logged') return shown.request === 'disclose' ? (shown.class === 'plain' ? 'opened' : 'wait') : 'carry-out';
  if (AFTER.includes(shown.state) && isSilent(shown, now)) return shown.state === 'acknowledged' ? 'silent' : shown.state;
  if (OVER.includes(shown.state)) return isOwedNotice(shown) ? (isSilent(shown, now) ? 'silent' : 'notice') : 'close';
  return shown.state;
}

/* ---- who may do what, and why not ---- */

export interface Option { act: string; roles: readonly string[]; why: string | null /* the rule that refuses; null: nothing is known against it */ }

function lastOf(acts: readonly Signed[], ...kinds: string[]): string {
  return acts.findLast((one) => kinds.includes(one.act))?.officer ?? '';
}

function ruleOf(act: string, shown: CaseShown, acts: readonly Signed[], me: Session, now: number): string | null {
  const tookIn = [lastOf(acts, 'receive'), lastOf(acts, 'amend')].includes(me.officer);
  const assessed = lastOf(acts, 'assess') === me.officer;
  switch (act) {
    case 'authenticate': return shown.authority !== 'none' && !shown.called_back ? 'call-back' : null;
    case 'assess': return shown.lapsed ? 'lapsed' : tookIn ? 'same-person' : null;
    case 'prepare': return tookIn || assessed ? 'same-person' : null;
    case 'approve': {
      if (!shown.grant) return 'prepared';
      if (tookIn || assessed || lastOf(acts, 'prepare') === me.officer) return 'same-person';
      if (shown.approvals.some((one) => one.officer === me.number)) return 'twice';
      if (shown.approvals.some((one) => one.role !== me.role && one.region === me.region)) return 'same-region';
      return (momentOf(shown.grant_until) ?? Infinity) <= now ? 'expired' : null;
    }
    case 'notice': return isSilent(shown, now) ? 'silent' : null;
    case 'close': return isOwedNotice(shown) ? 'notice' : null;
    default: return null;
  }
}

/* Acts that this state of the case has, for whatever role; those of one's own role first. */
export function optionsOf(shown: CaseShown, acts: readonly Signed[], me: Session, now: number): Option[] {
  const found: Option[] = [];
  for (const [act, arrow] of Object.entries(ACTS)) {
    const discloses = shown.request === 'disclose';
    const isIdle = (act === 'call-back' && (shown.called_back || shown.authority === 'none')) || (act === 'prepare' && shown.request === 'preserve') || (act === 'carry-out' && discloses)
      || (act === 'instrument' && (shown.lapsed || !isNone(shown.instrument))) || (act === 'approve' && shown.request === 'preserve')
      || (act === 'notice' && !AFTER.includes(shown.state) && !isOwedNotice(shown)) || (act === 'notice' && shown.state === 'opened' && !shown.lapsed);
    if (!arrow.from.includes(shown.state) || isIdle) continue;
    found.push({ act, roles: arrow.roles, why: arrow.roles.includes(me.role) ? ruleOf(act, shown, acts, me, now) : 'role' });
  }
  const rank = (one: Option) => (one.why === null ? 0 : one.why === 'role' ? 2 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}
