/* What is held of a customer, as the venue tells it, and for how long a withdrawal stays linked to
 * them. */
export interface Held { group: string; version: number; since: number | null; retention: string; erasure: number | null }
export interface Review { version: number; came: number; views: number; until: number | null }
export interface Records {
  person: string | null; records: Held[]; reviews: Review[]; review: { until: number } | null;
  quorum: { a: [number, number]; b: [number, number] } | null; erased: { group: string; version: number; when: number }[]; years: number; more: boolean;
}

/* Until when a withdrawal of today stays linked to its account, at least. */
export function linkedUntil(now: number, held: Pick<Records, 'years' | 'records'>): number {
  const date = new Date(now);
  date.setUTCFullYear(date.getUTCFullYear() + held.years);
  return Math.max(date.getTime(), ...held.records.map((row) => row.erasure ?? 0));
}
