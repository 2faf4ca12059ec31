// ccxt over WebSocket: a book that must stay equal to REST's while two accounts trade at random,
// market streams, user data events, and orders over the WebSocket API, with HMAC and Ed25519 keys.
import ccxt from 'ccxt';
import { quick } from './ccxt_client.mjs';
import {
  A, B, check, equal, eventually, finish, part, random, refused, sleep, within,
} from './venue.mjs';

const S = 'BTC/USDT';
const SEED = 17;
const ROUNDS = 150;
const [a, b, c] = [quick(A), quick(B), quick({ apiKey: A.ed25519.apiKey, secret: A.ed25519.privateKey })];
const all = [a, b, c];
for (const x of all) {
  await x.loadHttpProxyAgent(); // what ccxt wants before a plain ws:// address
  await x.loadMarkets();
}
let stopped = false;

// Calls a watching method for as long as the suite runs.
function follow(watch, seen) {
  (async () => {
    while (!stopped) {
      try {
        seen(await watch());
      } catch (error) {
        if (!stopped) check(false, `watching: ${error.stack}`);
        return;
      }
    }
  })();
}

const sides = (book) => [book.bids.slice(0, 1000), book.asks.slice(0, 1000)];
const same = (x, y) => JSON.stringify(sides(x)) === JSON.stringify(sides(y));

const heard = { a: { orders: new Map(), trades: new Map(), balance: {} } };
heard.b = { orders: new Map(), trades: new Map(), balance: {} };

function listen(x, into) {
  follow(() => x.watchOrders(S), (orders) => orders.forEach((o) => into.orders.set(o.id, o)));
  follow(() => x.watchMyTrades(S), (trades) => trades.forEach((t) => into.trades.set(t.id, t)));
  follow(() => x.watchBalance(), (balance) => { into.balance = balance; });
}

let book;
const publicTrades = new Map();
let ticker;
let candle;
let best;

await part('the book and the events while accounts trade', async () => {
  listen(a, heard.a);
  listen(b, heard.b);
  await sleep(500);
  follow(() => b.watchOrderBook(S), (found) => { book = found; });
  follow(() => b.watchTrades(S), (trades) => trades.forEach((t) => publicTrades.set(t.id, t)));
  follow(() => b.watchTicker(S), (found) => { ticker = found; });
  follow(() => b.watchOHLCV(S, '1m'), (found) => { candle = found.at(-1); });
  follow(() => b.watchBidsAsks([S]), (found) => { best = found[S]; });
  await eventually('a book', () => book);
  const die = random(SEED);
  const open = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const x = die(2) ? a : b;
    const kind = die(10);
    const side = die(2) ? 'buy' : 'sell';
    const price = (side === 'buy' ? 29900 : 29950) + die(100);
    const amount = (1 + die(50)) / 1000;
    if (kind < 7) {
      const order = await x.createOrder(S, 'limit', side, amount, price);
      if (order.status === 'open') open.push([x, order.id]);
    } else if (kind === 7) {
      await x.createOrder(S, 'market', side, amount);
    } else if (open.length) {
      const [owner, id] = open.splice(die(open.length), 1)[0];
      await owner.cancelOrder(id, S).catch((error) => {
        check(error instanceof ccxt.OrderNotFound, `cancel: ${error.message}`);
      });
    }
  }
  const final = await b.fetchOrderBook(S, 1000);
  check(final.bids.length > 3 && final.asks.length > 3, 'there is a book');
  await eventually('the watched book is REST\'s', () => same(book, final));
});

await part('market streams', async () => {
  const recent = await b.fetchTrades(S, undefined, 1000, { fetchTradesMethod: 'publicGetTrades' });
  await eventually('the last trade', () => publicTrades.has(recent.at(-1).id));
  const first = Math.min(...[...publicTrades.keys()].map(Number));
  const since = recent.filter((t) => Number(t.id) >= first);
  equal([...publicTrades.values()].map((t) => [t.id, t.price, t.amount, t.side]),
    since.map((t) => [t.id, t.price, t.amount, t.side]), 'every trade once');
  await eventually('ticker', () => ticker?.last === recent.at(-1).price);
  await eventually('candle', () => candle?.[4] === recent.at(-1).price);
  await eventually('best prices', () => best?.bid === book.bids[0][0]);
});

async function agree(x, into, name) {
  const orders = await x.fetchOrders(S, undefined, 1000);
  // A trade with oneself is told as taker and as maker; ccxt keeps one a trade id, the later.
  const rows = await x.fetchMyTrades(S, undefined, 1000);
  const trades = rows.filter((t) => t.takerOrMaker === 'maker'
    || !rows.some((other) => other.id === t.id && other.takerOrMaker === 'maker'));
  const brief = (o) => [o.id, o.status, o.filled, o.amount];
  await eventually(`orders of ${name}`, () => orders.every((o) =>
    JSON.stringify(brief(o)) === JSON.stringify(brief(into.orders.get(o.id) ?? {}))));
  await eventually(`trades of ${name}`, () => trades.every((t) => into.trades.has(t.id)));
  const told = (t) => [t.id, t.price, t.amount, t.side, t.takerOrMaker, t.fee.cost, t.fee.currency];
  equal([...into.trades.values()].sort((x1, x2) => x1.id - x2.id).map(told), trades.map(told),
    `trades of ${name}`);
  const balance = await x.fetchBalance();
  const amounts = (found) => ['BTC', 'USDT'].map((k) => [found[k]?.free, found[k]?.used]);
  await eventually(`balance of ${name}`,
    () => JSON.stringify(amounts(into.balance)) === JSON.stringify(amounts(balance)));
}

await part('what the events told is what REST answers', async () => {
  await agree(a, heard.a, 'A');
  await agree(b, heard.b, 'B');
});

await part('orders over the WebSocket API', async () => {
  for (const x of all) await x.cancelAllOrders(S).catch(() => {});
  for (const [name, x] of [['HMAC', a], ['Ed25519', c]]) {
    const order = await within(x.createOrderWs(S, 'limit', 'buy', 0.1, 29000), name);
    equal([order.status, order.price], ['open', 29000], `${name}: placed`);
    equal((await x.fetchOrderWs(order.id, S)).status, 'open', `${name}: asked`);
    equal((await x.fetchOpenOrdersWs(S)).map((o) => o.id), [order.id], `${name}: open`);
    const edited = await x.editOrderWs(order.id, S, 'limit', 'buy', 0.2, 29100);
    equal([edited.status, edited.amount], ['open', 0.2], `${name}: edited`);
    equal((await x.cancelOrderWs(edited.id, S)).status, 'canceled', `${name}: canceled`);
    await x.createOrderWs(S, 'limit', 'buy', 0.1, 29000);
    equal((await x.cancelAllOrdersWs(S)).length, 1, `${name}: all canceled`);
    equal((await x.fetchOrdersWs(S)).length, (await x.fetchOrders(S, undefined, 1000)).length,
      `${name}: orders`);
    equal((await x.fetchMyTradesWs(S)).at(-1).id, (await x.fetchMyTrades(S)).at(-1).id,
      `${name}: trades`);
    // ccxt itself reads no balances out of this answer.
    equal((await x.fetchBalanceWs()).info.balances, (await x.fetchBalance()).info.balances,
      `${name}: balance`);
    await refused(x.createOrderWs(S, 'limit', 'buy', 0.0001, 29000), `${name}: too small`,
      (error) => error instanceof ccxt.BadRequest && error.message.includes('NOTIONAL'));
    await refused(x.cancelOrderWs('999999', S), `${name}: cancel of nothing`,
      (error) => error instanceof ccxt.OrderNotFound);
  }
  check((await a.fetchTradesWs(S)).length > 0, 'public trades');
  check((await a.fetchOHLCVWs(S, '1m')).length > 0, 'candles');
});

await part('events of an Ed25519 key', async () => {
  // Orders before the subscription stands are not heard.
  let told;
  const next = c.watchOrders(S).then((orders) => { told = orders; });
  const placed = [];
  await eventually('watchOrders', async () => {
    placed.push((await c.createOrder(S, 'limit', 'buy', 0.1, 29000)).id);
    await sleep(200);
    return told;
  });
  await next;
  check(told.every((o) => placed.includes(o.id) && o.status === 'open'), 'its order');
  await c.cancelAllOrders(S);
});

stopped = true;
for (const x of all) await x.close();
finish();
