// Officers at the console in Chromium, each with a browser of their own: sign-in by key file and by a
// security key (a virtual one), a request taken in, refused with its letter; another one prepared,
// approved by two, in the log, delivered, told and closed; others silenced, for days and for seconds. Every act is written on the page, signed by
// `cambist officer sign` and brought back. Then the page with more in it than a venue of a test has, in
// both languages, narrow, dark, printed, by the keyboard. With a third argument pictures are left in
// that folder. usage: office.mjs BINARY WORLD.json [PICTURES]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { launch, newContext } from './browser.mjs';
import { makeOffice } from './office_mock.mjs';
import { officersOf } from './office_officer.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [, , binary, worldPath, pictures] = process.argv;
const world = JSON.parse(readFileSync(worldPath, 'utf8')); // origin, data, folder, keys, authority, telephone
const EVIL = '<img src=x onerror=globalThis.taken=1>';
const KEY_NAME = '<b>blue</b>';
const WAIT_MS = 60_000;
let failed = 0;

async function step(name, run) {
  try {
    await run();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}: ${String(error.stack ?? error).split('\n').slice(0, 9).join('\n')}`);
  }
}

async function axe(page, where) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map((row) => `${row.id}: ${row.nodes.slice(0, 3).map((node) => node.html)}`), [], `axe, ${where}`);
}

async function picture(page, name, fullPage = true) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}

const { cambist, Officer } = officersOf(binary, world);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const paper = join(world.folder, 'an-order.txt');
writeFileSync(paper, 'An order of the court, invented.\n');

// The log is told of an opening's event, as `cambist open log` tells it.
function tell(kind, name, text) {
  return new Promise((resolve, reject) => {
    const line = connect(join(world.data, 'log.sock'));
    line.once('data', (bytes) => { line.destroy(); String(bytes).startsWith('told ') ? resolve() : reject(new Error(String(bytes))); });
    line.once('error', reject);
    line.write(`tell ${kind} ordinary 0 ${name} 0 - ${Buffer.from(text).toString('hex')}\n`);
  });
}

// ---- what forms are filled with ----

const evidence = (page) => page.locator('[data-file="evidence"]').setInputFiles(paper);
const field = (name, value) => (page) => page.locator(`[data-field="${name}"]`).fill(value);
const all = (...parts) => async (page) => { for (const part of parts) await part(page); };
const when = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);

// ---- signing in ----

async function signsIn(anna) {
  const { page } = anna;
  await step('the text that is signed is shown, a wrong key and no key are told', async () => {
    await anna.begin();
    const text = await page.locator('[data-sign-text]').innerText();
    assert.match(text, new RegExp(`^cambist office sign-in v1\nvenue: demo.invalid\norigin: ${world.origin}\nofficer: anna\nchallenge: [0-9a-f]{64}\n?$`));
    await picture(page, 'sign-in');
    await axe(page, 'sign-in');
    assert.equal(await page.locator('input[type="file"]').count(), 0, 'no page asks for a key');
    await anna.sign('bela');
    await page.locator('[data-fault]', { hasText: 'another key' }).waitFor();
    const file = join(world.folder, 'sign-in-anna.txt');
    for (const [name, origin, refused] of [['bela', world.origin, 'it is for officer anna'], ['anna', 'https://other.example', 'it is for a console at']]) {
      const given = ['officer', 'sign-in', file, '--name', name, '--sign-key', world.keys.anna, '--origin', origin];
      assert.throws(() => execFileSync(binary, given, { stdio: 'pipe' }), (error) => String(error.stderr).includes(refused));
    }
  });
  await step('by key file, on the own machine', async () => {
    await anna.sign();
    await page.locator('[data-who="anna"]').waitFor();
    await page.locator('[data-none]').waitFor();
    await picture(page, 'empty');
    await axe(page, 'an empty queue');
  });
  await step('a security key is added, and signs in after the session ended', async () => {
    const client = await anna.context.newCDPSession(page);
    await client.send('WebAuthn.enable');
    await client.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'usb', hasResidentKey: false, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
    await page.locator('[data-nav="/credentials"]').click();
    await page.locator('[data-none]').waitFor();
    await page.locator('[data-key-name]').fill(KEY_NAME);
    await page.locator('[data-key-make]').click();
    await page.locator('[data-bind]').waitFor();
    assert.match(await page.locator('[data-sign-text]').innerText(), /^cambist office credential v1\n[\s\S]*\nkey: [0-9a-f]{64}\nchallenge: [0-9a-f]{64}/);
    await picture(page, 'binding');
    await axe(page, 'binding a security key');
    await anna.sign();
    await page.locator('[data-credential]', { hasText: KEY_NAME }).waitFor();
    assert.equal(await page.locator('[data-credential] b').count(), 0);
    await page.locator('[data-sign-out]').click();
    await page.locator('[data-officer]').waitFor();
    await anna.begin();
    await page.locator('[data-webauthn]').click();
    await page.locator('[data-who="anna"]').waitFor();
    assert.equal(new URL(page.url()).pathname, '/credentials', 'where one was');
    await page.locator('[data-credential]').waitFor();
    await picture(page, 'credentials');
  });
}

// ---- cases ----

const asked = (reference) => async (page) => {
  for (const [name, value] of Object.entries({ country: 'FR', authority: world.authority, reference, dated: '2026-11-01T00:00' })) await page.locator(`[data-field="${name}"]`).fill(value);
  for (const name of ['instrument', 'sealed']) await page.locator(`[data-file="${name}"]`).setInputFiles(paper);
  await page.locator('[data-subject="0"] input').nth(1).fill('AB 123');
  await page.locator('[data-record="0"] select').selectOption('bank');
};

async function takenIn(cleo, anna, reference) {
  await cleo.does('received', '/?act=receive', asked(reference));
  const name = /^case: ([0-9a-f]{32})$/m.exec(cleo.text)[1];
  assert.ok(cleo.text.includes(`instrument: ${sha256(readFileSync(paper))}\n`));
  assert.ok(!cleo.text.includes('AB 123'), 'the process has a hash of what the paper says');
  return name;
}

async function toAssessed(cleo, anna, name) {
  await cleo.does('received', `/case/${name}?act=call-back`, all(field('telephone', world.telephone), evidence));
  await cleo.does('authenticated', `/case/${name}?act=authenticate`, evidence);
  await anna.does('assessed', `/case/${name}?act=assess`, evidence);
}

async function refuses(cleo, anna) {
  let name;
  let subject;
  await step('a clerk takes a request in; its identifier has the hash that cambist desk draft gives', async () => {
    name = await takenIn(cleo, anna, EVIL);
    const other = cambist('desk', 'draft', 'receive', name, '--officer', 'cleo', '--data', world.data, ...['request=disclose', 'mark=order', 'opening=authority', 'basis=union-law', 'class=plain', 'urgency=ordinary', 'country=FR', `authority=${world.authority}`, `reference=${EVIL}`, 'identifier=1 document AB 123', 'record=1 bank none']);
    [subject] = /^subject: .*$/m.exec(cleo.text);
    assert.equal(subject, /^subject: .*$/m.exec(other)[0]);
  });
  await step('who may do what, and why not', async () => {
    assert.equal(await cleo.why(name, 'authenticate'), 'call-back');
    await cleo.page.locator('[data-missing="call-back"]').waitFor();
    await cleo.refused('was not called back', `/case/${name}?act=authenticate`, evidence);
    await cleo.refused('registered number', `/case/${name}?act=call-back`, all(field('telephone', '+00 9'), evidence));
    await anna.go(`/case/${name}`);
    await anna.page.locator('[data-other="call-back"]').waitFor({ state: 'attached' });
  });
  await step('another officer’s signature is refused by name', () => anna.refused('not this officer’s', `/case/${name}?act=reject`, (page) => page.locator('[data-field="reason"]').selectOption('TooWide'), 'bela'));
  await step('a request is narrowed: the amended one keeps what was not changed', async () => {
    await toAssessed(cleo, anna, name);
    await anna.does('narrowing', `/case/${name}?act=narrow`, (page) => page.locator('[data-field="reason"]').selectOption('TooWide'));
    await cleo.does('authenticated', `/case/${name}?act=amend`, all(evidence, async (page) => {
      for (const [index, value] of ['2026-01-01', '2026-06-30'].entries()) await page.locator('[data-record="0"] input[type="date"]').nth(index).fill(value);
    }));
    for (const line of ['request: disclose', `reference: ${EVIL}`, 'dated: 2026-11-01T00:00:00Z', 'ends: none', `instrument: ${sha256(readFileSync(paper))}`, 'record: 1 bank 2026-01-01..2026-06-30']) assert.ok(cleo.text.includes(`\n${line}\n`), line);
    assert.equal(/^subject: .*$/m.exec(cleo.text)[0], subject);
    await anna.does('assessed', `/case/${name}?act=assess`, evidence);
    assert.match(anna.text, /^record: 1 bank 2026-01-01\.\.2026-06-30$/m, 'the assessment begins with what is asked now');
  });
  await step('a refusal with its letter in both languages', async () => {
    await anna.does('rejected', `/case/${name}?act=reject`, async (page) => {
      await page.locator('[data-field="reason"]').selectOption('TooWide');
      await page.locator('[data-write]').click();
      await page.locator('[data-with-letter] section[lang="fr"]', { hasText: 'Rien n\'a été remis' }).waitFor();
      await picture(page, 'refusal');
      await axe(page, 'a refusal');
    });
    assert.match(anna.text, /^reason: TooWide$/m);
    await anna.page.locator('[data-taken] a').click();
    await anna.page.locator('[data-step="rejected"][aria-current]').waitFor();
    await anna.page.locator('[data-act="reject"]', { hasText: 'wider than the purpose needs' }).waitFor();
    assert.equal(await anna.page.locator('main img').count(), 0);
    assert.equal(await anna.page.evaluate(() => globalThis.taken), undefined);
    await picture(anna.page, 'rejected');
    await axe(anna.page, 'a refused case');
  });
  return name;
}

const GRANT = 'cambist grant v1\nnothing that anybody could open\n';

async function approves(people) {
  const { cleo, anna, abel, bela, pia } = people;
  let name;
  await step('a case is prepared; who assessed does not approve, on the page and at the desk', async () => {
    name = await takenIn(cleo, anna, '2/2026');
    await toAssessed(cleo, anna, name);
    assert.equal(await anna.why(name, 'approve'), 'prepared');
    await pia.does('assessed', `/case/${name}?act=prepare`, all(field('grant', sha256(GRANT)), field('until', when(2)), (page) => page.locator('[data-person="1"]').fill('7')));
    assert.equal(await anna.why(name, 'approve'), 'same-person');
    await anna.refused('does not decide', `/case/${name}?act=approve`);
  });
  await step('two officers of two groups approve', async () => {
    await abel.does('assessed', `/case/${name}?act=approve`);
    assert.equal(await abel.why(name, 'approve'), 'twice');
    await abel.page.locator('[data-group="a"][data-have="1"][data-want="1"]', { hasText: 'abel' }).waitFor();
    await abel.page.locator('[data-group="b"][data-have="0"][data-want="1"]').waitFor();
    await bela.does('approved', `/case/${name}?act=approve`);
    await bela.page.locator('[data-taken] a').click();
    await bela.page.locator('[data-step="approved"][aria-current]').waitFor();
    const sealed = sha256(readFileSync(paper));
    assert.equal(await bela.page.locator(`[data-paper="${sealed}"] .command code`).innerText(), `cambist desk paper get ${sealed} | age -d -i KEY > FILE`);
    await picture(bela.page, 'approved');
  });
  return name;
}

// What the page shows after its button until it is so: the log and the desk work in the background.
async function until(officer, name, selector) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    await officer.go(`/case/${name}`);
    await officer.page.locator('[data-step]').first().waitFor();
    if (await officer.page.locator(selector).count()) return;
    assert.ok(Date.now() < end, selector);
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
}

async function delivers({ anna, cleo, bela }, name) {
  await step('the log, the opening and the delivery are seen, with their numbers', async () => {
    await until(bela, name, '.acts:not(:has([data-log="0"]))');
    await tell('grant', name, `${GRANT}signature: abel x\nsignature: bela y\n`);
    await until(bela, name, '[data-step="logged"][aria-current]');
    await tell('opening', name, `cambist opening v1\ngrant: ${sha256(GRANT)}\n`);
    await tell('delivered', name, `cambist manifest v1\ngrant: ${sha256(GRANT)}\n`);
    await until(bela, name, '[data-step="delivered"][aria-current]');
    await bela.page.locator('[data-missing="delivered"]').waitFor();
    assert.match(await bela.page.locator('[data-act="opened"]').innerText(), /the process/);
  });
  await step('the receipt, the notice with its letter, and the end', async () => {
    await cleo.does('acknowledged', `/case/${name}?act=acknowledge`, evidence);
    await cleo.page.locator('[data-taken] a').click();
    await cleo.page.locator('[data-missing="acknowledged"]').waitFor();
    assert.equal(await anna.why(name, 'notice'), '');
    await cleo.does('noticed', `/case/${name}?act=notice`);
    await anna.does('closed', `/case/${name}?act=close`);
    await anna.page.locator('[data-taken] a').click();
    await anna.page.locator('[data-step="closed"][aria-current]').waitFor();
    await anna.page.locator('[data-nothing]').waitFor();
    await anna.page.locator('[data-act="notice"] [data-letter-show]').click();
    await anna.page.locator('[data-act="notice"] [data-letter="same"]', { hasText: 'Vous pouvez saisir' }).waitFor();
    await picture(anna.page, 'closed');
    await axe(anna.page, 'a closed case');
  });
}

const silence = (end) => async (page) => {
  for (const part of ['instrument', 'sealed']) await page.locator(`[data-file="${part}"]`).setInputFiles(paper);
  await all(field('reference', 's/2026'), field('dated', '2026-11-02T00:00'), field('until', end()))(page);
};

async function silences({ anna, cleo }) {
  let name;
  await step('a silence is ordered while the request is looked at', async () => {
    name = await takenIn(cleo, anna, '3/2026');
    await anna.does('received', `/case/${name}?act=silence`, silence(() => when(48)));
    await anna.refused('not in this state', `/case/${name}?act=notice`);
  });
  await step('the next order ends it in seconds', async () => {
    for (let seconds = 10; ; seconds *= 2) { // a slow machine brings it too late
      await anna.act(`/case/${name}?act=silence`, silence(() => new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)));
      const taken = anna.page.locator('[data-taken="received"]');
      const late = anna.page.locator('[data-bring] [data-fault]', { hasText: 'the end is past' });
      await taken.or(late).waitFor();
      if (await taken.count()) break;
      assert.ok(seconds < 300, 'a silence that ends in minutes');
    }
  });
  return name;
}

// A silence of days holds, one of seconds is over by now: its customer is told, and only then it ends.
async function expires({ anna, cleo }, silent, over) {
  await step('a silence that runs refuses the notice, one that is over wants it', async () => {
    await anna.does('received', `/case/${silent}?act=silence`, silence(() => when(48)));
    for (const name of [silent, over]) await anna.does('rejected', `/case/${name}?act=reject`, (page) => page.locator('[data-field="reason"]').selectOption('Incomplete'));
    assert.equal(await anna.why(silent, 'notice'), 'silent');
    assert.equal(await anna.why(silent, 'close'), 'notice');
    await anna.page.locator('[data-missing="silent"]').waitFor();
    await anna.refused('a silence runs', `/case/${silent}?act=notice`);
    await picture(anna.page, 'silent');
    for (const end = Date.now() + 10 * WAIT_MS; await cleo.why(over, 'notice') !== '';) {
      assert.ok(Date.now() < end, 'the silence ends');
      await new Promise((resolve) => { setTimeout(resolve, 500); });
    }
    await cleo.page.locator('[data-missing="notice"]').waitFor();
    await anna.refused('the customer was not told', `/case/${over}?act=close`);
    await cleo.does('noticed', `/case/${over}?act=notice`);
    await anna.does('closed', `/case/${over}?act=close`);
    await anna.page.locator('[data-taken] a').click();
    await anna.page.locator('[data-step="closed"][aria-current]').waitFor();
    assert.deepEqual(await anna.page.locator('[data-step]').evaluateAll((found) => found.map((one) => one.dataset.step)), ['received', 'rejected', 'noticed', 'closed']);
    await picture(anna.page, 'told');
  });
}

// What the page shows to be typed is what the program takes.
async function restricts(anna) {
  const { page } = anna;
  await step('a restriction: the commands that are shown do what they say', async () => {
    const run = (command) => cambist(...command.split(' ').slice(1).map((word) => ({ FILE: paper, OTHER: 'bela' })[word] ?? word), '--data', world.data);
    const shown = (act) => page.locator(`[data-command="${act}"] code`).innerText();
    cambist('case', 'open', '7', '--officer', 'anna', '--until', '2099-01-01', '--data', world.data);
    await anna.go('/restrictions');
    await page.locator('[data-restriction] a').click();
    await page.locator('[data-state="open"]').waitFor();
    for (const act of ['decide', 'clear']) assert.match(run(await shown(act)), /^cambist order v1\n/);
    for (const act of ['take', 'evidence', 'close']) run(await shown(act));
    for (const end = Date.now() + WAIT_MS; await page.locator('[data-state="closed"]').count() === 0;) {
      assert.ok(Date.now() < end, 'the queue knows of it');
      await page.reload();
      await page.locator('[data-state]').first().waitFor();
    }
    assert.equal(await page.locator('[data-command]').count(), 0);
    await picture(page, 'restriction');
    await axe(page, 'a restriction');
    await anna.go('/restrictions?all=yes');
    await page.locator('[data-field="owner"]').check();
    await page.waitForURL(/owner=12/);
    await page.locator('[data-restriction]', { hasText: 'anna (you)' }).waitFor();
    await anna.go('/mine');
    await page.locator('[data-what="case"]', { hasText: 'Take' }).waitFor();
  });
}

async function looksAround({ anna, bela }, refused, open) {
  const { page } = anna;
  await step('the queue: filters in the address, the keyboard, what the clerk took in', async () => {
    await anna.go('/?all=yes');
    await page.locator(`[data-case="${open}"]`).waitFor();
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.dataset.row === '0');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.dataset.row === '1');
    await page.keyboard.press('k');
    await page.waitForFunction(() => document.activeElement?.dataset.row === '0');
    const first = await page.locator('[data-row="0"]').getAttribute('data-case');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/case/${first}`);
    await page.goBack();
    await page.locator('[data-field="state"]').selectOption('rejected');
    await page.waitForURL(/state=rejected/);
    await page.locator('[data-queue="2"]').waitFor(); // and the silent one
    assert.equal(await page.locator(`[data-case="${refused}"]`).count(), 1);
    await page.locator('[data-field="country"]').fill('de');
    await page.locator('[data-field="country"]').press('Enter');
    await page.locator('[data-none]').waitFor();
    assert.match(page.url(), /country=DE/);
    await page.locator('[data-clear]').click();
    await page.locator('[data-queue]').waitFor();
  });
  await step('own actions and nobody else’s, as CSV too', async () => {
    await bela.go('/mine');
    await bela.page.locator('[data-what="act"]', { hasText: 'Approve' }).first().waitFor();
    assert.equal(await bela.page.locator('[data-what]', { hasText: 'Refuse' }).count(), 0);
    assert.ok(await bela.page.locator('[data-what="view"]').count() > 0, 'what was looked at');
    assert.ok(await bela.page.locator('[data-what="sign-in"]').count() > 0, 'the sign-in');
    const [download] = await Promise.all([bela.page.waitForEvent('download'), bela.page.locator('[data-csv]').click()]);
    const rows = readFileSync(await download.path(), 'utf8').trim().split('\r\n');
    assert.equal(rows[0], 'time,what,case,act,log,seq');
    assert.equal(rows.length - 1, await bela.page.locator('[data-what]').count());
    await picture(bela.page, 'mine');
    await axe(bela.page, 'own actions');
    await bela.go('/mine?from=2020-01-01&until=2020-01-02');
    await bela.page.locator('[data-none]').waitFor();
  });
  await step('an authority is proposed and confirmed', async () => {
    const named = field('authority', 'xb-police');
    await anna.does('none', '/?act=authority', all(named, field('country', 'IT'), field('recipient', 'age1invented'), field('telephone', '+00 4 56'), evidence, (form) => form.locator('[data-field="type"]').selectOption('police')));
    await bela.does('none', '/?act=confirm', all(named, evidence));
    await anna.does('none', '/?act=contact', all(named, field('member', 'anna'), evidence, (form) => form.locator('[data-field="contact"]').selectOption('meeting')));
    await anna.does('none', '/?act=recuse&authority=xb-police', field('member', 'anna'));
    await anna.go('/registers');
    await page.locator('[data-told="meeting"][data-member="anna"]', { hasText: 'xb-police' }).waitFor();
    assert.match(await page.locator('[data-told="meeting"]').innerText(), /anna legal reviewer · fr/); // who signed
    await axe(page, 'contacts');
    await picture(page, 'contacts');
    await page.locator('[data-field="member"]').fill('bela');
    await page.locator('[data-field="member"]').press('Enter');
    await page.locator('[data-none]').waitFor();
    await page.locator('[data-recusals-tab]').click();
    await page.locator('[data-told="recusal"][data-member="anna"]', { hasText: 'xb-police' }).waitFor();
  });
  await step('registers, restrictions, whitelist and reports of this venue', async () => {
    await anna.go('/?act=confirm');
    await page.locator('[data-authority-name]').fill(world.authority);
    await page.locator('[data-authority-name]').press('Enter');
    await page.locator(`[data-authority="${world.authority}"]`, { hasText: 'confirmed' }).waitFor();
    await axe(page, 'registers');
    for (const path of ['/restrictions', '/restrictions?show=whitelist', '/reports']) {
      await anna.go(path);
      await page.locator('[data-none]').waitFor();
    }
    await anna.go('/nothing/here');
    await anna.go('/restriction/7-9');
    await page.locator('[data-fault]').waitFor();
  });
  await step('a session that ended elsewhere: one signs in and is where one was', async () => {
    await anna.go(`/case/${open}`);
    await page.locator('[data-act="silence"]').waitFor();
    await anna.context.clearCookies();
    await page.locator('[data-nav="/"]').click();
    await page.locator('[data-ended]').waitFor();
    await axe(page, 'an ended session');
    await anna.signIn();
    await page.locator('[data-queue]').waitFor();
  });
}

// ---- with more in it than a venue of a test has ----

// The first ones in each way of looking, all of them once.
const PLACES_SHORT = 9;
const PLACES = (office) => ['/', '/?act=receive', `/case/${office.rows[4].case}`, '/restrictions', '/restrictions?show=whitelist', '/restriction/81723-0', '/registers', '/reports', '/mine', '/credentials', '/?act=authority', '/registers?show=recusals', ...[2, 13].map((number) => `/case/${office.rows[number].case}`)];

async function crowded(browser, options) {
  const office = makeOffice(Date.now());
  const context = await newContext(browser, { url: world.origin }, options);
  await context.route('**/office/v1/**', async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const { status, body } = office.answer(request.method(), url.pathname.slice('/office/v1/'.length), url.searchParams, request.postDataJSON() ?? {});
    await route.fulfill({ status, json: body });
  });
  return { office, context, page: await context.newPage() };
}

async function looks(browser) {
  for (const [name, options] of [['wide', { colorScheme: 'light' }], ['french-dark', { locale: 'fr-FR' }], ['french-narrow', { locale: 'fr-FR', viewport: { width: 320, height: 720 } }]]) {
    await step(`every page, ${name}`, async () => {
      const { office, context, page } = await crowded(browser, options);
      for (const [index, path] of PLACES(office).slice(0, name === 'wide' ? undefined : PLACES_SHORT).entries()) {
        await page.goto(world.origin + path);
        await page.locator('main h1').waitFor();
        await page.locator('main [role="status"]', { hasText: /Loading|Chargement/ }).waitFor({ state: 'detached' });
        if (name !== 'french-narrow') await axe(page, `${name} ${path}`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${name} ${path}: no wider than the screen`);
        await picture(page, `${name}-${index}`);
      }
      assert.equal(await page.evaluate(() => globalThis.taken), undefined);
      assert.deepEqual(context.faults, []);
      await context.close();
    });
  }
  await step('ten thousand cases: a screen of them is in the page, and the keyboard goes through all', async () => {
    const { context, page } = await crowded(browser, {});
    const client = await context.newCDPSession(page);
    await client.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => (await client.send('Performance.getMetrics')).metrics.filter((one) => one.name === 'TaskDuration')[0].value;
    await page.goto(`${world.origin}/?country=ZY`);
    await page.locator('[data-none]').waitFor();
    const before = await spent();
    await page.locator('[data-field="country"]').fill('ZZ');
    await page.locator('[data-field="country"]').press('Enter');
    await page.locator('[data-queue="10000"]').waitFor();
    const shown = await spent();
    await page.locator('[data-sort="reference"]').click();
    await page.waitForURL(/sort=reference/);
    await page.locator('[data-row="0"]').waitFor();
    console.log(`figure: 10,000 cases: ${Math.round(1000 * (shown - before))} ms of the page's processor time from the filter to the rows, ${Math.round(1000 * (await spent() - shown))} ms to sort them`);
    await page.locator('[data-sort="due"]').click();
    await page.waitForURL((url) => !url.search.includes('sort'));
    assert.ok(await page.locator('[data-row]').count() < 60, 'rows in the page');
    await page.evaluate(() => { const box = document.querySelector('[data-queue]'); box.scrollTop = box.scrollHeight; });
    await page.locator('[data-row="9999"]').waitFor();
    assert.ok(await page.locator('[data-row]').count() < 60);
    await page.locator('[data-row="9999"]').focus();
    for (let i = 0; i < 30; i += 1) await page.keyboard.press('k');
    await page.waitForFunction(() => document.activeElement?.dataset.row === '9969');
    await page.locator('[data-sort="received"]').click();
    await page.waitForURL(/sort=received/);
    await context.close();
  });
  await step('printed: the record without buttons; the session’s end is told', async () => {
    const { office, context, page } = await crowded(browser, {});
    await page.goto(`${world.origin}/case/${office.rows[2].case}`);
    await page.locator('[data-act="approve"]').waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('[data-print]').isVisible(), false);
    assert.equal(await page.locator('[data-act="approve"]').isVisible(), true);
    await picture(page, 'printed');
    await page.emulateMedia({ media: 'screen' });
    office.session.until = Date.now() + 90_000;
    await page.reload();
    await page.locator('[data-ending]').waitFor();
    await picture(page, 'ending', false);
    await axe(page, 'the end of a session');
    await context.close();
  });
}

if (pictures) mkdirSync(pictures, { recursive: true });
const browser = await launch();
const people = {};
try {
  for (const code of ['anna', 'cleo', 'abel', 'bela', 'pia']) people[code] = new Officer(code);
  await people.anna.start(browser, { colorScheme: 'light' });
  await signsIn(people.anna);
  await step('the others', async () => {
    for (const code of ['pia', 'cleo', 'abel', 'bela']) {
      await people[code].start(browser);
      await people[code].signIn();
    }
  });
  const over = await silences(people);
  const refused = await refuses(people.cleo, people.anna);
  const open = await approves(people);
  await delivers(people, open);
  let silent;
  await step('another request', async () => { silent = await takenIn(people.cleo, people.anna, '4/2026'); });
  await expires(people, silent, over);
  await looksAround(people, refused, silent);
  await restricts(people.anna);
  await looks(browser);
  await step('no outside request, no error, no broken policy', () => assert.deepEqual(Object.values(people).flatMap((one) => one.context?.faults ?? []), []));
} finally {
  await browser.close();
}
console.log(`${failed} failed`);
process.exit(failed ? 1 : 0);
