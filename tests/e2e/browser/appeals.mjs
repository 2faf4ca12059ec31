// A restricted customer appeals in the inbox with a file of evidence, which the page seals and
// Debian's age opens; the page says that it came, by when it is answered, and how. Part of rules.mjs,
// whose steps it takes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAPER = Buffer.from('An invented paper of an invented person.\n'.repeat(500));

// A key pair of the officers: {recipient, file}; null where there is no age.
export function officersKey(folder) {
  const file = join(folder, 'evidence.key');
  try {
    execFileSync('age-keygen', ['-o', file], { stdio: 'ignore' });
    return { file, recipient: execFileSync('age-keygen', ['-y', file], { encoding: 'utf8' }).trim() };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

export async function appeals({ page, venue, binary, step, axe, picture, loosen, key }) {
  const data = join(venue.folder, 'data');
  const cambist = (...words) => execFileSync(binary, [...words, '--data', data]);
  const appealOf = () => JSON.parse(cambist('case', 'list', '--kind', 'appeal', '--all', '--json').toString()).cases[0];
  const inbox = () => page.locator('[data-standing-more]').click();
  if (!key) {
    console.log('skipped: an appeal with evidence: needs age');
    return;
  }
  await step('a file that is too large is not sent', async () => {
    await inbox();
    await page.locator('[data-appeal-file="appeal"]').setInputFiles({ name: 'large.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(61_300) });
    await page.locator('[data-appeal-send]').click();
    await page.locator('[data-appeal-end="size"]').waitFor();
    await axe(page, 'inbox with an appeal');
    await picture(page, 'appeal-form');
    assert.equal(appealOf(), undefined);
  });
  await step('a customer appeals with evidence, and reads by when it is answered', async () => {
    await page.locator('[data-appeal-file="appeal"]').setInputFiles({ name: '<b>x</b>.pdf', mimeType: 'application/pdf', buffer: PAPER });
    await page.locator('[data-appeal-send]').click();
    const told = page.locator('[data-appeal="open"]');
    await told.waitFor();
    assert.match(await told.innerText(), /Your appeal of .*You have the answer by/s);
    assert.equal(await page.locator('[data-appeal-send]').count(), 0);
    await page.locator('[data-appeal-end="sent"]').waitFor();
    await axe(page, 'inbox with an open appeal');
    await picture(page, 'appeal-open');
  });
  await step('officers open the file with age, and nobody else can', async () => {
    const { evidence } = appealOf();
    const sealed = cambist('case', 'evidence', evidence);
    assert.equal(sealed.includes('invented'), false);
    const file = join(venue.folder, 'evidence.age');
    writeFileSync(file, sealed);
    assert.deepEqual(execFileSync('age', ['-d', '-i', key.file, file]), PAPER);
  });
  await step('one more file, then the outcome', async () => {
    await page.locator('[data-appeal-file="evidence"]').setInputFiles({ name: 'more.txt', mimeType: 'text/plain', buffer: Buffer.from('one more') });
    await page.locator('[data-evidence-send]').click();
    await page.locator('[data-appeal-end="sent"]').waitFor();
    await page.keyboard.press('Escape');
    loosen('case', 'act', 'overturn', String(appealOf().matter));
    // The page asks when the inbox is opened; the queue hears of the act a little later.
    for (const end = Date.now() + 60_000; ;) {
      await inbox();
      if (await page.locator('[data-appeal="overturned"]').waitFor({ timeout: 3_000 }).then(() => true, () => false)) break;
      assert.ok(Date.now() < end, 'the outcome is told');
      await page.keyboard.press('Escape');
    }
    await picture(page, 'appeal-overturned');
    await page.keyboard.press('Escape');
  });
}
