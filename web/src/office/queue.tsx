/* The desk's queue. Only the rows in view are in the page, so that ten thousand cases scroll as ten do;
 * filters and order are in the address. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { CLASSES, REQUESTS, STATES, URGENCIES } from './acts.ts';
import { type CaseRow, get } from './api.ts';
import { day } from './clock.ts';
import { t, word } from './i18n.ts';
import { momentOf } from './moment.ts';
import { Choice, Due, Field, Head, State, useLoad, Waiting } from './parts.tsx';
import { go, values, withValues } from './route.ts';
import { sorted, windowOf } from './rows.ts';

interface Answer { cases: CaseRow[]; count: number; all: number }

const FILTERS = ['state', 'request', 'class', 'urgency', 'country', 'authority', 'alarm', 'all'] as const;
const SORTS = ['due', 'received', 'state', 'country', 'reference'] as const;
type Sort = (typeof SORTS)[number];
const WIDE_PX = 46;
const NARROW_PX = 112;
const REFRESH_MS = 60_000;
const COUNTRY = /^[A-Z]{2}$/;


function Row({ row, index, count, height }: { row: CaseRow; index: number; count: number; height: number }) {
  return (
    <li style={{ top: `${index * height}px`, height: `${height}px` }} aria-setsize={count} aria-posinset={index + 1}>
      <a class="q-row" href={`/case/${row.case}`} data-case={row.case} data-row={index}>
        <span class="q-due"><Due at={momentOf(row.due)} short /></span>
        <span class="q-state"><State name={row.state} /></span>
        <span class="q-what">{word('request', row.request)}{row.class === 'plain' ? null : <span class="chip warn">{word('class', row.class)}</span>}{row.urgency === 'emergency' ? <span class="chip bad">{word('urgency', row.urgency)}</span> : null}</span>
        <span class="q-who"><b>{row.country}</b> {row.authority}</span>
        <span class="q-ref" title={row.reference}>{row.reference}</span>
        <span class="q-people">{t('queue.people', { count: row.people })}</span>
        <span class="q-received">{day(momentOf(row.received))}</span>
        <span class="q-alarms">{row.alarms.map((one) => <span key={one} class="chip bad" data-alarm={one}>{word('alarm', one)}</span>)}</span>
      </a>
    </li>
  );
}

function Rows({ rows }: { rows: CaseRow[] }) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useSignal({ top: 0, height: 800 });
  const isNarrow = useSignal(matchMedia('(max-width: 860px)').matches);
  const chosen = useRef(-1);
  const height = isNarrow.value ? NARROW_PX : WIDE_PX;
  const look = () => { if (box.current) seen.value = { top: box.current.scrollTop, height: box.current.clientHeight }; };
  useEffect(() => {
    const wide = matchMedia('(max-width: 860px)');
    const turn = () => { isNarrow.value = wide.matches; look(); };
    wide.addEventListener('change', turn);
    addEventListener('resize', look);
    look();
    return () => { wide.removeEventListener('change', turn); removeEventListener('resize', look); };
  }, []);
  // Before the rows are seen: whoever sees them may press a key at once.
  useLayoutEffect(() => {
    const move = (to: number) => {
      const target = Math.max(0, Math.min(rows.length - 1, to));
      const top = target * height;
      const el = box.current;
      if (!el || rows.length === 0) return;
      if (top < el.scrollTop) el.scrollTop = top;
      else if (top + height > el.scrollTop + el.clientHeight) el.scrollTop = top + height - el.clientHeight;
      look();
      chosen.current = target;
      const focus = () => el.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus({ preventScroll: true });
      focus();
      // The row may only now come into the page; by then the next key may have gone on.
      if (el.querySelector(`[data-row="${target}"]`) === null) setTimeout(() => { if (chosen.current === target) focus(); }, 0);
    };
    const keys = (event: KeyboardEvent) => {
      const from = event.target instanceof HTMLElement ? event.target : null;
      if (event.ctrlKey || event.metaKey || event.altKey || from?.closest('input, select, textarea')) return;
      const at = chosen.current;
      if (event.key === 'j') move(at + 1);
      else if (event.key === 'k') move(at < 0 ? 0 : at - 1);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, [rows, height]);
  const [first, end] = windowOf(rows.length, height, seen.value.top, seen.value.height);
  return (
    <div class="q-box" ref={box} onScroll={look} onFocusIn={(event) => { const row = event.target instanceof HTMLElement ? event.target.dataset.row : undefined; if (row !== undefined) chosen.current = Number(row); }} data-queue={rows.length}>
      <ol style={{ height: `${rows.length * height}px` }} aria-label={t('queue.title')}>
        {rows.slice(first, end).map((row, index) => <Row key={row.case} row={row} index={first + index} count={rows.length} height={height} />)}
      </ol>
    </div>
  );
}

function Filters() {
  const all = values();
  const set = (name: string, value: string) => go(withValues({ [name]: value }), true);
  const of = (name: string) => all.get(name) ?? '';
  const isSet = FILTERS.some((name) => of(name));
  return (
    <details class="folded" open={isSet || matchMedia('(min-width: 861px)').matches}><summary>{t('queue.filters')}</summary>
    <form class="filters" role="search" aria-label={t('queue.filters')} onSubmit={(event) => event.preventDefault()}>
      {([['state', STATES], ['request', REQUESTS], ['class', CLASSES], ['urgency', URGENCIES]] as const).map(([name, words]) => (
        <Field key={name} label={t(`field.${name}`)}>{(id) => <Choice id={id} name={name} value={of(name)} words={words} family={name} none={t('any')} on={(value) => set(name, value)} />}</Field>
      ))}
      <Field label={t('field.country')}>{(id) => <input id={id} class="short" data-field="country" maxLength={2} autocomplete="off" value={of('country')} onChange={(event) => set('country', COUNTRY.test(event.currentTarget.value.toUpperCase()) ? event.currentTarget.value.toUpperCase() : '')} />}</Field>
      <Field label={t('field.authority')}>{(id) => <input id={id} data-field="authority" autocomplete="off" value={of('authority')} onChange={(event) => set('authority', event.currentTarget.value.trim())} />}</Field>
      <label class="check"><input type="checkbox" data-field="alarm" checked={of('alarm') === 'yes'} onChange={(event) => set('alarm', event.currentTarget.checked ? 'yes' : '')} />{t('queue.alarm')}</label>
      <label class="check"><input type="checkbox" data-field="all" checked={of('all') === 'yes'} onChange={(event) => set('all', event.currentTarget.checked ? 'yes' : '')} />{t('queue.all')}</label>
      {isSet ? <a href="/" data-clear>{t('queue.clear')}</a> : null}
    </form>
    </details>
  );
}

function Counts({ answer }: { answer: Answer }) {
  const late = answer.cases.filter((row) => row.late).length;
  const alarmed = answer.cases.filter((row) => row.alarms.length > 0).length;
  return (
    <p class="counts" role="status" data-counts>
      <span>{answer.all === answer.count ? t('queue.count', { count: answer.count }) : t('queue.countOf', { count: answer.count, all: answer.all })}</span>
      <span class={late ? 'bad' : 'dim'} data-late={late}>{t('queue.late', { count: late })}</span>
      <span class={alarmed ? 'bad' : 'dim'} data-alarmed={alarmed}>{t('queue.alarmed', { count: alarmed })}</span>
    </p>
  );
}

export function Queue() {
  const all = values();
  const sort = (all.get('sort') ?? 'due') as Sort;
  const asked = Object.fromEntries(FILTERS.map((name) => [name, all.get(name) ?? '']));
  const isTimer = useRef(false);
  const load = useLoad(JSON.stringify(asked), () => {
    const poll = isTimer.current ? 'yes' : ''; // no use of the session
    isTimer.current = false;
    return get<Answer>('queue', { ...asked, poll });
  });
  useEffect(() => {
    const timer = setInterval(() => { isTimer.current = true; load.again(); }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [JSON.stringify(asked)]);
  const answer = load.value;
  const rows = useRef<{ of: Answer | null; sort: string; rows: CaseRow[] }>({ of: null, sort: '', rows: [] });
  if (answer && (rows.current.of !== answer || rows.current.sort !== sort)) rows.current = { of: answer, sort, rows: sorted(answer.cases, sort) };
  return (
    <main id="main" class="queue">
      <Head title={t('queue.title')}>
        <a class="button" href="/?act=receive" data-new>{t('queue.new')}</a>
        <a class="button" href="/registers">{t('queue.registers')}</a>
        <button type="button" onClick={load.again}>{t('again')}</button>
      </Head>
      <Filters />
      <Waiting load={load} />
      {answer ? (
        <>
          <div class="q-bar"><Counts answer={answer} />
            <div class="sorts" role="group" aria-label={t('queue.sort')}>{SORTS.map((one) => <button key={one} type="button" class="small" data-sort={one} aria-pressed={sort === one} onClick={() => go(withValues({ sort: one === 'due' ? '' : one }), true)}>{t(`sort.${one}`)}</button>)}</div>
            <span class="dim keys-hint"><kbd>j</kbd> <kbd>k</kbd> <kbd>Enter</kbd></span></div>
          {answer.cases.length === 0 ? <p class="empty" data-none>{t('queue.none')}</p> : <Rows rows={rows.current.rows} />}
        </>
      ) : null}
    </main>
  );
}
