/* Requests about one's record that the customer was told of, as the inbox says them; their letters and
 * receipts are at /records. Asked once a sign-in, and when the inbox is opened. */
import { computed, signal } from '@preact/signals';
import { keep, kept } from './keep.ts';
import { credentials, signed } from './session.ts';

export interface Told { noticed: number; opened: boolean; case: string }

export const toldOf = signal<Told[]>([]);
const readUntil = signal(0);

let turn = 0;

function name(): string {
  return `told.${credentials.peek()?.account ?? ''}`;
}

export const unreadTold = computed(() => toldOf.value.filter((row) => row.noticed > readUntil.value).length);

export async function askTold(): Promise<void> {
  const mine = turn;
  try {
    const { openings } = await signed<{ openings: Told[] }>('GET', '/page/v1/openings');
    if (mine === turn) toldOf.value = openings;
  } catch { /* a venue without a desk, or one that is away: nothing is told */ }
}

/* Somebody else is signed in, or nobody. */
export function beginTold(): void {
  turn += 1;
  toldOf.value = [];
  if (!credentials.peek()) return;
  readUntil.value = Number(kept(name()) ?? 0) || 0;
  void askTold();
}

export function readTold(): void {
  const newest = Math.max(0, ...toldOf.peek().map((row) => row.noticed));
  if (newest <= readUntil.peek()) return;
  readUntil.value = newest;
  keep(name(), String(newest));
}
