/* One's own actions, nobody else's: acts at the desk and at the queue, cases looked at, sign-ins. */
import { download } from '../state/csv.ts';
import { type Action, get, session, type Session } from './api.ts';
import { moment } from './clock.ts';
import { t, word } from './i18n.ts';
import { Field, Head, useLoad, Waiting } from './parts.tsx';
import { go, values, withValues } from './route.ts';
import { csvOfActions } from './rows.ts';

const LIMIT = 500;
const DAY_MS = 86_400_000;

const isDesk = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);

export function Mine() {
  const all = values();
  const [text, from, until] = ['text', 'from', 'until'].map((name) => all.get(name) ?? '') as [string, string, string];
  const set = (name: string, value: string) => go(withValues({ [name]: value }), true);
  const start = Date.parse(`${from}T00:00:00Z`);
  const end = Date.parse(`${until}T00:00:00Z`) + DAY_MS; // its day included
  const load = useLoad(`${text} ${from} ${until}`, () => get<{ actions: Action[]; complete?: boolean }>('mine', { text, from: Number.isNaN(start) ? '' : start, until: Number.isNaN(end) ? '' : end, limit: LIMIT }));
  const rows = load.value?.actions ?? [];
  const me = session.value as Session;
  return (
    <main id="main">
      <Head title={t('mine.title')}><button type="button" disabled={rows.length === 0} data-csv onClick={() => download(`${me.officer}-actions.csv`, csvOfActions(rows))}>{t('mine.csv')}</button></Head>
      <p class="hint">{t('mine.about')}</p>
      <form class="filters" role="search" aria-label={t('mine.search')} onSubmit={(event) => event.preventDefault()}>
        <Field label={t('mine.search')}>{(id) => <input id={id} type="search" data-field="text" value={text} onChange={(event) => set('text', event.currentTarget.value.trim())} />}</Field>
        <Field label={t('mine.from')}>{(id) => <input id={id} type="date" data-field="from" value={from} onChange={(event) => set('from', event.currentTarget.value)} />}</Field>
        <Field label={t('mine.until')}>{(id) => <input id={id} type="date" data-field="until" value={until} onChange={(event) => set('until', event.currentTarget.value)} />}</Field>
        {text || from || until ? <a href="/mine" data-clear>{t('queue.clear')}</a> : null}
      </form>
      <Waiting load={load} />
      {load.value && rows.length === 0 ? <p class="empty" data-none>{t('mine.none')}</p> : null}
      {rows.length >= LIMIT || load.value?.complete === false ? <p class="warn">{t('mine.limit', { count: rows.length })}</p> : null}
      {rows.length > 0 ? (
        <div class="table-box" tabIndex={0} role="region" aria-label={t('mine.title')}>
          <table class="rows" data-actions={rows.length}>
            <thead><tr><th scope="col">{t('mine.time')}</th><th scope="col">{t('mine.what')}</th><th scope="col">{t('column.case')}</th><th scope="col">{t('mine.act')}</th><th scope="col">{t('mine.number')}</th></tr></thead>
            <tbody>{rows.map((row, index) => (
              <tr key={index} data-what={row.what}><td>{moment(row.time)}</td><td>{word('what', row.what)}</td>
                <td>{row.case ? <a href={isDesk(row.case) ? `/case/${row.case}` : `/restriction/${row.case}`}>{isDesk(row.case) ? `${row.case.slice(0, 8)}…` : row.case}</a> : ''}</td>
                <td>{row.act ? word(row.what === 'case' ? 'ract' : row.what === 'sign-in' ? 'signed' : 'act', row.act) : ''}</td><td>{row.log ? t('case.logged', { number: row.log }) : row.seq ? t('restriction.seq', { seq: row.seq }) : ''}</td></tr>
            ))}</tbody>
          </table>
        </div>
      ) : null}
    </main>
  );
}
