// The page's figures, one JSON line: bytes of the first load, time until it can be used, the main
// thread's share and the memory while the book changes 50 times a second.
// usage: node measure.mjs BINARY [--seconds 20] [--rate 50]   (600 seconds: the ten minutes)
import { parseArgs } from 'node:util';
import { launch, live, newContext, signIn } from './browser.mjs';
import { Venue } from './venue.mjs';

const { positionals: [binary], values } = parseArgs({ allowPositionals: true, options: {
  seconds: { type: 'string', default: '20' }, rate: { type: 'string', default: '50' } } });
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const LOADS = 5;
const SETTLE_MS = 5_000;

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// From the request for the page until prices are live and the form takes text.
async function loadOnce(browser, venue) {
  const context = await newContext(browser, venue);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Performance.enable', { timeDomain: 'threadTicks' });
  let assets = 0;
  let all = 0;
  const paths = new Map();
  wire.on('Network.requestWillBeSent', ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname);
  });
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    all += encodedDataLength;
    if (!/^\/s?api\//.test(paths.get(requestId) ?? '')) assets += encodedDataLength;
  });
  /* By the page's own clock, which begins with its request. */
  await page.addInitScript(() => {
    globalThis.seen = {};
    new MutationObserver(() => {
      if (document.querySelector('[data-field="price"]')) globalThis.seen.form ??= performance.now();
      if (document.querySelector('[data-link="live"]')) globalThis.seen.live ??= performance.now();
      if (document.querySelector('[data-candles="ready"]')) globalThis.seen.chart ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(venue.url);
  await live(page);
  await page.waitForFunction(() => globalThis.seen.form && globalThis.seen.live && globalThis.seen.chart);
  const { form, live: interactive, chart } = await page.evaluate(() => globalThis.seen);
  /* What a machine that does nothing else would need at least: the main thread's own time. */
  const busy = (await counters(wire)).TaskDuration * 1_000;
  await context.close();
  return { assets, all, form, interactive: Math.max(form, interactive), chart, busy };
}

async function counters(wire) {
  const { metrics } = await wire.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map((row) => [row.name, row.value]));
}

async function heap(wire) {
  await wire.send('HeapProfiler.collectGarbage');
  return (await counters(wire)).JSHeapUsedSize;
}

// Orders come and go around a book that is there, `rate` of them a second over all.
async function churn(venue, until) {
  const standing = [];
  let done = 0;
  const begun = performance.now();
  const lane = async () => {
    while (performance.now() < until) {
      const ahead = done / rate * 1_000 - (performance.now() - begun);
      if (ahead > 0) await new Promise((resolve) => { setTimeout(resolve, ahead); });
      done += 1;
      if (standing.length > 20) {
        await venue.call('B', 'DELETE', '/api/v3/order',
          { symbol: 'BTCUSDT', orderId: standing.splice(Math.floor(Math.random() * standing.length), 1)[0] });
      } else {
        const side = Math.random() < 0.5 ? 'BUY' : 'SELL';
        const far = (1 + Math.random() * 60).toFixed(2);
        const price = side === 'BUY' ? (30_000 - far).toFixed(2) : (30_000 + Number(far)).toFixed(2);
        standing.push((await venue.place('B', side, price, (0.01 + Math.random()).toFixed(5))).orderId);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return done / ((performance.now() - begun) / 1_000);
}

const venue = new Venue(binary);
await venue.start();
const browser = await launch();
try {
  for (let i = 1; i <= 20; i += 1) {
    await venue.place('B', 'BUY', String(29_900 - i), '1');
    await venue.place('B', 'SELL', String(30_100 + i), '1');
  }
  const loads = [];
  for (let i = 0; i < LOADS; i += 1) loads.push(await loadOnce(browser, venue));
  const context = await newContext(browser, venue);
  const page = await context.newPage();
  await page.goto(venue.url);
  await live(page);
  await signIn(page, 'A');
  const wire = await context.newCDPSession(page);
  await wire.send('Performance.enable', { timeDomain: 'threadTicks' });
  const churned = churn(venue, performance.now() + SETTLE_MS + seconds * 1_000);
  await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
  const heapBefore = await heap(wire);
  const before = await counters(wire);
  const begun = performance.now();
  await new Promise((resolve) => { setTimeout(resolve, seconds * 1_000); });
  const after = await counters(wire);
  const wall = (performance.now() - begun) / 1_000;
  const reached = await churned;
  const heapAfter = await heap(wire);
  console.log(JSON.stringify({
    first_load_bytes: median(loads.map((row) => row.assets)),
    first_load_with_data_bytes: median(loads.map((row) => row.all)),
    form_ms: Math.round(median(loads.map((row) => row.form))),
    interactive_ms: Math.round(median(loads.map((row) => row.interactive))),
    candles_ms: Math.round(median(loads.map((row) => row.chart))),
    load_main_thread_ms: Math.round(median(loads.map((row) => row.busy))),
    updates_per_s: Math.round(reached * 10) / 10,
    seconds,
    main_thread_percent: Math.round((after.TaskDuration - before.TaskDuration) / wall * 1_000) / 10,
    heap_before_bytes: heapBefore,
    heap_after_bytes: heapAfter,
    dom_nodes: [before.Nodes, after.Nodes],
    faults: context.faults.length,
  }));
} finally {
  await browser.close();
  await venue.close();
}
