/* What the registers were told of authorities: contacts with them, and officers' ties to them. Who
 * signed each is beside it, since the act is what counts. */
import { useSignal } from '@preact/signals';
import { get } from './api.ts';
import { moment } from './clock.ts';
import { t, word } from './i18n.ts';
import { momentOf } from './moment.ts';
import { Fault, Field, Hash, Head, useLoad, Waiting } from './parts.tsx';
import { go, values, withValues } from './route.ts';

const ROWS = 100;
const DAY_S = 86_400;
const FILTERS = ['authority', 'member', 'from', 'until'] as const;
const CODE = /^[A-Za-z0-9_.-]{1,32}$/;

interface Told { number: number; taken: string; signed: string; contact?: string; authority: string; member: string; officer: string; role: string; region: string; evidence: string | null; act: string; log: number }
interface Answer { contacts?: Told[]; recusals?: Told[]; count: number; next: number | null }

/* Seconds at the beginning of a day, so many days later; '' where it is none. */
function seconds(day: string, later: number): number | '' {
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) ? '' : start / 1000 + later * DAY_S;
}

function Filters({ place }: { place: string }) {
  const all = values();
  const of = (name: string) => all.get(name) ?? '';
  const set = (name: string, value: string) => go(withValues({ [name]: value }), true);
  return (
    <form class="filters" role="search" aria-label={t('queue.filters')} onSubmit={(event) => event.preventDefault()}>
      {(['authority', 'member'] as const).map((name) => <Field key={name} label={t(`field.${name}`)}>{(id) => <input id={id} autocomplete="off" spellcheck={false} data-field={name} value={of(name)} onChange={(event) => set(name, CODE.test(event.currentTarget.value.trim()) ? event.currentTarget.value.trim() : '')} />}</Field>)}
      <Field label={t('mine.from')}>{(id) => <input id={id} type="date" data-field="from" value={of('from')} onChange={(event) => set('from', event.currentTarget.value)} />}</Field>
      <Field label={t('mine.until')}>{(id) => <input id={id} type="date" data-field="until" value={of('until')} onChange={(event) => set('until', event.currentTarget.value)} />}</Field>
      {FILTERS.some((name) => of(name)) ? <a href={place} data-clear>{t('queue.clear')}</a> : null}
    </form>
  );
}

function Row({ row }: { row: Told }) {
  return (
    <tr data-told={row.contact ?? 'recusal'} data-member={row.member}>
      <td>{moment(momentOf(row.signed))}</td>
      {row.contact ? <td>{word('contact', row.contact)}</td> : null}
      <th scope="row">{row.authority}</th>
      <td>{row.member}</td>
      <td>{row.officer} <span class="dim">{word('role', row.role)} · {row.region}</span></td>
      <td>{row.log ? t('case.logged', { number: row.log }) : t('case.notLogged')}</td>
      <td><Hash value={row.act} label={t('register.act')} /></td>
      <td><Hash value={row.evidence ?? 'none'} label={t('field.evidence')} /></td>
    </tr>
  );
}

function List({ name, place }: { name: 'contacts' | 'recusals'; place: string }) {
  const all = values();
  const asked = { authority: all.get('authority') ?? '', member: all.get('member') ?? '', from: seconds(all.get('from') ?? '', 0), until: seconds(all.get('until') ?? '', 1), limit: ROWS };
  const load = useLoad(name + JSON.stringify(asked), () => get<Answer>(name, asked));
  const more = useSignal<{ of: Answer | null; rows: Told[]; next: number | null }>({ of: null, rows: [], next: null });
  const error = useSignal<unknown>(null);
  const answer = load.value;
  const behind = more.value.of === answer ? more.value : { of: answer, rows: [], next: answer?.next ?? null };
  const rows = [...(answer?.[name] ?? []), ...behind.rows];
  const goOn = async () => {
    try {
      const found = await get<Answer>(name, { ...asked, before: behind.next ?? '' });
      more.value = { of: answer, rows: [...behind.rows, ...(found[name] ?? [])], next: found.next };
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  };
  const columns = [t('register.signed'), ...(name === 'contacts' ? [t('field.contact')] : []), t('field.authority'), t('field.member'), t('register.signer'), t('mine.number'), t('register.act'), t('field.evidence')];
  return (
    <>
      <p class="hint">{name === 'contacts' ? t('register.contactsHint') : t('register.recusalsHint')}</p>
      <Filters place={place} />
      <Waiting load={load} />
      {answer ? <p class="counts" role="status" data-counts={rows.length}><span>{t('restriction.shown', { count: rows.length })}</span></p> : null}
      {answer && rows.length === 0 ? <p class="empty" data-none>{t('register.none')}</p> : null}
      {rows.length > 0 ? (
        <div class="table-box" tabIndex={0} role="region" aria-label={name === 'contacts' ? t('register.contacts') : t('register.recusals')}>
          <table class="rows">
            <thead><tr>{columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
            <tbody>{rows.map((row) => <Row key={row.number} row={row} />)}</tbody>
          </table>
        </div>
      ) : null}
      {behind.next ? <p><button type="button" data-more onClick={() => void goOn()}>{t('restriction.more')}</button></p> : null}
      <Fault error={error.value} />
    </>
  );
}

export function Registers() {
  const isRecusals = values().get('show') === 'recusals';
  const name = isRecusals ? 'recusals' : 'contacts';
  const act = isRecusals ? 'recuse' : 'contact';
  return (
    <main id="main">
      <Head title={isRecusals ? t('register.recusals') : t('register.contacts')}><a class="button" href={`/?act=${act}`} data-write={act}>{word('act', act)}</a></Head>
      <nav class="tabs" aria-label={t('queue.registers')}>
        <a class="button small" href="/registers" aria-current={isRecusals ? undefined : 'page'}>{t('register.contacts')}</a>
        <a class="button small" href="/registers?show=recusals" aria-current={isRecusals ? 'page' : undefined} data-recusals-tab>{t('register.recusals')}</a>
        <a class="button small" href="/?act=authority">{t('register.authorities')}</a>
      </nav>
      <List key={name} name={name} place={isRecusals ? '/registers?show=recusals' : '/registers'} />
    </main>
  );
}
