/* REST: one function for public calls, one for signed ones. Signatures are HMAC-SHA256 by WebCrypto;
 * time is the venue's, so a clock that is wrong by an hour does not matter. What goes wrong is always
 * an ApiError: `refused` when the venue answered with a code, `unknown` when nobody can know what
 * became of the request. */

export type Parameters = Record<string, string | number | undefined>;

export class ApiError extends Error {
  constructor(
    readonly kind: 'refused' | 'unknown',
    readonly status: number,
    readonly code: number,
    readonly text: string,
    readonly retryAfterMs = 0,
  ) {
    super(`${code} ${text}`);
  }
}

/* Codes that leave open whether the request was carried out: API errors.md "-1006", "-1007". */
const OPEN_CODES = new Set([-1006, -1007]);
const REQUEST_MS = 10_000;

/* Where the offset stands between calls of `syncTime`; `performance.now` is not moved by clocks. */
let offsetMs: number | null = null;

export function monotonicMs(): number {
  return performance.now();
}

export function venueNow(): number {
  return Math.round(offsetMs === null ? Date.now() : performance.now() + offsetMs);
}

/* Whether an answer means that the venue's clock is not what we think: API errors.md "-1021". */
export function isClockError(error: unknown): boolean {
  return error instanceof ApiError && error.code === -1021;
}

export function query(parameters: Parameters): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) parts.push(`${name}=${encodeURIComponent(String(value))}`);
  }
  return parts.join('&');
}

async function send(method: string, path: string, text: string, key?: string): Promise<unknown> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(text ? `${path}?${text}` : path, {
      method,
      headers: key ? { 'X-MBX-APIKEY': key } : {},
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    body = await response.text();
  } catch (error) {
    throw new ApiError('unknown', 0, 0, error instanceof Error ? error.message : String(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new ApiError(response.status >= 500 || response.ok ? 'unknown' : 'refused', response.status, 0,
      body.slice(0, 200));
  }
  if (response.ok) return value;
  const row = (value ?? {}) as { code?: number; msg?: string };
  const code = typeof row.code === 'number' ? row.code : 0;
  const open = OPEN_CODES.has(code) || (response.status >= 500 && code === 0);
  throw new ApiError(open ? 'unknown' : 'refused', response.status, code, row.msg ?? '',
    Number(response.headers.get('Retry-After') ?? 0) * 1000);
}

export async function getPublic<T>(path: string, parameters: Parameters = {}): Promise<T> {
  return await send('GET', path, query(parameters)) as T;
}

/* The middle of the round trip is taken for the moment of the answer. */
export async function syncTime(): Promise<number> {
  const sent = performance.now();
  const { serverTime } = await getPublic<{ serverTime: number }>('/api/v3/time');
  const now = performance.now();
  offsetMs = serverTime - (sent + now) / 2;
  return now - sent;
}

export class Signer {
  private key: Promise<CryptoKey> | null = null;

  constructor(readonly apiKey: string, private readonly secret: string) {}

  async sign(text: string): Promise<string> {
    const encoder = new TextEncoder();
    this.key ??= crypto.subtle.importKey('raw', encoder.encode(this.secret),
      { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const bytes = await crypto.subtle.sign('HMAC', await this.key, encoder.encode(text));
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  async call<T>(method: string, path: string, parameters: Parameters = {}): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const text = query({ ...parameters, timestamp: venueNow() });
      try {
        return await send(method, path, `${text}&signature=${await this.sign(text)}`, this.apiKey) as T;
      } catch (error) {
        /* Nothing has happened yet: the clock is read anew, once. */
        if (attempt > 0 || !isClockError(error)) throw error;
        await syncTime();
      }
    }
  }

  /* Parameters of a signed request of the WebSocket API: sorted by name, then signed. */
  async signedParameters(parameters: Parameters = {}): Promise<Parameters> {
    const all: Parameters = { ...parameters, apiKey: this.apiKey, timestamp: venueNow() };
    const sorted: Parameters = {};
    for (const name of Object.keys(all).sort()) sorted[name] = all[name];
    return { ...sorted, signature: await this.sign(query(sorted)) };
  }
}
