/* Aim: an order that the market forbids is stopped with the right reason, one that it allows is not,
 * and the request says what the form said.
 * Method: a market from filters as exchangeInfo has them; each rule at its bound and one step beyond. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { SymbolInfo } from '../src/api/types.ts';
import { type Units, units } from '../src/decimal/decimal.ts';
import { costsOf, type Draft, makeClientId, problemsOf, requestOf, stopType, type Surroundings } from '../src/state/draft.ts';
import { marketOf } from '../src/state/market.ts';
import { csvOf } from '../src/state/csv.ts';
import { verdictOf } from '../src/state/outcome.ts';
import { isNewer, orderOfReport } from '../src/user/user.ts';
import type { Order } from '../src/api/types.ts';

const INFO: SymbolInfo = {
  symbol: 'BTCUSDT', status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT', baseAssetPrecision: 8, quoteAssetPrecision: 8,
  orderTypes: ['LIMIT', 'MARKET'], ocoAllowed: true, quoteOrderQtyMarketAllowed: true,
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
    { filterType: 'PERCENT_PRICE_BY_SIDE', bidMultiplierUp: '5.0000', bidMultiplierDown: '0.2000', askMultiplierUp: '4.0000', askMultiplierDown: '0.5000', avgPriceMins: 5 },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '900.00000000', stepSize: '0.00000000' },
    { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true, maxNotional: '9000000.00000000', applyMaxToMarket: false, avgPriceMins: 5 },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
  ],
};
const market = marketOf(INFO);
const around: Surroundings = {
  last: units('30000'), average: units('30000'), bestBid: units('29999'), bestAsk: units('30001'), freeBase: units('1000'), freeQuote: units('100000000'), openOrders: 3,
};
const base: Draft = { side: 'BUY', kind: 'LIMIT', price: units('29000'), quantity: units('0.01'), total: null, stop: null, stopLimit: null, timeInForce: 'GTC', postOnly: false };
const keys = (change: Partial<Draft>, other: Partial<Surroundings> = {}) => problemsOf(market, { ...base, ...change }, { ...around, ...other }).map((problem) => `${problem.field ?? ''}:${problem.key.slice(8)}`);
const u = (text: string): Units => units(text);

test('filters become numbers', () => {
  assert.equal(market.priceDecimals, 2);
  assert.equal(market.quantityDecimals, 5);
  const none = marketOf({ ...INFO, baseAssetPrecision: 0, filters: [{ filterType: 'LOT_SIZE', minQty: '1.00000000', maxQty: '100.00000000', stepSize: '1.00000000' }] });
  assert.equal(none.quantityDecimals, 0);
  assert.equal(none.baseDecimals, 0);
});

test('a good order has no problem', () => {
  assert.deepEqual(keys({}), []);
  assert.deepEqual(keys({ kind: 'MARKET' }), []);
  assert.deepEqual(keys({ kind: 'MARKET', quantity: null, total: u('100') }), []);
  assert.deepEqual(keys({ kind: 'STOP', stop: u('31000'), stopLimit: u('31010') }), []);
  assert.deepEqual(keys({ kind: 'OCO', side: 'SELL', price: u('31000'), stop: u('29000'), stopLimit: u('28990') }), []);
});

test('prices: step, bounds, distance from the average', () => {
  assert.deepEqual(keys({ price: null }), ['price:missing']);
  assert.deepEqual(keys({ price: u('29000.001') }), ['price:tick']);
  assert.deepEqual(keys({ price: u('6000') }), []);
  assert.deepEqual(keys({ price: u('5999.99') }), ['price:percent']);
  assert.deepEqual(keys({ price: u('150000'), quantity: u('0.001') }), []);
  assert.deepEqual(keys({ price: u('150000.01'), quantity: u('0.001') }), ['price:percent']);
  assert.deepEqual(keys({ side: 'SELL', price: u('14999.99') }), ['price:percent']);
  assert.deepEqual(keys({ price: u('1000000.01'), quantity: u('0.001') }, { average: null }), ['price:priceHigh']);
});

test('quantities: step, bounds, those of market orders', () => {
  assert.deepEqual(keys({ quantity: u('0.000015'), price: u('30000') }), ['quantity:step']);
  assert.deepEqual(keys({ quantity: u('0.000009') }), ['quantity:quantityLow']);
  assert.deepEqual(keys({ quantity: u('9000.00001'), price: u('6000') }), ['quantity:quantityHigh']);
  assert.deepEqual(keys({ kind: 'MARKET', quantity: u('900.00001') }), ['quantity:quantityHigh']);
  assert.deepEqual(keys({ kind: 'MARKET', quantity: u('900') }), []);
});

test('values, balances, counts', () => {
  assert.deepEqual(keys({ quantity: u('0.00017'), price: u('29000') }), ['quantity:notionalLow']);
  assert.deepEqual(keys({ quantity: u('0.00018'), price: u('29000') }), []);
  assert.deepEqual(keys({ quantity: u('301'), price: u('30000') }), ['quantity:notionalHigh']);
  assert.deepEqual(keys({}, { freeQuote: u('289.99') }), ['quantity:balance']);
  assert.deepEqual(keys({}, { freeQuote: u('290') }), []);
  assert.deepEqual(keys({ side: 'SELL' }, { freeBase: u('0.009') }), ['quantity:balance']);
  assert.deepEqual(keys({}, { openOrders: 200 }), [':orders']);
  assert.deepEqual(keys({ kind: 'MARKET', quantity: null, total: u('4.99') }), ['total:notionalLow']);
  assert.deepEqual(keys({ kind: 'MARKET' }, { bestAsk: null }), [':noBook']);
});

test('post only, stops and pairs stand in the right order', () => {
  assert.deepEqual(keys({ postOnly: true, price: u('30001') }), ['price:postOnly']);
  assert.deepEqual(keys({ postOnly: true, price: u('30000.99') }), []);
  assert.deepEqual(keys({ postOnly: true, side: 'SELL', price: u('29999') }), ['price:postOnly']);
  assert.deepEqual(keys({ kind: 'STOP', stop: u('30000'), stopLimit: u('30000') }), ['stop:stopNow']);
  assert.deepEqual(keys({ kind: 'OCO', side: 'SELL', price: u('29000'), stop: u('28000'), stopLimit: u('28000') }), ['stop:ocoSell']);
  assert.deepEqual(keys({ kind: 'OCO', price: u('29000'), stop: u('29500'), stopLimit: u('29500') }), ['stop:ocoBuy']);
  assert.equal(stopType('BUY', u('31000'), u('30000')), 'STOP_LOSS_LIMIT');
  assert.equal(stopType('BUY', u('29000'), u('30000')), 'TAKE_PROFIT_LIMIT');
  assert.equal(stopType('SELL', u('29000'), u('30000')), 'STOP_LOSS_LIMIT');
  assert.equal(stopType('SELL', u('31000'), u('30000')), 'TAKE_PROFIT_LIMIT');
});

test('costs: the fee comes out of what is received', () => {
  const rates = { maker: '0.00050000', taker: '0.00100000', buyer: '0', seller: '0' };
  const buy = costsOf(market, base, around, rates);
  assert.equal(buy?.notional, u('290'));
  assert.equal(buy?.fee, u('0.00001'));
  assert.equal(buy?.feeAsset, 'BTC');
  assert.equal(buy?.receives, u('0.00999'));
  const sell = costsOf(market, { ...base, side: 'SELL', postOnly: true }, around, rates);
  assert.equal(sell?.fee, u('0.145'));
  assert.equal(sell?.receives, u('289.855'));
  assert.equal(costsOf(market, { ...base, quantity: null }, around, rates), null);
});

test('requests say what the form said', () => {
  const id = makeClientId();
  assert.match(id, /^[.A-Z:/a-z0-9_-]{1,36}$/);
  assert.notEqual(id, makeClientId());
  assert.deepEqual(requestOf(market, base, u('30000'), 'x').parameters,
    { symbol: 'BTCUSDT', side: 'BUY', newClientOrderId: 'x', newOrderRespType: 'FULL', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '29000' });
  assert.deepEqual(requestOf(market, { ...base, postOnly: true, timeInForce: 'IOC' }, u('30000'), 'x').parameters,
    { symbol: 'BTCUSDT', side: 'BUY', newClientOrderId: 'x', newOrderRespType: 'FULL', type: 'LIMIT_MAKER', quantity: '0.01', price: '29000' });
  assert.equal(requestOf(market, { ...base, kind: 'MARKET', total: u('55.5') }, u('30000'), 'x').parameters.quoteOrderQty, '55.5');
  const oco = requestOf(market, { ...base, kind: 'OCO', side: 'SELL', price: u('31000'), stop: u('29000'), stopLimit: u('28990') }, u('30000'), 'x');
  assert.equal(oco.path, '/api/v3/orderList/oco');
  assert.equal(oco.parameters.aboveType, 'LIMIT_MAKER');
  assert.equal(oco.parameters.abovePrice, '31000');
  assert.equal(oco.parameters.belowType, 'STOP_LOSS_LIMIT');
  assert.equal(oco.parameters.belowStopPrice, '29000');
  assert.equal(oco.parameters.belowPrice, '28990');
  assert.equal(oco.parameters.listClientOrderId, 'x');
});

test('an outcome stays open until it is known', () => {
  assert.deepEqual(verdictOf({ found: true, status: 'NEW' }, 10, 0), { state: 'found', status: 'NEW' });
  assert.equal(verdictOf({ found: false }, 3_000, 2).state, 'open', 'the request could still be accepted');
  assert.equal(verdictOf({ found: false }, 6_000, 2).state, 'absent');
  assert.equal(verdictOf('no answer', 3_600_000, 99).state, 'open');
});

test('an older report does not undo a newer state', () => {
  const report = { e: 'executionReport', s: 'BTCUSDT', i: 7, g: -1, c: 'b', C: 'a', x: 'CANCELED', X: 'CANCELED', p: '1', q: '2', z: '0', Z: '0', Q: '0', f: 'GTC', o: 'LIMIT', S: 'BUY', P: '0', O: 1, T: 5 };
  const canceled = orderOfReport(report);
  assert.equal(canceled.clientOrderId, 'a', 'the canceled order keeps its own id');
  const open: Order = { ...canceled, status: 'NEW', updateTime: 4 };
  assert.equal(isNewer(canceled, open), true);
  assert.equal(isNewer(open, canceled), false);
  assert.equal(isNewer({ ...open, updateTime: 5 }, canceled), false, 'closed stays closed');
});

test('tables are quoted and carry no formulas', () => {
  assert.equal(csvOf(['a', 'b'], [['x,"y"', 1], ['=1+1', '-5']]), 'a,b\r\n"x,""y""",1\r\n\'=1+1,-5\r\n');
});
