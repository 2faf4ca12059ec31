/* What a market allows: the filters of exchangeInfo as numbers. A bound of 0 is off. */
import { decimalsOf, min, max, ONE, type Units, units } from '../decimal/decimal.ts';
import type { Filter, SymbolInfo } from '../api/types.ts';

export interface Market {
  symbol: string;
  base: string;
  quote: string;
  status: string;
  ocoAllowed: boolean;
  quoteOrdersAllowed: boolean;
  types: string[];
  tick: Units;
  step: Units;
  priceDecimals: number;
  quantityDecimals: number;
  quoteDecimals: number;
  baseDecimals: number;
  priceMin: Units;
  priceMax: Units;
  quantityMin: Units;
  quantityMax: Units;
  marketStep: Units;
  marketMin: Units;
  marketMax: Units;
  notionalMin: Units;
  notionalMax: Units;
  notionalMinForMarket: boolean;
  notionalMaxForMarket: boolean;
  /* Multipliers of the average price, as units: buys and sells, down and up. */
  bidDown: Units;
  bidUp: Units;
  askDown: Units;
  askUp: Units;
  ordersMax: number;
}

function text(filter: Filter | undefined, name: string): string {
  const value = filter?.[name];
  return value === undefined ? '0' : String(value);
}

export function marketOf(info: SymbolInfo): Market {
  const find = (name: string) => info.filters.find((filter) => filter.filterType === name);
  const price = find('PRICE_FILTER');
  const lot = find('LOT_SIZE');
  const marketLot = find('MARKET_LOT_SIZE');
  const notional = find('NOTIONAL') ?? find('MIN_NOTIONAL');
  const percent = find('PERCENT_PRICE');
  const bySide = find('PERCENT_PRICE_BY_SIDE');
  const tick = units(text(price, 'tickSize')) || 1n;
  const step = units(text(lot, 'stepSize')) || 1n;
  const up = (name: string) => units(text(bySide, name)) || units(text(percent, 'multiplierUp'));
  const down = (name: string) => units(text(bySide, name)) || units(text(percent, 'multiplierDown'));
  return {
    symbol: info.symbol,
    base: info.baseAsset,
    quote: info.quoteAsset,
    status: info.status,
    ocoAllowed: info.ocoAllowed,
    quoteOrdersAllowed: info.quoteOrderQtyMarketAllowed,
    types: info.orderTypes,
    tick,
    step,
    priceDecimals: decimalsOf(tick),
    quantityDecimals: Math.min(decimalsOf(step), info.baseAssetPrecision),
    quoteDecimals: Math.min(info.quoteAssetPrecision, 8),
    baseDecimals: Math.min(info.baseAssetPrecision, 8),
    priceMin: units(text(price, 'minPrice')),
    priceMax: units(text(price, 'maxPrice')),
    quantityMin: units(text(lot, 'minQty')),
    quantityMax: units(text(lot, 'maxQty')),
    marketStep: units(text(marketLot, 'stepSize')),
    marketMin: units(text(marketLot, 'minQty')),
    marketMax: units(text(marketLot, 'maxQty')),
    notionalMin: units(text(notional, 'minNotional')),
    notionalMax: units(text(notional, 'maxNotional')),
    notionalMinForMarket: (notional?.applyMinToMarket ?? notional?.applyToMarket) === true,
    notionalMaxForMarket: notional?.applyMaxToMarket === true,
    bidDown: down('bidMultiplierDown'),
    bidUp: up('bidMultiplierUp'),
    askDown: down('askMultiplierDown'),
    askUp: up('askMultiplierUp'),
    ordersMax: Number(text(find('MAX_NUM_ORDERS'), 'maxNumOrders')),
  };
}

/* The prices that PERCENT_PRICE or PERCENT_PRICE_BY_SIDE leaves for a side; 0 is no bound. */
export function percentBounds(market: Market, side: 'BUY' | 'SELL', average: Units): { low: Units; high: Units } {
  const down = side === 'BUY' ? market.bidDown : market.askDown;
  const up = side === 'BUY' ? market.bidUp : market.askUp;
  return { low: (average * down) / ONE, high: (average * up) / ONE };
}

export function marketQuantityMin(market: Market): Units {
  return max(market.quantityMin, market.marketMin);
}

export function marketQuantityMax(market: Market): Units {
  if (market.marketMax === 0n) return market.quantityMax;
  return market.quantityMax === 0n ? market.marketMax : min(market.quantityMax, market.marketMax);
}
