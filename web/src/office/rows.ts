/* Rows in their order, which of them are in view, and what they are as CSV or as commands. */
import { csvOf } from '../state/csv.ts';
import { STATES } from './acts.ts';
import type { Action, CaseRow, RuleCase } from './api.ts';

const MORE = 8; /* rows above and below what is seen */

const lesser = (a: string | null, b: string | null): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);

/* The desk's own order is by what is due; everything else is sorted here. */
export function sorted(rows: readonly CaseRow[], sort: string): CaseRow[] {
  const all = [...rows];
  switch (sort) {
    case 'received': return all.sort((a, b) => lesser(b.received, a.received));
    case 'state': return all.sort((a, b) => STATES.indexOf(a.state as never) - STATES.indexOf(b.state as never));
    case 'country': return all.sort((a, b) => lesser(a.country, b.country) || lesser(a.authority, b.authority));
    case 'reference': return all.sort((a, b) => lesser(a.reference, b.reference));
    default: return all;
  }
}

/* Which rows stand in the page: of all, those within the box and some more. */
export function windowOf(count: number, row: number, top: number, height: number): [number, number] {
  const first = Math.max(0, Math.min(count, Math.floor(top / row)) - MORE);
  return [first, Math.min(count, Math.ceil((top + height) / row) + MORE)];
}

export function byLateness(rows: readonly RuleCase[]): RuleCase[] {
  const day = (row: RuleCase) => (row.due_us === 0 ? Infinity : row.due_us);
  return [...rows].sort((a, b) => Number(b.late) - Number(a.late) || Number(a.closed_us > 0) - Number(b.closed_us > 0) || day(a) - day(b));
}

export function csvOfActions(rows: readonly Action[]): string {
  return csvOf(['time', 'what', 'case', 'act', 'log', 'seq'], rows.map((row) => [new Date(row.time).toISOString(), row.what, row.case ?? '', row.act ?? '', row.log ?? '', row.seq ?? '']));
}

/* The commands that this case may need, by its kind and state (docs/cases.md). */
export function commandsOf(row: RuleCase, officer: string): [string, string][] {
  const base = (act: string, more = '') => `cambist case ${act} ${row.case} --officer ${officer}${more}`;
  const two = ' --second OTHER --propose';
  if (row.state === 'closed') return [];
  const found: [string, string][] = [];
  if (row.state === 'open' || row.owner === 0) found.push(['take', base('take')]);
  found.push(['evidence', base('evidence', ' --evidence FILE')]);
  if (row.kind === 'appeal') found.push(['uphold', base('uphold', ' --propose')], ['overturn', base('overturn', two)]);
  else if (row.kind.startsWith('report') || row.kind === 'frozen-deposit') found.push(['filed', base('filed', ' --evidence FILE')]);
  else if (row.state === 'second') found.push(['second', `cambist case second ${row.case} --officer ${row.decided_by} --second ${officer} --propose`]);
  else found.push(['decide', base('decide', ' --propose')], ['clear', base('clear', two)]);
  if (row.kind === 'candidate') found.push(['whitelist', base('whitelist', ` --until DATE${two}`)]);
  if (['manual', 'duplicate'].includes(row.kind) || row.state === 'cleared') found.push(['close', base('close')]);
  return found;
}
