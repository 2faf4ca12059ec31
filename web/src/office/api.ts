/* What the console asks its process (docs/office.md). A refusal is thrown with its name; an ended
 * session is told to whoever listens, once. */
import { signal } from '@preact/signals';

export interface Session {
  officer: string;
  number: number;
  group: string;
  role: string;
  region: string;
  csrf: string;
  until: number;
  by: 'key' | 'webauthn';
  venue?: string;
  quorum?: { a: number; b: number };
}

export interface CaseRow {
  case: string;
  state: string;
  request: string;
  class: string;
  urgency: string;
  country: string;
  authority: string;
  reference: string;
  people: number;
  received: string | null;
  moved: string | null;
  due: string | null;
  late: boolean;
  alarms: string[];
}

export interface RecordRow { person: number; group: string; from_day: number; to_day: number }

export interface CaseShown extends CaseRow {
  mark: string;
  opening: string;
  basis: string;
  reason: string;
  instrument: string;
  acts: number;
  called_back: boolean;
  lapsed: boolean;
  opened: boolean;
  noticed: boolean;
  silent_until: string | null;
  grant_until: string | null;
  grant?: string;
  prior: string;
  approvals: { officer: number; role: string; region: string }[];
  asked: RecordRow[];
  granted: RecordRow[];
}

export interface ActRow { number: number; log: number; text: string }
export interface Authority { name: string; country: string; type: string; recipient: string; telephone: string; confirmed: boolean; struck: boolean }

/* A case of the sanctions rules, as cases.sock has it (docs/cases.md); times are microseconds. */
export interface RuleCase {
  case: string; matter: number; kind: string; state: string; outcome: string; person: number; account: number;
  pack: string; version: number; hash: string; rule: string; about: string; list: string; entry: number; score: string;
  cause_seq: number; opened_us: number; due_us: number; late: boolean; owner: number; decided_by: number; second_by: number;
  reference: number; amount: number; parent: string; evidence: string; closed_us: number;
}
export interface RuleAct { seq: number; time_us: number; act: string; officer: number; second: number; until_us: number; evidence: string; void: string }
export interface Listed { person: number; list: string; entry: number; case: string; until_us: number; over: boolean }
export interface Action { time: number; what: string; case: string; act: string; log: number | null; seq: number | null }
export interface Credential { id: string; name: string; made: number; used: number | null }

export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, readonly why: string) {
    super(why || code);
  }
}

export const session = signal<Session | null | 'asking'>('asking');
/* Said above the sign-in: why there is no session any more. */
export const ended = signal(false);

/* How long a session lives unused, as its last answer said; each answer begins that anew. */
let idle = 0;

export function sessionIs(next: Session): void {
  idle = Math.max(0, next.until - Date.now());
  ended.value = false;
  session.value = next;
}

export function sessionEnds(byItself: boolean): void {
  ended.value = byItself;
  session.value = null;
}

async function ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const now = session.peek();
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method === 'POST') headers['Content-Type'] = 'application/json';
  if (method === 'POST' && now && now !== 'asking') headers['X-CSRF-Token'] = now.csrf;
  let response: Response;
  let data: unknown;
  try {
    response = await fetch(`/office/v1/${path}`, { method, headers, credentials: 'same-origin', cache: 'no-store', ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}) });
    const text = await response.text();
    data = text ? JSON.parse(text) : {};
  } catch {
    throw new Refusal(0, 'away', '');
  }
  if (!response.ok) {
    const told = data as { error?: unknown; why?: string };
    // The queue of restrictions names a field and its reason instead.
    const fields = typeof told.error === 'object' && told.error !== null ? told.error as { field?: string; reason?: string } : null;
    const code = fields ? String(fields.field || 'refused') : String(told.error ?? response.status);
    if (response.status === 401 && session.peek() && session.peek() !== 'asking' && code === 'no-session') sessionEnds(true);
    throw new Refusal(response.status, code, fields ? String(fields.reason ?? '') : String(told.why ?? ''));
  }
  const still = session.peek();
  const isUse = path !== 'session' && !path.includes('poll=yes');
  if (isUse && still && still !== 'asking' && idle > 0 && still.until < Date.now() + idle) session.value = { ...still, until: Date.now() + idle };
  return data as T;
}

/* A query without what is empty. */
export function query(values: Record<string, string | number | undefined>): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') all.set(name, String(value));
  const text = all.toString();
  return text ? `?${text}` : '';
}

export const get = <T>(path: string, values: Record<string, string | number | undefined> = {}): Promise<T> => ask<T>('GET', path + query(values));
export const post = <T>(path: string, body: unknown = {}): Promise<T> => ask<T>('POST', path, body);

/* Asks for something small, since asking for the session is no use of it. */
export async function stay(): Promise<void> {
  await get('credentials');
  await findSession();
}

export async function findSession(): Promise<void> {
  try {
    sessionIs(await get<Session>('session'));
  } catch (error) {
    session.value = null;
    if (error instanceof Refusal && error.code === 'away') throw error;
  }
}
