// What a customer reads of their records and of who opened them, in Chromium at a venue that runs: the
// groups that are held, who can open them, the opening they were told of with its letter; a receipt is
// checked with recorded ones of another venue, and with one that was changed; in English and French.
// usage: node records.mjs URL CASE GOLDEN      CAMBIST_SHOTS=FOLDER keeps a picture of each page
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { launch, newContext, open, signIn } from './browser.mjs';

const [, , url, name, golden] = process.argv;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const vectors = JSON.parse(readFileSync(golden, 'utf8'));
const venue = { url };
const shots = process.env.CAMBIST_SHOTS;
let failed = 0;

async function step(title, run) {
  try {
    await run();
    console.log(`ok: ${title}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${title}: ${String(error.stack ?? error).split('\n').slice(0, 6).join('\n')}`);
  }
}

async function looked(page, picture) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.filter((row) => ['serious', 'critical'].includes(row.impact))
    .map((row) => `${row.id}: ${row.nodes.slice(0, 3).map((node) => node.html)}`), [], `axe, ${picture}`);
  if (shots) await page.screenshot({ path: join(shots, `${picture}.png`), fullPage: true });
}

const browser = await launch();
const context = await newContext(browser, venue);
const page = await open(context, venue);

await step('nobody is told anything before the sign-in', async () => {
  const other = await context.newPage();
  await other.goto(`${url}/records`);
  await other.locator('[data-signed-out]').waitFor();
  await looked(other, 'records-out');
  await other.close();
});
await step('what is held, until when, and who can open it', async () => {
  await signIn(page, 'A');
  await page.goto(`${url}/records`);
  await page.locator('[data-language="en"]').click();
  await page.locator('[data-held] [data-group="identity"]').waitFor();
  assert.deepEqual(await page.locator('[data-held] tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.group)), ['identity', 'address']);
  assert.match(await page.locator('[data-group="identity"]').innerText(), /Identity[^]*not noted[^]*5 years after you leave/);
  assert.match(await page.locator('[data-who-opens]').innerText(), /Two groups of officers together[^]*A log cannot prove that nothing happened outside of it\./);
  assert.match(await page.locator('[data-also]').innerText(), /Orders, trades, deposits and withdrawals[^]*not sealed/);
  assert.match(await page.locator('[data-erased]').innerText(), /Bank accounts, version 1/);
});
await step('an opening with its letter, and that there may be more', async () => {
  const card = page.locator(`[data-opening="${name}"]`);
  await card.waitFor();
  assert.match(await card.innerText(), /A court or authority asked[^]*Records were opened: Bank accounts\./);
  await card.locator('summary').click();
  assert.match(await card.locator('.letter-text').innerText(), /[A-Za-z]{3}/);
  assert.match(await page.locator('[data-incomplete]').innerText(), /may be incomplete/);
  await looked(page, 'records');
});
await step('the receipt check for elsewhere is there, and is one file', async () => {
  const address = await page.locator('[data-verifier]').getAttribute('href');
  const answer = await page.request.get(`${url}${address}`);
  assert.equal(answer.status(), 200);
  assert.match(await answer.text(), /usage: node verifier\.js/);
  await page.locator('[data-policy] summary').click();
  assert.match(await page.locator('[data-policy] pre').innerText(), /^log demo\.invalid/);
});
await step('a receipt of a venue with witnesses is checked, and a changed one is not believed', async () => {
  const { shown, case: other } = vectors.receipts[0];
  const row = { noticed: 1795428000000, kind: 'authority', opened: true, withheld: true, groups: ['identity'], from: 1767225600000, until: 1769904000000, letter: null, event: '00' };
  const changed = shown.replace(/^place \d+$/m, (line) => (line === 'place 7' ? 'place 8' : 'place 7'));
  await page.route('**/log/policy.txt', (route) => route.fulfill({ contentType: 'text/plain', body: vectors.policy }));
  await page.route('**/page/v1/openings?*', (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({
    complete: false, all: 3, openings: [{ ...row, case: other, receipt: shown }, { ...row, case: `${other.slice(0, -1)}x`, receipt: changed }] }) }));
  await page.reload();
  const cards = page.locator('[data-opening]');
  await cards.first().locator('[data-receipt-check]').click();
  await cards.first().locator('[data-receipt="good"]').waitFor();
  assert.match(await cards.first().innerText(), /The receipt holds\.[^]*“opening”[^]*witnesses have cosigned/);
  await cards.last().locator('[data-receipt-check]').click();
  await cards.last().locator('[data-receipt="bad"]').waitFor();
  assert.match(await page.locator('[data-openings]').innerText(), /Older ones that are not shown here: 1\./);
  await looked(page, 'records-receipt');
});
await step('the same in French, on a narrow page', async () => {
  await page.setViewportSize({ width: 320, height: 700 });
  await page.locator('[data-language="fr"]').click();
  await page.locator('h1', { hasText: 'Ce que nous détenons sur vous' }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing stands out of the page');
  await looked(page, 'records-narrow');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator('[data-language="en"]').click();
});
await step('the inbox tells of the request, once', async () => {
  await page.unroute('**/page/v1/openings?*');
  await page.goto(url);
  await page.locator('[data-inbox] .count').waitFor();
  await page.locator('[data-inbox]').click();
  await page.locator('[data-told="1"]', { hasText: 'you were told that records of you were opened' }).waitFor();
  assert.equal(await page.locator('[data-told] a').getAttribute('href'), '/records');
  if (shots) await page.screenshot({ path: join(shots, 'records-inbox.png') });
  await page.keyboard.press('Escape');
  await Promise.all([page.waitForResponse((answer) => answer.url().includes('/page/v1/openings')), page.reload()]);
  await page.locator('[data-inbox]').waitFor();
  await page.locator('[data-inbox] .count').waitFor({ state: 'detached' });
});
await step('a withdrawal says until when it stays linked', async () => {
  await page.goto(url);
  await page.locator('#orders-tab-balances').click();
  await page.locator('[data-withdraw="BTC"]').click();
  await page.locator('[data-linked]').waitFor();
  assert.match(await page.locator('[data-linked]').innerText(), new RegExp(`stays linked to your account until .*${new Date().getUTCFullYear() + 5}`));
  if (shots) await page.screenshot({ path: join(shots, 'records-withdraw.png') });
});
await step('the page asked nobody else, and broke no rule of its own', async () => {
  assert.deepEqual(context.faults, []);
});
await browser.close();
process.exit(failed > 0 ? 1 : 0);
