// A customer's form in Chromium: refused where it must be, then filled in, sealed in the browser by a
// worker, and sent; what goes over the wire and what the browser keeps is looked through. The page is
// the form of web/src with the page's own policy; the offer comes from a running venue over HTTP, and
// what was sealed goes there, signed with the first person's key. For the second the operator does it:
// the largest form is more than the venue takes over HTTP. The last line is a figure: how long sealing the largest form takes.
// usage: node enrol.mjs BINARY DATA WEB PERSON PERSON VENUE KEY SECRET OWN     WEB: the build's copy of web/, with its packages; OWN: where the first person's own key is saved
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, newContext } from './browser.mjs';

const [, , binary, data, web, first, second, url, key, secret, own] = process.argv;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { build } = createRequire(join(web, 'package.json'))('esbuild');
const CANARIES = ['Quellfrost', 'QUELLFROST', 'Nordlichtgasse', 'oda.zv81', 'ZQ 7731'];
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
let failed = 0;

async function step(name, run) {
  try {
    await run();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}: ${String(error.stack ?? error).split('\n').slice(0, 8).join('\n')}`);
  }
}

// ---- the page, bundled as web/build.mjs does ----

const HARNESS = `
import { render } from 'preact';
import { EnrolForm } from './src/ui/enrol.tsx';
import { sendSealed } from './src/enrol/send.ts';
const person = location.pathname.slice(1);
let offered = null;
const post = async (path, body) => {
  const said = await fetch('/enrol/' + person + path.slice('/page/v1/enrolment'.length), { method: 'POST', body });
  if (!said.ok) throw new Error(String(said.status));
  return said.json();
};
render(<EnrolForm worker="/worker.js"
  offer={async () => { offered = await (await fetch('/offer/' + person)).json(); return offered; }}
  send={(sealed, on) => sendSealed(sealed, { bytesMax: Infinity, ...offered }, post, (size) => crypto.getRandomValues(new Uint8Array(size)), on)} />, document.getElementById('page'));
`;

async function bundle(options) {
  const made = await build({ absWorkingDir: web, bundle: true, minify: true, format: 'esm', target: ['chrome110'], jsx: 'automatic',
    jsxImportSource: 'preact', write: false, logLevel: 'warning', ...options });
  return made.outputFiles[0].text;
}

const files = {
  '/page.js': ['text/javascript', await bundle({ stdin: { contents: HARNESS, resolveDir: web, loader: 'tsx' } })],
  '/worker.js': ['text/javascript', await bundle({ entryPoints: ['src/enrol/worker.ts'] })],
};
const HTML = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Cambist</title><script type="module" src="/page.js"></script><main id="page"></main></html>';

// ---- the venue's side ----

const folder = mkdtempSync(join(tmpdir(), 'cambist-enrol-'));
const posts = []; // what the venue was sent and said
const sent = []; // every byte that came from the browser
const cambist = (...words) => execFileSync(binary, [...words, '--data', data], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// What the page of the venue does: the same origin, the key of who is signed in.
async function ask(method, body = Buffer.alloc(0), part = '') {
  const query = `timestamp=${Date.now()}&recvWindow=60000`;
  const signature = createHmac('sha256', secret).update(query).update(body).digest('hex');
  const headers = { Origin: url, 'X-MBX-APIKEY': key, ...(body.length > 0 && { 'Content-Type': 'application/octet-stream' }) };
  const said = await fetch(`${url}/page/v1/enrolment${part && `/${part}`}?${query}&signature=${signature}`, { method, headers, ...(body.length > 0 && { body }) });
  const text = await said.text();
  if (method === 'POST') posts.push(`${part}: ${body.length} bytes, ${said.status} ${text}`);
  return [said.status, 'application/json', text];
}

async function answer(request, body) {
  const [, verb, person, part] = request.url.split('/');
  if (files[request.url]) return [200, ...files[request.url]];
  if (person === first && verb === 'offer') return ask('GET');
  if (person === first && verb === 'enrol' && request.method === 'POST') return ask('POST', body, part);
  if (verb === 'offer') return [200, 'application/json', cambist('vault', 'offer', person)];
  if (verb === 'enrol' && request.method === 'POST') {
    const path = join(folder, `sealed-${sent.length}`);
    writeFileSync(path, body);
    try {
      cambist('vault', 'enrol', path);
    } catch (error) {
      console.log(String(error.stderr));
      return [409, 'text/plain', 'refused'];
    }
    return [200, 'application/json', '{}'];
  }
  return /^\/\d+$/.test(request.url) ? [200, 'text/html', HTML] : [404, 'text/plain', 'none'];
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    const body = Buffer.concat(parts);
    sent.push(Buffer.from(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`), body);
    const [status, type, text] = await answer(request, body);
    response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' });
    response.end(text);
  });
});
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const venue = { url: `http://127.0.0.1:${server.address().port}/` };

// ---- the customer ----

const png = (size) => {
  const bytes = Buffer.alloc(size, 0x5a);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes);
  bytes.write('Quellfrost', 64);
  return bytes;
};

async function fill(page, change = {}) {
  const typed = { birthDate: '1991-04-05', nationalities: 'lv, FR', email: 'oda.zv81@example.invalid', phone: '+999 7355 608 1142', country: 'lv',
    document: 'ZQ 7731-Q', residence: 'LV', address: 'Nordlichtgasse 4711\nZvolt', key: 'age1428n7uf0gvp8ucflpam7u95c4890ywz72jm26gxewnyu5mt6k3lqf6hynt', ...change };
  await page.locator('[data-enrol="name"]').first().fill('Oda Quellfrost');
  for (const [name, value] of Object.entries(typed)) await page.locator(`[data-enrol="${name}"]`).fill(value);
}

const state = (page, at) => page.locator(`[data-enrol-state="${at}"]`).waitFor({ timeout: 240_000 });
const send = (page) => page.locator('[data-enrol-send]').click();
const leaks = (bytes) => CANARIES.filter((word) => bytes.includes(word));

const browser = await launch();
const context = await newContext(browser, venue);
const page = await context.newPage();
try {
  await page.goto(`${venue.url}${first}`);
  await step('axe has nothing to say about the form', async () => {
    await page.evaluate(axeSource);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(found.violations.filter((row) => ['serious', 'critical'].includes(row.impact)).map((row) => `${row.id}: ${row.nodes.map((node) => node.html)}`), []);
  });
  await step('what cannot be is refused, and nothing of it leaves the browser', async () => {
    const before = sent.length;
    await fill(page, { document: '---' });
    await send(page);
    await state(page, 'refused');
    assert.match(await page.locator('[data-enrol-state]').innerText(), /^Document: /);
    await fill(page);
    await page.locator('[data-enrol="files"]').setInputFiles([{ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload=alert(1)>') }]);
    await send(page);
    await page.getByText('only JPEG, PNG and PDF').waitFor();
    assert.equal(sent.slice(before).some((bytes) => bytes.includes('/enrol/')), false);
  });
  await step('the form is sealed in a worker and sent in pieces, with a paper of 1 MiB', async () => {
    await page.locator('[data-enrol-more]').click();
    await fill(page);
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('[data-enrol-key]').click()]);
    await file.saveAs(own);
    await page.locator('[data-enrol-key-made="yes"]').waitFor();
    await page.locator('[data-enrol="name"]').nth(1).fill('Ода Квельфрост');
    await page.locator('[data-enrol="script"]').nth(1).selectOption('Cyrl');
    await page.locator('[data-enrol="files"]').setInputFiles([
      { name: 'Quellfrost passport.png', mimeType: 'image/png', buffer: png(1024 * 1024) },
      { name: 'b.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 Quellfrost') }]);
    await send(page);
    await state(page, 'sent');
    console.log(`figure: ${posts.length} pieces over HTTP, the last one: ${posts.at(-1)}`);
    assert.ok(posts.length === 18 && posts.every((one) => /^piece: \d+ bytes, 200 \{"next":\d+\}$/.test(one)), posts.join('\n'));
    assert.equal(await page.locator('[data-enrol="document"]').inputValue(), '');
  });
  await step('another person with the same document, and the largest form there is', async () => {
    await page.goto(`${venue.url}${second}`);
    await fill(page, { email: 'oda.zv81.b@example.invalid' });
    await page.locator('[data-enrol="files"]').setInputFiles([{ name: 'a.png', mimeType: 'image/png', buffer: png(7 * 1024 * 1024) }]);
    // The main thread's longest pause is what a reader feels.
    await page.evaluate(() => {
      globalThis.pause = 0;
      let last = performance.now();
      setInterval(() => { const now = performance.now(); globalThis.pause = Math.max(globalThis.pause, now - last); last = now; }, 5);
    });
    const begin = performance.now();
    await send(page);
    await state(page, 'sent');
    const pause = await page.evaluate(() => globalThis.pause);
    console.log(`figure: 7 MiB sealed and taken in ${Math.round(performance.now() - begin)} ms, longest pause of the page ${Math.round(pause)} ms`);
  });
  await step('nothing of the form went over the wire, or stays in the browser', async () => {
    assert.deepEqual(sent.flatMap(leaks), []);
    assert.ok(sent.some((bytes) => bytes.length > 50_000));
    const kept = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, await caches.keys(),
      (await indexedDB.databases()).map((one) => one.name)]));
    assert.deepEqual(leaks(kept), []);
    assert.deepEqual(JSON.parse(kept).slice(4), [[], []]);
    assert.deepEqual(context.faults, []);
  });
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed > 0 ? 1 : 0);
