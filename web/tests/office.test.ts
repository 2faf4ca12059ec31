/* Aim: what the officers' console computes by itself: what a security key made, hashes of a paper, rows, what a case misses and who may go on; and that its texts are whole.
 * Method: node's own cryptography and vectors of other programs beside it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ACTS, approvalsOf, arrowOf, FREE, linesOf, missingOf, optionsOf, REASONS, type Signed, signedOf, STATES, stepsOf, WORDS } from '../src/office/acts.ts';
import type { CaseRow, CaseShown, RuleCase, Session } from '../src/office/api.ts';
import { flowing, letterParts, recordText, typedMoment, unsigned } from '../src/office/draft.ts';
import { en } from '../src/office/en.ts';
import { fr } from '../src/office/fr.ts';
import { ofVenue, venueIs } from '../src/office/moment.ts';
import { formOf, identifierHash } from '../src/office/paper.ts';
import { byLateness, commandsOf, csvOfActions, sorted, windowOf } from '../src/office/rows.ts';
import { base64url, bindingText, cborEnd, madeOf, ofBase64url } from '../src/office/webauthn.ts';

declare const WEB_ROOT: string;

const NOW = Date.parse('2026-11-23T12:00:00Z');
const me: Session = { officer: 'anna', number: 11, group: 'compliance', role: 'legal', region: 'fr', csrf: '', until: NOW, by: 'key', quorum: { a: 2, b: 1 } };
const base: CaseShown = {
  case: 'aa'.repeat(16), state: 'assessed', request: 'disclose', class: 'plain', urgency: 'ordinary', country: 'FR', authority: 'fr-court', reference: '1', people: 1, received: '2026-11-22T10:00:00Z', moved: null, due: null, late: false, alarms: [],
  mark: 'order', opening: 'authority', basis: 'union-law', reason: 'none', instrument: '11'.repeat(32), acts: 4, called_back: true, lapsed: false, opened: false, noticed: false, silent_until: null, grant_until: null, prior: '00', approvals: [], asked: [], granted: [],
};
let count = 0;
const act = (kind: string, officer: string, role = 'clerk', region = 'fr', more = ''): Signed => signedOf({ number: count += 1, log: 0, text: `cambist desk v1\nact: ${kind}\nofficer: ${officer}\nrole: ${role}\nregion: ${region}\nat: 2026-11-22T10:00:00Z\n${more}` });
const whys = (shown: CaseShown, acts: Signed[], who = me) => Object.fromEntries(optionsOf(shown, acts, who, NOW).map((one) => [one.act, one.why]));

/* ---- the venue's clock ---- */

test('what the rules want is due by the clock of the venue, where that is set to another day', () => {
  const day = 86_400_000;
  venueIs(NOW - 1675 * day, NOW);
  assert.equal(ofVenue(NOW - 1674 * day), NOW + day);
  assert.equal(ofVenue(null), null);
  venueIs(NOW - day / 2, NOW); // nothing happened since
  assert.equal(ofVenue(NOW - 1), NOW - 1);
  venueIs(null, NOW);
  assert.equal(ofVenue(NOW), NOW);
});

/* ---- security keys ---- */

const cborHead = (major: number, value: number): number[] => (value < 24 ? [major << 5 | value] : value < 256 ? [major << 5 | 24, value] : [major << 5 | 25, value >> 8, value & 255]);
const cborText = (text: string): number[] => [...cborHead(3, text.length), ...Buffer.from(text)];
const cborBytes = (bytes: number[]): number[] => [...cborHead(2, bytes.length), ...bytes];
const COSE = [...cborHead(5, 3), 1, 1, 3, ...cborHead(1, 7), ...cborHead(1, 1), ...cborBytes(Array(32).fill(9) as number[])];

function attestation(credential: number[], flags = 0x45, behind: number[] = []): Uint8Array {
  const data = [...(Array(32).fill(1) as number[]), flags, 0, 0, 0, 5, ...(Array(16).fill(0) as number[]), credential.length >> 8, credential.length & 255, ...credential, ...COSE, ...behind];
  return Uint8Array.from([...cborHead(5, 3), ...cborText('fmt'), ...cborText('none'), ...cborText('attStmt'), ...cborHead(5, 0), ...cborText('authData'), ...cborBytes(data)]);
}

test('what a security key made: its name and its key, and not what extensions add', () => {
  for (const size of [1, 16, 300]) {
    const name = Array.from({ length: size }, (_, index) => index & 255);
    for (const behind of [[], [...cborHead(5, 1), ...cborText('x'), 0xf5]]) {
      const made = madeOf(attestation(name, 0x45, behind));
      assert.deepEqual([...made.credential], name);
      assert.deepEqual([...made.key], COSE);
    }
  }
  assert.throws(() => madeOf(attestation([1], 0x05)), /no credential/);
  const whole = attestation([1, 2, 3]);
  for (let size = 0; size < whole.length; size += 1) assert.throws(() => madeOf(whole.subarray(0, size)), `cut at ${size}`);
  assert.throws(() => cborEnd(Uint8Array.from(Array(40).fill(0x81) as number[]), 0), /too deep/);
  assert.throws(() => cborEnd(Uint8Array.of(0x9f, 1, 0xff), 0), /no such form/);
});

test('the text that binds a security key names everything that it binds', () => {
  const made = { credential: Uint8Array.of(0xab, 1), key: Uint8Array.from(COSE) };
  assert.equal(bindingText('demo.invalid', 'http://localhost:8443', 'anna', made, base64url(Uint8Array.of(1, 0xff))),
    `cambist office credential v1\nvenue: demo.invalid\norigin: http://localhost:8443\nofficer: anna\ncredential: ab01\nkey: ${createHash('sha256').update(Uint8Array.from(COSE)).digest('hex')}\nchallenge: 01ff\n`);
  for (let size = 0; size < 9; size += 1) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => 250 + index);
    assert.equal(base64url(bytes), Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(ofBase64url(base64url(bytes)), bytes);
  }
});

/* ---- papers ---- */

test('an identifier has the one form and the hash that the desk computes', () => {
  const text = (field: Parameters<typeof formOf>[0], value: string) => { const form = formOf(field, value); return form && Buffer.from(form).toString(); };
  assert.equal(text('document', ' ab-123 / x '), 'AB123X');
  assert.equal(text('phone', '+33 (0)1 23.45'), '33012345');
  assert.equal(text('phone', '01 ext 2'), null);
  assert.equal(text('email', ' Anna@Example.ORG '), 'anna@example.org');
  assert.equal(text('name', '  anna   lind '), 'ANNA LIND');
  assert.equal(text('name', ' '), null);
  assert.equal(text('name', 'x'.repeat(257)), null);
  assert.equal(text('name', 'a\tb'), null);
  const name = '00000000000000000000000000000001';
  assert.equal(identifierHash(name, 2, 'document', 'AB 123'), VECTOR);
  assert.equal(identifierHash(name, 2, 'phone', 'x'), null);
});

/* Python's hashlib over the tag, the case, person 2, the field's number and AB123. */
const VECTOR = '1c3034b129614df5701c82528041a04c6e87c42e76b90f5d56d2a55fd7063873';

test('typed times and records are written as the desk reads them', () => {
  assert.equal(typedMoment('2026-11-23T10:00'), '2026-11-23T10:00:00Z');
  assert.equal(typedMoment('2026-11-23T10:00:30'), '2026-11-23T10:00:30Z');
  assert.equal(typedMoment(''), '');
  assert.equal(recordText({ person: '1', group: 'bank', from: '', to: '' }), '1 bank none');
  assert.equal(recordText({ person: '2', group: 'bank', from: '2026-01-01', to: '2026-06-30' }), '2 bank 2026-01-01..2026-06-30');
});

test('letters come apart, and a signature is no part of an act', () => {
  assert.deepEqual(letterParts('cambist letter v1\nreason: x\n\n[en]\nNo [fr] here.\nTwo.\n\n[fr]\nNon.\n'), { head: 'cambist letter v1\nreason: x', en: 'No [fr] here.\nTwo.', fr: 'Non.' });
  assert.equal(flowing('One\ntwo.\n\nThree.\n'), 'One two.\n\nThree.\n');
  assert.equal(unsigned('a: b\nsignature: anna x\n'), 'a: b\n');
});

/* ---- rows ---- */

test('rows in each order, and only those in view', () => {
  const row = (name: string, state: string, received: string, country: string): CaseRow => ({ ...base, case: name, state, received, country, reference: name });
  const rows = [row('b', 'opened', '2026-01-02', 'IT'), row('a', 'received', '2026-01-03', 'FR'), row('c', 'assessed', '2026-01-01', 'DE')];
  const names = (sort: string) => sorted(rows, sort).map((one) => one.case).join('');
  assert.deepEqual(['due', 'received', 'state', 'country', 'reference', 'odd'].map(names), ['bac', 'abc', 'acb', 'cab', 'abc', 'bac']);
  assert.deepEqual(windowOf(10_000, 46, 0, 800), [0, 26]);
  assert.deepEqual(windowOf(10_000, 46, 230_000, 800), [4992, 5026]);
  assert.deepEqual(windowOf(10_000, 46, 459_200, 800), [9974, 10_000]);
  assert.deepEqual(windowOf(0, 46, 0, 800), [0, 0]);
  assert.deepEqual(windowOf(3, 46, 9_000, 800), [0, 3]);
});

const rule = (more: Partial<RuleCase>): RuleCase => ({ case: '7-0', matter: 0, kind: 'freeze', state: 'open', outcome: 'none', person: 1, account: 0, pack: '', version: 0, hash: '', rule: '', about: '', list: '', entry: 0, score: '', cause_seq: 7, opened_us: 1, due_us: 0, late: false, owner: 0, decided_by: 0, second_by: 0, reference: 0, amount: 0, parent: '', evidence: '', closed_us: 0, ...more });

test('reports: late ones first, then by their day, those without one last', () => {
  const rows = [rule({ case: 'none' }), rule({ case: 'soon', due_us: 5 }), rule({ case: 'late', due_us: 9, late: true }), rule({ case: 'filed', due_us: 1, closed_us: 1 })];
  assert.deepEqual(byLateness(rows).map((one) => one.case), ['late', 'soon', 'none', 'filed']);
});

test('the commands fit the case', () => {
  const acts = (more: Partial<RuleCase>) => commandsOf(rule(more), 'anna').map(([name]) => name).join(' ');
  assert.equal(acts({}), 'take evidence decide clear');
  assert.equal(acts({ kind: 'candidate', state: 'taken', owner: 11 }), 'evidence decide clear whitelist');
  assert.equal(acts({ kind: 'appeal', state: 'taken', owner: 11 }), 'evidence uphold overturn');
  assert.equal(acts({ kind: 'report', state: 'taken', owner: 11 }), 'evidence filed');
  assert.equal(acts({ kind: 'duplicate', state: 'taken', owner: 11 }), 'evidence decide clear close');
  assert.equal(acts({ state: 'closed' }), '');
  assert.equal(commandsOf(rule({ state: 'second', owner: 12, decided_by: 12 }), 'anna')[1]?.[1], 'cambist case second 7-0 --officer 12 --second anna --propose');
});

test('own actions as CSV', () => {
  assert.equal(csvOfActions([{ time: NOW, what: 'act', case: 'aa', act: '=x', log: 3, seq: null }]), "time,what,case,act,log,seq\r\n2026-11-23T12:00:00.000Z,act,aa,'=x,3,\r\n");
});

/* ---- cases ---- */

test('who took in, assessed or prepared is told that they do not decide', () => {
  const acts = [act('receive', 'cleo'), act('assess', 'abel', 'legal'), act('prepare', 'pia', 'preparer')];
  const prepared = { ...base, grant: '22'.repeat(32), grant_until: '2026-11-23T18:00:00Z' };
  assert.equal(whys(base, acts).approve, 'prepared');
  assert.equal(whys(prepared, acts).approve, null);
  assert.equal(whys(prepared, [...acts, act('amend', 'anna')]).approve, 'same-person');
  assert.equal(whys(prepared, [...acts, act('assess', 'anna', 'legal')]).approve, 'same-person');
  assert.equal(whys({ ...prepared, approvals: [{ officer: 11, role: 'legal', region: 'fr' }] }, acts).approve, 'twice');
  assert.equal(whys({ ...prepared, approvals: [{ officer: 12, role: 'independent', region: 'fr' }] }, acts).approve, 'same-region');
  assert.equal(whys({ ...prepared, grant_until: '2026-11-23T11:00:00Z' }, acts).approve, 'expired');
  assert.equal(whys(prepared, acts, { ...me, role: 'clerk' }).approve, 'role');
  assert.equal(whys({ ...base, state: 'received', called_back: false }, acts, { ...me, role: 'clerk' }).authenticate, 'call-back');
  assert.equal(whys({ ...base, state: 'rejected' }, acts).close, null);
  assert.equal(whys({ ...base, state: 'rejected', opened: true }, acts).close, 'notice');
  assert.equal(whys({ ...base, state: 'acknowledged', silent_until: '2027-01-01T00:00:00Z' }, acts).notice, 'silent');
  assert.ok(!('prepare' in whys({ ...base, request: 'preserve' }, acts)));
  assert.ok(!('carry-out' in whys({ ...base, state: 'logged' }, acts)));
});

test('each state says what is missing and where it stands', () => {
  for (const state of STATES) {
    for (const request of ['disclose', 'preserve', 'restrict', 'sever']) {
      const shown = { ...base, state, request };
      assert.ok(`missing.${missingOf(shown, NOW)}` in en, `${state} ${request}: ${missingOf(shown, NOW)}`);
      const steps = stepsOf(shown, [act('receive', 'cleo')]);
      assert.equal(steps.filter((one) => one.when === 'now' || one.when === 'aside').length, 1, `${state} ${request}`);
      assert.equal(steps.find((one) => one.when === 'now' || one.when === 'aside')?.state, state);
    }
  }
  const steps = stepsOf({ ...base, state: 'rejected' }, [act('receive', 'cleo'), act('authenticate', 'cleo'), act('reject', 'anna', 'legal')]);
  assert.deepEqual(steps.map((one) => [one.state, one.when, one.by]), [['received', 'done', 'cleo'], ['authenticated', 'done', 'cleo'], ['rejected', 'aside', 'anna']]);
  const closed = stepsOf({ ...base, state: 'closed' }, [act('receive', 'cleo'), act('reject', 'anna', 'legal'), act('notice', 'cleo'), act('close', 'anna', 'legal')]);
  assert.deepEqual(closed.map((one) => [one.state, one.when]), [['received', 'done'], ['rejected', 'done'], ['noticed', 'done'], ['closed', 'now']]);
  const whole = stepsOf({ ...base, state: 'closed' }, ['receive', 'expire', 'assess', 'delivered', 'acknowledge', 'notice', 'close'].map((kind) => act(kind, 'x')));
  assert.ok(!whole.some((one) => one.state === 'expired'), 'what was gone on from has not ended it');
});

test('approvals stand by group, against the quorum', () => {
  const approved = { ...base, approvals: [{ officer: 13, role: 'legal', region: 'fr' }, { officer: 12, role: 'independent', region: 'it' }] };
  const acts = [act('approve', 'old', 'legal'), act('approve', 'abel', 'legal'), act('approve', 'bela', 'independent', 'it')];
  const [a, b] = approvalsOf(approved, acts, me);
  assert.deepEqual([a?.want, a?.have.map((one) => one.officer), b?.want, b?.have.map((one) => one.officer)], [2, ['abel'], 1, ['bela']]);
  assert.equal(approvalsOf({ ...approved, class: 'bulk' }, acts, me)[0]?.want, 3);
  assert.deepEqual(approvalsOf({ ...base }, acts, me).map((one) => one.have.length), [0, 0]);
  const { quorum: _, ...without } = me;
  assert.equal(approvalsOf(approved, acts, without)[0]?.want, null);
});

test('the number in the log of what the process says is that of its event', () => {
  const of = (log: number, officer: string) => signedOf({ number: 1, log, text: `act: logged\nofficer: ${officer}\nnumber: 812\n` }).log;
  assert.deepEqual([of(0, 'none'), of(5, 'none'), of(0, 'anna')], [812, 5, 0]);
});

test('the newest request has the subjects', () => {
  const acts = [act('receive', 'cleo', 'clerk', 'fr', 'subject: 1 document aa\nsubject: 1 name bb\n'), act('assess', 'anna'), act('amend', 'cleo', 'clerk', 'fr', 'subject: 1 email cc\n')];
  assert.deepEqual(linesOf(acts.slice(0, 2), 'subject'), ['1 document aa', '1 name bb']);
  assert.deepEqual(linesOf(acts, 'subject'), ['1 email cc']);
});

/* ---- texts ---- */

const sources = readdirSync(join(WEB_ROOT, 'src/office')).map((name) => join(WEB_ROOT, 'src/office', name));
const FAMILIES = ['nav', 'by', 'sign', 'key', 'sort', 'group', 'clock', 'letter', 'missing', 'what', 'signed', 'field', 'role', 'state', 'request', 'mark', 'opening', 'basis', 'class', 'urgency', 'reason', 'type', 'contact', 'subject', 'alarm', 'alarmLong', 'act', 'does', 'rule', 'fault', 'kind', 'kindWhy', 'void', 'rstate', 'outcome', 'ract', 'column', 'filter'];

test('the languages have the same keys and places, and differ', () => {
  assert.deepEqual(Object.keys(fr).sort(), Object.keys(en).sort());
  const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
  const same: string[] = [];
  for (const [key, text] of Object.entries(en)) {
    const other = fr[key as keyof typeof en];
    assert.deepEqual(places(other), places(text), key);
    assert.ok(text.trim() && other.trim(), key);
    if (other === text && /[a-z]{5}/.test(text)) same.push(key);
  }
  assert.deepEqual(same.filter((key) => !['nav', 'nav.restrictions', 'restriction.title', 'restriction.version', 'restriction.score', 'type.police', 'contact.contact', 'group.contact', 'group.documents', 'time.hour', 'time.hours', 'time.minutes', 'time.seconds', 'queue.people', 'restriction.second', 'bring.hash', 'sign.paste'].includes(key)), []);
});

test('every word of the desk and the queue has a text, and every text a use', () => {
  const wanted = [...STATES.map((one) => `state.${one}`), ...REASONS.map((one) => `reason.${one}`), ...[...Object.keys(ACTS), ...Object.keys(FREE)].flatMap((one) => [`act.${one}`, `does.${one}`]),
    ...Object.entries(WORDS).flatMap(([family, words]) => words.map((one) => `${family}.${one}`)), ...[...Object.keys(ACTS), ...Object.keys(FREE)].flatMap((one) => (arrowOf(one)?.fields ?? []).map((field) => `field.${field}`))];
  assert.deepEqual(wanted.filter((key) => !(key in en)), []);
  const all = sources.filter((path) => !/\/(en|fr)\.ts$/.test(path)).map((path) => readFileSync(path, 'utf8')).join('\n');
  const idle = Object.keys(en).filter((key) => !all.includes(`'${key}'`) && !FAMILIES.includes(key.split('.')[0] ?? ''));
  assert.deepEqual(idle, []);
});

test('no text stands in a component, and nothing becomes HTML', () => {
  const found: string[] = [];
  for (const path of sources.filter((name) => name.endsWith('.tsx'))) {
    const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').replace(/^import[\s\S]*?;$/gm, '');
    for (const match of code.matchAll(/(?:[a-z"}]|\s)>([^<>{}=;()|&?]*[A-Za-z]{2,}[^<>{}=;()|&?]*)<\//g)) if (!['Enter'].includes(match[1] ?? '')) found.push(`${path}: ${match[1]}`);
    for (const match of code.matchAll(/\b(?:aria-label|title|placeholder|alt|label)="([^"]*[A-Za-z]{2,}[^"]*)"/g)) found.push(`${path}: ${match[1]}`);
    for (const match of code.matchAll(/innerHTML|insertAdjacent|document\.write|eval\(/g)) found.push(`${path}: ${match[0]}`);
  }
  assert.deepEqual(found, []);
});
