// Serves dist/ and hands everything else on to a venue, so that the page can be worked on without
// building the binary anew. usage: node dev.mjs [--port N] [--venue http://127.0.0.1:8080]
//   [--keys FILE]   the keys file of `cambist serve --profile test`, for /demo/ where the venue has none
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5173' },
    venue: { type: 'string', default: 'http://127.0.0.1:8080' },
    keys: { type: 'string' },
  },
});
const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');
const venue = new URL(values.venue);
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
  + "font-src 'self'; manifest-src 'self'; connect-src 'self'; base-uri 'none'; "
  + "form-action 'none'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
  '.svg': 'image/svg+xml' };

function accounts() {
  return JSON.parse(readFileSync(values.keys, 'utf8')).accounts;
}

function json(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

function demo(request, response) {
  if (request.url === '/demo/accounts') {
    json(response, 200, { accounts: Object.keys(accounts())
      .map((account) => ({ account, name: `Account ${account}` })) });
    return;
  }
  let body = '';
  request.on('data', (piece) => { body += piece; });
  request.on('end', () => {
    const { account } = JSON.parse(body);
    const row = accounts()[account];
    if (!row) { json(response, 400, { code: -1130, msg: 'no such account' }); return; }
    json(response, 200, { account, name: `Account ${account}`, apiKey: row.apiKey,
      secret: row.secret });
  });
}

const server = http.createServer((request, response) => {
  const path = new URL(request.url, 'http://page').pathname;
  if (values.keys && path.startsWith('/demo/')) { demo(request, response); return; }
  if (path === '/' || /^\/assets\/[\w.-]+$/.test(path)) {
    const file = join(dist, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) { response.writeHead(404); response.end(); return; }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY });
    createReadStream(file).pipe(response);
    return;
  }
  const onward = http.request({ host: venue.hostname, port: venue.port, path: request.url,
    method: request.method, headers: { ...request.headers, host: venue.host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
});
server.on('upgrade', (request, socket, head) => {
  const onward = net.connect(Number(venue.port), venue.hostname, () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      const name = request.rawHeaders[i];
      lines.push(`${name}: ${/^host$/i.test(name) ? venue.host : request.rawHeaders[i + 1]}`);
    }
    onward.write(`${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  onward.on('close', () => socket.destroy());
  socket.on('error', () => onward.destroy());
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
