// An officer at the console in a browser of their own, with the officer's own machine beside it: every
// text that is signed goes there as a file and comes back signed; no page is shown a key.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newContext } from './browser.mjs';

// What `binary` prints, and officers of `world`: its origin, a folder for files, keys by code.
export function officersOf(binary, world) {
  const cambist = (...words) => execFileSync(binary, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

  class Officer {
    constructor(code) { this.code = code; }

    async start(browser, options = {}) {
      this.context = await newContext(browser, { url: world.origin }, { acceptDownloads: true, ...options });
      this.page = await this.context.newPage();
      await this.page.goto(world.origin);
      return this.page;
    }

    async begin() {
      await this.page.locator('[data-officer]').fill(this.code);
      await this.page.locator('[data-begin]').click();
      await this.page.locator('[data-begun]').waitFor();
    }

    // The text that is asked for goes to "the officer's own machine", its signature comes back: no page
    // is shown the key.
    async sign(signer = this.code) {
      const [download] = await Promise.all([this.page.waitForEvent('download'), this.page.locator('[data-sign-download]').click()]);
      const file = join(world.folder, download.suggestedFilename());
      await download.saveAs(file);
      assert.equal(readFileSync(file, 'utf8').trimEnd(), (await this.page.locator('[data-sign-text]').innerText()).trimEnd());
      const signature = cambist('officer', 'sign-in', file, '--name', this.code, '--sign-key', world.keys[signer], '--origin', world.origin);
      await this.page.locator('[data-signature]').fill(signature);
      await this.page.locator('[data-signature-send]').click();
    }

    async signIn() {
      await this.begin();
      await this.sign();
      await this.page.locator(`[data-who="${this.code}"]`).waitFor();
    }

    go(path) { return this.page.goto(world.origin + path); }

    // Writes the act on the page, signs it on "the officer's machine", brings it. `fill` fills the form.
    async act(path, fill = async () => undefined, signer = this.code) {
      const { page } = this;
      await this.go(path);
      await page.locator('[data-act-form]').waitFor();
      await fill(page);
      await page.locator('[data-write]').click();
      await page.locator('[data-download]').waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-download]').click()]);
      const file = join(world.folder, download.suggestedFilename());
      await download.saveAs(file);
      this.text = readFileSync(file, 'utf8');
      assert.ok(!(await page.locator('main').innerText()).includes('cambist desk v1'), 'what is signed is not shown here');
      writeFileSync(`${file}.signed`, cambist('officer', 'sign', file, '--sign-key', world.keys[signer]));
      if (this.code === 'abel') await page.locator('[data-signed]').fill(readFileSync(`${file}.signed`, 'utf8')); // pasted
      else await page.locator('[data-signed-file]').setInputFiles(`${file}.signed`);
      await page.waitForFunction(() => document.querySelector('[data-signed]').value.includes('signature: '));
      await page.locator('[data-put]').click();
    }

    async does(state, path, fill) {
      await this.act(path, fill);
      await this.page.locator(`[data-taken="${state}"]`).waitFor();
    }

    async refused(words, path, fill, signer) {
      await this.act(path, fill, signer);
      await this.page.locator('[data-bring] [data-fault]', { hasText: words }).waitFor();
    }

    async why(name, act) {
      await this.go(`/case/${name}`);
      return this.page.locator(`[data-option="${act}"]`).getAttribute('data-why');
    }
  }

  return { cambist, Officer };
}
