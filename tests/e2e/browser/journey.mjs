// The trading page in Chromium, against a venue of its own. Each step stands alone by name; the first
// that fails is named with what was seen, and the rest still run. usage: node journey.mjs BINARY
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { fill, launch, live, newContext, open, said, send, signIn } from './browser.mjs';
import { Venue } from './venue.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const venue = new Venue(process.argv[2]);
const LINES_SHOWN = 6;
let failed = 0;
/* What a step that failed leaves open would fail the next ones too. */
let tidy = async () => undefined;

async function step(name, run) {
  const begun = performance.now();
  try {
    await run();
    console.log(`ok: ${name} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    failed += 1;
    const lines = String(error.stack ?? error).split('\n');
    const where = lines.find((line) => line.includes('journey.mjs')) ?? '';
    console.log(`FAILED: ${name}: ${lines.slice(0, LINES_SHOWN).join('\n')}\n${where}`);
    await tidy();
  }
}

const level = (page, price) => page.locator('.level', { hasText: price });
const gone = (locator) => locator.first().waitFor({ state: 'detached' });

async function axe(page, where) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document,
    { resultTypes: ['violations'] }));
  const serious = found.violations.filter((row) => ['serious', 'critical'].includes(row.impact));
  assert.deepEqual(serious.map((row) => `${row.id}: ${row.nodes.slice(0, 3).map((node) => node.html)}`),
    [], `axe, ${where}`);
}

async function trading(page) {
  await step('an order is placed, and stands in the book and among the open orders', async () => {
    await send(page, 'BUY', { price: '29000', quantity: '0.02' });
    await said(page, 'good', 'accepted');
    await level(page, '29,000.00').waitFor();
    await page.locator('[data-order]', { hasText: '29,000.00' }).waitFor();
    /* Cells of a row stand beside each other, below their heads. */
    for (const row of ['.level.bid', '[data-order]']) {
      const tops = await page.locator(row).first().locator('td')
        .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().top)));
      assert.equal(new Set(tops).size, 1, `${row}: ${tops}`);
    }
  });

  await step('a second client fills a part of it, and then the rest', async () => {
    await venue.place('B', 'SELL', '29000', '0.005');
    await page.locator('[data-order]', { hasText: '0.00500' }).waitFor();
    await page.locator('[data-order]', { hasText: 'partly filled' }).waitFor();
    await venue.place('B', 'SELL', '29000', '0.015');
    await gone(page.locator('[data-order]'));
    await gone(level(page, '29,000.00'));
    await page.locator('.tape tr', { hasText: '0.01500' }).first().waitFor();
    await page.locator('#orders-tab-trades').click();
    await page.locator('.rows tr', { hasText: '0.01500' }).waitFor();
    assert.match(await page.locator('.rows tr', { hasText: '0.01500' }).innerText(), /maker/);
    await page.locator('#orders-tab-open').click();
    await page.waitForFunction(() => document.title.startsWith('29,000.00 BTC/USDT'));
  });

  await step('a click in the book fills the form; cancelled, the order leaves the book', async () => {
    await venue.place('B', 'SELL', '31000', '1');
    await level(page, '31,000.00').locator('button').click();
    assert.equal(await page.locator('[data-field="price"]').inputValue(), '31000.00');
    await send(page, 'SELL', { price: '31500', quantity: '0.5' });
    await level(page, '31,500.00').waitFor();
    await page.locator('[data-order]', { hasText: '31,500.00' }).locator('[data-cancel]').click();
    await said(page, 'good', 'cancelled');
    await gone(level(page, '31,500.00'));
  });

  await step('a market order, a stop, an OCO; all are cancelled at once', async () => {
    await page.locator('[data-kind="MARKET"]').click();
    await send(page, 'BUY', { quantity: '0.1' });
    await said(page, 'good', 'filled');
    await page.locator('[data-kind="STOP"]').click();
    await send(page, 'SELL', { stop: '25000', stopLimit: '24990', quantity: '0.1' });
    await page.locator('[data-order]', { hasText: '25,000.00' }).waitFor();
    await page.locator('[data-kind="OCO"]').click();
    await send(page, 'SELL', { price: '35000', stop: '26000', stopLimit: '25990', quantity: '0.1' });
    await page.locator('[data-order]', { hasText: '35,000.00' }).waitFor();
    assert.equal(await page.locator('[data-order]').count(), 3);
    await page.locator('[data-cancel-all]').click();
    await page.locator('[data-confirm]').click();
    await gone(page.locator('[data-order]'));
    await page.locator('[data-kind="LIMIT"]').click();
  });

  await step('what the filters forbid is said before it is sent', async () => {
    await page.locator('[data-side="BUY"]').click();
    await fill(page, { price: '29000.001', quantity: '0.000011' });
    await page.getByText('Prices go in steps of 0.01.').waitFor();
    await page.getByText('Amounts go in steps of 0.00001.').waitFor();
    await fill(page, { price: '29000', quantity: '0.0001' });
    await page.getByText('An order must be worth at least 5').waitFor();
    await page.locator('[data-send]').click();
    assert.equal(await page.locator('dialog').count(), 0);
  });

  await step('a share of what is there fills in the quantity, and costs are shown', async () => {
    await fill(page, { price: '20000', quantity: '' });
    await page.getByRole('button', { name: '25 % of what is available' }).click();
    const quantity = await page.locator('[data-field="quantity"]').inputValue();
    assert.ok(Number(quantity) > 6_000 && Number(quantity) < 6_300, quantity);
    await fill(page, { price: '29000', quantity: '0.01' });
    const costs = await page.locator('.form [data-costs]').innerText();
    assert.match(costs, /290\.00000000 USDT/);
    assert.match(costs, /0\.00001000 BTC/);
    assert.match(costs, /0\.00999000 BTC/);
  });

  await step('a refusal shows its text and what to do', async () => {
    /* The page would not send it by itself: it knows the balance. */
    await page.route('**/api/v3/order?*', (route) => (route.request().method() === 'POST'
      ? route.fulfill({ status: 400, contentType: 'application/json',
        body: '{"code":-2010,"msg":"Account has insufficient balance for requested action."}' })
      : route.continue()));
    await send(page, 'BUY', { price: '28000', quantity: '0.01' });
    await said(page, 'bad', 'Account has insufficient balance');
    await said(page, 'bad', 'Lower the amount');
    await page.unroute('**/api/v3/order?*');
  });

  await step('a reload finds the order, the form and the account again', async () => {
    await send(page, 'BUY', { price: '27000', quantity: '0.03' });
    await fill(page, { price: '26500', quantity: '0.04' });
    await page.reload();
    await live(page);
    await page.locator('[data-order]', { hasText: '27,000.00' }).waitFor();
    assert.equal(await page.locator('[data-field="price"]').inputValue(), '26500');
    assert.equal(await page.locator('[data-account]').getAttribute('data-account'), 'A');
  });
}

async function lostAnswers(page) {
  await step('an answer that is lost: the order is looked up and found', async () => {
    await page.route('**/api/v3/order?*', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await send(page, 'BUY', { price: '26000', quantity: '0.01' });
    await said(page, 'good', 'The order did arrive. Its state: open.');
    await page.unroute('**/api/v3/order?*');
    await page.locator('[data-order]', { hasText: '26,000.00' }).waitFor();
  });

  await step('a request that is lost: nothing was placed, and that is said, not too early', async () => {
    await page.route('**/api/v3/order?*', (route) => (route.request().method() === 'POST'
      ? route.abort('connectionreset') : route.continue()));
    const begun = performance.now();
    await send(page, 'BUY', { price: '25500', quantity: '0.01' });
    await said(page, 'wait', 'Looking up');
    await said(page, 'bad', 'The order did not arrive');
    assert.ok(performance.now() - begun > 5_000, 'before the request could no longer be accepted');
    await page.unroute('**/api/v3/order?*');
    assert.equal(await page.locator('[data-order]', { hasText: '25,500.00' }).count(), 0);
  });
}

async function killed(page) {
  await step('the venue is killed under an open form, and comes back', async () => {
    await page.locator('[data-side="BUY"]').click();
    await fill(page, { price: '24000', quantity: '0.05' });
    await page.locator('[data-send]').click();
    await page.waitForSelector('[data-confirm]');
    await venue.kill();
    await page.waitForSelector('[data-link="lost"]');
    await page.waitForSelector('[data-banner]');
    assert.equal(await page.locator('[data-confirm]').isDisabled(), true);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-confirm]', { state: 'detached' });
    assert.equal(await page.locator('.level button:not(:disabled)').count(), 0, 'rows are no buttons');
    assert.equal(await page.locator('[data-send]').isDisabled(), true);
    assert.match(await page.title(), /^⚠/);
    await page.keyboard.press('o');
    await venue.start();
    await live(page, 40_000);
    await page.waitForSelector('.level button:focus');
    await page.locator('[data-order]', { hasText: '27,000.00' }).waitFor();
    await level(page, '27,000.00').locator('button:not(:disabled)').waitFor();
    assert.equal(await page.locator('[data-field="price"]').inputValue(), '24000', 'the form is as it was');
    await page.waitForFunction(() => !document.querySelector('[data-send]').disabled);
    await page.locator('[data-send]').click();
    await page.locator('[data-confirm]').click();
    await page.locator('[data-order]', { hasText: '24,000.00' }).waitFor();
  });
}

async function tabs(context, page) {
  await step('two tabs show the same', async () => {
    const other = await open(context, venue);
    await other.evaluate((session) => sessionStorage.setItem('cambist.session', session),
      await page.evaluate(() => sessionStorage.getItem('cambist.session')));
    await other.reload();
    await live(other);
    await other.locator('[data-order]', { hasText: '27,000.00' }).waitFor();
    await send(other, 'BUY', { price: '23000', quantity: '0.01' });
    await page.locator('[data-order]', { hasText: '23,000.00' }).waitFor();
    await page.locator('[data-order]', { hasText: '23,000.00' }).locator('[data-cancel]').click();
    await gone(other.locator('[data-order]', { hasText: '23,000.00' }));
    await other.close();
  });
}

async function wallet(page) {
  await step('an address with its QR code; a withdrawal, and its state', async () => {
    await page.locator('#orders-tab-balances').click();
    await page.locator('[data-deposit="BTC"]').click();
    await page.waitForSelector('.qr');
    assert.match(await page.locator('[data-address]').innerText(), /^demo-BTC-/);
    await axe(page, 'deposit');
    await page.keyboard.press('Escape');
    const { address } = await venue.call('B', 'GET', '/sapi/v1/capital/deposit/address', { coin: 'BTC' });
    await page.locator('[data-withdraw="BTC"]').click();
    await page.locator('#to-address').fill('demo-BTC-x');
    await page.locator('#to-address').fill(address);
    await page.locator('#to-amount').fill('0.0001');
    await page.getByText('At least 0.002 BTC.').waitFor();
    await page.locator('#to-amount').fill('1.5');
    await page.locator('[data-withdraw-send]').click();
    await page.getByText('Check the address.').waitFor();
    await page.locator('[data-withdraw-send]').click();
    await page.locator('.wallet tr', { hasText: '1.499' }).first().waitFor();
    await page.locator('.wallet tr', { hasText: 'processing' }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#orders-tab-open').click();
  });
}

async function keyboard(page) {
  await step('with the keyboard alone: buy, step, review, send, cancel all', async () => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press('?');
    await page.waitForSelector('dialog kbd');
    await axe(page, 'keys');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('b');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-field') === 'price');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('22000');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+ArrowUp');
    assert.equal(await page.locator('[data-field="price"]').inputValue(), '22000.11');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('0.02');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-confirm]:focus');
    await axe(page, 'review');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal(await page.locator('[data-order]', { hasText: '22,000.11' }).count(), 0);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-confirm]:focus');
    await page.keyboard.press('Enter');
    await page.locator('[data-order]', { hasText: '22,000.11' }).waitFor();
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await page.waitForSelector('.level button:focus');
    const first = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await page.evaluate(() => document.activeElement.textContent), first);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('[data-field="price"]').value !== '22000.11');
    await page.keyboard.press('s');
    await page.waitForSelector('[data-side="SELL"][aria-pressed="true"]');
    await page.keyboard.press('Shift+C');
    await page.waitForSelector('[data-confirm]:focus');
    await page.keyboard.press('Enter');
    await gone(page.locator('[data-order]'));
  });
}

async function french(page) {
  await step('French: words, numbers, dates, and the reason of a refusal', async () => {
    await page.locator('[data-settings]').click();
    await page.locator('[data-language="fr"]').click();
    await axe(page, 'settings');
    await page.keyboard.press('Escape');
    assert.equal(await page.getAttribute('html', 'lang'), 'fr');
    await page.locator('[data-side="BUY"]', { hasText: 'Acheter' }).click();
    await fill(page, { price: '21000,5', quantity: '0,01' });
    const costs = (await page.locator('.form [data-costs]').innerText()).replace(/[\u00a0\u202f]/g, ' ');
    assert.match(costs, /210,00500000 USDT/);
    await send(page, 'BUY', { price: '21000,5', quantity: '0,01' });
    const row = page.locator('[data-order]');
    await row.waitFor();
    const text = (await row.innerText()).replace(/[\u00a0\u202f]/g, ' ');
    assert.match(text, /21 000,50/);
    assert.match(text, /\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d/);
    assert.match(text, /Achat/);
    await page.route('**/api/v3/order?*', (route) => (route.request().method() === 'DELETE'
      ? route.fulfill({ status: 400, contentType: 'application/json', body: '{"code":-2011,"msg":"Unknown order sent."}' })
      : route.continue()));
    await row.locator('[data-cancel]').click();
    await said(page, 'bad', 'plus ouvert');
    await page.unroute('**/api/v3/order?*');
    await row.locator('[data-cancel]').click();
    await gone(row);
  });
}

async function narrow(browser) {
  await step('at 360 px: every section is reached, nothing sticks out, an order goes', async () => {
    const context = await newContext(browser, venue, { viewport: { width: 360, height: 740 }, colorScheme: 'light', hasTouch: true });
    const page = await open(context, venue);
    await restore(page);
    for (const view of ['chart', 'book', 'orders', 'trade']) {
      await page.locator(`[data-view-choice="${view}"]`).click();
      await page.waitForSelector(`[data-section="${view}"]:visible`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `${view} is ${wide} wide`);
      await axe(page, `${view} at 360 px, light`);
    }
    await send(page, 'BUY', { price: '20500', quantity: '0.01' });
    await page.locator('[data-view-choice="orders"]').click();
    await page.locator('[data-order]', { hasText: '20,500.00' }).waitFor();
    await page.locator('[data-order] [data-cancel]').click();
    await gone(page.locator('[data-order]'));
    await page.locator('[data-settings]').click();
    await page.locator('[data-sign-out]').click();
    await page.waitForSelector('[data-sign-in]');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('cambist.session')), null);
    assert.deepEqual(context.faults, []);
    await context.close();
  });
}

/* The venue goes on without the test profile, so nobody can sign in anew: the key is put in. */
async function restore(page) {
  const { apiKey, secret } = venue.keys.accounts.A;
  await page.evaluate((session) => sessionStorage.setItem('cambist.session', session),
    JSON.stringify({ account: 'A', name: 'A', apiKey, secret }));
  await page.reload();
  await live(page);
  await page.waitForFunction(() => document.querySelector('[data-send]')?.disabled === false);
}

async function oddities(browser) {
  await step('a clock that is wrong by an hour, and a slow network', async () => {
    const context = await newContext(browser, venue);
    await context.addInitScript(() => {
      const real = Date.now;
      Date.now = () => real() + 3_600_000;
    });
    const page = await context.newPage();
    const wire = await context.newCDPSession(page);
    await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 250,
      downloadThroughput: 250_000, uploadThroughput: 50_000 });
    await page.goto(venue.url);
    await live(page);
    await restore(page);
    await send(page, 'BUY', { price: '20100', quantity: '0.01' });
    await page.locator('[data-order]', { hasText: '20,100.00' }).waitFor();
    await page.locator('[data-order] [data-cancel]').click();
    await gone(page.locator('[data-order]'));
    assert.deepEqual(context.faults, []);
    await context.close();
  });

  await step('what the page let through, the venue refuses: filter and advice', async () => {
    const context = await newContext(browser, venue);
    await context.route('**/api/v3/exchangeInfo*', async (route) => {
      const answer = await (await route.fetch()).json();
      for (const row of answer.symbols) {
        row.filters = row.filters.filter((filter) => !filter.filterType.startsWith('PERCENT_PRICE'));
      }
      await route.fulfill({ json: answer });
    });
    const page = await open(context, venue);
    await restore(page);
    await send(page, 'SELL', { price: '900000', quantity: '0.01' });
    await said(page, 'bad', 'Filter failure: PERCENT_PRICE_BY_SIDE');
    await said(page, 'bad', 'too far from the average');
    await said(page, 'bad', 'Code -1013');
    assert.deepEqual(context.faults, []);
    await context.close();
  });

  await step('10,000 levels, and an asset without decimals', async () => {
    const context = await newContext(browser, venue);
    await context.route('**/api/v3/depth*', async (route) => {
      const answer = await (await route.fetch()).json();
      const side = (from, by) => Array.from({ length: 5_000 },
        (_, i) => [(from + by * i).toFixed(8), '3.00000000']);
      await route.fulfill({ json: { ...answer, bids: side(20_000, -1), asks: side(20_001, 1) } });
    });
    await context.route('**/api/v3/exchangeInfo*', async (route) => {
      const answer = await (await route.fetch()).json();
      for (const row of answer.symbols) {
        if (row.symbol !== 'BTCUSDT') continue;
        row.baseAssetPrecision = 0;
        const lot = row.filters.find((filter) => filter.filterType === 'LOT_SIZE');
        Object.assign(lot, { minQty: '1.00000000', stepSize: '1.00000000' });
      }
      await route.fulfill({ json: answer });
    });
    const page = await open(context, venue);
    await page.locator('.level.bid', { hasText: '20,000.00' }).waitFor();
    const cells = await page.locator('.level.bid').nth(1).locator('td').allInnerTexts();
    assert.deepEqual(cells.slice(1), ['3', '6']);
    assert.ok(await page.locator('.level').count() < 80, 'only what is seen is drawn');
    await page.locator('#chart-tab-depth').click();
    await page.waitForSelector('canvas[aria-label*="bid"]');
    const select = page.locator('.book select');
    const begun = performance.now();
    await select.selectOption({ index: (await select.locator('option').count()) - 1 });
    await page.locator('.level.bid').first().waitFor();
    assert.ok(performance.now() - begun < 2_000);
    await axe(page, 'depth');
    assert.deepEqual(context.faults, []);
    await context.close();
  });
}

const begun = performance.now();
await venue.start();
const browser = await launch();
try {
  const context = await newContext(browser, venue);
  const page = await open(context, venue);
  tidy = async () => {
    if (page.isClosed()) return;
    await page.unrouteAll();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Escape');
    await page.locator('#orders-tab-open').click();
  };
  await step('the page without an account: axe, light and dark', async () => {
    await axe(page, 'signed out, dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
    await axe(page, 'signed out, light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('[data-sign-in]').click();
    await page.waitForSelector('[data-account-choice]');
    await axe(page, 'sign-in');
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    await page.waitForSelector('[data-choose]');
    await axe(page, 'markets');
    await page.keyboard.press('Escape');
  });
  await step('signing in on the test venue', () => signIn(page, 'A'));
  await trading(page);
  await lostAnswers(page);
  await step('axe with orders', () => axe(page, 'signed in'));
  await tabs(context, page);
  await wallet(page);
  await killed(page);
  await keyboard(page);
  await french(page);
  await step('no outside request, no error, no broken policy', () => assert.deepEqual(context.faults, []));
  tidy = async () => undefined;
  await context.close();
  await narrow(browser);
  await oddities(browser);
} finally {
  await browser.close();
  await venue.close();
}
console.log(`${failed} failed, ${Math.round((performance.now() - begun) / 1_000)} s`);
process.exit(failed ? 1 : 0);
