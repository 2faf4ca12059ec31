/* The public transparency page: what authorities asked for and what became of it, by half-year, as
 * the published reports say; what is hidden in them is shown as hidden. Nobody needs to sign in. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { sha256 } from '@noble/hashes/sha2.js';
import { ApiError, getPublic } from '../api/client.ts';
import { localeOf } from '../decimal/format.ts';
import { chooseLanguage, type Key, language, t, tOr } from '../i18n/index.ts';
import { barsOf, CELLS, COUNTED, COUNTS, type Cell, lineOf, type Report, type Row } from './report.ts';

interface Named { name: string; hash: string }
interface Shown { name: string; report: Report; hash: string }

const NAMES = { en: 'English', fr: 'Français' };
const CHART = { width: 640, height: 180, foot: 22 };

const list = signal<Named[] | null>(null);
const shown = signal<Shown | null>(null);
const trouble = signal<string | null>(null);

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function choose(name: string): Promise<void> {
  try {
    const answer = await fetch(`/transparency/${name}.json`, { cache: 'no-store', credentials: 'omit' });
    if (!answer.ok) throw new Error(String(answer.status));
    const bytes = new Uint8Array(await answer.arrayBuffer());
    shown.value = { name, report: JSON.parse(new TextDecoder().decode(bytes)) as Report, hash: hex(sha256(bytes)) };
  } catch (error) {
    trouble.value = error instanceof Error ? error.message : String(error);
  }
}

async function load(): Promise<void> {
  try {
    const { reports } = await getPublic<{ reports: Named[] }>('/transparency/list.json');
    list.value = reports;
    if (reports[0]) await choose(reports[0].name);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) list.value = [];
    else trouble.value = error instanceof Error ? error.message : String(error);
  }
}

function number(value: number): string {
  return new Intl.NumberFormat(localeOf(language.value)).format(value);
}

function country(code: string): string {
  if (code === 'none') return t('reports.type.none');
  if (code === 'other') return t('reports.other');
  try {
    return new Intl.DisplayNames([localeOf(language.value)], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Value({ value }: { value: number | null }) {
  return value === null
    ? <td class="num" data-hidden><span aria-hidden="true" title={t('reports.hidden')}>{t('reports.hiddenSign')}</span><span class="sr">{t('reports.hidden')}</span></td>
    : <td class="num">{number(value)}</td>;
}

function Chart({ report }: { report: Report }) {
  const bars = barsOf(report);
  const most = Math.max(1, ...bars.flatMap((bar) => bar.values));
  const step = CHART.width / Math.max(bars.length, 1);
  const width = Math.min(46, step / 4);
  const high = CHART.height - CHART.foot - 18;
  const keys: Key[] = ['reports.asked', 'reports.rejected', 'reports.answered'];
  return (
    <figure class="report-chart">
      <figcaption>{keys.map((key, index) => <span key={key}><i class={`report-bar-${index}`} aria-hidden="true" />{t(key)}</span>)}</figcaption>
      <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={t('reports.chart')} data-report-chart={bars.length}>
        <line x1="0" x2={CHART.width} y1={CHART.height - CHART.foot} y2={CHART.height - CHART.foot} class="report-axis" />
        {bars.map((bar, place) => (
          <g key={bar.half}>
            {bar.values.map((value, index) => {
              const tall = Math.round((value / most) * high);
              const x = place * step + step / 2 + (index - 1.5) * width;
              return (
                <g key={index}>
                  <rect x={x} y={CHART.height - CHART.foot - tall} width={width - 4} height={tall} class={`report-bar-${index}`} />
                  <text x={x + (width - 4) / 2} y={CHART.height - CHART.foot - tall - 4} text-anchor="middle">{number(value)}</text>
                </g>
              );
            })}
            <text x={place * step + step / 2} y={CHART.height - 6} text-anchor="middle">{bar.half}</text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

function Totals({ report }: { report: Report }) {
  const halves = [...report.halves].reverse();
  return (
    <section aria-label={t('reports.totals')}>
      <h2>{t('reports.totals')}</h2>
      <div class="table-box" tabIndex={0} role="region" aria-label={t('reports.totals')}>
        <table class="report-table" data-report-totals>
          <thead><tr><th scope="col">{t('reports.cell')}</th>{halves.map((half) => <th scope="col" class="num" key={half.half}>{half.half}{half.over ? '' : ` (${t('reports.running')})`}</th>)}</tr></thead>
          <tbody>
            {CELLS.map((cell) => <tr key={cell} data-cell={cell}><th scope="row">{t(`reports.cell.${cell}` as Key)}</th>{halves.map((half) => <Value key={half.half} value={half.totals[cell]} />)}</tr>)}
            {COUNTS.flatMap((name) => Object.keys(halves[0]?.[name] ?? {}).map((kind) => <tr key={`${name}.${kind}`} data-counted={`${name}.${kind}`}><th scope="row">{t(COUNTED[name])}: {tOr(`reports.${name.slice(0, -1)}.${kind}`, kind)}</th>{halves.map((half) => <Value key={half.half} value={half[name]?.[kind] ?? 0} />)}</tr>))}
            <tr><th scope="row">{t('reports.untold')}</th>{halves.map((half) => <Value key={half.half} value={half.untold} />)}</tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Line({ row, cells }: { row: Row; cells: Cell[] }) {
  return (
    <tr>
      <th scope="row">{country(row.country)}</th><td>{tOr(`reports.type.${row.type}`, row.type)}</td><td>{tOr(`reports.basis.${row.basis}`, row.basis)}</td>
      {cells.map((cell) => <Value key={cell} value={row[cell]} />)}
    </tr>
  );
}

function Rows({ half }: { half: Report['halves'][number] }) {
  const title = t('reports.rows', { half: half.half });
  // A column in which every row has nothing is left out: the totals have it.
  const cells = CELLS.filter((cell) => half.rows.some((row) => row[cell] !== 0));
  return (
    <section data-half={half.half} aria-label={title}>
      <h2>{title}</h2>
      {half.rows.length === 0 ? <p class="quiet">{t('reports.noRows')}</p> : (
        <div class="table-box" tabIndex={0} role="region" aria-label={title}>
          <table class="report-table">
            <thead><tr><th scope="col">{t('reports.country')}</th><th scope="col">{t('reports.type')}</th><th scope="col">{t('reports.basis')}</th>{cells.map((cell) => <th scope="col" class="num" key={cell}>{t(`reports.cell.${cell}` as Key)}</th>)}</tr></thead>
            <tbody>{half.rows.map((row, index) => <Line key={index} row={row} cells={cells} />)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Check({ one, listed }: { one: Shown; listed: string }) {
  const log = `${location.origin}/log`;
  return (
    <section aria-label={t('reports.check')} data-report-check={one.hash === listed ? 'same' : 'differs'}>
      <h2>{t('reports.check')}</h2>
      <dl class="facts"><div class="hash"><dt>{t('reports.hash')}</dt><dd><a href={`/log/text/${one.hash}`}><code data-report-hash>{one.hash}</code></a></dd></div></dl>
      {one.hash === listed ? <p>{t('reports.same')}</p> : <p class="note" role="alert">{t('reports.differs', { hash: listed })}</p>}
      <p>{t('reports.checkLog', { line: lineOf(one.name, one.hash) })}</p>
      <pre tabIndex={0}>{`cambist log check --policy policy.txt ${log}`}</pre>
      <p>{t('reports.checkActs')}</p>
      <pre tabIndex={0}>{`cambist report transparency desk.db --check ${one.name}.json\ncambist report transparency desk.db --through ${one.name} --log ${log} --policy policy.txt`}</pre>
      <p class="dim">{t('reports.limit')}</p>
    </section>
  );
}

export function ReportsPage() {
  const all = list.value;
  const one = shown.value;
  useEffect(() => void load(), []);
  useEffect(() => {
    document.title = `${t('reports.title')} – ${t('app.title')}`;
    document.documentElement.lang = language.value;
  });
  return (
    <div class="rules reports">
      <header class="rules-head">
        <h1>{t('reports.title')}</h1>
        <nav aria-label={t('settings.menu')}>
          <a href="/">{t('rules.back')}</a>
          <a href="/rules">{t('rules.link')}</a>
          <button type="button" class="small" lang="en" data-language="en" aria-pressed={language.value === 'en'} onClick={() => chooseLanguage('en')}>{NAMES.en}</button>
          <button type="button" class="small" lang="fr" data-language="fr" aria-pressed={language.value === 'fr'} onClick={() => chooseLanguage('fr')}>{NAMES.fr}</button>
        </nav>
      </header>
      <main class="rules-main">
        <p>{t('reports.lead')}</p>
        {trouble.value !== null ? <p class="note" role="alert">{t('reports.failed', { text: trouble.value })}</p> : null}
        {all === null && trouble.value === null ? <p class="quiet">{t('common.loading')}</p> : null}
        {all !== null && all.length === 0 ? <p class="quiet" data-reports-none>{t('reports.none')}</p> : null}
        {one && all ? (
          <article data-report={one.name}>
            <p class="report-choice">
              <label for="report-name">{t('reports.choose')}</label>{' '}
              <select id="report-name" value={one.name} onChange={(event) => void choose(event.currentTarget.value)}>{all.map((named) => <option key={named.name} value={named.name}>{named.name}</option>)}</select>
              <a href={`/transparency/${one.name}.json`} download={`${one.report.venue}-${one.name}.json`}>{t('reports.json')}</a>
              <a href={`/transparency/${one.name}.csv`} download={`${one.report.venue}-${one.name}.csv`}>{t('reports.csv')}</a>
            </p>
            {one.report.halves.length === 0 ? <p class="quiet" data-report-empty>{t('reports.empty')}</p> : (
              <>
                <Chart report={one.report} />
                <Totals report={one.report} />
                <p class="dim">{t('reports.why')}</p>
                {[...one.report.halves].reverse().map((half) => <Rows key={half.half} half={half} />)}
              </>
            )}
            <Check one={one} listed={all.find((named) => named.name === one.name)?.hash ?? ''} />
          </article>
        ) : null}
      </main>
    </div>
  );
}
