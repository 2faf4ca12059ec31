/* Candles with volume, or the depth of the book. Candles come page by page as the reader goes back;
 * floats are for drawing only. The chart library's notice asks for a link, which stands below. */
import { useSignal, useSignalEffect } from '@preact/signals';
import {
  CandlestickSeries, ColorType, CrosshairMode, createChart, HistogramSeries, type IChartApi, type IPriceLine,
  type ISeriesApi, LineStyle, type Time, type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'preact/hooks';
import { getPublic } from '../api/client.ts';
import { units } from '../decimal/decimal.ts';
import { formatDateTime, formatDay, formatMinute, formatMonth, formatText, formatTime, formatUnits } from '../decimal/format.ts';
import type { CandleRow } from '../feed/feed.ts';
import { language, t } from '../i18n/index.ts';
import { openOrders } from '../state/session.ts';
import { chooseInterval, freshTurn, interval, INTERVALS, type Interval, listenCandles, live, market, symbol } from '../state/store.ts';
import { colour, themeTurn } from '../state/theme.ts';
import { Depth } from './depth.tsx';
import { Tabs } from './tabs.tsx';

const PAGE = 500;
const BACK_AT = 40;
const BARS_LEAST = 45;
const BARS_MOST = 110;
const CANDLES_MAX = 20_000;
const RETRY_MS = 2_000;
const CHART_LATEST_MS = 1_000;
const CHART_BEHIND_MS = 30;

type Row = [number, string, string, string, string, string, ...unknown[]];

function candleOf(row: Row): CandleRow {
  return { time: row[0], open: row[1], high: row[2], low: row[3], close: row[4], volume: row[5] };
}

/* Everything of one chart's life that is no component: the library's objects and the candles. */
class Candles {
  readonly chart: IChartApi;
  private readonly bars: ISeriesApi<'Candlestick'>;
  private readonly volumes: ISeriesApi<'Histogram'>;
  private rows: CandleRow[] = [];
  private lines: IPriceLine[] = [];
  private turn = 0;
  private older = false;
  private first = false;
  private key = '';
  private colours = { up: '', down: '' };

  constructor(place: HTMLElement, private readonly onLegend: (row: CandleRow | null) => void,
    private readonly onState: (state: 'loading' | 'ready' | 'empty' | 'failed') => void) {
    this.chart = createChart(place, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 11, background: { type: ColorType.Solid, color: 'transparent' } },
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { timeVisible: true, rightOffset: 6, minBarSpacing: 1 },
      rightPriceScale: { scaleMargins: { top: 0.08, bottom: 0.26 } },
    });
    this.bars = this.chart.addSeries(CandlestickSeries, {});
    this.volumes = this.chart.addSeries(HistogramSeries, { priceScaleId: 'volume', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false });
    this.chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.chart.subscribeCrosshairMove((move) => {
      const time = move.time as number | undefined;
      this.onLegend((time === undefined ? undefined : this.at(time * 1_000)) ?? this.rows[this.rows.length - 1] ?? null);
    });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < BACK_AT) void this.back();
    });
  }

  private at(time: number): CandleRow | undefined {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle] as CandleRow).time < time) low = middle + 1;
      else high = middle;
    }
    return this.rows[low]?.time === time ? this.rows[low] : undefined;
  }

  dress(priceDecimals: number, tick: bigint): void {
    this.colours = { up: colour('bid'), down: colour('ask') };
    const lang = language.peek();
    const show = (price: number) => formatText(price.toFixed(priceDecimals), lang);
    const ms = (time: Time) => (time as number) * 1_000;
    this.chart.applyOptions({
      layout: { textColor: colour('text-dim'), fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { vertLines: { color: colour('grid') }, horzLines: { color: colour('grid') } },
      rightPriceScale: { borderColor: colour('line') },
      timeScale: {
        borderColor: colour('line'), secondsVisible: interval.peek() === '1s',
        tickMarkFormatter: (time: Time, kind: number) => (kind === 0 || kind === 1 ? formatMonth(ms(time), lang)
          : kind === 2 ? formatDay(ms(time), lang) : kind === 4 ? formatTime(ms(time), lang) : formatMinute(ms(time), lang)),
      },
      localization: { priceFormatter: show, timeFormatter: (time: Time) => formatDateTime(ms(time), lang) },
    });
    this.bars.applyOptions({
      upColor: this.colours.up, downColor: this.colours.down, borderUpColor: this.colours.up, borderDownColor: this.colours.down,
      wickUpColor: this.colours.up, wickDownColor: this.colours.down,
      priceFormat: { type: 'custom', minMove: Number(tick) / 1e8, formatter: show },
    });
    this.draw();
  }

  private bar(row: CandleRow) {
    return { time: row.time / 1_000 as UTCTimestamp, open: Number(row.open), high: Number(row.high), low: Number(row.low), close: Number(row.close) };
  }

  private column(row: CandleRow) {
    const rises = Number(row.close) >= Number(row.open);
    return { time: row.time / 1_000 as UTCTimestamp, value: Number(row.volume), color: `${rises ? this.colours.up : this.colours.down}66` };
  }

  private draw(): void {
    this.bars.setData(this.rows.map((row) => this.bar(row)));
    this.volumes.setData(this.rows.map((row) => this.column(row)));
    this.onLegend(this.rows[this.rows.length - 1] ?? null);
  }

  async load(name: string, span: Interval): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const other = this.key !== `${name}/${span}`;
    this.key = `${name}/${span}`;
    this.older = false;
    if (other) {
      this.rows = [];
      this.draw();
      this.onState('loading');
    }
    try {
      const rows = (await getPublic<Row[]>('/api/v3/klines', { symbol: name, interval: span, limit: PAGE })).map(candleOf);
      if (mine !== this.turn) return;
      /* What was looked at further back stays when a connection has come back. */
      const start = rows[0]?.time ?? Infinity;
      const joins = !other && this.rows.some((row) => row.time >= start);
      const kept = joins ? this.rows.filter((row) => row.time < start) : [];
      this.first = rows.length < PAGE && kept.length === 0;
      this.rows = [...kept, ...rows];
      this.draw();
      if (other) {
        this.chart.timeScale().applyOptions({ secondsVisible: span === '1s' });
        this.chart.timeScale().setVisibleLogicalRange({ from: rows.length - Math.min(BARS_MOST, Math.max(BARS_LEAST, rows.length)), to: rows.length + 5 });
        this.chart.priceScale('right').applyOptions({ autoScale: true });
      }
      this.onState(this.rows.length ? 'ready' : 'empty');
    } catch {
      if (mine !== this.turn) return;
      this.onState('failed');
      setTimeout(() => {
        if (mine === this.turn) void this.load(name, span);
      }, RETRY_MS);
    }
  }

  /* One page further into the past. */
  private async back(): Promise<void> {
    const oldest = this.rows[0];
    if (this.older || this.first || !oldest || this.rows.length >= CANDLES_MAX) return;
    this.older = true;
    const mine = this.turn;
    const [name = '', span = ''] = this.key.split('/');
    try {
      const rows = (await getPublic<Row[]>('/api/v3/klines', { symbol: name, interval: span, limit: PAGE, endTime: oldest.time - 1 })).map(candleOf);
      if (mine !== this.turn) return;
      this.first = rows.length === 0;
      this.rows = [...rows, ...this.rows];
      this.draw();
    } catch { /* the next scroll asks again */ }
    if (mine === this.turn) this.older = false;
  }

  update(row: CandleRow): void {
    const last = this.rows[this.rows.length - 1];
    if (last && row.time < last.time) return;
    if (last && row.time === last.time) this.rows[this.rows.length - 1] = row;
    else this.rows.push(row);
    if (this.rows.length > CANDLES_MAX) this.rows.shift();
    this.bars.update(this.bar(row));
    this.volumes.update(this.column(row));
    this.onLegend(row);
    if (this.rows.length === 1) this.onState('ready');
  }

  /* Open orders as lines with their side, so that they are seen where they stand. */
  mark(rows: { price: string; buys: boolean; text: string }[]): void {
    for (const line of this.lines) this.bars.removePriceLine(line);
    this.lines = rows.map((row) => this.bars.createPriceLine({
      price: Number(row.price), color: colour(row.buys ? 'bid' : 'ask'), lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: true, title: row.text,
    }));
  }

  close(): void {
    this.turn += 1;
    this.chart.remove();
  }
}

function Legend({ row }: { row: CandleRow | null }) {
  const here = market.value;
  if (!row || !here) return null;
  const price = (text: string) => formatUnits(units(text), language.value, here.priceDecimals);
  const tone = Number(row.close) >= Number(row.open) ? 'bid' : 'ask';
  return (
    <p class={`legend ${tone}`}>
      <span>{t('chart.open')} <b>{price(row.open)}</b></span> <span>{t('chart.high')} <b>{price(row.high)}</b></span>{' '}
      <span>{t('chart.low')} <b>{price(row.low)}</b></span> <span>{t('chart.close')} <b>{price(row.close)}</b></span>{' '}
      <span>{t('chart.volume')} <b>{formatUnits(units(row.volume), language.value, here.quantityDecimals)}</b></span>
    </p>
  );
}

function CandleView() {
  const place = useRef<HTMLDivElement>(null);
  const candles = useRef<Candles | null>(null);
  const legend = useSignal<CandleRow | null>(null);
  const state = useSignal<'loading' | 'ready' | 'empty' | 'failed'>('loading');
  useEffect(() => {
    if (!place.current) return undefined;
    const made = new Candles(place.current, (row) => { legend.value = row; }, (next) => { state.value = next; });
    candles.current = made;
    listenCandles((name, row) => {
      if (name === interval.peek()) made.update(row);
    });
    return () => {
      listenCandles(null);
      made.close();
      candles.current = null;
    };
  }, []);
  useSignalEffect(() => {
    void themeTurn.value;
    void language.value;
    const here = market.value;
    if (here) queueMicrotask(() => candles.current?.dress(here.priceDecimals, here.tick));
  });
  useSignalEffect(() => {
    void freshTurn.value;
    const name = symbol.value;
    const span = interval.value;
    if (name) queueMicrotask(() => void candles.current?.load(name, span));
  });
  useSignalEffect(() => {
    void themeTurn.value;
    const rows = openOrders.value.filter((order) => order.symbol === symbol.value && units(order.price) > 0n).slice(0, 30)
      .map((order) => ({ price: order.price, buys: order.side === 'BUY', text: t(`side.${order.side}`) }));
    queueMicrotask(() => candles.current?.mark(rows));
  });
  const here = market.value;
  const close = legend.value && here ? formatUnits(units(legend.value.close), language.value, here.priceDecimals) : t('common.none');
  return (
    <>
      <Legend row={legend.value} />
      <div class="canvas" role="img" aria-label={t('chart.description', { market: symbol.value, interval: interval.value, price: close })} ref={place} data-candles={state.value} />
      {state.value !== 'ready' ? <p class="over">{t(state.value === 'loading' ? 'chart.loading' : state.value === 'empty' ? 'chart.empty' : 'chart.failed')}</p> : null}
    </>
  );
}

/* The chart costs more to set up than everything else: prices and the form come first. */
function useLater() {
  const now = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => { now.value = true; }, CHART_LATEST_MS);
    return () => clearTimeout(timer);
  }, []);
  useSignalEffect(() => {
    if (live.value) setTimeout(() => { now.value = true; }, CHART_BEHIND_MS);
  });
  return now;
}

export function Chart() {
  const shown = useSignal<'candles' | 'depth'>('candles');
  const begun = useLater();
  return (
    <section class="panel chart" aria-labelledby="chart-title" data-section="chart" data-inert={live.value ? undefined : 'yes'}>
      <h2 id="chart-title" class="sr">{t('chart.title')}</h2>
      <Tabs name="chart" label={t('chart.title')} chosen={shown.value} choose={(id) => { shown.value = id; }}
        items={[{ id: 'candles', text: t('chart.candles') }, { id: 'depth', text: t('chart.depth') }]}>
        {shown.value === 'candles' ? (
          <div class="segments" role="group" aria-label={t('chart.interval')}>
            {INTERVALS.map((name) => (
              <button type="button" key={name} aria-pressed={interval.value === name} onClick={() => chooseInterval(name)}>{name}</button>
            ))}
          </div>
        ) : null}
      </Tabs>
      <div class="chart-body" id="chart-panel" role="tabpanel" aria-labelledby={`chart-tab-${shown.value}`}>
        {shown.value === 'depth' ? <Depth /> : begun.value ? <CandleView /> : <p class="over">{t('chart.loading')}</p>}
      </div>
      <a class="credit" href="https://www.tradingview.com/" target="_blank" rel="noreferrer noopener">{t('chart.credit')}</a>
    </section>
  );
}
