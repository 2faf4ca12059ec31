/* REST: one function for public calls, two for signed ones (one sends bytes). Signatures are by
 * WebCrypto: HMAC-SHA256 with a key and its secret, Ed25519 with the key of a page whose customer has
 * signed in; time is the venue's, so a clock that is wrong by an hour does not matter. What goes wrong is always
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
/* A key that is unknown, has ended or may not do this: API errors.md "-2015". */
const KEY_UNKNOWN = -2015;
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

interface Body { bytes: Uint8Array<ArrayBuffer>; type: string }

async function send(method: string, path: string, text: string, key?: string, sent?: Body): Promise<unknown> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(text ? `${path}?${text}` : path, {
      method,
      headers: { ...(key && { 'X-MBX-APIKEY': key }), ...(sent && { 'Content-Type': sent.type }) },
      ...(sent && { body: sent.bytes }),
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
  /* What is below /page/v1 refuses by a name. */
  const row = (value ?? {}) as { code?: number; msg?: string; error?: string; wait?: number };
  const code = typeof row.code === 'number' ? row.code : 0;
  const open = OPEN_CODES.has(code) || (response.status >= 500 && code === 0);
  throw new ApiError(open ? 'unknown' : 'refused', response.status, code, row.msg ?? row.error ?? '',
    Number(response.headers.get('Retry-After') ?? row.wait ?? 0) * 1000);
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

/* Of the bytes; as it stands in a request, not yet escaped. */
export type Sign = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

export function signByHmac(secret: string): Sign {
  let key: Promise<CryptoKey> | null = null;
  return async (bytes) => {
    key ??= crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const made = await crypto.subtle.sign('HMAC', await key, bytes);
    return [...new Uint8Array(made)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

export function signByKey(key: CryptoKey): Sign {
  return async (bytes) => base64(new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes)));
}

export class Signer {
  /* Told when the venue does not know the key (any more). */
  constructor(readonly apiKey: string, private readonly by: Sign, private readonly onUnknown?: () => void) {}

  sign(text: string, body?: Uint8Array): Promise<string> {
    const head = new TextEncoder().encode(text);
    const all = new Uint8Array(head.length + (body?.length ?? 0));
    all.set(head);
    if (body) all.set(body, head.length);
    return this.by(all);
  }

  private async ask(method: string, path: string, parameters: Parameters, sent?: Body): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      const text = query({ ...parameters, timestamp: venueNow() });
      try {
        return await send(method, path, `${text}&signature=${encodeURIComponent(await this.sign(text, sent?.bytes))}`, this.apiKey, sent);
      } catch (error) {
        if (error instanceof ApiError && error.code === KEY_UNKNOWN) this.onUnknown?.();
        /* Nothing has happened yet: the clock is read anew, once. */
        if (attempt > 0 || !isClockError(error)) throw error;
        await syncTime();
      }
    }
  }

  async call<T>(method: string, path: string, parameters: Parameters = {}): Promise<T> {
    return await this.ask(method, path, parameters) as T;
  }

  /* POST of bytes, which are signed behind the query. */
  async send<T>(path: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<T> {
    return await this.ask('POST', path, {}, { bytes, type }) as T;
  }

  /* Parameters of a signed request of the WebSocket API: sorted by name, then signed. */
  async signedParameters(parameters: Parameters = {}): Promise<Parameters> {
    const all: Parameters = { ...parameters, apiKey: this.apiKey, timestamp: venueNow() };
    const sorted: Parameters = {};
    for (const name of Object.keys(all).sort()) sorted[name] = all[name];
    return { ...sorted, signature: await this.sign(query(sorted)) };
  }
}
