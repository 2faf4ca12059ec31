/* An order before it is sent: what was typed, whether the market allows it, what it costs, and the
 * request it becomes. Pure functions; the form and the tests call the same. */
import type { Parameters } from '../api/client.ts';
import { ceilTo, divide, floorTo, multiply, print, type Units, units } from '../decimal/decimal.ts';
import type { Rates, Side } from '../api/types.ts';
import { type Market, marketQuantityMax, marketQuantityMin, percentBounds } from './market.ts';

export type Kind = 'LIMIT' | 'MARKET' | 'STOP' | 'OCO';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type Field = 'price' | 'quantity' | 'total' | 'stop' | 'stopLimit';

/* Amounts are units, null when nothing usable stands in the field. */
export interface Draft {
  side: Side;
  kind: Kind;
  price: Units | null;
  quantity: Units | null;
  /* For market orders: how much of the quote asset, instead of a quantity. */
  total: Units | null;
  stop: Units | null;
  stopLimit: Units | null;
  timeInForce: TimeInForce;
  postOnly: boolean;
}

export interface Surroundings {
  last: Units | null;
  average: Units | null;
  bestBid: Units | null;
  bestAsk: Units | null;
  freeBase: Units | null;
  freeQuote: Units | null;
  openOrders: number;
}

export type ProblemKey =
  | 'problem.missing' | 'problem.tick' | 'problem.priceLow' | 'problem.priceHigh' | 'problem.percent'
  | 'problem.step' | 'problem.quantityLow' | 'problem.quantityHigh' | 'problem.notionalLow'
  | 'problem.notionalHigh' | 'problem.balance' | 'problem.postOnly' | 'problem.orders'
  | 'problem.stopNow' | 'problem.ocoSell' | 'problem.ocoBuy' | 'problem.closed' | 'problem.type'
  | 'problem.noBook';

export interface Problem { field: Field | null; key: ProblemKey; values: Record<string, Units | number | string> }

export interface Costs { notional: Units; fee: Units; feeAsset: string; spends: Units; spendsAsset: string; receives: Units; receivesAsset: string; estimated: boolean }

function priceProblem(market: Market, draft: Draft, field: 'price' | 'stop' | 'stopLimit', price: Units | null,
  around: Surroundings): Problem | null {
  if (price === null || price === 0n) return { field, key: 'problem.missing', values: {} };
  if (market.tick > 0n && (price - market.priceMin) % market.tick !== 0n) {
    return { field, key: 'problem.tick', values: { step: market.tick } };
  }
  if (market.priceMin > 0n && price < market.priceMin) {
    return { field, key: 'problem.priceLow', values: { bound: market.priceMin } };
  }
  if (market.priceMax > 0n && price > market.priceMax) {
    return { field, key: 'problem.priceHigh', values: { bound: market.priceMax } };
  }
  if (field !== 'stop' && around.average !== null) {
    const { low, high } = percentBounds(market, draft.side, around.average);
    if ((low > 0n && price < low) || (high > 0n && price > high)) {
      return { field, key: 'problem.percent', values: { low: ceilTo(low, market.tick), high: floorTo(high, market.tick) } };
    }
  }
  return null;
}

function quantityProblem(market: Market, draft: Draft): Problem | null {
  const quantity = draft.quantity;
  const field = 'quantity';
  if (quantity === null || quantity === 0n) return { field, key: 'problem.missing', values: {} };
  const isMarket = draft.kind === 'MARKET';
  const low = isMarket ? marketQuantityMin(market) : market.quantityMin;
  const high = isMarket ? marketQuantityMax(market) : market.quantityMax;
  if (low > 0n && quantity < low) return { field, key: 'problem.quantityLow', values: { bound: low } };
  if (high > 0n && quantity > high) return { field, key: 'problem.quantityHigh', values: { bound: high } };
  if ((quantity - market.quantityMin) % market.step !== 0n) {
    return { field, key: 'problem.step', values: { step: market.step } };
  }
  if (isMarket && market.marketStep > 0n && (quantity - market.marketMin) % market.marketStep !== 0n) {
    return { field, key: 'problem.step', values: { step: market.marketStep } };
  }
  return null;
}

/* The price that values the order: what it names, or the best of the other side. */
export function valuePrice(draft: Draft, around: Surroundings): Units | null {
  if (draft.kind === 'MARKET') return (draft.side === 'BUY' ? around.bestAsk : around.bestBid) ?? around.last;
  if (draft.kind === 'OCO' && draft.side === 'BUY' && draft.price !== null && draft.stopLimit !== null) {
    return draft.price > draft.stopLimit ? draft.price : draft.stopLimit;
  }
  return draft.kind === 'STOP' ? draft.stopLimit : draft.price;
}

/* The smallest value among the legs, which must pass the least notional each. */
function leastPrice(draft: Draft, around: Surroundings): Units | null {
  if (draft.kind !== 'OCO' || draft.price === null || draft.stopLimit === null) return valuePrice(draft, around);
  return draft.price < draft.stopLimit ? draft.price : draft.stopLimit;
}

function notionalProblem(market: Market, draft: Draft, around: Surroundings): Problem | null {
  const isMarket = draft.kind === 'MARKET';
  const field: Field = isMarket && draft.total !== null ? 'total' : 'quantity';
  /* A market order is weighed at the average price; API filters.md "NOTIONAL". */
  const low = isMarket ? around.average ?? around.last : leastPrice(draft, around);
  const high = isMarket ? low : valuePrice(draft, around);
  const quantity = draft.quantity;
  const least = isMarket && draft.total !== null ? draft.total : low !== null && quantity !== null ? multiply(low, quantity) : null;
  const most = isMarket && draft.total !== null ? draft.total : high !== null && quantity !== null ? multiply(high, quantity) : null;
  const weighed = isMarket ? market.notionalMinForMarket : true;
  if (least !== null && weighed && market.notionalMin > 0n && least < market.notionalMin) {
    return { field, key: 'problem.notionalLow', values: { bound: market.notionalMin, value: least } };
  }
  if (most !== null && (isMarket ? market.notionalMaxForMarket : true) && market.notionalMax > 0n && most > market.notionalMax) {
    return { field, key: 'problem.notionalHigh', values: { bound: market.notionalMax, value: most } };
  }
  return null;
}

function relationProblem(draft: Draft, around: Surroundings): Problem | null {
  if (draft.kind === 'LIMIT' && draft.postOnly && draft.price !== null) {
    const other = draft.side === 'BUY' ? around.bestAsk : around.bestBid;
    if (other !== null && (draft.side === 'BUY' ? draft.price >= other : draft.price <= other)) {
      return { field: 'price', key: 'problem.postOnly', values: { bound: other } };
    }
  }
  const last = around.last;
  if (last === null) return null;
  if (draft.kind === 'STOP' && draft.stop === last) {
    return { field: 'stop', key: 'problem.stopNow', values: { bound: last } };
  }
  if (draft.kind === 'OCO' && draft.price !== null && draft.stop !== null) {
    const right = draft.side === 'SELL' ? draft.price > last && last > draft.stop : draft.price < last && last < draft.stop;
    if (!right) return { field: 'stop', key: draft.side === 'SELL' ? 'problem.ocoSell' : 'problem.ocoBuy', values: { bound: last } };
  }
  return null;
}

/* All that stands against the order, the first of each field only. */
export function problemsOf(market: Market, draft: Draft, around: Surroundings): Problem[] {
  const found: (Problem | null)[] = [];
  if (market.status !== 'TRADING') found.push({ field: null, key: 'problem.closed', values: {} });
  if (draft.kind === 'OCO' && !market.ocoAllowed) found.push({ field: null, key: 'problem.type', values: {} });
  if (draft.kind === 'LIMIT' || draft.kind === 'OCO') found.push(priceProblem(market, draft, 'price', draft.price, around));
  if (draft.kind === 'STOP' || draft.kind === 'OCO') {
    found.push(priceProblem(market, draft, 'stop', draft.stop, around));
    found.push(priceProblem(market, draft, 'stopLimit', draft.stopLimit, around));
  }
  if (draft.kind === 'MARKET' && draft.total !== null) {
    if (draft.total === 0n) found.push({ field: 'total', key: 'problem.missing', values: {} });
  } else found.push(quantityProblem(market, draft));
  if (draft.kind === 'MARKET' && (draft.side === 'BUY' ? around.bestAsk : around.bestBid) === null) {
    found.push({ field: null, key: 'problem.noBook', values: {} });
  }
  found.push(notionalProblem(market, draft, around), relationProblem(draft, around));
  if (market.ordersMax > 0 && around.openOrders >= market.ordersMax && draft.kind !== 'MARKET') {
    found.push({ field: null, key: 'problem.orders', values: { bound: market.ordersMax } });
  }
  const costs = costsOf(market, draft, around, null);
  const free = draft.side === 'BUY' ? around.freeQuote : around.freeBase;
  if (costs && free !== null && costs.spends > free) {
    const field: Field = draft.kind === 'MARKET' && draft.total !== null ? 'total' : 'quantity';
    found.push({ field, key: 'problem.balance', values: { value: costs.spends, bound: free, asset: costs.spendsAsset } });
  }
  const seen = new Set<string>();
  return found.filter((problem): problem is Problem => {
    if (!problem || seen.has(problem.field ?? problem.key)) return false;
    seen.add(problem.field ?? problem.key);
    return true;
  });
}

/* What the order takes and gives, the fee taken from what is received. Null as long as nothing can
 * be said. */
export function costsOf(market: Market, draft: Draft, around: Surroundings, rates: Rates | null): Costs | null {
  const price = valuePrice(draft, around);
  let quantity = draft.quantity;
  let notional: Units;
  if (draft.kind === 'MARKET' && draft.total !== null) {
    notional = draft.total;
    quantity = price === null ? null : floorTo(divide(draft.total, price), market.step);
  } else {
    if (price === null || quantity === null) return null;
    notional = multiply(price, quantity);
  }
  if (quantity === null || price === null) return null;
  const passive = draft.kind === 'LIMIT' && draft.postOnly;
  const rate = rates === null ? 0n
    : units(passive ? rates.maker : rates.taker) + units(draft.side === 'BUY' ? rates.buyer : rates.seller);
  const buys = draft.side === 'BUY';
  const gross = buys ? quantity : notional;
  const fee = multiply(gross, rate);
  return {
    notional, fee, feeAsset: buys ? market.base : market.quote,
    spends: buys ? notional : quantity, spendsAsset: buys ? market.quote : market.base,
    receives: gross - fee, receivesAsset: buys ? market.base : market.quote,
    estimated: draft.kind !== 'LIMIT',
  };
}

export interface Request { path: string; parameters: Parameters; list: boolean; clientId: string }

/* A stop that waits for the price to move against the side is a stop loss, otherwise a take profit. */
export function stopType(side: Side, stop: Units, last: Units): 'STOP_LOSS_LIMIT' | 'TAKE_PROFIT_LIMIT' {
  const above = stop > last;
  return (side === 'BUY') === above ? 'STOP_LOSS_LIMIT' : 'TAKE_PROFIT_LIMIT';
}

function plain(value: Units | null): string | undefined {
  return value === null ? undefined : print(value);
}

export function requestOf(market: Market, draft: Draft, last: Units, clientId: string): Request {
  const common = { symbol: market.symbol, side: draft.side };
  if (draft.kind === 'OCO') {
    const limit = { Type: 'LIMIT_MAKER', Price: plain(draft.price) };
    const stop = { Type: 'STOP_LOSS_LIMIT', Price: plain(draft.stopLimit), StopPrice: plain(draft.stop), TimeInForce: 'GTC' };
    const legs: Parameters = {};
    for (const [prefix, leg] of [['above', draft.side === 'SELL' ? limit : stop], ['below', draft.side === 'SELL' ? stop : limit]] as const) {
      for (const [name, value] of Object.entries(leg)) legs[prefix + name] = value;
    }
    return { path: '/api/v3/orderList/oco', list: true, clientId,
      parameters: { ...common, listClientOrderId: clientId, quantity: plain(draft.quantity), ...legs } };
  }
  const path = '/api/v3/order';
  const own: Parameters = { ...common, newClientOrderId: clientId, newOrderRespType: 'FULL' };
  if (draft.kind === 'MARKET') {
    const size = draft.total !== null ? { quoteOrderQty: plain(draft.total) } : { quantity: plain(draft.quantity) };
    return { path, list: false, clientId, parameters: { ...own, type: 'MARKET', ...size } };
  }
  if (draft.kind === 'STOP') {
    return { path, list: false, clientId, parameters: {
      ...own, type: stopType(draft.side, draft.stop ?? 0n, last), timeInForce: draft.timeInForce,
      quantity: plain(draft.quantity), price: plain(draft.stopLimit), stopPrice: plain(draft.stop),
    } };
  }
  const how: Parameters = draft.postOnly ? { type: 'LIMIT_MAKER' } : { type: 'LIMIT', timeInForce: draft.timeInForce };
  return { path, list: false, clientId, parameters: { ...own, ...how, quantity: plain(draft.quantity), price: plain(draft.price) } };
}

/* Letters and digits that nobody else has: the name under which an order is found again. */
export function makeClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
