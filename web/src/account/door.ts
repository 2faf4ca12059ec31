/* The venue's door: one function for what docs/sign-in.md has "over HTTP" and for the other paths that
 * a session may ask. The session's token is a cookie, which no script sees. */

export class DoorError extends Error {
  /* `name` as docs/sign-in.md has it; "away" when no answer came, "none" for a venue without a door. */
  constructor(readonly status: number, readonly what: string, readonly waitSeconds = 0) {
    super(`${status} ${what}`);
  }
}

const ASK_MS = 25_000; // longer than the venue waits for the door

export async function askDoor<T>(name: string, fields: Record<string, string> = {}, csrf?: string): Promise<T> {
  let response: Response;
  let value: unknown;
  try {
    response = await fetch(`/page/v1/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(csrf && { 'X-CSRF-Token': csrf }) },
      body: JSON.stringify(fields),
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(ASK_MS),
    });
    if (response.status === 404) throw new DoorError(404, 'none');
    value = await response.json();
  } catch (error) {
    throw error instanceof DoorError ? error : new DoorError(0, 'away');
  }
  if (response.ok) return value as T;
  const row = (value ?? {}) as { error?: string; wait?: number };
  throw new DoorError(response.status, typeof row.error === 'string' ? row.error : 'failed', typeof row.wait === 'number' ? row.wait : 0);
}

/* What is known of a session; times are milliseconds since 1970. */
export interface LoginState { csrf: string; login: number; until: number; level: 'half' | 'full'; fresh: boolean; recoveryCodes: number; secondFactor: boolean }

export interface PageKey { apiKey: string; account: string; until: number; withdraw: boolean }

export interface SessionRow { session: string; made: number; seen: number; level: 'half' | 'full'; own: boolean }

export type KeyKind = 'hmac' | 'ed25519' | 'rsa';

export interface KeyRow { id: string; label: string; kind: KeyKind; rights: string[]; networks: string[]; made: number }
