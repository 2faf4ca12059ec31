// binance-api-node: the market, orders, the older OCO, streams, user data with HMAC and Ed25519.
import binance from 'binance-api-node';
import {
  A, B, W, api, check, equal, eventually, finish, part, refused, rest, sleep, stream, within,
} from './venue.mjs';

const symbol = 'BTCUSDT';
const create = binance.default ?? binance;
const at = { httpBase: rest, wsBase: `${stream}/ws`, wsApi: api };
const login = (account) => create({ ...at, apiKey: account.apiKey, apiSecret: account.secret });
const [a, b, w] = [A, B, W].map(login);
const e = create({ ...at, apiKey: A.ed25519.apiKey, privateKey: A.ed25519.privateKey });
const buy = (price, quantity) => ({ symbol, side: 'BUY', price, quantity });
const sell = (price, quantity) => ({ symbol, side: 'SELL', price, quantity });
const is = (code) => (error) => error.code === code;

await part('the market', async () => {
  check(await a.ping(), 'ping');
  check(Math.abs((await a.time()) - Date.now()) < 5000, 'time');
  equal((await a.exchangeInfo()).symbols.map((s) => s.symbol), ['BTCUSDT', 'ETHUSDT', 'ETHBTC'],
    'markets');
  equal((await a.prices()).BTCUSDT, '30000.00000000', 'prices');
  equal((await a.candles({ symbol, interval: '1m' })).at(-1).close, '30000.00000000', 'candles');
  equal((await a.dailyStats({ symbol })).lastPrice, '30000.00000000', 'day');
  equal((await a.avgPrice({ symbol })).price, '30000.00000000', 'average');
  equal((await a.trades({ symbol })).length, (await a.aggTrades({ symbol })).length, 'trades');
});

await part('orders', async () => {
  const order = await a.order(buy('29000', '0.5'));
  await b.order(sell('29000', '0.2'));
  const now = await a.getOrder({ symbol, orderId: order.orderId });
  equal([now.status, now.executedQty], ['PARTIALLY_FILLED', '0.20000000'], 'partly filled');
  equal((await a.book({ symbol })).bids, [{ price: '29000.00000000', quantity: '0.30000000' }],
    'book');
  const market = await b.order({ symbol, side: 'SELL', type: 'MARKET', quantity: '0.1' });
  equal(market.fills.map((f) => [f.price, f.qty, f.commission]),
    [['29000.00000000', '0.10000000', '2.90000000']], 'MARKET');
  equal((await a.cancelOrder({ symbol, orderId: order.orderId })).status, 'CANCELED', 'canceled');
  const oco = await a.orderOco({ symbol, side: 'SELL', quantity: '0.1', price: '31000',
    stopPrice: '28000', stopLimitPrice: '27990' });
  equal((await a.getOrderOco({ orderListId: oco.orderListId })).listOrderStatus, 'EXECUTING', 'OCO');
  equal((await a.cancelOrderOco({ symbol, orderListId: oco.orderListId })).listOrderStatus,
    'ALL_DONE', 'OCO canceled');
  await a.order(buy('28000', '0.1'));
  equal((await a.openOrders({ symbol })).length, 1, 'open');
  equal((await a.cancelOpenOrders({ symbol })).length, 1, 'all canceled');
  equal((await a.myTrades({ symbol })).map((t) => [t.qty, t.commissionAsset]),
    [['0.20000000', 'BTC'], ['0.10000000', 'BTC']], 'trades');
  equal((await a.allOrders({ symbol })).length, 4, 'all orders');
  equal((await a.tradeFee()).length, 3, 'trade fees');
  check(Number(Object.values(a.getInfo())[0].usedWeight1m) > 0, 'weight');
});

await part('refusals', async () => {
  await refused(a.order(buy('29000.001', '0.1')), 'price', is(-1013));
  await refused(a.order({ ...buy('0.3', '80000'), symbol: 'ETHBTC' }), 'funds', is(-2010));
  await refused(a.cancelOrder({ symbol, orderId: 999999 }), 'cancel', is(-2011));
  await refused(a.getOrder({ symbol, orderId: 999999 }), 'query', is(-2013));
  await refused(w.order(buy('29000', '0.1')), 'W', is(-2010));
  await refused(login({ ...A, secret: 'x' }).accountInfo(), 'signature', is(-1022));
});

await part('streams', async () => {
  const heard = { depth: [], trades: [], candles: [], ticker: [] };
  const stop = [
    a.ws.depth(symbol, (m) => heard.depth.push(m)), a.ws.trades(symbol, (m) => heard.trades.push(m)),
    a.ws.candles(symbol, '1m', (m) => heard.candles.push(m)),
    a.ws.ticker(symbol, (m) => heard.ticker.push(m)),
  ];
  // What happens before the sockets are open, they do not hear.
  const all = () => heard.depth.length && heard.trades.length && heard.candles.length
    && heard.ticker.length;
  await eventually('each stream', async () => {
    await a.order(buy('29000', '0.1'));
    await b.order(sell('29000', '0.1'));
    await sleep(500);
    return all();
  });
  equal([heard.trades[0].price, heard.trades[0].quantity], ['29000.00000000', '0.10000000'],
    'trade');
  equal(heard.candles.at(-1).close, '29000.00000000', 'candle');
  stop.forEach((end) => end());
});

for (const [name, client] of [['HMAC', a], ['Ed25519', e]]) {
  await part(`user data, ${name}`, async () => {
    const heard = [];
    const end = await within(client.ws.user((m) => heard.push(m)), name);
    const order = await client.order(buy('29000', '0.2'));
    await b.order(sell('29000', '0.1'));
    await client.cancelOrder({ symbol, orderId: order.orderId });
    const mine = () => heard.filter((m) => m.orderId === order.orderId);
    await eventually(`${name}: events`, () => mine().some((m) => m.executionType === 'CANCELED'));
    equal(mine().map((m) => [m.executionType, m.orderStatus, m.totalTradeQuantity]),
      [['NEW', 'NEW', '0.00000000'], ['TRADE', 'PARTIALLY_FILLED', '0.10000000'],
        ['CANCELED', 'CANCELED', '0.10000000']], `${name}: reports`);
    const { balances } = await a.accountInfo();
    const usdt = (rows) => JSON.stringify(rows.find((r) => r.asset === 'USDT'));
    const position = () => heard.findLast((m) => m.eventType === 'outboundAccountPosition');
    await eventually(`${name}: balance`, () => position()
      && usdt(position().balances) === usdt(balances));
    end();
  });
}

await part('wallet', async () => {
  check((await a.depositAddress({ coin: 'BTC' })).address.startsWith('demo-BTC-'), 'address');
  const { id } = await a.withdraw({ coin: 'BTC', address: 'customer-19', amount: 0.25 });
  equal((await a.withdrawHistory({ coin: 'BTC' })).map((r) => r.id), [id], 'history');
  equal((await a.depositHistory({ coin: 'BTC' })).length, 1, 'deposits');
  check((await a.capitalConfigs()).length >= 4, 'coins');
});

finish();
