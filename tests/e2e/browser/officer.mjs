// Two officers and their own pages in Chromium: a grant is read, held against the paper, approved and
// refused, and a share released, while two more do the same from the command line; then what must not
// work from another site, under another name, or with HTML in a file. With a third argument pictures
// are left in that folder. usage: node officer.mjs BINARY OPEN_MAKE [PICTURES]
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { launch, newContext } from './browser.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [, , binary, maker, pictures] = process.argv;
const SECRET = 'words of theirs'; // of every key file that open_make writes
const WAIT_MS = 60_000;
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

async function axe(page, where) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = found.violations.filter((row) => ['serious', 'critical'].includes(row.impact));
  assert.deepEqual(serious.map((row) => `${row.id}: ${row.nodes.slice(0, 3).map((node) => node.html)}`), [], `axe, ${where}`);
}

async function picture(page, name, fullPage = true) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}

const folder = mkdtempSync(join(tmpdir(), 'cambist-officer-'));
const at = (...names) => join(folder, ...names);
const said = []; // all that any of our programs printed

// ---- officers, records, a grant and a log ----

const world = spawn(maker, [folder], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: world.stdout })[Symbol.asyncIterator]();
async function tell(line) {
  if (line) world.stdin.write(`${line}\n`);
  const { value } = await answers.next();
  assert.equal(value, line ? 'done' : 'ready');
}

const pins = () => ['--circle', at('circle'), '--policy', at('policy.txt'), '--group-a', at('a.chain'), '--group-b', at('b.chain')];

function cambist(...words) {
  const text = execFileSync(binary, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  said.push(text);
  return text;
}

// An officer's client with its page; --require-sandbox where the build has one.
class Client {
  constructor(name) {
    this.name = name;
    this.work = at(`${name}.work`);
    this.book = at(`${name}.book`);
    mkdirSync(this.work);
    mkdirSync(this.book);
  }

  async start() {
    const words = ['officer', 'page', this.work, ...pins(), '--name', this.name, '--sign-key', at(`${this.name}.pem`), '--key', at(`${this.name}.key`), '--book', this.book];
    this.process = spawn(binary, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => { this.process.once('exit', (code, signal) => resolve(code ?? signal)); });
    this.process.stderr.on('data', (bytes) => said.push(String(bytes)));
    this.url = await new Promise((resolve, reject) => {
      this.process.stdout.once('data', (bytes) => resolve(String(bytes).trim()));
      this.process.once('exit', (code) => reject(new Error(`${this.name} ended: ${code}: ${said.join('')}`)));
    });
    assert.match(this.url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{64}\/$/);
    [, , , this.token] = this.url.split('/');
    this.origin = new URL(this.url).origin;
    return this;
  }

  async open(browser, options = {}) {
    this.context = await newContext(browser, this, options);
    this.page = await this.context.newPage();
    await this.page.goto(this.url);
    return this.page;
  }

  file(ending) {
    const name = readdirSync(this.work).find((one) => one.endsWith(ending));
    return name && join(this.work, name);
  }

  async stop() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      await this.ended;
    }
  }
}

// ---- the walk ----

const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

async function reads(client) {
  const { page } = client;
  await step(`${client.name} reads the grant, all of it`, async () => {
    await page.locator('[data-state="approve"]').waitFor();
    await page.locator(`[data-grant="${hashOf(at('grant.text'))}"]`).click();
    await page.locator('[data-detail-state="approve"]').waitFor();
    assert.equal(await page.locator('[data-hash]').innerText(), hashOf(at('grant.text')));
    const lines = await page.locator('[data-text] tbody td:first-child').allTextContents();
    assert.equal(`${lines.join('\n')}\n`, readFileSync(at('grant.text'), 'utf8'), 'the exact text');
    for (const means of await page.locator('[data-text] tbody td:last-child').allTextContents()) {
      assert.ok(means.length > 3 && !means.includes('line.') && !means.includes('{'), means);
    }
    const asked = await page.locator('[data-panel="asked"]').innerText();
    for (const piece of [/Person 7/, /Person 8/, /document number/, /bank/, /identity/, /2026-01-01 to 2026-06-30/]) assert.match(asked, piece);
    await page.locator('[data-panel="goes"]', { hasText: 'the one that your circle has for fr-police' }).waitFor();
    assert.match(await page.locator('[data-recused]').innerText(), /a0-3/);
    await axe(page, 'a grant');
    await picture(page, 'grant');
  });
  await step(`${client.name} holds it against the paper`, async () => {
    await page.locator('#paper').fill('7 document XY-000100\n8 document xy 000102\nnothing');
    await page.locator('[data-paper]').click();
    await page.locator('[data-line="1"]', { hasText: '✓' }).waitFor();
    await page.locator('[data-line="2"]', { hasText: 'does not have this document number of person 8' }).waitFor();
    await page.locator('[data-line="3"]', { hasText: 'not “PERSON FIELD VALUE”' }).waitFor();
    await page.locator('[data-paper-found]', { hasText: '1 of 2 identifiers' }).waitFor();
    await picture(page, 'paper');
    await page.locator('#paper').fill('7 document XY-000100\n8 document xy 000101');
    await page.locator('[data-paper]').click();
    await page.locator('[data-paper-found]', { hasText: 'All 2 identifiers' }).waitFor();
    const paper = at('paper.txt');
    writeFileSync(paper, 'another paper');
    await page.locator('#paper-file').setInputFiles(paper);
    await page.locator('[data-file-found]', { hasText: hashOf(paper) }).waitFor();
  });
}

async function approves(client) {
  const { page } = client;
  await step(`${client.name} approves, and only with the case confirmed`, async () => {
    await page.locator('#confirm').fill('0000');
    await page.locator('[data-approve]').click();
    await page.locator('[data-no]', { hasText: 'not the last 4 characters' }).waitFor();
    assert.equal(client.file(`.${client.name}.grant`), undefined, 'nothing is signed');
    await page.locator('#confirm').fill('3c3c');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('[data-approve]').click().then(() => page.locator('[data-panel="approve"] [data-download]').click()),
    ]);
    const made = client.file(`.${client.name}.grant`);
    assert.equal(readFileSync(await download.path(), 'utf8'), readFileSync(made, 'utf8'));
    assert.match(cambist('officer', 'show', made), new RegExp(`signed +by ${client.name}`));
    await page.locator(`[data-approval="${client.name}"]`, { hasText: 'counts' }).waitFor();
    await page.locator('[data-detail-state="approved"]').waitFor();
    await picture(page, 'approved');
  });
}

async function refuses(client) {
  const { page } = client;
  await step(`${client.name} refuses with a reason, and may still approve`, async () => {
    await page.locator('#reason').fill('The order names an account of somebody else: <b>n° 7</b>.');
    await page.locator('[data-refuse]').click();
    await page.locator('[data-detail-state="refused"]').waitFor();
    const note = readFileSync(client.file('.refusal'), 'utf8');
    assert.match(note, /^cambist refusal v1\nvenue: demo\.invalid\ngrant: [0-9a-f]{64}\ncase: (3c){16}\nofficer: b0-1\nat: .*Z\nreason: The order names .*<b>n° 7<\/b>\.\nsignature: .{86}==\n$/);
    assert.ok(note.includes(hashOf(at('grant.text'))));
    assert.equal(await page.locator('[data-panel="refuse"] b').count(), 0);
    await picture(page, 'refused');
    await axe(page, 'a refusal');
  });
}

// The others approve at their command line; the approved grant in its folder, logged.
async function approvedByAll(clients) {
  const parts = clients.map((client) => client.file(`.${client.name}.grant`));
  for (const name of ['a0-2', 'b0-2']) {
    const path = at(`grant.${name}`);
    writeFileSync(path, cambist('officer', 'approve', at('grant.text'), '--circle', at('circle'), '--name', name, '--sign-key', at(`${name}.pem`)));
    parts.push(path);
  }
  const source = at('case-1');
  mkdirSync(source);
  writeFileSync(join(source, 'grant'), cambist('officer', 'join', ...parts));
  return source;
}

// As whoever carries the folder to the officers and back would copy it: whole files.
function carry(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (statSync(join(from, name)).isFile() && !name.endsWith('.new')) copyFileSync(join(from, name), join(to, name));
  }
}

async function opens(clients, source) {
  const [first] = clients;
  const everywhere = () => clients.forEach((client) => carry(source, join(client.work, 'case-1')));
  let opener;
  let over;
  await step('the log shows the grant, and the page says so', async () => {
    everywhere();
    await first.page.locator('[data-step="waits"]').waitFor();
    await tell(`grant ${source}`);
    cambist('open', 'collect', source, ...[1, 2, 3, 4].map((number) => at(`record.${number}`)));
    everywhere();
    await first.page.locator('[data-step="logged"]').waitFor();
    await first.page.locator('[data-opening="case-1"]', { hasText: 'In the public log as entry' }).waitFor();
  });
  await step('an opening waits for the share', async () => {
    opener = spawn(binary, ['open', 'run', source, ...pins()], { stdio: ['ignore', 'pipe', 'pipe'] });
    over = new Promise((resolve) => { opener.once('exit', resolve); });
    opener.stderr.on('data', (bytes) => said.push(String(bytes)));
    const until = Date.now() + WAIT_MS;
    while (!existsSync(join(source, 'opening')) && Date.now() < until) await new Promise((resolve) => { setTimeout(resolve, 50); });
    everywhere();
    await first.page.locator('[data-step="begun"]').waitFor();
    await tell(`opening ${source}`);
    everywhere();
    await first.page.locator('[data-step="asks"]').waitFor();
    await axe(first.page, 'a release');
    await picture(first.page, 'release');
  });
  await step('a wrong passphrase releases nothing', async () => {
    await first.page.locator('[data-opening] input[type="password"]').fill('wrong passphrase');
    await first.page.locator('[data-release]').click();
    await first.page.locator('[data-no]', { hasText: 'another passphrase' }).waitFor();
    assert.equal(existsSync(join(first.work, 'case-1', 'release.a0-1')), false);
    assert.equal(existsSync(join(first.book, 'released')), false);
    await picture(first.page, 'wrong');
  });
  await step('both release at their pages, two at the command line, and the opener delivers', async () => {
    for (const client of clients) {
      const { page } = client;
      await page.locator('[data-step="asks"]').waitFor();
      await page.locator('[data-opening] input[type="password"]').fill(SECRET);
      await page.locator('[data-release]').click();
      await page.locator('[data-opening] [data-made]').waitFor();
      await page.locator('[data-step="released"]').waitFor();
      await page.locator('[data-budget]', { hasText: '4 of 5' }).waitFor();
      copyFileSync(join(client.work, 'case-1', `release.${client.name}`), join(source, `release.${client.name}`));
    }
    await picture(first.page, 'released');
    for (const name of ['a0-2', 'b0-2']) {
      mkdirSync(at(`${name}.book`));
      writeFileSync(join(source, `release.${name}`), cambist('officer', 'release', source, ...pins(), '--key', at(`${name}.key`), '--passphrase', at('words'), '--book', at(`${name}.book`)));
    }
    assert.equal(await over, 0, 'the opener');
    everywhere();
    await first.page.locator('[data-step="delivered"]').waitFor();
    assert.ok(existsSync(join(source, 'delivery.age')));
    await picture(first.page, 'delivered');
  });
  opener?.kill();
}

// ---- what must not work ----

async function hostile(client, browser) {
  const { page } = client;
  await step('html_in_a_name_is_text', async () => {
    const evil = '<img src=x onerror=globalThis.taken=1>';
    const text = readFileSync(at('grant.text'), 'utf8').replace('authority: fr-police', `authority: ${evil}`);
    writeFileSync(join(client.work, `${evil}.grant`), text);
    await page.locator('[data-flaw]', { hasText: evil }).waitFor();
    assert.equal(await page.locator('[data-flaw] img').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.taken), undefined);
    await picture(page, 'flaw', false);
  });
  await step('another_name_for_this_machine_is_not_heard', async () => {
    const other = await browser.newPage();
    const answer = await other.goto(client.url.replace('127.0.0.1', 'officer.invalid'));
    assert.equal(answer.status(), 403);
    assert.equal(await answer.text(), 'not for this host\n');
    await other.close();
  });
  await step('another_site_reaches_nothing', async () => {
    const site = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>other</title>');
    });
    await new Promise((resolve) => { site.listen(0, '127.0.0.1', resolve); });
    const other = await browser.newPage();
    await other.goto(`http://127.0.0.1:${site.address().port}/`);
    const before = readdirSync(client.work).sort();
    const url = `${client.url}api/refuse?grant=${hashOf(at('grant.text'))}`;
    // Even with the token of the path, which another site cannot know.
    const found = await other.evaluate(async ([target, page, token]) => {
      const attempt = async (address, options) => {
        try { const answer = await fetch(address, options); return `${answer.type} ${answer.status}`; } catch { return 'refused'; }
      };
      const frame = document.createElement('iframe');
      frame.src = page;
      document.body.append(frame);
      const form = document.createElement('form');
      form.action = target;
      form.method = 'post';
      form.enctype = 'text/plain';
      form.target = 'elsewhere';
      const input = document.createElement('input');
      input.name = 'a';
      form.append(input);
      document.body.append(form);
      const results = [
        await attempt(target, { method: 'POST', body: 'no', mode: 'no-cors' }),
        await attempt(target, { method: 'POST', body: 'no', headers: { 'X-Cambist-Token': token } }),
        await attempt(`${page}api/desk`, { headers: { 'X-Cambist-Token': token } }),
        await attempt(`${page}api/desk`),
      ];
      form.submit();
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      let inside = 'closed';
      try { inside = frame.contentDocument?.title ?? 'closed'; } catch { /* another origin */ }
      return { results, inside };
    }, [url, client.url, client.token]);
    assert.deepEqual(found.results, ['refused', 'refused', 'refused', 'refused']);
    assert.equal(found.inside, 'closed');
    assert.deepEqual(readdirSync(client.work).sort(), before, 'no note was written');
    await other.close();
    site.close();
  });
}

async function looks(client) {
  const { page } = client;
  await step('the page in French, dark and narrow, and by the keyboard alone', async () => {
    await page.locator('[data-language]').click();
    await page.locator('.brand', { hasText: 'Votre page d’officier' }).waitFor();
    await page.locator('[data-detail-state]').waitFor();
    await picture(page, 'french');
    await page.locator('[data-theme-turn]').click();
    await axe(page, 'French, the other colours');
    await picture(page, 'other-colours');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390, 'no wider than the screen');
    await picture(page, 'narrow');
    await page.locator('[data-back]').click();
    await page.locator('[data-grant]').first().waitFor();
    await picture(page, 'narrow-list');
    await page.locator('[data-grant]').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'grant-title');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('[data-language]').click();
  });
}

async function ends(client) {
  const { page } = client;
  await step('the page ends its client, and nothing stays in it', async () => {
    page.once('dialog', (dialog) => dialog.accept());
    await page.locator('[data-end]').click();
    assert.equal(await client.ended, 0);
    await page.locator('h1', { hasText: 'Your client has ended.' }).waitFor();
    assert.ok(!(await page.content()).includes(hashOf(at('grant.text'))));
  });
}

function nothingIsKept() {
  const found = [];
  const walk = (place) => {
    for (const name of readdirSync(place)) {
      const path = join(place, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (name !== 'words' && (readFileSync(path).includes(SECRET) || readFileSync(path).includes('wrong passphrase'))) found.push(path);
    }
  };
  walk(folder);
  assert.deepEqual(found, [], 'a file holds a passphrase');
  const all = said.join('\n');
  for (const word of [SECRET, 'wrong passphrase', 'XY-000100', 'canary-4f1d2c', 'n° 7']) assert.ok(!all.includes(word), `${word} was said`);
}

if (pictures) mkdirSync(pictures, { recursive: true });
await tell('');
appendFileSync(at('circle'), 'recused: a0-3 fr-police\n');
const browser = await launch(['--host-resolver-rules=MAP officer.invalid 127.0.0.1']);
const clients = [new Client('a0-1'), new Client('b0-1')];
try {
  const [first, second] = clients;
  for (const client of clients) await client.start();
  const empty = await first.open(browser, { colorScheme: 'light' });
  await step('an empty folder says what to do', () => empty.locator('.empty', { hasText: 'NAME.grant' }).waitFor());
  await picture(empty, 'empty');
  await second.open(browser);
  for (const client of clients) copyFileSync(at('grant.text'), join(client.work, 'order.grant'));
  await reads(first);
  await approves(first);
  await reads(second);
  await refuses(second);
  await approves(second);
  const source = await approvedByAll(clients);
  await opens(clients, source);
  await hostile(first, browser);
  await looks(first);
  await ends(first);
  await step('the_passphrase_is_nowhere', () => nothingIsKept());
  await step('no outside request, no error, no broken policy', () => assert.deepEqual(clients.flatMap((client) => client.context.faults), []));
} finally {
  await browser.close();
  for (const client of clients) await client.stop();
  world.stdin.end();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${failed} failed`);
process.exit(failed ? 1 : 0);
