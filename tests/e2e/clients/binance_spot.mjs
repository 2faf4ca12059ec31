// @binance/spot and @binance/wallet: orders over REST and the WebSocket API, streams, user data
// with HMAC and Ed25519 keys, the wallet. They want https: and wss:.
import { Spot } from '@binance/spot';
import { Wallet } from '@binance/wallet';
import {
  A, B, W, api, check, equal, eventually, finish, part, refused, rest, stream, within,
} from './venue.mjs';

const at = { rest, api, stream };
const symbol = 'BTCUSDT';
const login = (account) => ({ apiKey: account.apiKey, apiSecret: account.secret });
const ed25519 = { apiKey: A.ed25519.apiKey, privateKey: A.ed25519.privateKey };
const spot = (keys) => new Spot({
  configurationRestAPI: { ...keys, basePath: at.rest, timeout: 10000 },
  configurationWebsocketAPI: { ...keys, wsURL: at.api },
  configurationWebsocketStreams: { wsURL: at.stream },
});
const wallet = (keys) => new Wallet({
  configurationRestAPI: { ...keys, basePath: at.rest, timeout: 10000 },
});
const [a, b, e, w] = [login(A), login(B), ed25519, login(W)].map(spot);
const got = async (promise) => (await promise).data();
const limit = { symbol, type: 'LIMIT', timeInForce: 'GTC' };
const buy = (price, quantity) => ({ ...limit, side: 'BUY', price, quantity });
const sell = (price, quantity) => ({ ...limit, side: 'SELL', price, quantity });
const is = (name, code) => (error) => error.constructor.name === name && error.code === code;

await part('REST: the market', async () => {
  const info = await got(a.restAPI.exchangeInfo({ symbol }));
  equal([info.symbols[0].symbol, info.symbols[0].status], [symbol, 'TRADING'], 'exchangeInfo');
  equal((await got(a.restAPI.tickerPrice({ symbol }))).price, '30000.00000000', 'price');
  equal((await got(a.restAPI.klines({ symbol, interval: '1m' }))).at(-1)[4], '30000.00000000',
    'kline');
  equal((await got(a.restAPI.getTrades({ symbol }))).length, 1, 'trades');
  check((await got(a.restAPI.ticker({ symbol }))).lastPrice === '30000.00000000', 'window');
  const micro = new Spot({ configurationRestAPI: { ...login(A), basePath: at.rest,
    timeUnit: 'MICROSECOND' } });
  check(Number((await got(micro.restAPI.time())).serverTime) > 1e15, 'microseconds');
});

await part('REST: orders', async () => {
  const order = await got(a.restAPI.newOrder(buy(29000, 0.5)));
  equal(order.status, 'NEW', 'placed');
  const amended = await got(a.restAPI.orderAmendKeepPriority({ symbol, orderId: order.orderId,
    newQty: 0.4 }));
  equal(amended.amendedOrder.qty, '0.40000000', 'amended');
  equal((await got(a.restAPI.orderAmendments({ symbol, orderId: order.orderId }))).length, 1,
    'amendments');
  await got(b.restAPI.newOrder(sell(29000, 0.1)));
  const partial = await got(a.restAPI.getOrder({ symbol, orderId: order.orderId }));
  equal([partial.status, partial.executedQty, partial.cummulativeQuoteQty],
    ['PARTIALLY_FILLED', '0.10000000', '2900.00000000'], 'partly filled');
  const replaced = await got(a.restAPI.orderCancelReplace({ ...buy(29100, 0.2),
    cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: order.orderId }));
  equal([replaced.cancelResult, replaced.newOrderResult], ['SUCCESS', 'SUCCESS'], 'replaced');
  equal((await got(a.restAPI.depth({ symbol }))).bids, [['29100.00000000', '0.20000000']], 'depth');
  equal(await got(a.restAPI.orderTest(buy(29000, 0.1))), {}, 'a test');
  equal((await got(a.restAPI.deleteOpenOrders({ symbol }))).length, 1, 'all canceled');
  equal((await got(a.restAPI.myTrades({ symbol }))).map((t) => [t.qty, t.isMaker, t.commission]),
    [['0.10000000', true, '0.00010000']], 'trades');
  const signed = await got(e.restAPI.newOrder({ ...buy(29000, 0.1), newClientOrderId: 'ed-1' }));
  equal((await got(e.restAPI.deleteOrder({ symbol, origClientOrderId: 'ed-1' }))).orderId,
    signed.orderId, 'with an Ed25519 key');
});

await part('REST: lists', async () => {
  const oco = await got(a.restAPI.orderListOco({ symbol, side: 'SELL', quantity: 0.1,
    aboveType: 'TAKE_PROFIT_LIMIT', aboveStopPrice: 31000, abovePrice: 31010,
    aboveTimeInForce: 'GTC', belowType: 'STOP_LOSS', belowStopPrice: 28000 }));
  const oto = await got(a.restAPI.orderListOto({ symbol, workingType: 'LIMIT_MAKER',
    workingSide: 'BUY', workingPrice: 28500, workingQuantity: 0.1, pendingType: 'MARKET',
    pendingSide: 'SELL', pendingQuantity: 0.1 }));
  const otoco = await got(a.restAPI.orderListOtoco({ symbol, workingType: 'LIMIT',
    workingTimeInForce: 'GTC', workingSide: 'BUY', workingPrice: 28400, workingQuantity: 0.1,
    pendingSide: 'SELL', pendingQuantity: 0.1, pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: 31000, pendingBelowType: 'STOP_LOSS_LIMIT', pendingBelowStopPrice: 28000,
    pendingBelowPrice: 27990, pendingBelowTimeInForce: 'GTC' }));
  const open = await got(a.restAPI.openOrderList());
  equal(open.map((l) => [l.orderListId, l.orders.length]), [[oco.orderListId, 2],
    [oto.orderListId, 2], [otoco.orderListId, 3]], 'open lists');
  for (const list of [oco, oto, otoco]) {
    const done = await got(a.restAPI.deleteOrderList({ symbol, orderListId: list.orderListId }));
    equal(done.listOrderStatus, 'ALL_DONE', `list ${list.contingencyType}`);
  }
});

await part('REST: refusals', async () => {
  const cases = [
    [() => a.restAPI.newOrder(buy(29000.001, 0.1)), 'BadRequestError', -1013],
    [() => a.restAPI.newOrder(buy(29000, 0.0001)), 'BadRequestError', -1013],
    [() => b.restAPI.newOrder({ ...buy(100, 0.1), symbol: 'NOSUCH' }), 'BadRequestError', -1121],
    [() => b.restAPI.newOrder({ ...buy(0.3, 80000), symbol: 'ETHBTC' }), 'BadRequestError', -2010],
    [() => a.restAPI.deleteOrder({ symbol, orderId: 999999 }), 'BadRequestError', -2011],
    [() => a.restAPI.getOrder({ symbol, orderId: 999999 }), 'BadRequestError', -2013],
    [() => w.restAPI.newOrder(buy(29000, 0.1)), 'BadRequestError', -2010],
    [() => spot({ apiKey: A.apiKey, apiSecret: 'x' }).restAPI.getAccount(), 'BadRequestError', -1022],
    [() => spot({ apiKey: 'x', apiSecret: 'x' }).restAPI.getAccount(), 'UnauthorizedError', -2014],
    [() => spot({ ...login(A), apiKey: B.secret }).restAPI.getAccount(), 'UnauthorizedError', -2015],
  ];
  for (const [call, name, code] of cases) {
    await refused(call(), `${name} ${code}`, is(name, code));
  }
});

await part('streams', async () => {
  const connection = await within(a.websocketStreams.connect(), 'streams');
  const heard = { trade: [], depth: [], ticker: [] };
  connection.trade({ symbol }).on('message', (m) => heard.trade.push(m));
  connection.diffBookDepth({ symbol, updateSpeed: '100ms' }).on('message', (m) => heard.depth.push(m));
  connection.bookTicker({ symbol }).on('message', (m) => heard.ticker.push(m));
  // The first events show that the subscriptions hold.
  await eventually('subscribed', async () => {
    const order = await got(a.restAPI.newOrder(buy(29000, 0.1)));
    await got(a.restAPI.deleteOrder({ symbol, orderId: order.orderId }));
    return heard.depth.length && heard.ticker.length;
  });
  await got(a.restAPI.newOrder(buy(29000, 0.1)));
  await got(b.restAPI.newOrder(sell(29000, 0.1)));
  await eventually('the trade', () => heard.trade.some((t) => t.p === '29000.00000000'));
  const { lastUpdateId } = await got(a.restAPI.depth({ symbol }));
  await eventually('the book\'s id', () => Number(heard.depth.at(-1).u) === Number(lastUpdateId));
  equal(heard.depth.slice(1).map((d, i) => Number(d.U) - Number(heard.depth[i].u)),
    Array(heard.depth.length - 1).fill(1), 'no gap');
  await connection.disconnect();
});

async function user(client, name, subscribe) {
  const connection = await within(client.websocketAPI.connect(), name);
  const heard = [];
  const { stream } = await within(subscribe(connection), `${name} subscribes`);
  stream.on('message', (event) => heard.push(event));
  const placed = await within(connection.orderPlace(buy(29000, 0.3)), `${name} places`);
  const id = placed.data.orderId;
  await got(b.restAPI.newOrder(sell(29000, 0.1)));
  const gone = await within(connection.orderCancel({ symbol, orderId: id }), `${name} cancels`);
  equal(gone.data.status, 'CANCELED', `${name}: canceled`);
  const mine = () => heard.filter((m) => m.e === 'executionReport' && Number(m.i) === Number(id));
  await eventually(`${name}: events`, () => mine().some((m) => m.x === 'CANCELED'));
  equal(mine().map((m) => [m.x, m.X, m.z]), [['NEW', 'NEW', '0.00000000'],
    ['TRADE', 'PARTIALLY_FILLED', '0.10000000'], ['CANCELED', 'CANCELED', '0.10000000']],
  `${name}: reports`);
  const position = await eventually(`${name}: position`,
    () => heard.findLast((m) => m.e === 'outboundAccountPosition'));
  const account = await within(connection.accountStatus(), `${name} account`);
  const row = account.data.balances.find((r) => r.asset === 'USDT');
  const told = position.B.find((r) => r.a === 'USDT');
  equal([told.f, told.l], [row.free, row.locked], `${name}: balance`);
  await refused(connection.orderPlace(buy(29000, 0.0001)), `${name}: too small`,
    (error) => error.code === -1013 || error.message?.includes('NOTIONAL'));
  await connection.disconnect();
}

await part('user data, HMAC', () => user(a, 'HMAC', (c) => c.userDataStreamSubscribeSignature()));
await part('user data, Ed25519 session', () => user(e, 'Ed25519', async (c) => {
  await c.sessionLogon();
  return c.userDataStreamSubscribe();
}));

await part('wallet', async () => {
  const mine = wallet(login(A)).restAPI;
  equal((await got(mine.systemStatus())).status, 0, 'status');
  const coins = await got(mine.allCoinsInformation());
  const { networkList: [network] } = coins.find((c) => c.coin === 'BTC');
  const { address } = await got(mine.depositAddress({ coin: 'BTC' }));
  check(address.startsWith('demo-BTC-'), `address ${address}`);
  const sent = await got(mine.withdraw({ coin: 'BTC', network: network.network,
    address: 'customer-18', amount: 0.5, withdrawOrderId: 'mine-1' }));
  const [row] = await got(mine.withdrawHistory({ coin: 'BTC' }));
  equal([row.id, row.withdrawOrderId, row.address], [sent.id, 'mine-1', 'customer-18'], 'history');
  await refused(mine.withdraw({ coin: 'BTC', address: 'customer-18', amount: 0.5,
    withdrawOrderId: 'mine-1' }), 'twice', is('BadRequestError', -4115));
  await refused(mine.withdraw({ coin: 'BTC', address: 'customer-18', amount: 99999999 }), 'too much',
    is('BadRequestError', -4026));
  equal((await got(mine.depositHistory({ coin: 'BTC' }))).length, 1, 'deposits');
  equal((await got(mine.userAsset({ asset: 'BTC' })))[0].withdrawing, '0.50000000', 'withdrawing');
  equal((await got(mine.tradeFee({ symbol })))[0].takerCommission, '0.00100000', 'trade fee');
  equal((await got(mine.accountStatus())).data, 'Normal', 'account');
  equal((await got(mine.accountApiTradingStatus())).data.isLocked, false, 'trading status');
  check((await got(mine.getApiKeyPermission())).enableWithdrawals, 'rights of the key');
  equal((await got(wallet(login(W)).restAPI.accountStatus())).data, 'Withdrawal only', 'W');
});

finish();
