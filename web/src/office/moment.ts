/* Moments as the desk and the queue write them, in milliseconds since 1970. */

/* Milliseconds of the desk's text ("2026-11-23T10:00:00Z"); null: there is none. */
export function momentOf(text: string | null | undefined): number | null {
  if (!text || text === 'none') return null;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : moment;
}

/* Of microseconds, where 0 says that there is none. */
export const ofMicros = (micros: number): number | null => (micros > 0 ? Math.floor(micros / 1000) : null);
