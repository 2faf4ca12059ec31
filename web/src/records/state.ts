/* What the venue holds of whoever is signed in, and of which openings they were told. */
import { signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import { Doubt } from '../log/note.ts';
import { policyRead } from '../log/policy.ts';
import { type Judged, receiptJudge } from '../log/receipt.ts';
import { explain, signed } from '../state/session.ts';
import type { Records } from './linked.ts';

export interface Opening {
  noticed: number; kind: string; opened: boolean; withheld: boolean; case: string; groups: string[]; from: number | null; until: number | null;
  letter: string | null; event: string; receipt: string | null;
}
export interface Openings { complete: false; all: number; openings: Opening[] }

export const records = signal<Records | null>(null);
export const openings = signal<Openings | null>(null);
/* The venue has no vault, or no desk. */
export const absent = signal<{ records: boolean; openings: boolean }>({ records: false, openings: false });
export const trouble = signal<string | null>(null);
/* As the venue publishes it; null: it does not. */
export const policy = signal<string | null>(null);

const AGAIN_MS = 15_000;
const AGAIN_MAX = 60; // a slot of the log lasts ten minutes

async function ask<T>(path: string, part: 'records' | 'openings'): Promise<T | null> {
  try {
    return await signed<T>('GET', `/page/v1/${path}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) absent.value = { ...absent.peek(), [part]: true };
    else trouble.value = explain(error).text;
    return null;
  }
}

/* The end says whether a receipt is still to come. */
async function askOpenings(): Promise<boolean> {
  const told = await ask<Openings>('openings', 'openings');
  if (told) openings.value = told;
  return told?.openings.some((row) => row.receipt === null) === true;
}

export async function load(left: () => boolean): Promise<void> {
  records.value = await ask<Records>('records', 'records');
  const text = await fetch('/log/policy.txt', { cache: 'no-store', credentials: 'omit' }).catch(() => null);
  policy.value = text?.ok ? await text.text() : null;
  let isWaiting = await askOpenings();
  for (let again = 0; again < AGAIN_MAX && isWaiting && !left(); again += 1) {
    await new Promise((done) => { setTimeout(done, AGAIN_MS); });
    isWaiting = !left() && await askOpenings();
  }
}

export type Checked = { good: Judged; flaw: null } | { good: null; flaw: string };

/* The receipt of an opening under the policy's text, as anybody can check it elsewhere. */
export function check(text: string, receipt: string, name: string): Checked {
  try {
    return { good: receiptJudge(policyRead(text), receipt, name), flaw: null };
  } catch (error) {
    if (error instanceof Doubt) return { good: null, flaw: error.flaw };
    throw error;
  }
}

/* The words of a letter in one language: each is behind a line [en] or [fr]. */
export function letterOf(letter: string, language: string): { head: string; body: string } {
  const parts = letter.split(/^\[(en|fr)\]\n/m);
  const at = parts.indexOf(language);
  return { head: (parts[0] ?? '').trim(), body: (at > 0 ? parts[at + 1] ?? '' : '').trim() };
}
