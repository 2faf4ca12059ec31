// Answers of the console's process made by hand, with more in them than a venue of a test has: many
// cases, every state, late clocks, a name that is HTML. What they look like, the page is shown with.
import { createHash } from 'node:crypto';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EVIL = '<img src=x onerror=globalThis.taken=1>';
const hash = (text) => createHash('sha256').update(text).digest('hex');
const name = (number) => hash(`case ${number}`).slice(0, 32);
const text = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const STATES = ['received', 'authenticated', 'assessed', 'assessed', 'approved', 'logged', 'opened', 'delivered', 'acknowledged', 'noticed', 'preserved', 'narrowing', 'challenged', 'rejected', 'expired', 'withdrawn'];

export function makeOffice(now, role = 'legal') {
  const session = { officer: 'anna', number: 11, group: 'compliance', role, region: 'fr', csrf: 'c'.repeat(43), until: now + 15 * 60_000, by: 'key', venue: 'demo.invalid', quorum: { a: 2, b: 2 } };
  const row = (number, state) => ({
    case: name(number), state, request: ['disclose', 'disclose', 'preserve', 'restrict'][number % 4], class: number % 7 === 3 ? 'bulk' : 'plain', urgency: number % 5 === 4 ? 'emergency' : 'ordinary',
    country: ['FR', 'IT', 'DE', 'XA'][number % 4], authority: ['fr-court', 'it-tax', 'de-police', 'xa-prosecutor'][number % 4], reference: number === 2 ? EVIL : `${number + 1}/2026`, people: (number % 7 === 3 ? 12 : 1 + (number % 3)),
    received: text(now - number * 9 * HOUR), moved: text(now - number * 3 * HOUR), due: state === 'noticed' || state === 'withdrawn' ? null : text(now + (number - 3) * 11 * HOUR), late: state !== 'noticed' && number < 3, alarms: number === 0 ? ['notice'] : number === 4 ? ['instrument', 'silence'] : [],
  });
  const rows = STATES.map((state, number) => row(number, state));
  const listed = (query) => {
    const base = query.get('country') === 'ZZ' ? Array.from({ length: 10_000 }, (_, number) => ({ ...row(number, STATES[number % STATES.length]), case: hash(`many ${number}`).slice(0, 32), country: 'ZZ', due: text(now + number * 60_000), late: false })) : rows;
    const words = ['state', 'request', 'class', 'urgency', 'country', 'authority'].filter((word) => query.get(word));
    const found = base.filter((one) => words.every((word) => one[word] === query.get(word)) && (!query.get('alarm') || one.alarms.length > 0));
    return { cases: found, count: found.length, all: found.length };
  };
  const line = (act, officer, as, region, at, more = '') => `cambist desk v1\nvenue: demo.invalid\nact: ${act}\ncase: ${name(2)}\nprior: ${hash(act)}\nofficer: ${officer}\nrole: ${as}\nregion: ${region}\nat: ${text(at)}\nreason: none\nevidence: ${hash(`evidence ${act}`)}\n${more}signature: ${officer} ${'A'.repeat(86)}==\n`;
  const acts = [
    line('receive', 'cleo', 'clerk', 'fr', now - 20 * HOUR, `request: disclose\nmark: order\nopening: authority\nbasis: union-law\nclass: plain\nurgency: ordinary\ncountry: DE\nauthority: de-police\ninstrument: ${hash('paper')}\nsealed: ${hash('sealed')}\nreference: ${EVIL}\ndated: 2026-11-01T00:00:00Z\nends: none\nsubject: 1 document ${hash('s1')}\nsubject: 1 name ${hash('s2')}\nsubject: 2 email ${hash('s3')}\nrecord: 1 identity none\nrecord: 1 bank 2026-01-01..2026-06-30\nrecord: 2 identity none\n`),
    line('call-back', 'cleo', 'clerk', 'fr', now - 19 * HOUR, 'authority: de-police\ntelephone: +00 1 23\n'),
    line('authenticate', 'cleo', 'clerk', 'fr', now - 18 * HOUR, `letter: ${hash('letter')}\n`),
    line('assess', 'abel', 'legal', 'fr', now - 10 * HOUR, 'record: 1 bank 2026-01-01..2026-06-30\n'),
    line('prepare', 'pia', 'preparer', 'fr', now - 5 * HOUR, `until: ${text(now + 9 * HOUR)}\ngrant: ${hash('grant')}\nperson: 1 7\n`),
    line('approve', 'bela', 'independent', 'it', now - HOUR, `grant: ${hash('grant')}\n`),
  ].map((one, number) => ({ number: number + 40, log: number < 5 ? 800 + number : 0, text: one }));
  const record = (person, group, from = 0, to = 0) => ({ person, group, from_day: from, to_day: to });
  const shown = (one) => ({ ...one, mark: 'order', opening: 'authority', basis: 'union-law', reason: one.state === 'rejected' ? 'TooWide' : 'none', instrument: hash('paper'), acts: acts.length, called_back: true, lapsed: one.alarms.includes('instrument'), opened: ['opened', 'delivered', 'acknowledged'].includes(one.state), noticed: one.state === 'noticed',
    silent_until: one.alarms.includes('silence') ? text(now - 4 * DAY) : one.state === 'acknowledged' ? text(now + 40 * DAY) : null, grant_until: text(now + 9 * HOUR), grant: hash('grant'), prior: hash('prior'), approvals: [{ officer: 12, role: 'independent', region: 'it' }], asked: [record(1, 'identity'), record(1, 'bank', 20454, 20634), record(2, 'identity')], granted: [record(1, 'bank', 20454, 20634)] });
  const us = (at) => at * 1000;
  const rule = (number, kind, state, more = {}) => ({ case: `${81_723 + number}-0`, matter: 0, kind, state, outcome: 'none', person: 20 + number, account: number % 2 ? 100 + number : 0, pack: 'eu-833-2014', version: 3, hash: hash('pack'), rule: 'deposits-limit', about: '', list: '', entry: 0, score: '', cause_seq: 81_723 + number, opened_us: us(now - number * DAY), due_us: us(now + (number - 1) * DAY), late: number < 1, owner: number % 3 ? 0 : 11, decided_by: 0, second_by: 0, reference: 0, amount: 0, parent: '', evidence: '0'.repeat(64), closed_us: 0, ...more });
  const restrictions = [rule(0, 'candidate', 'open', { list: 'eu', entry: 4711, score: '0.9312' }), rule(1, 'freeze', 'taken'), rule(2, 'threshold', 'open', { due_us: 0 }), rule(3, 'appeal', 'taken', { parent: '81700-0', reference: us(now - 3 * DAY) }), rule(4, 'evidence', 'second', { decided_by: 12 }), rule(5, 'manual', 'closed', { closed_us: us(now), outcome: 'settled' })];
  const reports = [rule(6, 'report', 'open', { about: 'ofac', due_us: us(now + 3 * DAY) }), rule(7, 'report-rejected', 'open', { about: 'eu', due_us: us(now - DAY), late: true }), rule(8, 'report-yearly', 'open', { amount: 3, due_us: us(now + 80 * DAY) })];
  const letter = 'cambist letter v1\nvenue: demo.invalid\ncase: aa\nreason: TooWide\n\n[en]\nWe do not comply with this request. Nothing has been handed over.\n\n[fr]\nNous ne donnons pas suite à cette demande. Rien n’a été remis.\n';
  let isIn = true;
  const credentials = [{ id: 'YWJj', name: `blue ${EVIL}`, made: now - 9 * DAY, used: now - HOUR }, { id: 'ZGVm', name: 'spare', made: now - DAY, used: null }];
  const actions = [{ time: now - HOUR, what: 'view', case: name(2), act: '', log: null, seq: null }, { time: now - 2 * HOUR, what: 'act', case: name(2), act: 'assess', log: 803, seq: null }, { time: now - DAY, what: 'case', case: '81723-0', act: 'take', log: null, seq: 81_800 }, { time: now - 2 * DAY, what: 'sign-in', case: '', act: '', log: null, seq: null }];
  const told = (query, register, found) => ({ [register]: query.get('before') ? found.slice(3) : found.slice(0, 3), count: 3, next: query.get('before') || found.length < 4 ? null : found[2].number });
  const tie = (number, member, officer, more = {}) => ({ number, taken: text(now - (90 - number) * HOUR), signed: text(now - (90 - number) * HOUR - 60_000), authority: ['fr-court', 'de-police'][number % 2], member, officer, role: officer === 'otto' ? 'ombud' : 'legal', region: 'fr', evidence: null, act: hash(`tie ${number}`), log: number > 70 ? 0 : 800 + number, ...more });
  const CONTACTS = ['meeting', 'call', 'membership', 'agreement'].map((contact, index) => tie(80 - 7 * index, 'anna', 'anna', { contact, evidence: hash(contact) }));
  const RECUSALS = [tie(61, 'abel', 'otto'), tie(44, 'anna', 'anna')];
  const gets = {
    session: () => session,
    queue: (query) => listed(query),
    case: (query) => { const one = rows.find((found) => found.case === query.get('case')); return one ? { case: shown(one), acts } : null; },
    authority: (query) => ({ name: query.get('name'), country: 'DE', type: 'police', recipient: 'age1invented', telephone: '+00 1 23', confirmed: true, struck: false }),
    restrictions: (query) => { const found = restrictions.filter((one) => (!query.get('kind') || one.kind === query.get('kind')) && (query.get('all') || !one.closed_us)); return { seq: 1, time_us: us(now), cases: found, count: found.length }; },
    restriction: (query) => { const one = restrictions.find((found) => found.case === query.get('case')); return one ? { case: one, acts: [{ seq: 81_724, time_us: us(now - 2 * DAY), act: 'evidence', officer: 0, second: 0, until_us: 0, evidence: hash('sent'), void: '' }, { seq: 81_725, time_us: us(now - DAY), act: 'take', officer: 11, second: 0, until_us: 0, evidence: '0'.repeat(64), void: '' }, { seq: 81_726, time_us: us(now - HOUR), act: 'clear', officer: 12, second: 12, until_us: 0, evidence: hash('e'), void: 'what loosens needs two officers' }] } : null; },
    reports: () => ({ reports, count: 3, late: 1 }),
    whitelisted: () => ({ whitelist: [{ person: 20, list: 'eu', entry: 4711, case: '81723-0', until_us: us(now + 2 * DAY), over: false }, { person: 21, list: 'un', entry: 12, case: '81724-0', until_us: us(now - DAY), over: true }] }),
    contacts: (query) => told(query, 'contacts', CONTACTS),
    recusals: (query) => told(query, 'recusals', RECUSALS),
    mine: () => ({ actions }),
    credentials: () => ({ credentials }),
  };
  const posts = {
    'sign-in/begin': (body) => { const challenge = Buffer.alloc(32, 7).toString('base64url'); return { challenge, text: `cambist office sign-in v1\nvenue: demo.invalid\norigin: http://localhost:8443\nofficer: ${body.officer}\nchallenge: ${'07'.repeat(32)}\n`, credentials: [], until: now + 5 * 60_000 }; },
    'sign-in/key': () => { isIn = true; return session; },
    'sign-out': () => { isIn = false; return {}; },
    letter: () => ({ letter }),
    draft: (body) => ({ text: `cambist desk v1\nvenue: demo.invalid\nact: ${body.act}\ncase: ${body.case}\n${Object.entries(body.fields).map(([field, value]) => [value].flat().map((one) => `${field}: ${one}\n`).join('')).join('')}` }),
    put: () => null,
  };
  // {status, body} of one request.
  return {
    rows, session, evil: EVIL,
    signedIn: (value) => { isIn = value; },
    answer(method, path, query, body) {
      if (!isIn && !path.startsWith('sign-in/')) return { status: 401, body: { error: 'no-session', why: 'nobody is signed in' } };
      if (path === 'put') return { status: 409, body: { error: 'same-person', why: 'who proposed does not approve' } };
      const made = (method === 'GET' ? gets : posts)[path]?.(method === 'GET' ? query : body);
      return made ? { status: 200, body: made } : { status: 404, body: { error: 'case', why: 'there is no such case' } };
    },
  };
}
