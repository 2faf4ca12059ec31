/* How the customer stands with the rules: what is restricted and why, and the inbox. Asked again
 * every few seconds, and at once when the venue has expired an order. */
import { computed, effect, signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import type { Notice, Standing } from '../api/types.ts';
import { keep, kept } from './keep.ts';
import { account, credentials, expiredTurn, signed } from './session.ts';
import { beginTold, unreadTold } from './told.ts';

const AGAIN_MS = 5_000;

export const standing = signal<Standing | null>(null);
const readUntil = signal(0);

let timer: ReturnType<typeof setTimeout> | undefined;
let turn = 0;

function inboxName(): string {
  return `inbox.${credentials.peek()?.account ?? ''}`;
}

/* What the account may do has changed under an open page: the form follows. */
function follow(allowed: Standing['allowed']): void {
  const known = account.peek();
  const canTrade = allowed.trade === true && allowed.place === true;
  const canWithdraw = allowed.withdraw === true;
  const canDeposit = allowed.deposit === true;
  if (!known || (known.canTrade === canTrade && known.canWithdraw === canWithdraw && known.canDeposit === canDeposit)) return;
  account.value = { ...known, canTrade, canWithdraw, canDeposit };
}

async function ask(mine: number): Promise<void> {
  let again = AGAIN_MS;
  try {
    const told = await signed<Standing>('GET', '/page/v1/standing');
    if (mine === turn) {
      standing.value = told;
      follow(told.allowed);
    }
  } catch (error) {
    /* A venue without this question is left alone. */
    if (error instanceof ApiError && error.status === 404) again = 0;
  }
  if (mine === turn && again > 0) timer = setTimeout(() => void ask(mine), again);
}

function begin(): void {
  clearTimeout(timer);
  turn += 1;
  void ask(turn);
}

export const unread = computed(() => (standing.value?.inbox ?? []).filter((row) => (row.time ?? 0) > readUntil.value).length + unreadTold.value);

export function readInbox(): void {
  const newest = Math.max(0, ...(standing.peek()?.inbox ?? []).map((row) => row.time ?? 0));
  if (newest <= readUntil.peek()) return;
  readUntil.value = newest;
  keep(inboxName(), String(newest));
}

/* The parts of a notice in a language, by name. */
export function partsOf(notice: Notice, language: 'en' | 'fr'): Record<string, string> {
  return Object.fromEntries(notice[language]);
}

export function startStanding(): void {
  effect(() => {
    standing.value = null;
    beginTold();
    if (!credentials.value) {
      clearTimeout(timer);
      turn += 1;
      return;
    }
    readUntil.value = Number(kept(inboxName()) ?? 0) || 0;
    begin();
  });
  effect(() => {
    if (expiredTurn.value > 0 && credentials.peek()) begin();
  });
}
