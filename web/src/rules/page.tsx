/* The public page of rules: what is in force, announced and ended, in the packs' own words. Nobody
 * needs to sign in, and nothing of a customer is here. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { getPublic } from '../api/client.ts';
import { localeOf } from '../decimal/format.ts';
import { chooseLanguage, type Key, language, t, tOr } from '../i18n/index.ts';
import { changesBetween, type Json } from './diff.ts';

interface Words { en: string; fr: string }
interface Row { hash: string; id: string; version: number; state: 'in_force' | 'announced' | 'ended'; activated: number | null; ended: number | null; groups: string[]; acts: [string, string, string][] }
interface Cite { source: string; article?: string; paragraph?: string; note?: string }
interface Rule { id: string; explain: Words; cite: Cite[]; scope: string; threshold?: { op: string; amount: string }; effective_from?: string; effective_until?: string }
interface Pack { pack: { title: Words; origin: string; jurisdiction: string; published: string; effective_from: string; effective_until?: string; uncertain?: { key: string; why: string }[] }; rules: Rule[] }
interface Whole { row: Row; pack: Pack }

/* A language is named in itself. */
const NAMES = { en: 'English', fr: 'Français' };
const STATES: Row['state'][] = ['in_force', 'announced', 'ended'];
const packs = signal<Whole[] | null>(null);
const trouble = signal<string | null>(null);
const at = signal<number>(0);
const compared = signal<Record<string, string>>({});

async function load(): Promise<void> {
  try {
    const list = await getPublic<{ time: number; packs: Row[] }>('/rules/list.json');
    const whole = await Promise.all(list.packs.map(async (row) => ({ row, pack: await getPublic<Pack>(`/rules/${row.hash}.json`) })));
    at.value = list.time;
    packs.value = whole;
    requestAnimationFrame(() => document.getElementById(location.hash.slice(1))?.scrollIntoView());
  } catch (error) {
    trouble.value = error instanceof Error ? error.message : String(error);
  }
}

function actOf(row: Row, id: string): string {
  const found = row.acts.find((act) => act[0] === id);
  return found ? found[language.value === 'fr' ? 2 : 1] : id;
}

function citeText(row: Row, cite: Cite): string {
  const parts = [actOf(row, cite.source)];
  // Not every place within a text has a number: "article 5b", but "guidance".
  if (cite.article) parts.push(/^\d/.test(cite.article) ? t('rules.article', { article: cite.article }) : cite.article);
  if (cite.paragraph) parts.push(t('rules.paragraph', { paragraph: cite.paragraph }));
  return parts.join(', ');
}

function Diff({ whole, others }: { whole: Whole; others: Whole[] }) {
  const chosen = compared.value[whole.row.hash] ?? '';
  const other = others.find((one) => one.row.hash === chosen);
  const changes = other ? changesBetween(other.pack as unknown as Json, whole.pack as unknown as Json) : [];
  const id = `diff-${whole.row.hash}`;
  return (
    <div class="diff">
      <label for={id}>{t('rules.compare')}</label>{' '}
      <select id={id} data-compare={whole.row.version} value={chosen} onChange={(event) => { compared.value = { ...compared.peek(), [whole.row.hash]: event.currentTarget.value }; }}>
        <option value="">{t('rules.compareNone')}</option>
        {others.map((one) => <option key={one.row.hash} value={one.row.hash}>{t('rules.version', { version: one.row.version })}</option>)}
      </select>
      {other ? (
        <div class="table-box" tabIndex={0} role="region" aria-label={t('rules.compare')}>
          <table class="changes" data-changes={changes.length}>
            <thead><tr><th scope="col">{t('rules.field')}</th><th scope="col">{t('rules.before')}</th><th scope="col">{t('rules.after')}</th></tr></thead>
            <tbody>{changes.map((row) => <tr key={row.path}><th scope="row"><code>{row.path}</code></th><td>{row.before === null ? t('common.none') : <del>{row.before}</del>}</td><td>{row.after === null ? t('common.none') : <ins>{row.after}</ins>}</td></tr>)}</tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

function PackCard({ whole, others }: { whole: Whole; others: Whole[] }) {
  const { row, pack } = whole;
  const words = language.value;
  return (
    <article class="pack" id={row.hash} data-pack={`${row.id} ${row.version}`}>
      <h3>{pack.pack.title[words]}</h3>
      <p class="dim">{row.id}, {t('rules.version', { version: row.version })} · {pack.pack.jurisdiction} · {tOr(`rules.origin.${pack.pack.origin}`, pack.pack.origin)}</p>
      <dl class="facts">
        <div><dt>{t('rules.from')}</dt><dd>{pack.pack.effective_from}</dd></div>
        <div><dt>{t('rules.until')}</dt><dd>{pack.pack.effective_until ?? t('rules.open')}</dd></div>
        <div><dt>{t('rules.published')}</dt><dd>{pack.pack.published}</dd></div>
        {row.groups.length > 0 ? <div><dt>{t('rules.signed')}</dt><dd>{row.groups.join(', ')}</dd></div> : null}
        <div class="hash"><dt>{t('rules.hash')}</dt><dd><a href={`/rules/${row.hash}.json`}><code>{row.hash}</code></a></dd></div>
      </dl>
      {pack.rules.map((rule) => (
        <section class="rule" key={rule.id} data-rule={rule.id} aria-label={rule.id}>
          <h4>{rule.id}</h4>
          <ul class="cites">{rule.cite.map((cite, index) => <li key={index}>{citeText(row, cite)}</li>)}</ul>
          {rule.effective_from || rule.effective_until ? <p class="dim">{rule.effective_from ?? pack.pack.effective_from} – {rule.effective_until ?? pack.pack.effective_until ?? t('rules.open')}</p> : null}
          <p>{rule.explain[words]}</p>
          {rule.threshold ? <p class="dim">{t('rules.amount', { op: rule.threshold.op, amount: rule.threshold.amount })}</p> : null}
        </section>
      ))}
      {pack.pack.uncertain && pack.pack.uncertain.length > 0 ? (
        <details><summary>{t('rules.uncertain')}</summary><ul class="cites">{pack.pack.uncertain.map((one) => <li key={one.key}><code>{one.key}</code>: {one.why}</li>)}</ul></details>
      ) : null}
      {others.length > 0 ? <Diff whole={whole} others={others} /> : null}
    </article>
  );
}

export function RulesPage() {
  const all = packs.value;
  useEffect(() => void load(), []);
  useEffect(() => {
    document.title = `${t('rules.title')} – ${t('app.title')}`;
    document.documentElement.lang = language.value;
  });
  return (
    <div class="rules">
      <header class="rules-head">
        <h1>{t('rules.title')}</h1>
        <nav aria-label={t('settings.menu')}>
          <a href="/">{t('rules.back')}</a>
          <a href="/rules.txt">{t('rules.text')}</a>
          <a href="/transparency">{t('reports.link')}</a>
          <button type="button" class="small" lang="en" data-language="en" aria-pressed={language.value === 'en'} onClick={() => chooseLanguage('en')}>{NAMES.en}</button>
          <button type="button" class="small" lang="fr" data-language="fr" aria-pressed={language.value === 'fr'} onClick={() => chooseLanguage('fr')}>{NAMES.fr}</button>
        </nav>
      </header>
      <main class="rules-main">
        {trouble.value !== null ? <p class="note" role="alert">{t('rules.failed', { text: trouble.value })}</p> : null}
        {all === null && trouble.value === null ? <p class="quiet">{t('common.loading')}</p> : null}
        {all !== null ? <p class="dim" data-rules-at>{t('rules.at', { time: new Intl.DateTimeFormat(localeOf(language.value), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at.value) })}</p> : null}
        {all !== null && all.length === 0 ? <p class="quiet" data-rules-none>{t('rules.none')}</p> : null}
        {all === null ? null : STATES.map((state) => {
          const rows = all.filter((one) => one.row.state === state);
          return rows.length === 0 ? null : (
            <section key={state} data-rules={state} aria-label={t(`rules.state.${state}` as Key)}>
              <h2>{t(`rules.state.${state}` as Key)}</h2>
              {rows.map((one) => <PackCard key={one.row.hash} whole={one} others={all.filter((other) => other.row.id === one.row.id && other !== one)} />)}
            </section>
          );
        })}
      </main>
    </div>
  );
}
