// binance (the package of that name): REST, the WebSocket API, streams and user data, HMAC and
// Ed25519. It would ask the public venue for the time, so that is turned off.
import { MainClient, WebsocketAPIClient, WebsocketClient } from 'binance';
import {
  A, B, W, check, equal, eventually, finish, part, refused, rest, stream, within,
} from './venue.mjs';

const symbol = 'BTCUSDT';
const quiet = { trace() {}, info() {}, error() {} };
const login = (account) => ({ api_key: account.apiKey, api_secret: account.secret });
const ed25519 = { api_key: A.ed25519.apiKey, api_secret: A.ed25519.privateKey };
const main = (keys) => new MainClient({ ...keys, baseUrl: rest, disableTimeSync: true });
const [a, b, w, e] = [login(A), login(B), login(W), ed25519].map(main);
const limit = { symbol, type: 'LIMIT', timeInForce: 'GTC' };
const buy = (price, quantity) => ({ ...limit, side: 'BUY', price, quantity });
const sell = (price, quantity) => ({ ...limit, side: 'SELL', price, quantity });
const is = (code) => (error) => error.code === code;

await part('REST', async () => {
  equal((await a.getExchangeInfo()).symbols.length, 3, 'markets');
  equal((await a.getSymbolPriceTicker({ symbol })).price, '30000.00000000', 'price');
  equal((await a.getKlines({ symbol, interval: '1h' })).at(-1)[4], '30000.00000000', 'kline');
  const order = await a.submitNewOrder({ ...buy(29000, 0.5), newOrderRespType: 'FULL' });
  await b.submitNewOrder(sell(29000, 0.2));
  const now = await a.getOrder({ symbol, orderId: order.orderId });
  equal([now.status, now.executedQty], ['PARTIALLY_FILLED', '0.20000000'], 'partly filled');
  const replaced = await a.replaceOrder({ ...buy(29100, 0.3), cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrderId: order.orderId });
  equal(replaced.newOrderResult, 'SUCCESS', 'replaced');
  equal((await a.getOpenOrders({ symbol })).map((o) => o.price), ['29100.00000000'], 'open');
  await a.cancelAllSymbolOrders({ symbol });
  const list = await a.submitNewOrderListOTO({ symbol, workingType: 'LIMIT', workingSide: 'BUY',
    workingTimeInForce: 'GTC', workingPrice: 28500, workingQuantity: 0.1, pendingType: 'LIMIT_MAKER',
    pendingSide: 'SELL', pendingPrice: 31000, pendingQuantity: 0.1 });
  equal((await a.getAllOpenOCO()).map((l) => l.orderListId), [list.orderListId], 'lists');
  await a.cancelOCO({ symbol, orderListId: list.orderListId });
  equal((await a.getAccountTradeList({ symbol })).length, 1, 'trades');
  equal((await e.getAccountInformation()).canTrade, true, 'with an Ed25519 key');
});

await part('refusals', async () => {
  await refused(a.submitNewOrder(buy(29000.001, 0.1)), 'price', is(-1013));
  await refused(a.submitNewOrder({ ...buy(0.3, 80000), symbol: 'ETHBTC' }), 'funds', is(-2010));
  await refused(a.cancelOrder({ symbol, orderId: 999999 }), 'cancel', is(-2011));
  await refused(w.submitNewOrder(buy(29000, 0.1)), 'W', is(-2010));
  await refused(main({ ...login(A), api_secret: 'x' }).getBalances(), 'signature', is(-1022));
  await refused(main({ ...login(A), api_key: B.secret }).getBalances(), 'key', is(-2015));
});

await part('streams', async () => {
  const heard = [];
  const client = new WebsocketClient({ wsUrl: stream, beautify: true, disableTimeSync: true }, quiet);
  client.on('formattedMessage', (m) => heard.push(m));
  client.on('exception', (error) => check(false, `streams: ${JSON.stringify(error)}`));
  await within(client.subscribe(['btcusdt@trade', 'btcusdt@depth@100ms'], 'main'), 'subscribe');
  await a.submitNewOrder(buy(29000, 0.1));
  await b.submitNewOrder(sell(29000, 0.1));
  await eventually('a trade', () => heard.some((m) => m.eventType === 'trade' && m.price === 29000));
  await eventually('the book', () => heard.some((m) => m.eventType === 'depthUpdate'));
  client.closeAll(true);
});

for (const [name, keys] of [['HMAC', login(A)], ['Ed25519', ed25519]]) {
  await part(`WebSocket API, ${name}`, async () => {
    const client = new WebsocketAPIClient({ ...keys, wsUrl: stream, disableTimeSync: true }, quiet);
    const heard = [];
    client.getWSClient().on('message', (m) => heard.push(m.event ?? m));
    await within(client.subscribeUserDataStream('mainWSAPI'), `${name} subscribes`);
    const timed = (parameters) => ({ ...parameters, timestamp: Date.now() });
    const placed = await within(client.submitNewSpotOrder(timed({ ...buy('29000', '0.2'),
      newOrderRespType: 'FULL' })), `${name} places`);
    const { orderId } = placed.result;
    await b.submitNewOrder(sell(29000, 0.1));
    const status = await within(client.getSpotOrderStatus(timed({ symbol, orderId })), name);
    equal(status.result.status, 'PARTIALLY_FILLED', `${name}: status`);
    const gone = await within(client.cancelSpotOrder(timed({ symbol, orderId })), name);
    equal(gone.result.status, 'CANCELED', `${name}: canceled`);
    const mine = () => heard.filter((m) => m.e === 'executionReport' && m.i === orderId);
    await eventually(`${name}: events`, () => mine().some((m) => m.x === 'CANCELED'));
    equal(mine().map((m) => [m.x, m.z]), [['NEW', '0.00000000'], ['TRADE', '0.10000000'],
      ['CANCELED', '0.10000000']], `${name}: reports`);
    await refused(client.submitNewSpotOrder(timed(buy('29000', '0.0001'))), `${name}: too small`,
      (error) => error.error?.code === -1013);
    await client.disconnectAll();
  });
}

await part('wallet', async () => {
  equal((await a.getSystemStatus()).status, 0, 'status');
  check((await a.getBalances()).some((c) => c.coin === 'BTC' && c.free > 9000), 'coins');
  check((await a.getDepositAddress({ coin: 'BTC' })).address.startsWith('demo-BTC-'), 'address');
  const { id } = await a.withdraw({ coin: 'BTC', address: 'customer-20', amount: 0.25 });
  equal((await a.getWithdrawHistory({ coin: 'BTC' })).map((r) => r.id), [id], 'history');
  equal((await a.getTradeFee({ symbol })).length, 1, 'trade fee');
  equal((await a.getApiTradingStatus()).data.isLocked, false, 'trading status');
  equal((await a.getApiKeyPermissions()).enableWithdrawals, true, 'rights of the key');
});

finish();
