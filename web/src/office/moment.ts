/* Moments as the desk and the queue write them, in milliseconds since 1970. */
import { signal } from '@preact/signals';

/* Milliseconds of the desk's text ("2026-11-23T10:00:00Z"); null: there is none. */
export function momentOf(text: string | null | undefined): number | null {
  if (!text || text === 'none') return null;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : moment;
}

/* Of microseconds, where 0 says that there is none. */
export const ofMicros = (micros: number): number | null => (micros > 0 ? Math.floor(micros / 1000) : null);

const DAY_MS = 86_400_000;

/* How far the venue's own clock is behind this machine's: it is set to another day in a demo. What its
 * rules want is due by that clock. Less than a day is no such setting: nothing happened there meanwhile. */
const behind = signal(0);

/* The moment of which the queue answers. */
export function venueIs(at: number | null, from = Date.now()): void {
  behind.value = at === null || Math.abs(from - at) < DAY_MS ? 0 : from - at;
}

/* A moment of the venue's, as this machine's clock will have it. */
export const ofVenue = (at: number | null): number | null => (at === null ? null : at + behind.value);
