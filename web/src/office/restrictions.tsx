/* Cases of the sanctions rules: what restricts whom, why, by when. They are read here; what officers do
 * about them goes through the command line with their signatures, and the commands are shown. */
import { useSignal } from '@preact/signals';
import { get, type Listed, type RuleAct, type RuleCase, session, type Session } from './api.ts';
import { moment } from './clock.ts';
import { t, word } from './i18n.ts';
import { ofMicros, venueIs } from './moment.ts';
import { Choice, Command, Due, Fault, Field, Hash, Head, State, useLoad, Waiting } from './parts.tsx';
import { go, values, withValues } from './route.ts';
import { commandsOf } from './rows.ts';

export const KINDS = ['candidate', 'undetermined', 'evidence', 'freeze', 'threshold', 'rule', 'held-deposit', 'frozen-deposit', 'report', 'report-rejected', 'report-yearly', 'wind-down', 'close-account', 'appeal', 'duplicate', 'manual'] as const;
export const RULE_STATES = ['open', 'taken', 'second', 'decided', 'cleared', 'closed'] as const;
/* Why an act changed nothing, as the queue says it. */
export const VOIDS = ['there is no such case', 'the case is closed', 'another officer has the case', 'the same officer twice, or one who took part in what is appealed', 'what loosens needs two officers', 'not in a case of this kind or state', 'the end must be in the future', 'an appeal is open already', 'an officer must be named'];
const ROWS = 100;
const FILTERS = ['kind', 'state', 'person', 'account', 'owner', 'all'] as const;
const NUMBER = /^[1-9]\d{0,18}$/;

interface Answer { time_us: number; cases: RuleCase[]; count: number; next?: string }

/* Each answer of the queue says of which moment it is, by the venue's clock. */
export async function told<T extends { time_us: number }>(path: string, words: Record<string, string | number | undefined> = {}): Promise<T> {
  const found = await get<T>(path, words);
  venueIs(ofMicros(found.time_us));
  return found;
}

export function whom(row: { person: number; account: number }): string {
  return row.account ? t('restriction.accountOf', { person: row.person, account: row.account }) : t('restriction.person', { person: row.person });
}

export function officerName(number: number): string {
  const me = session.peek() as Session;
  return number === 0 ? t('none') : number === me.number ? `${me.officer} (${t('you')})` : t('restriction.officer', { number });
}

function Filters() {
  const all = values();
  const of = (name: string) => all.get(name) ?? '';
  const set = (name: string, value: string) => go(withValues({ [name]: value }), true);
  const me = session.value as Session;
  return (
    <form class="filters" role="search" aria-label={t('queue.filters')} onSubmit={(event) => event.preventDefault()}>
      <Field label={t('field.kind')}>{(id) => <Choice id={id} name="kind" value={of('kind')} words={KINDS} family="kind" none={t('any')} on={(value) => set('kind', value)} />}</Field>
      <Field label={t('field.state')}>{(id) => <Choice id={id} name="state" value={of('state')} words={RULE_STATES} family="rstate" none={t('any')} on={(value) => set('state', value)} />}</Field>
      {(['person', 'account'] as const).map((name) => <Field key={name} label={t(`filter.${name}`)}>{(id) => <input id={id} class="short" inputMode="numeric" data-field={name} value={of(name)} onChange={(event) => set(name, NUMBER.test(event.currentTarget.value.trim()) ? event.currentTarget.value.trim() : '')} />}</Field>)}
      <label class="check"><input type="checkbox" data-field="owner" checked={of('owner') !== ''} onChange={(event) => set('owner', event.currentTarget.checked ? String(me.number) : '')} />{t('restriction.mine')}</label>
      <label class="check"><input type="checkbox" data-field="all" checked={of('all') !== ''} onChange={(event) => set('all', event.currentTarget.checked ? 'yes' : '')} />{t('queue.all')}</label>
      {FILTERS.some((name) => of(name)) ? <a href="/restrictions" data-clear>{t('queue.clear')}</a> : null}
    </form>
  );
}

function Row({ row }: { row: RuleCase }) {
  return (
    <tr data-restriction={row.case}>
      <td><Due at={row.closed_us ? null : ofMicros(row.due_us)} venue /></td>
      <th scope="row"><a href={`/restriction/${row.case}`}>{row.case}</a></th>
      <td>{word('kind', row.kind)}</td>
      <td><State name={row.state} family="rstate" /></td>
      <td>{whom(row)}</td>
      <td>{row.list ? `${row.list} ${row.entry}${row.score ? ` · ${row.score}` : ''}` : [row.rule, row.about].filter(Boolean).join(' · ')}</td>
      <td>{officerName(row.owner)}</td>
    </tr>
  );
}

export function RuleTable({ rows, label }: { rows: RuleCase[]; label: string }) {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table class="rows">
        <thead><tr>{(['due', 'case', 'kind', 'state', 'whom', 'about', 'owner'] as const).map((name) => <th key={name} scope="col">{t(`column.${name}`)}</th>)}</tr></thead>
        <tbody>{rows.map((row) => <Row key={row.case} row={row} />)}</tbody>
      </table>
    </div>
  );
}

function List() {
  const all = values();
  const asked = Object.fromEntries(FILTERS.map((name) => [name, all.get(name) ?? '']));
  const load = useLoad(JSON.stringify(asked), () => told<Answer>('restrictions', { ...asked, limit: ROWS }));
  const more = useSignal<{ of: Answer | null; rows: RuleCase[]; next: string | undefined }>({ of: null, rows: [], next: undefined });
  const error = useSignal<unknown>(null);
  const answer = load.value;
  const behind = more.value.of === answer ? more.value : { of: answer, rows: [], next: answer?.next };
  const rows = [...(answer?.cases ?? []), ...behind.rows];
  const goOn = async () => {
    try {
      const found = await told<Answer>('restrictions', { ...asked, limit: ROWS, after: behind.next });
      more.value = { of: answer, rows: [...behind.rows, ...found.cases], next: found.next };
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  };
  return (
    <>
      <Filters />
      <Waiting load={load} />
      {answer ? <p class="counts" role="status" data-counts={rows.length}><span>{t('restriction.shown', { count: rows.length })}</span><span class={rows.some((row) => row.late) ? 'bad' : 'dim'}>{t('queue.late', { count: rows.filter((row) => row.late).length })}</span></p> : null}
      {answer && rows.length === 0 ? <p class="empty" data-none>{t('restriction.none')}</p> : null}
      {rows.length > 0 ? <RuleTable rows={rows} label={t('restriction.title')} /> : null}
      {behind.next ? <p><button type="button" data-more onClick={() => void goOn()}>{t('restriction.more')}</button></p> : null}
      <Fault error={error.value} />
    </>
  );
}

function Whitelist() {
  const load = useLoad('whitelisted', () => told<{ time_us: number; whitelist: Listed[] }>('whitelisted'));
  const rows = load.value?.whitelist ?? [];
  return (
    <>
      <p class="hint">{t('whitelist.hint')}</p>
      <Waiting load={load} />
      {load.value && rows.length === 0 ? <p class="empty" data-none>{t('whitelist.none')}</p> : null}
      {rows.length > 0 ? (
        <div class="table-box" tabIndex={0} role="region" aria-label={t('whitelist.title')}>
          <table class="rows" data-whitelist={rows.length}>
            <thead><tr><th scope="col">{t('column.ends')}</th><th scope="col">{t('column.whom')}</th><th scope="col">{t('column.entry')}</th><th scope="col">{t('column.case')}</th></tr></thead>
            <tbody>{rows.map((row) => <tr key={`${row.person} ${row.list} ${row.entry}`}><td>{moment(ofMicros(row.until_us))} {row.over ? <span class="chip">{t('whitelist.over')}</span> : <Due at={ofMicros(row.until_us)} venue />}</td><td>{t('restriction.person', { person: row.person })}</td><td>{row.list} {row.entry}</td><td><a href={`/restriction/${row.case}`}>{row.case}</a></td></tr>)}</tbody>
          </table>
        </div>
      ) : null}
    </>
  );
}

export function Restrictions() {
  const isWhitelist = values().get('show') === 'whitelist';
  return (
    <main id="main">
      <Head title={isWhitelist ? t('whitelist.title') : t('restriction.title')} />
      <nav class="tabs" aria-label={t('restriction.title')}>
        <a class="button small" href="/restrictions" aria-current={isWhitelist ? undefined : 'page'}>{t('restriction.cases')}</a>
        <a class="button small" href="/restrictions?show=whitelist" aria-current={isWhitelist ? 'page' : undefined} data-whitelist-tab>{t('whitelist.title')}</a>
      </nav>
      {isWhitelist ? <Whitelist /> : <List />}
    </main>
  );
}

/* Of an appeal the time of the notice that it answers, of a duplicate the row of `cambist vault doubles`. */
function referenceOf(row: RuleCase): [string, string] {
  if (row.kind === 'appeal') return [t('restriction.answers'), moment(ofMicros(row.reference))];
  return [t('restriction.reference'), String(row.kind === 'duplicate' ? Math.floor(row.reference / 4) : row.reference)];
}

function Facts({ row }: { row: RuleCase }) {
  const facts: [string, preact.ComponentChildren][] = [
    [t('column.whom'), whom(row)],
    [t('restriction.rule'), row.pack ? `${row.pack}, ${t('restriction.version', { version: row.version })}${row.rule ? ` · ${row.rule}` : ''}` : t('none')],
    ...(row.about ? [[t('column.about'), row.about] as [string, string]] : []),
    ...(row.list ? [[t('column.entry'), `${row.list} ${row.entry}`] as [string, string]] : []),
    ...(row.score ? [[t('restriction.score'), <span key="s" data-score={row.score}><meter min={0} max={1} value={Number(row.score)} aria-label={t('restriction.score')} /> {row.score}</span>] as [string, preact.ComponentChildren]] : []),
    [t('restriction.cause'), String(row.cause_seq)],
    [t('restriction.opened'), moment(ofMicros(row.opened_us))],
    [t('column.due'), row.closed_us ? moment(ofMicros(row.due_us)) : <span key="d">{moment(ofMicros(row.due_us))} <Due at={ofMicros(row.due_us)} venue /></span>],
    ...(row.closed_us ? [[t('restriction.closed'), `${moment(ofMicros(row.closed_us))} · ${word('outcome', row.outcome)}`] as [string, string]] : []),
    [t('column.owner'), officerName(row.owner)], [t('restriction.decided'), officerName(row.decided_by)], [t('restriction.second'), officerName(row.second_by)],
    ...(row.reference ? [referenceOf(row)] : []), ...(row.amount ? [[t('restriction.amount'), String(row.amount)] as [string, string]] : []),
    ...(row.parent ? [[t('restriction.parent'), <a key="p" href={`/restriction/${row.parent}`}>{row.parent}</a>] as [string, preact.ComponentChildren]] : []),
    [t('field.evidence'), <Hash key="e" value={row.evidence} label={t('field.evidence')} />],
  ];
  return <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

export function RestrictionPage({ name }: { name: string }) {
  const load = useLoad(name, () => told<{ time_us: number; case: RuleCase; acts: RuleAct[] }>('restriction', { case: name }));
  const me = session.value as Session;
  if (!load.value) return <main id="main"><Head title={t('restriction.one', { name })} /><Waiting load={load} /></main>;
  const { case: row, acts } = load.value;
  const commands = commandsOf(row, me.officer);
  return (
    <main id="main" class="case">
      <p class="no-print"><a href="/restrictions">{t('restriction.back')}</a></p>
      <Head title={t('restriction.one', { name })}><State name={row.state} family="rstate" /><span class="no-print tools"><button type="button" onClick={load.again}>{t('again')}</button><button type="button" onClick={() => print()}>{t('print')}</button></span></Head>
      <section class="card" aria-labelledby="why"><h2 id="why">{word('kind', row.kind)}</h2><p>{word('kindWhy', row.kind)}</p><Facts row={row} />{row.list ? <div class="no-print" data-entry><p class="hint">{t('restriction.entryHint')}</p><Command label={t('restriction.entryHint')} text={`cambist lists show ${row.list} ${row.entry}`} /></div> : null}</section>
      <section class="card no-print" aria-labelledby="act"><h2 id="act">{t('restriction.act')}</h2>
        {commands.length === 0 ? <p class="dim">{t('restriction.over')}</p> : <><p class="hint">{t('restriction.actHint')}</p>
          <dl class="commands">{commands.map(([act, text]) => <div key={act} data-command={act}><dt>{word('ract', act)}</dt><dd><Command text={text} label={word('ract', act)} /></dd></div>)}</dl></>}
      </section>
      <section class="card" aria-labelledby="done"><h2 id="done">{t('case.acts', { count: acts.length })}</h2>
        <ol class="acts">{acts.map((act) => (
          <li class="act" key={act.seq} data-act={act.act}>
            <div class="act-head"><b>{word('ract', act.act)}</b><span>{officerName(act.officer)}{act.second ? ` + ${officerName(act.second)}` : ''}</span><span class="dim">{moment(ofMicros(act.time_us))}</span><span class="dim">{t('restriction.seq', { seq: act.seq })}</span></div>
            {act.void ? <p class="warn">{t('restriction.void', { why: VOIDS.includes(act.void) ? word('void', String(VOIDS.indexOf(act.void) + 1)) : act.void })}</p> : null}
            {act.until_us ? <p>{t('field.until')}: {moment(ofMicros(act.until_us))}</p> : null}
            {/^0*$/.test(act.evidence) ? null : <p><Hash value={act.evidence} label={t('field.evidence')} /></p>}
            {act.act === 'evidence' && act.officer === 0 ? <div class="no-print" data-sent><p class="hint">{t('restriction.sent')}</p><Command label={t('restriction.sent')} text={`cambist case evidence ${act.evidence} | age -d -i KEY > FILE`} /></div> : null}
          </li>
        ))}</ol>
      </section>
    </main>
  );
}
