/* What became of an order whose answer never came. The order is looked up by its client id; "it does
 * not exist" counts only when the venue was asked later than the request could still be accepted, that
 * is, its recvWindow after it was sent. Until then, and while nobody answers, the outcome is open. */

export const RECEIVE_WINDOW_MS = 5_000;
const MARGIN_MS = 1_000;

export type Look = { found: true; status: string } | { found: false } | 'no answer';

export type Verdict = { state: 'found'; status: string } | { state: 'absent' } | { state: 'open'; againMs: number };

export function verdictOf(look: Look, sinceSentMs: number, attempt: number): Verdict {
  if (look !== 'no answer' && look.found) return { state: 'found', status: look.status };
  const left = RECEIVE_WINDOW_MS + MARGIN_MS - sinceSentMs;
  if (look !== 'no answer' && left <= 0) return { state: 'absent' };
  return { state: 'open', againMs: Math.min(4_000, 500 * 2 ** Math.min(attempt, 3)) };
}
