/* What stands in the order form. Texts as typed, kept in the tab so that a reload loses nothing. */
import { batch, computed, effect, signal } from '@preact/signals';
import { divide, floorTo, max, min, multiply, parse, portion, type Units } from '../decimal/decimal.ts';
import { fromField, toField } from '../decimal/format.ts';
import { language } from '../i18n/index.ts';
import type { Side } from '../api/types.ts';
import { type Draft, type Kind, type Surroundings, type TimeInForce } from './draft.ts';
import { tabKeep, tabKept } from './keep.ts';
import type { Market } from './market.ts';
import { balances, openOrders } from './session.ts';
import { average, bookTurn, feed, market, quote } from './store.ts';

interface Kept { side: Side; kind: Kind; price: string; quantity: string; total: string; stop: string; stopLimit: string; timeInForce: TimeInForce; postOnly: boolean; byTotal: boolean }

const before = tabKept<Partial<Kept>>('form') ?? {};

export const side = signal<Side>(before.side ?? 'BUY');
export const kind = signal<Kind>(before.kind ?? 'LIMIT');
export const timeInForce = signal<TimeInForce>(before.timeInForce ?? 'GTC');
export const postOnly = signal(before.postOnly ?? false);
export const byTotal = signal(before.byTotal ?? false);
export const fields = {
  price: signal(before.price ?? ''),
  quantity: signal(before.quantity ?? ''),
  total: signal(before.total ?? ''),
  stop: signal(before.stop ?? ''),
  stopLimit: signal(before.stopLimit ?? ''),
};
export type FieldName = keyof typeof fields;
/* Whether an empty field is complained about: only once something was tried. */
export const tried = signal(false);

export function unitsOf(name: FieldName): Units | null {
  const text = fromField(fields[name].value, language.value);
  return text === null ? null : parse(text);
}

export const draft = computed<Draft>(() => ({
  side: side.value,
  kind: kind.value,
  price: unitsOf('price'),
  quantity: unitsOf('quantity'),
  total: kind.value === 'MARKET' && byTotal.value ? unitsOf('total') ?? 0n : null,
  stop: unitsOf('stop'),
  stopLimit: unitsOf('stopLimit'),
  timeInForce: timeInForce.value,
  postOnly: postOnly.value && kind.value === 'LIMIT',
}));

/* Best prices that change only when they do, so that the form is not drawn with each turn. */
export const bestBid = computed(() => { void bookTurn.value; return feed.book.bids.best(); });
export const bestAsk = computed(() => { void bookTurn.value; return feed.book.asks.best(); });

export const surroundings = computed<Surroundings>(() => {
  const here = market.value;
  return {
    last: quote.value && quote.value.last > 0n ? quote.value.last : null,
    average: average.value,
    bestBid: bestBid.value,
    bestAsk: bestAsk.value,
    freeBase: here ? balances.value[here.base]?.free ?? null : null,
    freeQuote: here ? balances.value[here.quote]?.free ?? null : null,
    openOrders: here ? openOrders.value.filter((row) => row.symbol === here.symbol).length : 0,
  };
});

export function setField(name: FieldName, value: Units, decimals: number): void {
  fields[name].value = toField(value, language.peek(), decimals);
}

/* The price a click in the book puts into the form: the field that matters for the kind. */
export function usePrice(price: Units): void {
  const here = market.peek();
  if (!here) return;
  if (kind.peek() === 'MARKET') kind.value = 'LIMIT';
  setField(kind.peek() === 'STOP' ? 'stopLimit' : 'price', price, here.priceDecimals);
}

/* `percent` of what is free, as a quantity on a step, or for a market buy as a total. */
export function usePercent(percent: number): void {
  const here = market.peek();
  if (!here) return;
  const around = surroundings.peek();
  const buys = side.peek() === 'BUY';
  const free = (buys ? around.freeQuote : around.freeBase) ?? 0n;
  const part = portion(free, percent);
  if (kind.peek() === 'MARKET' && buys && here.quoteOrdersAllowed) {
    batch(() => {
      byTotal.value = true;
      setField('total', part, here.quoteDecimals);
    });
    return;
  }
  let quantity = part;
  if (buys) {
    const price = kind.peek() === 'STOP' ? unitsOf('stopLimit')
      : kind.peek() === 'OCO' ? max(unitsOf('price') ?? 0n, unitsOf('stopLimit') ?? 0n)
        : kind.peek() === 'MARKET' ? around.bestAsk : unitsOf('price') ?? around.bestAsk;
    if (!price) return;
    if (kind.peek() === 'LIMIT' && unitsOf('price') === null) setField('price', price, here.priceDecimals);
    quantity = divide(part, price);
    if (multiply(quantity, price) > part) quantity -= here.step;
  }
  if (here.quantityMax > 0n) quantity = min(quantity, here.quantityMax);
  byTotal.value = false;
  setField('quantity', max(0n, floorTo(quantity, here.step)), here.quantityDecimals);
}

/* An arrow key: one step of the market up or down, from the best price where nothing stands. */
export function stepField(name: FieldName, here: Market, steps: number): void {
  const isPrice = name === 'price' || name === 'stop' || name === 'stopLimit';
  const step = isPrice ? here.tick : name === 'total' ? 100_000_000n : here.step;
  const around = surroundings.peek();
  const start = unitsOf(name)
    ?? (isPrice ? (side.peek() === 'BUY' ? around.bestBid : around.bestAsk) ?? around.last ?? 0n : 0n);
  const next = max(step, floorTo(start, step) + step * BigInt(steps));
  setField(name, next, isPrice ? here.priceDecimals : name === 'total' ? here.quoteDecimals : here.quantityDecimals);
}

export function clearForm(): void {
  batch(() => {
    fields.quantity.value = '';
    fields.total.value = '';
    tried.value = false;
  });
}

export function startForm(): void {
  let shown = market.peek()?.symbol;
  effect(() => {
    const next = market.value?.symbol;
    /* Prices of another market mean nothing here. */
    if (shown && next && next !== shown) {
      batch(() => {
        for (const field of Object.values(fields)) field.value = '';
        tried.value = false;
      });
    }
    shown = next ?? shown;
  });
  effect(() => {
    const state: Kept = {
      side: side.value, kind: kind.value, timeInForce: timeInForce.value, postOnly: postOnly.value, byTotal: byTotal.value,
      price: fields.price.value, quantity: fields.quantity.value, total: fields.total.value, stop: fields.stop.value, stopLimit: fields.stopLimit.value,
    };
    tabKeep('form', state);
  });
}
