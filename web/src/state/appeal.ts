/* The customer's appeal and evidence: how the newest one stands, and what is sent. Files are sealed
 * here, to the officers' key; the venue gets nothing that it could open. */
import { signal } from '@preact/signals';
import { ApiError, venueNow } from '../api/client.ts';
import { signed, signedBytes } from './session.ts';

export interface Appeal { state: 'open' | 'upheld' | 'overturned'; made: number; until: number; answered: number | null }
interface Taking { recipient: string | null; bytesMax: number }

/* null: there was never one; undefined: not known, or a venue that takes none. */
export const appeal = signal<Appeal | null | undefined>(undefined);
export const taking = signal<Taking | null>(null);

/* What became of it: a name of the venue's refusals, or of ours. */
export type AppealEnd = 'sent' | 'size' | 'failed' | 'wait' | 'full' | 'busy' | 'nothing' | 'no-person';
const NAMED: readonly string[] = ['size', 'wait', 'full', 'busy', 'nothing', 'no-person'];

export async function askAppeal(): Promise<void> {
  try {
    const told = await signed<{ appeal: Appeal | null }>('GET', '/page/v1/appeal');
    appeal.value = told.appeal;
    taking.value = await signed<Taking>('GET', '/page/v1/evidence');
  } catch {
    appeal.value = undefined;
  }
}

/* Another one may be made: none is open, and the clock of the last one is over. */
export function mayAppeal(known: Appeal | null | undefined): boolean {
  return known === null || (known !== undefined && known.state !== 'open' && known.until <= venueNow());
}

function endOf(error: unknown): AppealEnd {
  return error instanceof ApiError && NAMED.includes(error.text) ? error.text as AppealEnd : 'failed';
}

async function sealed(file: File): Promise<Uint8Array<ArrayBuffer> | AppealEnd> {
  const { AGE_OVERHEAD, seal } = await import('../inbox/age.ts');
  const to = taking.peek();
  if (!to?.recipient || file.size > to.bytesMax - AGE_OVERHEAD) return 'size';
  const bytes = new Uint8Array(await file.arrayBuffer());
  const made = seal(to.recipient, bytes, (size) => crypto.getRandomValues(new Uint8Array(size)));
  bytes.fill(0);
  return made ?? 'failed';
}

/* Its hash, or what became of it. */
async function sendFile(file: File): Promise<{ hash: string } | AppealEnd> {
  const made = await sealed(file);
  if (typeof made === 'string') return made;
  return signedBytes<{ hash: string }>('/page/v1/evidence', made, 'application/octet-stream');
}

export async function sendEvidence(file: File): Promise<AppealEnd> {
  try {
    const told = await sendFile(file);
    return typeof told === 'string' ? told : 'sent';
  } catch (error) {
    return endOf(error);
  }
}

export async function sendAppeal(notice: number, file: File | null): Promise<AppealEnd> {
  try {
    const told = file ? await sendFile(file) : { hash: '' };
    if (typeof told === 'string') return told;
    const body = new TextEncoder().encode(JSON.stringify({ notice, evidence: told.hash }));
    await signedBytes('/page/v1/appeal', body, 'application/json');
    await askAppeal();
    return 'sent';
  } catch (error) {
    return endOf(error);
  }
}
