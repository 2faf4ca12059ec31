// What customers and the public see of the rules, in Chromium against a venue of its own: the banner
// and the inbox of an account that is held, of one that a rule restricts, both languages, and the
// public page of rules with the difference between two versions, the public reports, and an appeal
// with evidence. With a third argument pictures are left in that folder. usage: node rules.mjs BINARY RULES [PICTURES]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { appeals, officersKey } from './appeals.mjs';
import { launch, newContext, open, signIn } from './browser.mjs';
import { reportPage } from './reports.mjs';
import { Venue } from './venue.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [, , binary, rules, pictures] = process.argv;
const venue = new Venue(binary);
let failed = 0;
let tidy = async () => undefined;

async function step(name, run) {
  try {
    await run();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    await tidy();
    console.log(`FAILED: ${name}: ${String(error.stack ?? error).split('\n').slice(0, 6).join('\n')}`);
  }
}

async function axe(page, where) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = found.violations.filter((row) => ['serious', 'critical'].includes(row.impact));
  assert.deepEqual(serious.map((row) => `${row.id}: ${row.nodes.slice(0, 3).map((node) => node.html)}`), [],
    `axe, ${where}`);
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function cambist(...words) {
  return execFileSync(binary, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function admin(...words) {
  cambist('admin', '--data', join(venue.folder, 'data'), '--actor', '1', ...words);
}

// Signed by both officers; the files.
function signed(text) {
  const order = join(venue.folder, 'order');
  writeFileSync(order, text);
  return venue.keys.officers.map(({ code, key }) => {
    const path = `${order}.${code}`;
    writeFileSync(path, cambist('approve', 'sign', order, '--officer', code, '--key', key));
    return path;
  });
}

// What loosens wants two officers: proposed, signed by both, submitted.
function loosen(...words) {
  const data = join(venue.folder, 'data');
  const files = signed(cambist('admin', '--data', data, '--propose', ...words));
  cambist('admin', '--data', data, 'order', 'submit', ...files);
}

// Signs the pack, which rests on uncertain dates, and brings it into force.
function activate(name) {
  const data = ['--data', join(venue.folder, 'data')];
  const pack = join(venue.folder, name);
  writeFileSync(pack, readFileSync(join(rules, name)));
  const groups = { anna: 'compliance', bela: 'law' };
  for (const { code, key } of venue.keys.officers) {
    cambist('rules', 'sign', pack, '--key', key, '--officer', code, '--group', groups[code]);
  }
  const files = signed(cambist('rules', 'activate', pack, ...data, '--confirm-uncertain', '--propose'));
  cambist('rules', 'activate', pack, ...data, '--confirm-uncertain', ...files);
}

// Canonical forms into the venue's folder, as an activation leaves them.
function putPacks(data) {
  const folder = join(data, 'packs');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(rules).filter((one) => /\.v\d+\.yaml$/.test(one))) {
    const text = execFileSync(binary, ['rules', 'canonical', join(rules, name)]);
    const hash = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(folder, `${hash}.json`), text);
    writeFileSync(join(folder, `${hash}.groups.json`), '{"groups":["legal","compliance"]}');
  }
}

const APPEAL = 'You may appeal within 30 days.';
// As the venue tells it; the words are tested where they are made.
const restricted = {
  kind: 'restricted', time: 1650499200000,
  rule: { pack: 'eu-833-5b2', version: 1, id: 'eu5.crypto-10k', hash: 'ab'.repeat(32) },
  en: [['title', 'Your account is restricted'], ['act', 'EU: crypto-assets above EUR 10,000'],
    ['article', 'Council Regulation (EU) 833/2014, article 5b, paragraph 2'], ['text', 'Plain words of the rule.'],
    ['leave', 'You may withdraw everything you have.'], ['appeal', APPEAL]],
  fr: [['title', 'Votre compte est restreint'], ['act', 'UE : crypto-actifs au-delà de 10 000 EUR'],
    ['text', 'La règle en clair.'], ['leave', 'Vous pouvez retirer tous vos avoirs.']],
};

async function held(page) {
  await step('nothing is said while nothing is restricted', async () => {
    assert.equal(await page.locator('[data-standing]').count(), 0);
    await page.locator('[data-inbox]').click();
    await page.locator('dialog', { hasText: 'Nothing restricts your account.' }).waitFor();
    await page.keyboard.press('Escape');
  });
  await step('a held account reads that it is checked, and by when', async () => {
    const { uid } = await venue.call('A', 'GET', '/api/v3/account');
    admin('account', 'restrict', String(uid), 'review');
    const banner = page.locator('[data-standing="checking"]');
    await banner.waitFor();
    const text = await banner.innerText();
    assert.match(text, /We are checking your account/);
    assert.match(text, /You have our answer by \d{4}-\d\d-\d\d/);
    assert.doesNotMatch(text, /list|sanction|review|officer/i);
    await page.waitForSelector('[data-inbox] .count');
    await picture(page, 'held');
    await page.locator('[data-standing-more]').click();
    await page.locator('dialog [data-notice="checking"]').first().waitFor();
    await axe(page, 'inbox');
    await picture(page, 'held-inbox');
    await page.keyboard.press('Escape');
    await page.locator('[data-inbox] .count').waitFor({ state: 'detached' });
  });
  await step('the check ends, and the inbox keeps both notices', async () => {
    const { uid } = await venue.call('A', 'GET', '/api/v3/account');
    loosen('account', 'restrict', String(uid), 'none');
    await page.locator('[data-standing]').waitFor({ state: 'detached' });
    await page.locator('[data-inbox]').click();
    await page.locator('dialog [data-notice="checked"]').waitFor();
    await page.locator('dialog [data-notice="checking"]').waitFor();
    await page.keyboard.press('Escape');
  });
}

async function decided(page) {
  await step('a rule that comes into force expires the order, and its words are on the page', async () => {
    const { uid } = await venue.call('A', 'GET', '/api/v3/account');
    await venue.place('A', 'BUY', '20000', '0.01');
    await page.locator('[data-order]', { hasText: '20,000.00' }).waitFor();
    loosen('person', 'add', '1');
    loosen('person', 'link', '1', String(uid));
    for (const [kind, value] of [['kind', 'natural'], ['nationality', 'RU'], ['residence', 'RU'], ['residence_permit', 'none']]) {
      loosen('fact', 'set', '1', kind, value);
    }
    activate('eu-833-5b2.v3.yaml');
    await page.locator('[data-order]', { hasText: '20,000.00' }).waitFor({ state: 'detached' });
    const banner = page.locator('[data-standing="restricted"]');
    await banner.waitFor();
    assert.match(await banner.innerText(), /no crypto-asset service of any kind to Russian persons/);
    await page.locator('[data-standing-more]').click();
    const box = page.locator('dialog');
    await box.locator('[data-part="article"]', { hasText: 'Council Regulation (EU) No 833/2014, article 5b' }).first().waitFor();
    await box.locator('[data-part="leave"]', { hasText: 'You may withdraw everything' }).first().waitFor();
    await picture(page, 'decided-inbox');
    await page.keyboard.press('Escape');
    await page.locator('[data-send]:disabled').waitFor();
    await page.locator('.chip', { hasText: 'Withdraw only' }).waitFor();
    await assert.rejects(venue.place('A', 'BUY', '20000', '0.01'), /-2010/);
  });
}

async function told(page) {
  await step('a restricted customer reads act, words, what works, holdings and appeal', async () => {
    await page.route('**/page/v1/standing*', (route) => route.fulfill({ json: {
      allowed: { trade: false, place: false, cancel: true, deposit: false, withdraw: true, transferOut: false, transferIn: false },
      reasons: [restricted], holdings: { eur: '12000.50000000', amount: '10000.00' }, inbox: [restricted] } }));
    await page.waitForSelector('[data-standing="restricted"]');
    await picture(page, 'restricted');
    await page.locator('[data-standing-more]').click();
    const box = page.locator('dialog');
    await box.locator('[data-part="article"]', { hasText: 'article 5b' }).first().waitFor();
    await box.locator('[data-part="appeal"]', { hasText: APPEAL }).first().waitFor();
    assert.match(await box.locator('[data-holdings]').innerText(), /EUR 12,000\.50 of EUR 10,000\.00: 120 %/);
    assert.equal(await box.locator('meter').getAttribute('value'), '100');
    await axe(page, 'inbox of a restricted customer');
    await picture(page, 'restricted-inbox');
    await page.keyboard.press('Escape');
  });
  await step('the same in French, and on a narrow screen', async () => {
    await page.locator('[data-settings]').click();
    await page.locator('[data-language="fr"]').click();
    await page.keyboard.press('Escape');
    await page.locator('[data-standing]', { hasText: 'Votre compte est restreint' }).waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${wide} pixels wide`);
    await picture(page, 'restricted-narrow-fr');
    await page.setViewportSize({ width: 1440, height: 900 });
  });
}

async function publicPage(context) {
  const page = await context.newPage();
  await step('everybody reads the rules: acts, articles, words, hash, groups', async () => {
    await page.goto(`${venue.url}/rules`);
    const pack = page.locator('[data-rules="ended"] [data-pack="eu-833-5b2 1"]');
    await pack.waitFor();
    await page.locator('[data-rules="in_force"] [data-pack="eu-833-5b2 3"]').waitFor();
    await page.locator('[data-language="en"]').click();
    const text = await pack.innerText();
    for (const piece of [/833\/2014/, /article 5b/, /EUR 10000\.00/, /legal, compliance/, /2022-10-07/]) assert.match(text, piece);
    const hash = await pack.locator('.hash code').innerText();
    const answer = await fetch(`${venue.url}/rules/${hash}.json`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(createHash('sha256').update(bytes).digest('hex'), hash);
    await axe(page, 'rules');
    await picture(page, 'rules');
  });
  await step('two versions are compared field by field', async () => {
    const pack = page.locator('[data-pack="eu-833-5b2 2"]');
    await pack.locator('select').selectOption({ index: 1 });
    const changes = pack.locator('[data-changes] tbody tr');
    await changes.first().waitFor();
    await pack.locator('tr', { hasText: 'pack.effective_from' }).filter({ hasText: '2022-04-09' }).waitFor();
    await pack.scrollIntoViewIfNeeded();
    await picture(page, 'rules-diff');
    await axe(page, 'rules, compared');
  });
  await step('the rules in French and on a narrow screen', async () => {
    await page.locator('[data-language="fr"]').click();
    await page.locator('h1', { hasText: 'Les règles' }).waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${wide} pixels wide`);
    await picture(page, 'rules-narrow-fr');
  });
  await step('without JavaScript there is plain text', async () => {
    const text = await (await fetch(`${venue.url}/rules.txt`)).text();
    assert.match(text, /eu-833-5b2, version 1: not in force/);
    assert.match(text, /FR: Un ressortissant russe/);
    const raw = await (await fetch(`${venue.url}/rules`)).text();
    assert.match(raw, /<noscript>.*\/rules\.txt/);
  });
  await page.close();
}

putPacks(join(venue.folder, 'data'));
const key = officersKey(venue.folder);
if (key) {
  writeFileSync(join(venue.folder, 'cambist.yaml'), `cases:\n  recipient: ${key.recipient}\n`);
  venue.words = ['--config', join(venue.folder, 'cambist.yaml')];
}
if (pictures) mkdirSync(pictures, { recursive: true });
await venue.start();
const browser = await launch();
try {
  const context = await newContext(browser, venue);
  const page = await open(context, venue);
  tidy = async () => { if (!page.isClosed()) await page.keyboard.press('Escape'); };
  await step('signing in', () => signIn(page, 'A'));
  await held(page);
  await decided(page);
  await appeals({ page, venue, binary, step, axe, picture, loosen, key });
  await told(page);
  await publicPage(context);
  await reportPage({ context, venue, step, axe, picture });
  await step('no outside request, no error, no broken policy', () => assert.deepEqual(context.faults, []));
  await context.close();
} finally {
  await browser.close();
  await venue.close();
}
console.log(`${failed} failed`);
process.exit(failed ? 1 : 0);
