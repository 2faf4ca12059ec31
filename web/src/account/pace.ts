/* When the page renews its key: while the tab is used, every few minutes; an idle tab lets it run out,
 * and with it the session at the venue. */

/* The venue's bound. Its clock may be another than ours, so the page counts from the answer. */
export const KEY_LIFE_MS = 10 * 60_000;
export const RENEW_MS = 4 * 60_000;
/* Before its end, so that no request is signed with a key that ends under way. */
export const MARGIN_MS = 5_000;

export type Step = 'rest' | 'renew' | 'lapse';

/* All on one clock, in milliseconds: `used` is the reader's last act, `renewed` the last answer,
 * `until` the key's end. */
export function stepOf(now: number, used: number, renewed: number, until: number): Step {
  if (now >= until - MARGIN_MS) return used > renewed && now - used < RENEW_MS ? 'renew' : 'lapse';
  return now - renewed >= RENEW_MS && used > renewed ? 'renew' : 'rest';
}
