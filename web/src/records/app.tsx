/* "What we hold about you" and "who opened my record": of whoever is signed in, in plain words, with
 * each opening's letter and a check of its receipt. */
import { effect, useSignal } from '@preact/signals';
import { render } from 'preact';
import { formatDate, formatDateTime } from '../decimal/format.ts';
import { chooseLanguage, language, t } from '../i18n/index.ts';
import { downloadText } from '../state/csv.ts';
import { credentials } from '../state/session.ts';
import type { Records } from './linked.ts';
import { absent, check, type Checked, letterOf, load, type Opening, openings, policy, records, trouble } from './state.ts';
import { tr } from './words.ts';

/* A language is named in itself. */
const NAMES = { en: 'English', fr: 'Français' };
const NODE = 'node verifier.js receipt.txt --policy policy.txt --case CASE';
const PROGRAM = 'cambist log shown receipt.txt --policy policy.txt --case CASE';

const groupName = (group: string) => tr.or(`group.${group}`, 'unknown');
const day = (ms: number) => formatDate(ms, language.value);

function Head() {
  return (
    <header class="account-head">
      <div class="account-line">
        <a class="brand" href="/"><span class="glyph" aria-hidden="true" />{t('app.title')}</a>
        <div class="segments" role="group" aria-label={t('settings.language')}>
          <button type="button" lang="en" data-language="en" aria-pressed={language.value === 'en'} onClick={() => chooseLanguage('en')}>{NAMES.en}</button>
          <button type="button" lang="fr" data-language="fr" aria-pressed={language.value === 'fr'} onClick={() => chooseLanguage('fr')}>{NAMES.fr}</button>
        </div>
      </div>
      <nav aria-label={t('app.title')}><a href="/">{tr('back')}</a></nav>
    </header>
  );
}

function HeldTable({ told }: { told: Records }) {
  if (told.person === null) return <p class="quiet" data-held-nobody>{tr('nobody')}</p>;
  if (told.records.length === 0) return <p class="quiet" data-held-none>{tr('nothing')}</p>;
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={tr('title')}>
      <table class="rows" data-held>
        <thead><tr><th scope="col">{tr('table.group')}</th><th scope="col">{tr('table.since')}</th><th scope="col">{tr('table.until')}</th></tr></thead>
        <tbody>{told.records.map((row) => (
          <tr key={`${row.group}${row.version}`} data-group={row.group}>
            <th scope="row"><strong>{groupName(row.group)}</strong><br /><span class="dim">{tr.or(`about.${row.group}`, 'unknown')}, {tr('version', { version: row.version })}</span></th>
            <td>{row.since === null ? tr('unknown') : day(row.since)}</td>
            <td>{row.erasure === null ? tr('untilOpen', { years: told.years }) : tr('untilDay', { date: day(row.erasure) })}</td>
          </tr>
        ))}</tbody>
      </table>
      {told.more ? <p class="hint">{tr('more')}</p> : null}
    </div>
  );
}

function HeldParts({ told }: { told: Records }) {
  const { quorum } = told;
  return (
    <>
      <section class="card" data-who-opens>
        <h2>{tr('who.title')}</h2>
        <p>{quorum ? tr('who.known', { a: quorum.a[0], an: quorum.a[1], b: quorum.b[0], bn: quorum.b[1] }) : tr('who.unknown')}</p>
        <h3>{tr('rests.title')}</h3>
        <p data-rests>{tr('rests.text')}</p>
      </section>
      <section class="card" data-also>
        <h2>{tr('also.title')}</h2>
        <p>{tr('also.text')}</p>
      </section>
      {told.reviews.length > 0 ? (
        <section class="card" data-reviews>
          <h2>{tr('review.title')}</h2>
          <p>{told.review ? tr('review.open', { date: formatDateTime(told.review.until, language.value) }) : tr('review.over')}</p>
          <ul>{told.reviews.map((row) => <li key={row.version}>{tr(row.views === 1 ? 'review.once' : 'review.views', { date: day(row.came), views: row.views })}</li>)}</ul>
        </section>
      ) : null}
      {told.erased.length > 0 ? (
        <section class="card" data-erased>
          <h2>{tr('erased.title')}</h2>
          <ul>{told.erased.map((row) => <li key={`${row.group}${row.version}`}>{tr('erased.row', { group: groupName(row.group), version: row.version, date: day(row.when) })}</li>)}</ul>
        </section>
      ) : null}
    </>
  );
}

function Outcome({ checked }: { checked: Checked }) {
  if (!checked.good) return <p class="note warn-text" role="status" data-receipt="bad">{tr('receipt.bad', { flaw: checked.flaw })}</p>;
  const { kind, slot, verdict } = checked.good;
  return (
    <div role="status" data-receipt="good">
      <p><strong>{tr('receipt.good')}</strong> {tr('receipt.event', { kind, slot: formatDateTime(slot * 1000, language.value) })}</p>
      <p>{tr('receipt.witnesses', { count: verdict.cosigned.length, independent: verdict.independent })}</p>
    </div>
  );
}

function Receipt({ row }: { row: Opening }) {
  const checked = useSignal<Checked | null>(null);
  const { receipt } = row;
  const text = policy.value;
  if (receipt === null) return <p class="hint" data-receipt="wait">{tr('receipt.wait')}</p>;
  return (
    <div>
      <div class="buttons">
        {text === null ? null : <button type="button" class="small" data-receipt-check onClick={() => { checked.value = check(text, receipt, row.case); }}>{tr('receipt.check')}</button>}
        <button type="button" class="small" data-receipt-save onClick={() => downloadText('receipt.txt', 'text/plain', receipt)}>{tr('receipt.save')}</button>
      </div>
      {text === null ? <p class="hint">{tr('receipt.noPolicy')}</p> : null}
      {checked.value ? <Outcome checked={checked.value} /> : null}
    </div>
  );
}

function OpeningCard({ row }: { row: Opening }) {
  const letter = row.letter === null ? null : letterOf(row.letter, language.value);
  return (
    <article class="card" data-opening={row.case}>
      <h3>{tr.or(`kind.${row.kind}`, 'unknown')}</h3>
      <p>{tr('open.said', { date: formatDateTime(row.noticed, language.value) })}. {row.opened ? tr('open.opened', { groups: row.groups.map(groupName).join(', ') }) : tr('open.notOpened')} {row.from !== null && row.until !== null ? tr('open.period', { from: day(row.from), until: day(row.until - 1) }) : ''} {row.withheld ? tr('open.withheld') : ''}</p>
      <p class="dim mono">{tr('case', { name: row.case })}</p>
      {letter === null ? <p class="hint">{tr('letter.none')}</p> : (
        <details><summary>{tr('letter')}</summary><p class="letter-text">{letter.body}</p><pre tabIndex={0} class="mono">{letter.head}</pre></details>
      )}
      <Receipt row={row} />
    </article>
  );
}

function OpeningsPart() {
  const told = openings.value;
  if (absent.value.openings) return <section class="card"><h2>{tr('open.title')}</h2><p data-openings-absent>{tr('open.absent')}</p></section>;
  const left = told ? told.all - told.openings.length : 0;
  return (
    <section data-openings={told ? told.all : ''}>
      <h2>{tr('open.title')}</h2>
      <p class="banner-line" data-incomplete>{tr('open.incomplete')}</p>
      {!told ? <p class="quiet">{tr('wait')}</p> : told.openings.length === 0 ? <p class="quiet" data-openings-none>{tr('open.none')}</p> : told.openings.map((row) => <OpeningCard key={row.case} row={row} />)}
      {left > 0 ? <p class="hint">{tr('open.left', { count: left })}</p> : null}
    </section>
  );
}

function Tool() {
  const text = policy.value;
  return (
    <section class="card" data-tool>
      <h2>{tr('tool.title')}</h2>
      <p>{tr('tool.text')} <a href={VERIFIER} download="verifier.js" data-verifier>{tr('tool.save')}</a></p>
      <pre tabIndex={0} class="mono">{NODE}</pre>
      <p>{tr('tool.or')}</p>
      <pre tabIndex={0} class="mono">{PROGRAM}</pre>
      {text === null ? null : (
        <details data-policy><summary>{tr('policy')}</summary>
          <p class="hint">{tr('policy.note')}</p>
          <pre tabIndex={0} class="mono">{text}</pre>
          <button type="button" class="small" onClick={() => downloadText('policy.txt', 'text/plain', text)}>{tr('policy.save')}</button>
        </details>
      )}
    </section>
  );
}

function Inner() {
  if (!credentials.value) return <section class="card narrow" data-signed-out><p>{tr('signIn')}</p><p><a href="/account/sign-in">{tr('signInLink')}</a> · <a href="/">{tr('back')}</a></p></section>;
  const told = records.value;
  return (
    <>
      {trouble.value ? <p class="note" role="alert">{tr('failed', { text: trouble.value })}</p> : null}
      {absent.value.records ? <p class="quiet" data-records-absent>{tr('absent')}</p> : told ? <><HeldTable told={told} /><HeldParts told={told} /></> : trouble.value ? null : <p class="quiet">{tr('wait')}</p>}
      <OpeningsPart />
      <Tool />
    </>
  );
}

function App() {
  return (
    <div class="account records">
      <Head />
      <main class="account-main"><h1>{tr('title')}</h1><Inner /></main>
    </div>
  );
}

export function startRecords(box: HTMLElement): void {
  let turn = 0;
  effect(() => {
    document.documentElement.lang = language.value;
    document.title = `${tr('title')} · ${t('app.title')}`;
  });
  effect(() => {
    turn += 1;
    const mine = turn;
    if (credentials.value) void load(() => mine !== turn);
  });
  render(<App />, box);
}
