/* What a published transparency report says, as the page shows it. null: hidden. */
export const CELLS = ['requests', 'subjects_asked', 'subjects_answered', 'full', 'partial', 'rejected', 'narrowed', 'challenged', 'preserved', 'restricted', 'emergency', 'lapsed', 'withdrawn',
  'notices_sent', 'notices_delayed', 'silences_active', 'silences_expired', 'bulk', 'searches', 'own_motion', 'median_hours'] as const;
export type Cell = (typeof CELLS)[number];

export type Row = { country: string; type: string; basis: string } & Record<Cell, number | null>;
export interface Half { half: string; begins: string; ends: string; over: boolean; untold: number; totals: Record<Cell, number | null>; openings?: Record<string, number>; kinds?: Record<string, number>; marks?: Record<string, number>; contacts: Record<string, number>; log: Record<string, number>; rows: Row[] }
export interface Report { format: string; venue: string; through: string; least: number; halves: Half[] }

/* What is counted by kind beside the cells; a report of before has not all of them. */
export const COUNTED = { openings: 'reports.openings', kinds: 'reports.kinds', marks: 'reports.marks', contacts: 'reports.contacts' } as const;
export const COUNTS = ['openings', 'kinds', 'marks', 'contacts'] as const;

const BARS_MAX = 8;

/* Requests, refusals and answers of the newest half-years, the oldest first. */
export function barsOf(report: Report): { half: string; values: [number, number, number] }[] {
  return report.halves.slice(-BARS_MAX).map(({ half, totals }) => ({
    half, values: [totals.requests ?? 0, totals.rejected ?? 0, (totals.full ?? 0) + (totals.partial ?? 0)],
  }));
}

/* How the public log names a report: its half-year as a number, and its hash. */
export function lineOf(name: string, hash: string): string {
  return `approval report ${name.slice(0, 4)}${name.slice(6)} sha256 ${hash}`;
}
