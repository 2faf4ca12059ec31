/* The customer: sign-in, balances, open orders, and what is sent for them. */
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { ApiError, getPublic, type Parameters, Signer, signByHmac } from '../api/client.ts';
import type { Account, Commission, Credentials, DemoAccount, MyTrade, Order, Rates } from '../api/types.ts';
import { print, signedUnits, type Units, units } from '../decimal/decimal.ts';
import { CLOSED, isNewer, orderOfReport, type UserEvent, UserStream } from '../user/user.ts';
import { adviceFor } from '../i18n/advice.ts';
import { t, tOr } from '../i18n/index.ts';
import { tabKeep, tabKept } from './keep.ts';
import { keyAt, pageKey, signOutDoor } from './login.ts';
import { type Draft, type Request, requestOf } from './draft.ts';
import type { Market } from './market.ts';
import { type Look, RECEIVE_WINDOW_MS, verdictOf } from './outcome.ts';
import { say, unsay } from './says.ts';
import { formatUnits } from '../decimal/format.ts';
import { language } from '../i18n/index.ts';
import { quotes, symbol } from './store.ts';

export interface Balance { free: Units; locked: Units }

const HISTORY_LIMIT = 200;
const RETRY_MS = 2_000;

export const credentials = signal<Credentials | null>(tabKept<Credentials>('session'));
export const balances = signal<Record<string, Balance>>({});
export const account = signal<Account | null>(null);
export const openOrders = signal<Order[]>([]);
export const userLive = signal(false);
export const userTrouble = signal<string | null>(null);
export const rates = signal<Rates | null>(null);
export const orderTurn = signal(0);
/* Grows when the venue itself has ended an order. */
export const expiredTurn = signal(0);
export const pending = computed(() => pendingOrders.value.length > 0);

interface Pending { request: Request; sentAt: number; said: string }

const pendingOrders = signal<Pending[]>([]);
let signer: Signer | null = null;
let stream: UserStream | null = null;
/* Which fetch of the account counts; events since it began are in `since`. */
let turn = 0;
let since: UserEvent[] | null = null;

export async function demoAccounts(): Promise<DemoAccount[] | null> {
  try {
    return (await getPublic<{ accounts: DemoAccount[] }>('/demo/accounts')).accounts;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'refused') return null;
    throw error;
  }
}

export async function signInDemo(choice: DemoAccount): Promise<void> {
  const response = await fetch('/demo/sign-in', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ account: choice.account }),
    credentials: 'omit',
  });
  const answer = await response.json() as Credentials & { code?: number; msg?: string };
  if (!response.ok) throw new ApiError('refused', response.status, answer.code ?? 0, answer.msg ?? '');
  signIn({ ...answer, name: choice.name });
}

/* A key of one's own is tried before it is believed. */
export async function signInKey(apiKey: string, secret: string): Promise<void> {
  await new Signer(apiKey, signByHmac(secret)).call<Account>('GET', '/api/v3/account');
  signIn({ account: apiKey.slice(0, 6), name: `${apiKey.slice(0, 6)}…`, apiKey, secret });
}

export function signIn(next: Credentials): void {
  signOut();
  tabKeep('session', next);
  open(new Signer(next.apiKey, signByHmac(next.secret)));
  credentials.value = next;
}

/* Whoever is signed in at the door is signed out there. */
export function signOut(): void {
  if (byLogin.peek()) {
    void signOutDoor().then((known) => {
      if (!known) say('bad', t('login.signOutUnknown'));
    });
  }
  close();
}

/* Signed in at the door; the name is the account's. */
export const byLogin = computed(() => credentials.value?.login === true);

/* The tab was idle: nothing is asked until it is used. What was known stays on the page. */
function rest(): void {
  stream?.stop();
  stream = null;
  signer = null;
  turn += 1;
  since = null;
  batch(() => {
    userLive.value = false;
    userTrouble.value = t('login.idle');
  });
}

/* The page's key comes, changes and goes; an account of the demo or a key of one's own goes before it. */
function followLogin(): void {
  const key = pageKey.value;
  const at = keyAt.value;
  const who = credentials.value;
  if (who && !who.login) return;
  untracked(() => {
    if (key && key.signer !== signer) {
      const name = t('login.name', { account: key.account });
      if (who && who.account !== key.account) close();
      stream?.stop();
      open(key.signer);
      credentials.value = { account: key.account, name, apiKey: key.apiKey, secret: '', login: true };
    } else if (!key && who && at === 'lapsed') {
      if (signer) rest();
    } else if (!key && who && at !== 'making') close();
  });
}

function close(): void {
  stream?.stop();
  stream = null;
  signer = null;
  turn += 1;
  tabKeep('session', null);
  tabKeep('pending', null);
  batch(() => {
    credentials.value = null;
    balances.value = {};
    account.value = null;
    openOrders.value = [];
    userLive.value = false;
    userTrouble.value = null;
    rates.value = null;
    pendingOrders.value = [];
  });
}

function open(by: Signer): void {
  signer = by;
  stream = new UserStream(signer, {
    onEvent: (event) => {
      if (since) since.push(event);
      else apply(event);
    },
    onReady: () => void load(),
    onDown: () => {
      turn += 1;
      since = null;
      userLive.value = false;
    },
    onRefused: (_code, text) => { userTrouble.value = text; },
  });
  stream.start();
}

/* Everything anew. What is heard meanwhile waits, and is applied behind it. */
async function load(): Promise<void> {
  if (!signer) return;
  turn += 1;
  const mine = turn;
  since = [];
  try {
    const [told, orders] = await Promise.all([
      signer.call<Account>('GET', '/api/v3/account'),
      signer.call<Order[]>('GET', '/api/v3/openOrders'),
    ]);
    if (mine !== turn) return;
    const waiting = since ?? [];
    since = null;
    batch(() => {
      account.value = told;
      const made: Record<string, Balance> = {};
      for (const row of told.balances) made[row.asset] = { free: units(row.free), locked: units(row.locked) };
      balances.value = made;
      openOrders.value = orders;
      for (const event of waiting) {
        /* Balances say when they were true; older ones than the answer's are passed over. */
        if (event.e === 'outboundAccountPosition' && (event.u as number) < told.updateTime) continue;
        apply(event);
      }
      userLive.value = true;
      userTrouble.value = null;
      orderTurn.value += 1;
    });
    for (const row of pendingOrders.peek()) void lookUp(row, 0);
  } catch (error) {
    if (mine !== turn) return;
    userTrouble.value = error instanceof ApiError ? error.text : String(error);
    setTimeout(() => {
      if (mine === turn) void load();
    }, RETRY_MS);
  }
}

function noteOrder(order: Order): void {
  const known = openOrders.peek().find((row) => row.orderId === order.orderId && row.symbol === order.symbol);
  if (known && !isNewer(order, known)) return;
  /* It is never on the book: between its two reports it would only flash. */
  if (!known && order.type === 'MARKET') return;
  const others = openOrders.peek().filter((row) => row !== known);
  openOrders.value = CLOSED.has(order.status) ? others : [...others, order];
}

function apply(event: UserEvent): void {
  batch(() => {
    if (event.e === 'executionReport') {
      noteOrder(orderOfReport(event));
      expiredTurn.value += event.x === 'EXPIRED' ? 1 : 0;
      orderTurn.value += 1;
    } else if (event.e === 'outboundAccountPosition') {
      const next = { ...balances.peek() };
      for (const row of event.B as { a: string; f: string; l: string }[]) {
        next[row.a] = { free: units(row.f), locked: units(row.l) };
      }
      balances.value = next;
    } else if (event.e === 'balanceUpdate') {
      balanceTurn.value += signedUnits(event.d as string) === 0n ? 0 : 1;
    }
  });
}

export const balanceTurn = signal(0);

export function signedBytes<T>(path: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<T> {
  if (!signer) return Promise.reject(new ApiError('refused', 0, -2014, ''));
  return signer.send<T>(path, bytes, type);
}

export function signed<T>(method: string, path: string, parameters: Parameters = {}): Promise<T> {
  if (!signer) return Promise.reject(new ApiError('refused', 0, -2014, ''));
  return signer.call<T>(method, path, parameters);
}

/* What people read about an error: the venue's words, and what to do. */
export function explain(error: unknown): { text: string; advice: string; code: number } {
  if (error instanceof ApiError) {
    return { text: error.text || String(error.status), advice: t(adviceFor(error.code, error.text)), code: error.code };
  }
  return { text: String(error), advice: t('advice.page'), code: 0 };
}

export function statusText(status: string): string {
  return tOr(`status.${status}`, status);
}

export type Sent = 'accepted' | 'refused' | 'unknown';

export async function place(market: Market, draft: Draft, clientId: string): Promise<Sent> {
  if (!signer) return 'refused';
  const last = quotes.peek()[market.symbol]?.last ?? 0n;
  const request = requestOf(market, draft, last, clientId);
  const size = draft.kind === 'MARKET' && draft.total !== null
    ? { quantity: formatUnits(draft.total, language.peek()), asset: market.quote }
    : { quantity: formatUnits(draft.quantity ?? 0n, language.peek(), market.quantityDecimals), asset: market.base };
  const said = { side: t(`side.${draft.side}`), ...size };
  /* Written down before it is sent: a reload must find it again. */
  const row: Pending = { request, sentAt: Date.now(), said: clientId };
  tabKeep('pending', [...pendingOrders.peek(), row]);
  try {
    const answer = await signer.call<{ status?: string; orderId?: number } & Partial<Order>>('POST', request.path,
      { ...request.parameters, recvWindow: RECEIVE_WINDOW_MS });
    tabKeep('pending', pendingOrders.peek());
    if (request.list) say('good', t('outcome.acceptedList', said));
    else say('good', t('outcome.accepted', { ...said, status: statusText(answer.status ?? 'NEW') }));
    return 'accepted';
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'refused') {
      tabKeep('pending', pendingOrders.peek());
      const { text, advice, code } = explain(error);
      say('bad', t('outcome.refused', { text }), advice, code);
      return 'refused';
    }
    pendingOrders.value = [...pendingOrders.peek(), row];
    tabKeep('pending', pendingOrders.peek());
    say('wait', t('outcome.unknown'), undefined, undefined, clientId);
    void lookUp(row, 0);
    return 'unknown';
  }
}

const looking = new Set<string>();

/* Asks for the order by its client id until the venue's answer settles it. */
async function lookUp(row: Pending, attempt: number): Promise<void> {
  const id = row.request.clientId;
  if (!signer || (attempt === 0 && looking.has(id))) return;
  looking.add(id);
  let look: Look = 'no answer';
  try {
    const found = row.request.list
      ? await signer.call<{ listOrderStatus: string }>('GET', '/api/v3/orderList', { origClientOrderId: id })
        .then((list) => list.listOrderStatus)
      : await signer.call<Order>('GET', '/api/v3/order', { symbol: String(row.request.parameters.symbol), origClientOrderId: id })
        .then((order) => {
          noteOrder(order);
          return order.status;
        });
    look = { found: true, status: found };
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'refused' && (error.code === -2013 || error.code === -2018)) look = { found: false };
  }
  if (!pendingOrders.peek().includes(row)) {
    looking.delete(id);
    return;
  }
  const verdict = verdictOf(look, Date.now() - row.sentAt, attempt);
  if (verdict.state === 'open') {
    setTimeout(() => void lookUp(row, attempt + 1), verdict.againMs);
    return;
  }
  looking.delete(id);
  pendingOrders.value = pendingOrders.peek().filter((other) => other !== row);
  tabKeep('pending', pendingOrders.peek().length ? pendingOrders.peek() : null);
  unsay(id);
  if (verdict.state === 'found') say('good', t('outcome.found', { status: statusText(verdict.status) }));
  else say('bad', t('outcome.absent'));
  orderTurn.value += 1;
}

export async function cancel(order: Order): Promise<void> {
  try {
    if (order.orderListId >= 0) {
      await signed('DELETE', '/api/v3/orderList', { symbol: order.symbol, orderListId: order.orderListId });
    } else await signed('DELETE', '/api/v3/order', { symbol: order.symbol, orderId: order.orderId });
    say('good', t('outcome.canceled', { id: order.orderId }));
  } catch (error) {
    sayError(error);
  }
}

export async function cancelAll(): Promise<void> {
  const names = [...new Set(openOrders.peek().map((row) => row.symbol))];
  const count = openOrders.peek().length;
  const results = await Promise.allSettled(names.map((name) => signed('DELETE', '/api/v3/openOrders', { symbol: name })));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) sayError(failed.reason);
  else say('good', t('outcome.canceledAll', { count }));
}

function sayError(error: unknown): void {
  if (error instanceof ApiError && error.kind === 'unknown') {
    say('bad', t('outcome.cancelUnknown'));
    return;
  }
  const { text, advice, code } = explain(error);
  say('bad', t('outcome.refused', { text }), advice, code);
  if (stream && userLive.peek()) void load();
}

export function orderHistory(name: string): Promise<Order[]> {
  return signed<Order[]>('GET', '/api/v3/allOrders', { symbol: name, limit: HISTORY_LIMIT });
}

export function tradeHistory(name: string): Promise<MyTrade[]> {
  return signed<MyTrade[]>('GET', '/api/v3/myTrades', { symbol: name, limit: HISTORY_LIMIT });
}

export function balanceText(asset: string): string {
  return print(balances.peek()[asset]?.free ?? 0n);
}

export function startSession(): void {
  pendingOrders.value = tabKept<Pending[]>('pending') ?? [];
  for (const row of pendingOrders.peek()) say('wait', t('outcome.unknown'), undefined, undefined, row.request.clientId);
  const who = credentials.peek();
  if (who) open(new Signer(who.apiKey, signByHmac(who.secret)));
  effect(followLogin);
  effect(() => {
    const name = symbol.value;
    if (!credentials.value || !name) return;
    signed<Commission>('GET', '/api/v3/account/commission', { symbol: name }).then((told) => {
      if (name === symbol.peek()) rates.value = sum(told);
    }, () => undefined);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') stream?.hurry();
  });
}

function sum(told: Commission): Rates {
  const total = (name: keyof Rates) => print(units(told.standardCommission[name])
    + units(told.specialCommission?.[name] ?? '0') + units(told.taxCommission[name]));
  return { maker: total('maker'), taker: total('taker'), buyer: total('buyer'), seller: total('seller') };
}
