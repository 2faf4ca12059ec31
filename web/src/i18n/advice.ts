/* What to do about a refusal: by the filter's name, by the text, by the code, in that order. */
import type { Key } from './en.ts';

type Advice = Extract<Key, `advice.${string}`>;

const BY_FILTER: Record<string, Advice> = {
  PRICE_FILTER: 'advice.priceFilter',
  PERCENT_PRICE: 'advice.percentPrice',
  PERCENT_PRICE_BY_SIDE: 'advice.percentPrice',
  LOT_SIZE: 'advice.lotSize',
  MARKET_LOT_SIZE: 'advice.marketLot',
  MIN_NOTIONAL: 'advice.notional',
  NOTIONAL: 'advice.notional',
  ICEBERG_PARTS: 'advice.iceberg',
  TRAILING_DELTA: 'advice.trailing',
  MAX_NUM_ORDERS: 'advice.tooMany',
  MAX_NUM_ALGO_ORDERS: 'advice.tooMany',
  MAX_NUM_ICEBERG_ORDERS: 'advice.tooMany',
  MAX_NUM_ORDER_LISTS: 'advice.tooMany',
  MAX_NUM_ORDER_AMENDS: 'advice.tooMany',
  EXCHANGE_MAX_NUM_ORDERS: 'advice.tooMany',
  EXCHANGE_MAX_NUM_ALGO_ORDERS: 'advice.tooMany',
  EXCHANGE_MAX_NUM_ICEBERG_ORDERS: 'advice.tooMany',
  EXCHANGE_MAX_NUM_ORDER_LISTS: 'advice.tooMany',
  MAX_POSITION: 'advice.position',
};

const BY_TEXT: [RegExp, Advice][] = [
  [/insufficient balance/i, 'advice.balance'],
  [/duplicate order/i, 'advice.duplicate'],
  [/market is closed/i, 'advice.closed'],
  [/immediately match and take/i, 'advice.wouldMatch'],
  [/trigger immediately/i, 'advice.wouldTrigger'],
  [/relationship of the prices/i, 'advice.ocoPrices'],
  [/unknown order sent|order does not exist/i, 'advice.gone'],
  [/price range|execution rule/i, 'advice.rules'],
  [/symbol is (not permitted|restricted)/i, 'advice.restricted'],
  [/disabled on this account|may not place or cancel|trading is not enabled/i, 'advice.account'],
  [/not support/i, 'advice.notSupported'],
  [/price \* qty is zero/i, 'advice.notional'],
];

const BY_CODE: Record<number, Advice> = {
  [-1002]: 'advice.key', [-1003]: 'advice.rate', [-1006]: 'advice.unknown', [-1007]: 'advice.unknown',
  [-1008]: 'advice.busy', [-1001]: 'advice.busy', [-1016]: 'advice.busy', [-1015]: 'advice.orderRate',
  [-1014]: 'advice.notSupported', [-1020]: 'advice.travel', [-1021]: 'advice.clock', [-1022]: 'advice.signature',
  [-1111]: 'advice.precision', [-1112]: 'advice.noDepth', [-1114]: 'advice.tif', [-1115]: 'advice.tif',
  [-1116]: 'advice.notSupported', [-1121]: 'advice.symbol', [-1158]: 'advice.notSupported',
  [-1165]: 'advice.ocoPrices', [-1166]: 'advice.ocoPrices', [-1196]: 'advice.ocoPrices', [-1197]: 'advice.ocoPrices',
  [-1198]: 'advice.ocoPrices', [-1199]: 'advice.ocoPrices', [-2010]: 'advice.page', [-2011]: 'advice.gone', [-2013]: 'advice.gone',
  [-2014]: 'advice.key', [-2015]: 'advice.key', [-2026]: 'advice.gone', [-4026]: 'advice.balance', [-4115]: 'advice.duplicate',
};

export function filterOf(text: string): string | null {
  return /Filter failure: ([A-Z_]+)/.exec(text)?.[1] ?? null;
}

export function adviceFor(code: number, text: string): Advice {
  const filter = filterOf(text);
  const byFilter = filter === null ? undefined : BY_FILTER[filter];
  if (byFilter) return byFilter;
  for (const [pattern, advice] of BY_TEXT) if (pattern.test(text)) return advice;
  return BY_CODE[code] ?? (code <= -4000 ? 'advice.withdraw' : 'advice.page');
}

/* For the test: every filter that the venue knows has an advice of its own. */
export const filtersKnown = Object.keys(BY_FILTER);
