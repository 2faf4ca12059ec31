/* The order book: one table, sells above the spread and buys below. Only as many rows as the panel has room for are
 * drawn, whatever the book holds. Prices are buttons, one of which is in the order of Tab; arrows walk.
 * While the reader's focus is inside, a polite region says the best prices, at most each SAY_MS. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { decimalsOf, type Units, units } from '../decimal/decimal.ts';
import { formatUnits } from '../decimal/format.ts';
import { type Group, groupSteps } from '../feed/book.ts';
import { language, t } from '../i18n/index.ts';
import type { Market } from '../state/market.ts';
import { openOrders } from '../state/session.ts';
import { usePrice } from '../state/form.ts';
import { bookTurn, feed, linkState, live, market, quote } from '../state/store.ts';
import { bookWanted, view } from './panels.ts';

const ROW_PX = 20;
const FIXED_PX = 58;
const ROWS_MIN = 5;
const SAY_MS = 5_000;

function walk(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.level button')];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  event.preventDefault();
  event.stopPropagation();
  all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
}

function Level({ row, kind, here, decimals, share, first, mine, usable }: {
  row: Group | undefined; kind: 'ask' | 'bid'; here: Market; decimals: number; share: number; first: boolean; mine: boolean; usable: boolean;
}) {
  if (!row) return <tr class="level empty" aria-hidden="true"><td /><td /><td /></tr>;
  const price = formatUnits(row.price, language.value, decimals);
  const side = t(kind === 'ask' ? 'book.ask' : 'book.bid');
  return (
    <tr class={`level ${kind}`} style={{ '--share': `${share}%` }}>
      <td class="num">
        <button type="button" tabIndex={first ? 0 : -1} disabled={!usable} aria-label={t('book.use', { price, side })}
          onClick={() => {
            usePrice(row.price);
            view.value = 'trade';
          }}>
          <span class="mark" aria-hidden="true">{kind === 'ask' ? '▾' : '▴'}</span>{price}
        </button>
        {mine ? <span class="mine" aria-hidden="true">●</span> : null}
      </td>
      <td class="num">{formatUnits(row.quantity, language.value, here.quantityDecimals)}</td>
      <td class="num dim">{formatUnits(row.total, language.value, here.quantityDecimals)}</td>
    </tr>
  );
}

function Head({ here, caption }: { here: Market; caption: string }) {
  return (
    <>
      <caption class="sr">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="num">{t('book.price')} <span class="dim">{here.quote}</span></th>
          <th scope="col" class="num">{t('book.quantity')} <span class="dim">{here.base}</span></th>
          <th scope="col" class="num">{t('book.total')}</th>
        </tr>
      </thead>
    </>
  );
}

function Announcer({ inside }: { inside: { value: boolean } }) {
  const text = useSignal('');
  const saidMs = useRef(-SAY_MS);
  useSignalEffect(() => {
    void bookTurn.value;
    const here = market.value;
    if (!inside.value || !here || performance.now() - saidMs.current < SAY_MS) return;
    const bid = feed.book.bids.best();
    const ask = feed.book.asks.best();
    const show = (value: Units) => formatUnits(value, language.value, here.priceDecimals);
    const next = !live.value ? t('book.stale') : bid === null || ask === null ? t('book.announceEmpty')
      : t('book.announce', { bid: show(bid), ask: show(ask), spread: show(ask - bid) });
    if (next === text.peek()) return;
    saidMs.current = performance.now();
    text.value = next;
  });
  return <div class="sr" role="status" aria-live="polite">{text}</div>;
}

export function Book() {
  const rows = useSignal(12);
  const chosenStep = useSignal<Units | null>(null);
  const inside = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const here = market.value;
  const steps = useComputed(() => {
    const m = market.value;
    const last = quote.value?.last ?? 0n;
    return m ? groupSteps(m.tick, last > 0n ? last : m.tick * 100_000n).map(String).join(' ') : '';
  });
  useEffect(() => {
    if (!box.current) return undefined;
    const watch = new ResizeObserver(([entry]) => {
      const height = entry?.contentRect.height ?? 0;
      if (height > 0) rows.value = Math.max(ROWS_MIN, Math.floor((height - FIXED_PX) / 2 / ROW_PX));
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  useSignalEffect(() => {
    void market.value?.symbol;
    chosenStep.value = null;
  });
  /* A row of a book that is not live cannot take the focus: the first drawing that has one gives it. A link that comes
   * back may be lost once more, and a disabled row loses the focus: it has it again until the reader does something else. */
  const wanted = bookWanted.value;
  const given = useRef(0);
  useEffect(() => {
    const row = wanted ? box.current?.querySelector<HTMLElement>('.level button[tabindex="0"]:not(:disabled)') : null;
    if (!row || (given.current === wanted && document.activeElement !== document.body)) return;
    given.current = wanted;
    row.focus();
  });
  void bookTurn.value;
  const choices = steps.value ? steps.value.split(' ').map(BigInt) : [];
  const step = chosenStep.value ?? here?.tick ?? 1n;
  const asks = here ? feed.book.asks.groups(step, rows.value) : [];
  const bids = here ? feed.book.bids.groups(step, rows.value) : [];
  const askTotal = asks[asks.length - 1]?.total ?? 0n;
  const bidTotal = bids[bids.length - 1]?.total ?? 0n;
  const most = askTotal > bidTotal ? askTotal : bidTotal;
  const share = (row: Group | undefined) => (row && most > 0n ? Number((row.total * 1000n) / most) / 10 : 0);
  const decimals = Math.min(here?.priceDecimals ?? 2, decimalsOf(step));
  const own = new Set(openOrders.value.filter((order) => order.symbol === here?.symbol).map((order) => {
    const price = units(order.price);
    const rest = price % step;
    return `${order.side}${order.side === 'BUY' || rest === 0n ? price - rest : price - rest + step}`;
  }));
  const bestBid = feed.book.bids.best();
  const bestAsk = feed.book.asks.best();
  const last = quote.value?.last ?? 0n;
  const usable = live.value;
  const state = linkState.value;
  return (
    <section class="panel book" aria-labelledby="book-title" data-section="book" data-inert={usable ? undefined : 'yes'}
      onFocusIn={() => { inside.value = true; }} onFocusOut={() => { inside.value = false; }}>
      <header class="panel-head">
        <h2 id="book-title">{t('book.title')}</h2>
        <label class="inline">
          <span class="sr">{t('book.group')}</span>
          <select value={String(step)} onChange={(event) => { chosenStep.value = BigInt(event.currentTarget.value); }}>
            {choices.map((value) => <option key={value} value={String(value)}>{formatUnits(value, language.value)}</option>)}
          </select>
        </label>
      </header>
      <div class="book-body" ref={box} onKeyDown={walk}>
        {here ? (
          <>
            <table class="levels">
              <Head here={here} caption={t('book.title')} />
              <tbody aria-label={t('book.asks')}>
                {Array.from({ length: rows.value }, (_, i) => {
                  const row = asks[rows.value - 1 - i];
                  return <Level key={`a${rows.value - i}`} row={row} kind="ask" here={here} decimals={decimals} share={share(row)} usable={usable}
                    first={row !== undefined && row === asks[0]} mine={row !== undefined && own.has(`SELL${row.price}`)} />;
                })}
              </tbody>
              <tbody>
                <tr class="spread">
                  <td colSpan={3}>
                    <strong>{last > 0n ? formatUnits(last, language.value, here.priceDecimals) : t('common.none')}</strong>
                    <span class="dim">
                      {usable ? `${t('book.spread')} ${bestBid !== null && bestAsk !== null ? formatUnits(bestAsk - bestBid, language.value, here.priceDecimals) : t('common.none')}`
                        : state === 'syncing' || state === 'connecting' ? t('book.loading') : t('book.stale')}
                    </span>
                  </td>
                </tr>
              </tbody>
              <tbody aria-label={t('book.bids')}>
                {Array.from({ length: rows.value }, (_, i) => {
                  const row = bids[i];
                  return <Level key={`b${i}`} row={row} kind="bid" here={here} decimals={decimals} share={share(row)} usable={usable}
                    first={row !== undefined && i === 0 && asks.length === 0} mine={row !== undefined && own.has(`BUY${row.price}`)} />;
                })}
              </tbody>
            </table>
          </>
        ) : <p class="quiet">{t('common.loading')}</p>}
      </div>
      <Announcer inside={inside} />
    </section>
  );
}
