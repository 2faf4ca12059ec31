/* What the page knows, as signals, and how the feed writes them.
 *
 * Everything that arrives is noted at once and shown at the next animation frame at most, and the
 * book at most each BOOK_MS, so a burst of events costs one drawing. `live` says whether prices may
 * be used: it is true only while the stream is open, has been heard of lately, the book is whole and
 * the venue says that it runs. */
import { batch, computed, signal } from '@preact/signals';
import { ApiError, getPublic, syncTime, venueNow } from '../api/client.ts';
import type { SymbolInfo, Ticker } from '../api/types.ts';
import { type Units, units } from '../decimal/decimal.ts';
import { type CandleRow, Feed, type TradeRow } from '../feed/feed.ts';
import { SILENT_MS } from '../feed/link.ts';
import { keep, kept } from './keep.ts';
import { type Market, marketOf } from './market.ts';

export const INTERVALS = ['1s', '1m', '5m', '15m', '1h', '4h', '1d', '1w'] as const;
export type Interval = (typeof INTERVALS)[number];
export type LinkState = 'connecting' | 'syncing' | 'live' | 'lost' | 'halted';

export interface Quote { last: Units; open: Units; high: Units; low: Units; volume: Units; quoteVolume: Units }

const DAY_MS = 86_400_000;
const BOOK_MS = 100;
const CLOCK_MS = 500;
const STATUS_MS = 5_000;
const TRADES_MAX = 60;
const START_RETRY_MS = 1_500;

export const markets = signal<Market[]>([]);
export const symbol = signal(kept('symbol') ?? '');
export const interval = signal<Interval>(INTERVALS.find((name) => name === kept('interval')) ?? '1m');
export const market = computed(() => markets.value.find((row) => row.symbol === symbol.value) ?? null);
export const quotes = signal<Record<string, Quote>>({});
export const quote = computed(() => quotes.value[symbol.value] ?? null);
export const average = signal<Units | null>(null);
export const trades = signal<TradeRow[]>([]);
export const bookTurn = signal(0);
export const roundTripMs = signal<number | null>(null);
export const gaps = signal(0);
export const reconnections = signal(0);
export const lastEventMs = signal<number | null>(null);
export const eventAgeMs = signal<number | null>(null);
/* The venue's time where its clock is on another day than ours: a demo on a law date. */
export const lawDay = signal<number | null>(null);

const streamOpen = signal(false);
const everOpen = signal(false);
const silent = signal(false);
const halted = signal(false);
const bookSynced = signal(false);

export const linkState = computed<LinkState>(() => {
  if (!streamOpen.value || silent.value) return everOpen.value ? 'lost' : 'connecting';
  if (halted.value) return 'halted';
  return bookSynced.value ? 'live' : 'syncing';
});
export const live = computed(() => linkState.value === 'live');

/* Candles go to the chart alone, which keeps them itself. */
export type CandleListener = (interval: string, candle: CandleRow) => void;
let candleListener: CandleListener | null = null;
export const freshTurn = signal(0);

export function listenCandles(listener: CandleListener | null): void {
  candleListener = listener;
}

let lastHeardMs = 0;
let lastMarketMs: number | null = null;
let bookChanged = false;
let bookShownMs = 0;
let tradesWaiting: TradeRow[] = [];
let quotesWaiting: Record<string, Quote> | null = null;
let frame = 0;

function heard(): void {
  lastHeardMs = performance.now();
  if (silent.peek()) silent.value = false;
}

/* Hidden pages get no animation frames: a slow timer stands in. */
function plan(): void {
  if (frame !== 0) return;
  frame = 1;
  if (document.visibilityState === 'hidden') setTimeout(draw, 1_000);
  else requestAnimationFrame(draw);
}

function draw(): void {
  frame = 0;
  const now = performance.now();
  batch(() => {
    if (bookChanged && now - bookShownMs >= BOOK_MS) {
      bookChanged = false;
      bookShownMs = now;
      bookSynced.value = feed.book.synced;
      bookTurn.value += 1;
    }
    if (tradesWaiting.length) {
      const first = trades.peek()[0]?.id ?? -1;
      const fresh = tradesWaiting.filter((row) => row.id > first).reverse();
      trades.value = [...fresh, ...trades.peek()].slice(0, TRADES_MAX);
      tradesWaiting = [];
    }
    if (quotesWaiting) {
      quotes.value = { ...quotes.peek(), ...quotesWaiting };
      quotesWaiting = null;
    }
  });
  if (bookChanged) setTimeout(plan, Math.max(0, BOOK_MS - (performance.now() - bookShownMs)));
}

function noteQuote(name: string, row: Quote): void {
  quotesWaiting ??= {};
  quotesWaiting[name] = row;
  plan();
}

export const feed = new Feed({
  onBook: () => {
    heard();
    if (!feed.book.synced && bookSynced.peek()) bookSynced.value = false;
    bookChanged = true;
    plan();
  },
  onTrade: (trade) => {
    tradesWaiting.push(trade);
    if (tradesWaiting.length > TRADES_MAX) tradesWaiting.shift();
    const known = quotesWaiting?.[symbol.peek()] ?? quotes.peek()[symbol.peek()];
    if (known) noteQuote(symbol.peek(), { ...known, last: units(trade.price) });
    plan();
  },
  onTrades: (rows) => {
    trades.value = rows.slice().reverse().slice(0, TRADES_MAX);
    tradesWaiting = [];
  },
  onCandle: (name, candle) => candleListener?.(name, candle),
  onTickers: (rows) => {
    heard();
    for (const row of rows) {
      if (row.e === 'avgPrice') average.value = units(row.w ?? '0') || null;
      else {
        noteQuote(row.s as string, {
          last: units(row.c ?? '0'), open: units(row.o ?? '0'), high: units(row.h ?? '0'), low: units(row.l ?? '0'),
          volume: units(row.v ?? '0'), quoteVolume: units(row.q ?? '0'),
        });
      }
    }
  },
  onState: (state) => batch(() => {
    if (state === 'open') {
      if (everOpen.peek()) reconnections.value += 1;
      everOpen.value = true;
      heard();
    } else bookSynced.value = false;
    streamOpen.value = state === 'open';
    if (state === 'closed') roundTripMs.value = null;
  }),
  onRoundTrip: (ms) => {
    heard();
    roundTripMs.value = Math.max(1, Math.round(ms));
  },
  onMarketEvent: () => {
    heard();
    lastMarketMs = performance.now();
  },
  onGap: () => { gaps.value += 1; },
  onFresh: () => {
    /* The first connection opens while the first refresh is under way. */
    if (markets.peek().length) void refresh();
  },
});

export function chooseMarket(name: string): void {
  if (name === symbol.peek() || !markets.peek().some((row) => row.symbol === name)) return;
  batch(() => {
    symbol.value = name;
    trades.value = [];
    average.value = null;
    lastMarketMs = null;
    eventAgeMs.value = null;
  });
  keep('symbol', name);
  feed.show(name, interval.peek());
  void loadAverage();
}

export function chooseInterval(name: Interval): void {
  interval.value = name;
  keep('interval', name);
  feed.show(symbol.peek(), name);
}

async function loadAverage(): Promise<void> {
  const name = symbol.peek();
  if (!name) return;
  try {
    const { price } = await getPublic<{ price: string }>('/api/v3/avgPrice', { symbol: name });
    if (name === symbol.peek()) average.value = units(price) || null;
  } catch { /* without it the percent filter is left to the venue */ }
}

function noteTickers(rows: Ticker[]): void {
  const made: Record<string, Quote> = {};
  for (const row of rows) {
    made[row.symbol] = {
      last: units(row.lastPrice), open: units(row.openPrice), high: units(row.highPrice), low: units(row.lowPrice),
      volume: units(row.volume), quoteVolume: units(row.quoteVolume),
    };
  }
  quotes.value = made;
}

/* All that streams do not tell: time, markets, statistics. At the start, and behind each connection;
 * one at a time. */
let refreshing = false;

async function refresh(): Promise<void> {
  if (refreshing) return;
  refreshing = true;
  try {
    const [, info, tickers] = await Promise.all([
      syncTime(),
      getPublic<{ symbols: SymbolInfo[] }>('/api/v3/exchangeInfo'),
      getPublic<Ticker[]>('/api/v3/ticker/24hr'),
    ]);
    refreshing = false;
    batch(() => {
      lawDay.value = Math.abs(venueNow() - Date.now()) > DAY_MS ? venueNow() : null;
      markets.value = info.symbols.map(marketOf);
      noteTickers(tickers);
      freshTurn.value += 1;
    });
    const first = markets.peek()[0];
    if (first && !markets.peek().some((row) => row.symbol === symbol.peek())) chooseMarket(first.symbol);
    else await loadAverage();
  } catch (error) {
    refreshing = false;
    const pause = error instanceof ApiError ? error.retryAfterMs : 0;
    setTimeout(() => void refresh(), Math.max(START_RETRY_MS, pause));
  }
}

async function lookAtStatus(): Promise<void> {
  if (!streamOpen.peek() || document.visibilityState === 'hidden') return;
  try {
    const { status } = await getPublic<{ status: number }>('/sapi/v1/system/status');
    halted.value = status !== 0;
  } catch { /* the stream's own state tells */ }
}

export function start(): void {
  if (symbol.peek()) feed.show(symbol.peek(), interval.peek());
  feed.start();
  void refresh();
  setInterval(() => {
    const now = performance.now();
    if (streamOpen.peek() && now - lastHeardMs > SILENT_MS) silent.value = true;
    lastEventMs.value = lastMarketMs;
    eventAgeMs.value = lastMarketMs === null ? null : Math.floor((now - lastMarketMs) / 1_000) * 1_000;
  }, CLOCK_MS);
  setInterval(() => void lookAtStatus(), STATUS_MS);
  const hurry = () => {
    if (document.visibilityState === 'visible') feed.hurry();
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
}
