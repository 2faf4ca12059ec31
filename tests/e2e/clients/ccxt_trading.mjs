// ccxt over REST: markets, every type of order, partial fills, lists, refusals, the wallet.
import ccxt from 'ccxt';
import { client, quick } from './ccxt_client.mjs';
import { A, B, W, check, equal, finish, part, refused } from './venue.mjs';

const S = 'BTC/USDT';
const [a, b, w] = [quick(A), quick(B), quick(W)];
const is = (kind) => (error) => error.constructor === kind;
const says = (kind, text) => (error) => error.constructor === kind && error.message.includes(text);

async function clear() {
  for (const x of [a, b]) {
    if ((await x.fetchOpenOrders(S)).length) await x.cancelAllOrders(S);
  }
}

await part('markets', async () => {
  const plain = client(A);
  const markets = await plain.loadMarkets();
  equal(Object.keys(markets).sort(), ['BTC/USDT', 'ETH/BTC', 'ETH/USDT'], 'markets');
  const market = plain.market(S);
  equal([market.spot, market.active, market.precision, market.limits.cost.min],
    [true, true, { amount: 0.00001, price: 0.01, base: 1e-8, quote: 1e-8 }, 5], 'BTC/USDT');
  check(plain.currencies.BTC.deposit && plain.currencies.BTC.withdraw, 'BTC comes and goes');
  equal((await plain.fetchStatus()).status, 'ok', 'status');
  check(Math.abs((await plain.fetchTime()) - Date.now()) < 5000, 'time');
  for (const x of [a, b, w]) await x.loadMarkets();
});

await part('market data', async () => {
  equal((await a.fetchTicker(S)).last, 30000, 'ticker');
  equal(Object.keys(await a.fetchTickers()).length, 3, 'tickers');
  equal((await a.fetchLastPrices())[S].price, 30000, 'last prices');
  equal((await a.fetchTrades(S)).map((t) => t.price), [30000], 'trades');
  const candles = await a.fetchOHLCV(S, '1m');
  equal(candles.at(-1).slice(1, 5), [30000, 30000, 30000, 30000], 'candles');
  const order = await a.createOrder(S, 'limit', 'buy', 0.5, 29000);
  const book = await a.fetchOrderBook(S);
  equal([book.bids, book.asks], [[[29000, 0.5]], []], 'book');
  equal((await a.fetchBidsAsks([S]))[S].bid, 29000, 'best bid');
  equal((await a.cancelOrder(order.id, S)).status, 'canceled', 'canceled');
});

// type, time in force, liquidity of the other side: status and what was filled
const LIMITS = [
  ['GTC', 0, 'open', 0], ['GTC', 0.04, 'open', 0.04], ['GTC', 0.1, 'closed', 0.1],
  ['IOC', 0, 'expired', 0], ['IOC', 0.04, 'expired', 0.04], ['IOC', 0.1, 'closed', 0.1],
  ['FOK', 0, 'expired', 0], ['FOK', 0.04, 'expired', 0], ['FOK', 0.1, 'closed', 0.1],
];

await part('limit orders', async () => {
  for (const [timeInForce, offered, status, filled] of LIMITS) {
    if (offered) await b.createOrder(S, 'limit', 'sell', offered, 30000);
    const order = await a.createOrder(S, 'limit', 'buy', 0.1, 30000, { timeInForce });
    const what = `LIMIT ${timeInForce} against ${offered}`;
    equal([order.status, order.filled, order.timeInForce], [status, filled, timeInForce], what);
    const later = await a.fetchOrder(order.id, S);
    equal([later.status, later.filled], [status, filled], `${what}, asked again`);
    await clear();
  }
  const maker = await a.createOrder(S, 'limit', 'buy', 0.1, 29900, { postOnly: true });
  equal([maker.status, maker.postOnly], ['open', true], 'LIMIT_MAKER');
  await refused(b.createOrder(S, 'limit', 'sell', 0.1, 29900, { postOnly: true }), 'it crosses',
    is(ccxt.OrderImmediatelyFillable));
  await clear();
});

await part('market orders', async () => {
  await b.createOrder(S, 'limit', 'sell', 1, 30000);
  const byQty = await a.createOrder(S, 'market', 'buy', 0.2);
  equal([byQty.status, byQty.filled, byQty.average], ['closed', 0.2, 30000], 'MARKET');
  equal([byQty.fees[0].cost, byQty.fees[0].currency], [0.0002, 'BTC'], 'its fee');
  const byCost = await a.createMarketBuyOrderWithCost(S, 6000);
  equal([byCost.status, byCost.filled, byCost.cost], ['closed', 0.2, 6000], 'MARKET by cost');
  const rest = await a.createOrder(S, 'market', 'buy', 0.7);
  equal([rest.status, rest.filled], ['expired', 0.6], 'MARKET beyond the book');
  await clear();
});

// Moves the last price: B sells to A there.
async function tradeAt(price, amount = 0.001) {
  const bid = await a.createOrder(S, 'limit', 'buy', amount, price);
  await b.createOrder(S, 'limit', 'sell', amount, price);
  equal((await a.fetchOrder(bid.id, S)).status, 'closed', `a trade at ${price}`);
}

// side, kind of trigger, its price: below or above the last one
const TRIGGERS = [
  ['sell', 'stopLossPrice', 29900], ['buy', 'takeProfitPrice', 29900],
  ['buy', 'stopLossPrice', 30100], ['sell', 'takeProfitPrice', 30100],
];

// What becomes of an order that the price `at` sets off, with or without somebody to trade with.
async function triggered([side, kind, at], timeInForce, offered) {
  await tradeAt(30000);
  const sign = side === 'sell' ? -1 : 1;
  const params = { [kind]: at, ...(timeInForce ? { timeInForce } : {}) };
  const order = await a.createOrder(S, timeInForce ? 'limit' : 'market', side, 0.01,
    timeInForce ? at + sign * 50 : undefined, params);
  const waiting = await a.fetchOrder(order.id, S);
  equal([order.status, waiting.status, waiting.triggerPrice, waiting.info.isWorking],
    ['open', 'open', at, false], `${side} ${kind} waits`);
  if (offered) {
    await b.createOrder(S, 'limit', side === 'sell' ? 'buy' : 'sell', 0.01, at + sign * 20);
  }
  await tradeAt(at);
  const done = await a.fetchOrder(order.id, S);
  await clear();
  return [done.status, done.average];
}

await part('triggers', async () => {
  for (const trigger of TRIGGERS) {
    const [side, kind, at] = trigger;
    const there = side === 'sell' ? at - 20 : at + 20;
    for (const timeInForce of ['GTC', 'IOC', 'FOK']) {
      equal(await triggered(trigger, timeInForce, false),
        [timeInForce === 'GTC' ? 'open' : 'expired', undefined],
        `${side} ${kind} ${timeInForce}, nobody there`);
      equal(await triggered(trigger, timeInForce, true), ['closed', there],
        `${side} ${kind} ${timeInForce}`);
    }
    equal(await triggered(trigger, undefined, true), ['closed', there], `${side} ${kind} at market`);
  }
  await refused(a.createOrder(S, 'limit', 'sell', 0.01, 29000, { stopLossPrice: 31000 }),
    'a stop on the wrong side', is(ccxt.OrderImmediatelyFillable));
});

await part('trailing stop, iceberg, self-trade prevention', async () => {
  await tradeAt(30000);
  const trailing = await a.createOrder(S, 'limit', 'sell', 0.01, 29000,
    { trailingPercent: 1, stopLossOrTakeProfit: 'stopLoss' });
  equal(trailing.status, 'open', 'a trailing stop');
  await tradeAt(30200);
  await b.createOrder(S, 'limit', 'buy', 0.01, 29500);
  await tradeAt(29890);
  equal((await a.fetchOrder(trailing.id, S)).average, 29500, 'one percent below 30200');
  await a.createOrder(S, 'limit', 'sell', 1, 30100, { icebergQty: '0.1' });
  equal((await a.fetchOrderBook(S)).asks, [[30100, 0.1]], 'an iceberg shows its tip');
  await b.createOrder(S, 'market', 'buy', 0.15);
  equal((await a.fetchOrderBook(S)).asks, [[30100, 0.05]], 'and the next one');
  await clear();
  await a.createOrder(S, 'limit', 'sell', 0.01, 30100);
  const taker = await a.createOrder(S, 'limit', 'buy', 0.01, 30100,
    { selfTradePreventionMode: 'EXPIRE_TAKER' });
  equal([taker.info.status, taker.filled], ['EXPIRED_IN_MATCH', 0], 'EXPIRE_TAKER');
  const both = await a.createOrder(S, 'limit', 'buy', 0.01, 30100,
    { selfTradePreventionMode: 'EXPIRE_BOTH' });
  equal([both.info.status, (await a.fetchOrderBook(S)).asks], ['EXPIRED_IN_MATCH', []],
    'EXPIRE_BOTH');
});

await part('partial fills between two accounts', async () => {
  const ask = await a.createOrder(S, 'limit', 'sell', 1, 30100);
  const steps = [[0.3, 'open'], [0.3, 'open'], [0.4, 'closed']];
  let filled = 0;
  for (const [amount, status] of steps) {
    const bid = await b.createOrder(S, 'limit', 'buy', amount, 30200);
    filled += amount;
    equal([bid.status, bid.average], ['closed', 30100], `B took ${amount}`);
    const now = await a.fetchOrder(ask.id, S);
    equal([now.status, now.filled.toFixed(8)], [status, filled.toFixed(8)], 'what A knows');
  }
  const trades = await a.fetchOrderTrades(ask.id, S);
  equal(trades.map((t) => [t.amount, t.takerOrMaker, t.info.commission, t.info.commissionAsset]),
    [[0.3, 'maker', '9.03000000', 'USDT'], [0.3, 'maker', '9.03000000', 'USDT'],
      [0.4, 'maker', '12.04000000', 'USDT']], 'trades of A');
  const theirs = (await b.fetchMyTrades(S)).slice(-3);
  equal(theirs.map((t) => [t.id, t.fee.cost]), trades.map((t, i) => [t.id, steps[i][0] / 1000]),
    'trades of B');
});

await part('edit and cancel-replace', async () => {
  const first = await a.createOrder(S, 'limit', 'buy', 0.1, 29000);
  const second = await a.editOrder(first.id, S, 'limit', 'buy', 0.2, 29100);
  check(second.id !== first.id, 'another order');
  equal([(await a.fetchOrder(first.id, S)).status, second.status], ['canceled', 'open'], 'edited');
  // ccxt finds the classes of its table for spot by the host name, so here it is the general one.
  const request = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC',
    quantity: '0.1', price: '29200', cancelReplaceMode: 'ALLOW_FAILURE', cancelOrderId: '999999' };
  await refused(a.privatePostOrderCancelReplace(request), 'one half', says(ccxt.ExchangeError, '-2021'));
  await refused(a.privatePostOrderCancelReplace({ ...request, quantity: '1000', price: '1e7' }),
    'nothing is meant by 1e7', is(ccxt.BadRequest));
  await refused(a.privatePostOrderCancelReplace({ ...request, cancelReplaceMode: 'STOP_ON_FAILURE' }),
    'none', says(ccxt.ExchangeError, '-2022'));
  equal((await a.fetchOpenOrders(S)).map((o) => o.price).sort(), [29100, 29200], 'open then');
  await clear();
});

const OCO = { symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01', aboveType: 'LIMIT_MAKER',
  abovePrice: '31000', belowType: 'STOP_LOSS_LIMIT', belowStopPrice: '29000', belowPrice: '28990',
  belowTimeInForce: 'GTC' };
const OTO = { symbol: 'BTCUSDT', workingType: 'LIMIT', workingSide: 'BUY', workingPrice: '29500',
  workingQuantity: '0.01', workingTimeInForce: 'GTC' };
const statuses = async (list) => Promise.all(list.orders.map(async (o) =>
  (await a.fetchOrder(o.orderId, S)).info.status));

await part('order lists', async () => {
  await tradeAt(30000);
  const oco = await a.privatePostOrderListOco(OCO);
  equal([oco.contingencyType, oco.listOrderStatus, oco.orderReports.length], ['OCO', 'EXECUTING', 2],
    'OCO');
  equal((await a.privateGetOpenOrderList()).map((l) => l.orderListId), [oco.orderListId], 'open');
  await b.createOrder(S, 'limit', 'buy', 0.01, 31000);
  equal((await statuses(oco)).sort(), ['EXPIRED', 'FILLED'], 'one cancels the other');
  equal((await a.privateGetOrderList({ orderListId: oco.orderListId })).listOrderStatus, 'ALL_DONE',
    'its status');
  await tradeAt(30000);
  const old = await a.privatePostOrderOco({ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01',
    price: '31000', stopPrice: '29000', stopLimitPrice: '28990', stopLimitTimeInForce: 'GTC' });
  equal((await a.privateDeleteOrderList({ symbol: 'BTCUSDT', orderListId: old.orderListId }))
    .listOrderStatus, 'ALL_DONE', 'the older OCO, canceled');
  const oto = await a.privatePostOrderListOto({ ...OTO, pendingType: 'LIMIT', pendingSide: 'SELL',
    pendingPrice: '31000', pendingQuantity: '0.01', pendingTimeInForce: 'GTC' });
  equal((await statuses(oto)).sort(), ['NEW', 'PENDING_NEW'], 'OTO');
  await b.createOrder(S, 'limit', 'sell', 0.01, 29500);
  equal((await statuses(oto)).sort(), ['FILLED', 'NEW'], 'OTO, one filled');
  await clear();
  const otoco = await a.privatePostOrderListOtoco({ ...OTO, pendingSide: 'SELL',
    pendingQuantity: '0.01', pendingAboveType: 'LIMIT_MAKER', pendingAbovePrice: '31000',
    pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: '29000' });
  await b.createOrder(S, 'limit', 'sell', 0.01, 29500);
  equal((await statuses(otoco)).sort(), ['FILLED', 'NEW', 'NEW'], 'OTOCO, one filled');
  await clear();
  equal((await a.privateGetAllOrderList()).map((l) => l.listOrderStatus),
    Array(4).fill('ALL_DONE'), 'all lists');
});

await part('refusals', async () => {
  const order = (changes) => a.privatePostOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT',
    timeInForce: 'GTC', quantity: '0.01', price: '29000', ...changes });
  const cases = [
    [{ price: '29000.001' }, ccxt.InvalidOrder, 'PRICE_FILTER'],
    [{ quantity: '0.000015' }, ccxt.InvalidOrder, 'LOT_SIZE'],
    [{ quantity: '9001' }, ccxt.InvalidOrder, 'LOT_SIZE'],
    [{ quantity: '0' }, ccxt.InvalidOrder, ''],
    [{ quantity: '0.0001' }, ccxt.BadRequest, 'NOTIONAL'],
    [{ price: '1000' }, ccxt.InvalidOrder, 'PERCENT_PRICE_BY_SIDE'],
    [{ icebergQty: '0.00001' }, ccxt.BadRequest, 'ICEBERG_PARTS'],
    [{ timeInForce: 'GTX' }, ccxt.BadRequest, '-1115'],
    [{ side: 'HOLD' }, ccxt.BadRequest, '-1117'],
    [{ type: 'LOTTERY' }, ccxt.BadRequest, '-1116'],
    [{ type: 'MARKET' }, ccxt.BadRequest, '-1106'],
    [{ symbol: 'NOSUCH' }, ccxt.BadSymbol, '-1121'],
    [{ price: '29000.000000001' }, ccxt.BadRequest, '-1111'],
    [{ price: 'cheap' }, ccxt.BadRequest, '-1100'],
    [{ newClientOrderId: 'no spaces please' }, ccxt.BadRequest, '-1100'],
    [{ type: 'STOP_LOSS_LIMIT', trailingDelta: '1' }, ccxt.BadRequest, 'TRAILING_DELTA'],
  ];
  for (const [changes, kind, text] of cases) {
    await refused(order(changes), JSON.stringify(changes), says(kind, text));
  }
  await refused(a.createOrder('ETH/BTC', 'limit', 'buy', 80000, 0.3), 'too much',
    is(ccxt.InsufficientFunds));
  await refused(a.cancelOrder('999999', S), 'cancel of nothing', is(ccxt.OrderNotFound));
  await refused(a.fetchOrder('999999', S), 'query of nothing', is(ccxt.OrderNotFound));
  await a.createOrder(S, 'limit', 'buy', 0.01, 29000, { clientOrderId: 'twice' });
  await refused(a.createOrder(S, 'limit', 'buy', 0.01, 29000, { clientOrderId: 'twice' }),
    'the same id', says(ccxt.InvalidOrder, 'Duplicate'));
  await clear();
  await refused(w.createOrder(S, 'limit', 'buy', 0.01, 29000), 'W trades',
    is(ccxt.AccountSuspended));
  await refused(quick({ ...A, secret: 'x' }).fetchBalance(), 'a wrong secret',
    is(ccxt.AuthenticationError));
  await refused(quick({ ...A, apiKey: A.apiKey.split('').reverse().join('') }).fetchBalance(),
    'an unknown key', is(ccxt.AuthenticationError));
  const slow = quick(A);
  slow.options.timeDifference = 3600000;
  await slow.loadMarkets().catch(() => {});
  await refused(slow.fetchBalance(), 'an old request', is(ccxt.InvalidNonce));
});

await part('what was', async () => {
  const orders = await a.fetchOrders(S);
  const closed = await a.fetchClosedOrders(S);
  const canceled = await a.fetchCanceledOrders(S);
  check(orders.length > 50 && closed.length > 20 && canceled.length > 10,
    `orders ${orders.length}, closed ${closed.length}, canceled ${canceled.length}`);
  equal(await a.fetchOpenOrders(S), [], 'open orders');
  const last = orders.at(-1);
  equal((await a.fetchOrders(S, last.timestamp, 1)).length, 1, 'orders since a time');
  const trades = await a.fetchMyTrades(S);
  let paged = [];
  for (let fromId = 0; ;) {
    const page = await a.fetchMyTrades(S, undefined, 7, { fromId });
    paged = paged.concat(page);
    if (page.length < 7) break;
    fromId = Number(page.at(-1).id) + 1;
  }
  equal(paged.map((t) => t.id), trades.map((t) => t.id), 'trades by pages');
  equal((await a.fetchBalance()).used.BTC, 0, 'nothing is locked');
  const recent = await a.fetchTrades(S, undefined, 1000, { fetchTradesMethod: 'publicGetTrades' });
  check(trades.every((t) => recent.some((r) => r.id === t.id)), 'my trades are public trades');
  const candle = (await a.fetchOHLCV(S, '1d')).at(-1);
  const volume = recent.reduce((sum, t) => sum + t.amount, 0);
  check(Math.abs(candle[5] - volume) < 1e-9, `volume of the day: ${candle[5]}, ${volume}`);
});

await part('wallet', async () => {
  const { address, currency } = await a.fetchDepositAddress('BTC');
  equal(currency, 'BTC', 'deposit address');
  equal((await a.fetchDepositAddress('BTC')).address, address, 'it stays');
  check(address !== (await b.fetchDepositAddress('BTC')).address, 'B has another one');
  const before = (await a.fetchBalance()).BTC.free;
  const sent = await a.withdraw('BTC', 1.5, 'customer-17');
  const [row] = await a.fetchWithdrawals('BTC');
  equal([row.id, row.amount + row.fee.cost, row.address, row.status],
    [sent.id, 1.5, 'customer-17', 'pending'], 'withdrawal');
  equal(((await a.fetchBalance()).BTC.free).toFixed(8), (before - 1.5).toFixed(8), 'free then');
  equal((await a.fetchDeposits('BTC')).map((d) => [d.amount, d.status, d.address]),
    [[10000, 'ok', address]], 'deposits');
  equal((await w.withdraw('USDT', 100, 'customer-17')).id.length, 32, 'W withdraws');
  await refused(a.withdraw('BTC', 99999999, 'customer-17'), 'too much', is(ccxt.InsufficientFunds));
  await refused(a.withdraw('BTC', 0.00000001, 'customer-17'), 'too little', is(ccxt.BadRequest));
  const fees = await a.fetchTradingFees();
  equal([fees[S].maker, fees[S].taker], [0.001, 0.001], 'trading fees');
  equal((await a.fetchTradingFee('ETH/BTC')).taker, 0.001, 'trading fee');
  check('BTC' in (await a.fetchDepositWithdrawFees()), 'fees of the networks');
});

finish();
