/* What the market streams say, over one WebSocket: depth, trades and candles of the market that is
 * shown, small tickers of all. Wanted streams are a set; what differs from the subscribed set is
 * asked for, after each connection again. */
import { type ApiError, getPublic } from '../api/client.ts';
import { Book, type DepthAnswer, type DepthEvent } from './book.ts';
import { Link, socketUrl } from './link.ts';

export interface TradeRow { id: number; price: string; quantity: string; time: number; sold: boolean }
export interface CandleRow { time: number; open: string; high: string; low: string; close: string; volume: string }

export interface FeedHandlers {
  onBook: () => void;
  onTrade: (trade: TradeRow) => void;
  onTrades: (trades: TradeRow[]) => void;
  onCandle: (interval: string, candle: CandleRow) => void;
  onTickers: (rows: Record<string, string>[]) => void;
  onState: (state: 'open' | 'closed') => void;
  onRoundTrip: (ms: number) => void;
  onMarketEvent: () => void;
  onGap: () => void;
  /* Everything known is old: after a connection, candles and tickers are fetched again. */
  onFresh: () => void;
}

const DEPTH_LIMIT = 5_000;
const TRADES_LIMIT = 60;
const RETRY_MS = 1_000;

export class Feed {
  readonly book = new Book();
  private symbol = '';
  private interval = '';
  private subscribed = new Set<string>();
  private fetching = 0;
  private readonly link: Link;

  constructor(private readonly handlers: FeedHandlers) {
    this.link = new Link({
      url: () => socketUrl('/stream'),
      beat: { method: 'LIST_SUBSCRIPTIONS' },
      onOpen: () => {
        this.subscribed.clear();
        this.handlers.onState('open');
        this.handlers.onFresh();
        /* Before a market is chosen there is nothing to ask for, and a request would hold up the next. */
        if (this.symbol) this.resync(this.reconcile());
      },
      onMessage: (message) => this.message(message),
      onDown: () => {
        this.fetching += 1;
        this.book.forget();
        this.handlers.onState('closed');
      },
      onRoundTrip: (ms) => this.handlers.onRoundTrip(ms),
    });
  }

  start(): void {
    this.link.start();
  }

  hurry(): void {
    this.link.hurry();
  }

  show(symbol: string, interval: string): void {
    const other = symbol !== this.symbol;
    this.symbol = symbol;
    this.interval = interval;
    if (!this.link.open) return;
    const told = this.reconcile();
    if (other) this.resync(told);
  }

  private wanted(): Set<string> {
    const low = this.symbol.toLowerCase();
    const names = ['!miniTicker@arr'];
    if (low) names.push(`${low}@depth@100ms`, `${low}@trade`, `${low}@kline_${this.interval}`, `${low}@avgPrice`);
    return new Set(names);
  }

  /* Settles when the venue has heard of what is wanted. */
  private reconcile(): Promise<unknown> {
    const wanted = this.wanted();
    const fresh = [...wanted].filter((name) => !this.subscribed.has(name));
    const stale = [...this.subscribed].filter((name) => !wanted.has(name));
    this.subscribed = wanted;
    const ignore = () => undefined;
    const told = fresh.length ? this.link.request('SUBSCRIBE', fresh).catch(ignore) : Promise.resolve();
    if (stale.length) this.link.request('UNSUBSCRIBE', stale).catch(ignore);
    return told;
  }

  /* A whole book from REST, and the trades beside it, fetched once the stream is subscribed: what
   * happens in between is then in the stream. Only the last of several calls counts. */
  private resync(told: Promise<unknown> = Promise.resolve()): void {
    this.fetching += 1;
    const turn = this.fetching;
    const symbol = this.symbol;
    this.book.forget();
    this.handlers.onBook();
    if (!symbol) return;
    const again = (error?: ApiError) => {
      setTimeout(() => {
        if (turn === this.fetching && this.link.open) this.resync();
      }, Math.max(RETRY_MS, error?.retryAfterMs ?? 0));
    };
    told.then(() => getPublic<DepthAnswer>('/api/v3/depth', { symbol, limit: DEPTH_LIMIT })).then((answer) => {
      if (turn !== this.fetching) return;
      if (!this.book.snapshot(answer)) {
        again();
        return;
      }
      this.handlers.onBook();
    }, (error: ApiError) => turn === this.fetching && again(error));
    told.then(() => getPublic<{ id: number; price: string; qty: string; time: number; isBuyerMaker: boolean }[]>(
      '/api/v3/trades', { symbol, limit: TRADES_LIMIT })).then((rows) => {
      if (symbol !== this.symbol) return;
      this.handlers.onTrades(rows.map((row) => ({
        id: row.id, price: row.price, quantity: row.qty, time: row.time, sold: row.isBuyerMaker,
      })));
    }, () => undefined);
  }

  private message(message: Record<string, unknown>): void {
    const stream = message.stream;
    if (typeof stream !== 'string') return;
    const low = this.symbol.toLowerCase();
    if (stream === '!miniTicker@arr') {
      this.handlers.onTickers(message.data as Record<string, string>[]);
      return;
    }
    if (!stream.startsWith(`${low}@`)) return;
    const kind = stream.slice(low.length + 1);
    const data = message.data as Record<string, unknown>;
    if (kind === 'depth@100ms') this.depth(data as unknown as DepthEvent);
    else if (kind === 'trade') {
      this.handlers.onMarketEvent();
      this.handlers.onTrade({
        id: data.t as number, price: data.p as string, quantity: data.q as string, time: data.T as number,
        sold: data.m as boolean,
      });
    } else if (kind === `kline_${this.interval}`) {
      const row = data.k as Record<string, string | number>;
      this.handlers.onCandle(this.interval, {
        time: row.t as number, open: row.o as string, high: row.h as string, low: row.l as string,
        close: row.c as string, volume: row.v as string,
      });
    } else if (kind === 'avgPrice') this.handlers.onTickers([{ e: 'avgPrice', s: this.symbol, w: data.w as string }]);
  }

  private depth(event: DepthEvent): void {
    this.handlers.onMarketEvent();
    const applied = this.book.event(event);
    if (applied === 'applied') this.handlers.onBook();
    else if (applied === 'gap') {
      this.handlers.onGap();
      this.resync();
    }
  }
}
