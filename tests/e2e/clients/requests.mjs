// Requests that no library would send: unsigned, wrongly signed, old, repeated, too large, malformed.
// Each gets the documented code, and afterwards nothing has changed.
import net from 'node:net';
import {
  A, B, ask, check, equal, finish, part, rest, send, sign,
} from './venue.mjs';

const ORDER = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1',
  price: '29000' };
const PATH = '/api/v3/order';
const now = (parameters = {}) => ({ ...ORDER, ...parameters, timestamp: Date.now() });
const { hostname, port } = new URL(rest);

// Everything that an order would change.
async function state() {
  const answers = [];
  for (const account of [A, B]) {
    answers.push((await ask(account, 'GET', '/api/v3/account')).body.balances);
    answers.push((await ask(account, 'GET', '/api/v3/openOrders', { symbol: 'BTCUSDT' })).body);
  }
  answers.push((await send('GET', '/api/v3/depth', 'symbol=BTCUSDT')).body);
  return JSON.stringify(answers);
}

async function unchanged(what, body) {
  const before = await state();
  await body();
  check(before === await state(), `${what} changed something`);
}

async function refusedWith(promise, status, code, text, what) {
  const { status: found, body } = await promise;
  equal([found, body.code], [status, code], what);
  if (text) equal(body.msg, text, what);
}

await part('signatures and keys', () => unchanged('a bad signature', async () => {
  const query = sign(A, now());
  const mandatory = "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.";
  const invalid = 'Signature for this request is not valid.';
  const cases = [
    [query.replace(/&signature=.*/, ''), A.apiKey, 400, -1102, mandatory, 'no signature'],
    [query.replace(/&signature=.*/, '&signature='), A.apiKey, 400, -1105,
      "Parameter 'signature' was empty.", 'an empty one'],
    [query.replace(/signature=./, 'signature=z'), A.apiKey, 400, undefined, undefined, 'no hex'],
    [sign({ secret: 'x' }, now()), A.apiKey, 400, -1022, invalid, 'a wrong secret'],
    [sign(B, now()), A.apiKey, 400, -1022, invalid, 'another account\'s signature'],
    [query.replace('0.1', '0.2'), A.apiKey, 400, -1022, invalid, 'a changed parameter'],
    [`${query}&icebergQty=0.01`, A.apiKey, 400, -1022, invalid, 'one parameter more'],
    [query, undefined, 401, -2014, 'API-key format invalid.', 'no key'],
    [query, 'short', 401, -2014, 'API-key format invalid.', 'a short key'],
    [query, A.secret, 401, -2015, 'Invalid API-key, IP, or permissions for action.', 'no such key'],
  ];
  for (const [text, key, status, code, message, what] of cases) {
    const answer = await send('POST', PATH, text, key);
    equal([answer.status, answer.body.code], [status, code ?? answer.body.code], what);
    check(answer.body.code < 0 && answer.body.msg === (message ?? answer.body.msg), `${what}: text`);
  }
}));

await part('time', () => unchanged('an old request', async () => {
  const outside = 'Timestamp for this request is outside of the recvWindow.';
  const ahead = "Timestamp for this request was 1000ms ahead of the server's time.";
  const at = (shift, more = {}) => send('POST', PATH,
    sign(A, { ...ORDER, ...more, timestamp: Date.now() + shift }), A.apiKey);
  await refusedWith(at(-6000), 400, -1021, outside, 'older than five seconds');
  await refusedWith(at(-70000, { recvWindow: 60000 }), 400, -1021, outside, 'older than a minute');
  await refusedWith(at(60000), 400, -1021, ahead, 'from the future');
  equal((await at(0, { recvWindow: 60001 })).status, 400, 'a window of more than a minute');
  const { timestamp, ...untimed } = now();
  equal((await send('POST', PATH, sign(A, untimed), A.apiKey)).body.code, -1102, 'no time');
}));

await part('a body sent again', async () => {
  const body = sign(A, now({ newClientOrderId: 'once-only', recvWindow: 60000 }));
  const first = await send('POST', PATH, '', A.apiKey, body);
  equal(first.status, 200, 'the first time');
  await unchanged('a repeated body', () => refusedWith(send('POST', PATH, '', A.apiKey, body), 400,
    -2010, 'Duplicate order sent.', 'the second time'));
  const cancel = sign(A, { symbol: 'BTCUSDT', origClientOrderId: 'once-only',
    timestamp: Date.now() });
  equal((await send('DELETE', PATH, cancel, A.apiKey)).body.status, 'CANCELED', 'canceled');
  await unchanged('a repeated cancel', () => refusedWith(send('DELETE', PATH, cancel, A.apiKey), 400,
    -2011, 'Unknown order sent.', 'canceled again'));
});

await part('parameters', () => unchanged('a malformed parameter', async () => {
  const cases = [
    [{ quantity: '-1' }, -1100], [{ quantity: '1e3' }, -1100], [{ quantity: '' }, -1105],
    [{ symbol: 'btcusdt; drop' }, -1100], [{ side: 'buy sell' }, -1117], [{ type: '' }, -1105],
    [{ price: '99999999999999999999999999' }, -1100], [{ quantity: '0.0000000001' }, -1111],
    [{ newClientOrderId: 'x'.repeat(37) }, -1100], [{ timeInForce: 'GTD' }, -1115],
  ];
  for (const [change, code] of cases) {
    const { status, body } = await ask(A, 'POST', PATH, { ...ORDER, ...change });
    equal([status, body.code], [400, code], `${JSON.stringify(change)} (${body.msg})`);
  }
  const { status, body } = await ask(A, 'POST', PATH, { ...ORDER, surprise: '1' });
  equal([status, body.code], [400, -1104], `a parameter too many (${body.msg})`);
  equal((await send('GET', '/api/v3/nowhere')).status, 404, 'an unknown path');
  equal((await send('PATCH', PATH, sign(A, now()), A.apiKey)).status >= 400, true, 'PATCH');
}));

// What the venue answers to raw bytes until it closes the connection.
function raw(bytes) {
  return new Promise((done) => {
    const chunks = [];
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), 5000);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      done(Buffer.concat(chunks).toString('latin1'));
    });
  });
}

await part('requests that are no HTTP', () => unchanged('a malformed request', async () => {
  const head = (more, target = `${PATH}?${sign(A, now())}`) => `POST ${target} HTTP/1.1\r\n`
    + `Host: ${hostname}:${port}\r\nX-MBX-APIKEY: ${A.apiKey}\r\n${more}\r\n`;
  const cases = [
    ['two lengths', head('Content-Length: 1\r\nContent-Length: 2\r\n')],
    ['length and chunks', head('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n')],
    ['a negative length', head('Content-Length: -1\r\n')],
    ['a space before the colon', head('Content-Length : 0\r\n')],
    ['a folded line', head('X-A: b\r\n c\r\nContent-Length: 0\r\n')],
    ['no host', `POST ${PATH}?${sign(A, now())} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
    ['a long target', head('Content-Length: 0\r\n', `${PATH}?${'x'.repeat(100000)}`)],
    ['a long header', head(`X-Long: ${'x'.repeat(100000)}\r\nContent-Length: 0\r\n`)],
    ['a huge body', head('Content-Length: 1000000000\r\n')],
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ];
  for (const [what, bytes] of cases) {
    const answer = await raw(bytes);
    const status = Number(answer.split(' ')[1] ?? 0);
    check(answer === '' || (status >= 400 && status < 600), `${what}: ${answer.slice(0, 80)}`);
    check(!answer.includes('orderId'), `${what} placed an order`);
  }
}));

await part('the same bytes, well-formed', async () => {
  const { status, body } = await send('POST', PATH, sign(A, now()), A.apiKey);
  equal([status, body.status], [200, 'NEW'], 'so it was not the order');
  equal((await ask(A, 'DELETE', '/api/v3/openOrders', { symbol: 'BTCUSDT' })).body.length, 1,
    'canceled');
});

finish();
