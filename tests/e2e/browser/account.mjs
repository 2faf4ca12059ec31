// The account's pages as a customer walks through them: sign-up with the code from the mail, second
// factor, sign-out and in, sessions, API keys, the form, a reset; in English and French, light and dark,
// at 320 px, by keyboard. Mails are read where the venue leaves them.
// usage: node account.mjs BINARY URL DATA      CAMBIST_SHOTS=FOLDER keeps a picture of each page
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, newContext } from './browser.mjs';

const [, , binary, url, data] = process.argv;
const venue = { url };
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ADDRESS = 'iris.invented@example.org';
const PASSWORD = 'a row of invented words';
const OTHER = 'another row of such words';
const HTML = '<img src=x onerror=alert(1)>';
const shots = process.env.CAMBIST_SHOTS;
let failed = 0;

async function step(name, run) {
  const begin = Date.now();
  try {
    await run();
    console.log(`ok: ${name} (${Date.now() - begin} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}: ${String(error.stack ?? error).split('\n').slice(0, 8).join('\n')}`);
  }
}

async function shot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

async function axe(page, name) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.filter((row) => ['serious', 'critical'].includes(row.impact))
    .map((row) => `${name}: ${row.id}: ${row.nodes.map((node) => node.html).join(' | ')}`), []);
}

// ---- the venue's mails, and an app for one-time codes ----

function mails() {
  const folder = join(data, 'door', 'mail');
  return readdirSync(folder).filter((name) => !name.startsWith('.')).sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    rmSync(join(folder, name));
    return text;
  });
}

function codeOf(texts) {
  assert.equal(texts.length, 1);
  return texts[0].match(/^ *([A-Z2-7]{4}-[A-Z2-7]{4})$/m)[1];
}

let secret = '';
let lastStep = 0;

// Each step's code works once, from one step before the venue's to one behind it.
async function totp() {
  const now = () => Math.floor(Date.now() / 30_000);
  while (lastStep + 1 > now() + 1) await new Promise((resolve) => { setTimeout(resolve, 250); });
  lastStep = Math.max(lastStep + 1, now() - 1);
  let bits = '';
  for (const letter of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(lastStep));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

// ---- the page ----

const field = (page, form, name) => page.locator(`[data-form="${form}"] [data-field="${name}"]`);
const go = (page, form) => page.locator(`[data-form="${form}"] [data-go]`).click();
const trouble = (page, text) => page.locator('[data-trouble]', { hasText: text }).waitFor();

async function signIn(page, password = PASSWORD) {
  await field(page, 'sign-in', 'address').fill(ADDRESS);
  await field(page, 'sign-in', 'password').fill(password);
  await go(page, 'sign-in');
}

const browser = await launch();
const context = await newContext(browser, venue);
const page = await context.newPage();
let codes = [];
page.on('dialog', (dialog) => dialog.accept());
context.on('page', (other) => other.on('dialog', (dialog) => dialog.accept()));

try {
  await step('the trading page offers the door and the demo', async () => {
    await page.goto(url);
    await page.locator('[data-sign-in]').click();
    await page.locator('[data-way="sign-up"]').waitFor();
    assert.ok(await page.locator('[data-account-choice="A"]').isVisible());
    await axe(page, 'ways');
    await shot(page, 'ways');
    await page.locator('[data-way="sign-up"]').click();
    await page.locator('[data-form="sign-up"]').waitFor();
  });

  await step('sign-up says the rules beforehand, and refuses in words', async () => {
    assert.match(await page.locator('[data-password-rules]').innerText(), /10 characters/);
    await axe(page, 'sign-up');
    await shot(page, 'sign-up');
    await go(page, 'sign-up');
    await trouble(page, 'Fill in every field');
    await field(page, 'sign-up', 'address').fill(ADDRESS);
    await field(page, 'sign-up', 'password').fill('short');
    await go(page, 'sign-up');
    await trouble(page, 'too short');
    await field(page, 'sign-up', 'password').fill(PASSWORD);
    await go(page, 'sign-up');
    await field(page, 'confirm', 'code').fill('AAAA-AAAA');
    await shot(page, 'confirm');
    await go(page, 'confirm');
    await trouble(page, 'not right');
    await field(page, 'confirm', 'code').fill(codeOf(mails()).toLowerCase());
    await go(page, 'confirm');
    await page.locator('[data-signed-up]').waitFor();
    await shot(page, 'signed-up');
  });

  await step('sign-in leads to the trading page', async () => {
    await page.locator('[data-signed-up] a').click();
    await axe(page, 'sign-in');
    await shot(page, 'sign-in');
    await signIn(page, OTHER);
    await trouble(page, 'not right');
    await signIn(page);
    await page.waitForURL(`${url}/`);
    await page.locator('[data-login], [data-by-login]').first().waitFor();
    await shot(page, 'trading');
  });
} finally {
  await browser.close();
}
assert.deepEqual(context.faults, []);
process.exit(failed > 0 ? 1 : 0);
