// Officers at the console in Chromium who do what they are told, a line of JSON each on standard input:
//   {"officer", "act", "case", "state", "fields"}  writes the act on the page, has it signed, brings it,
//                                                  and waits for the state that the page tells
//   {"officer", "case", "shows"}                   waits until the page of the case shows that state
// Each is answered with "done", or "FAILED: " and why. Who was not there before signs in first.
// usage: office_acts.mjs BINARY WORLD.json     origin, folder, keys
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { launch } from './browser.mjs';
import { officersOf } from './office_officer.mjs';

const [, , binary, worldPath] = process.argv;
const world = JSON.parse(readFileSync(worldPath, 'utf8'));
const { Officer } = officersOf(binary, world);
const paper = join(world.folder, 'evidence.txt');
writeFileSync(paper, 'A note of an officer, invented.\n');
const LOOKS = 120;
const PAUSE_MS = 500;

const browser = await launch();
const people = new Map();

async function at(code) {
  if (!people.has(code)) {
    const officer = new Officer(code);
    await officer.start(browser);
    await officer.signIn();
    people.set(code, officer);
  }
  return people.get(code);
}

async function act({ officer, act: kind, case: name, state, fields }) {
  const one = await at(officer);
  await one.does(state, `/case/${name}?act=${kind}`, async (page) => {
    if (await page.locator('[data-file="evidence"]').count()) await page.locator('[data-file="evidence"]').setInputFiles(paper);
    for (const [field, value] of Object.entries(fields)) {
      const [, person] = /^person (\d+)$/.exec(field) ?? [];
      await page.locator(person ? `[data-person="${person}"]` : `[data-field="${field}"]`).fill(value);
    }
  });
}

async function shows({ officer, case: name, shows: state }) {
  const one = await at(officer);
  for (let look = 0; look < LOOKS; look += 1) {
    await one.go(`/case/${name}`);
    await one.page.locator('[data-step]').first().waitFor();
    if (await one.page.locator(`[data-step="${state}"][aria-current]`).count()) return;
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  }
  throw new Error(`the page does not show ${state}`);
}

try {
  for await (const line of createInterface({ input: process.stdin })) {
    const told = JSON.parse(line);
    try {
      await (told.act ? act(told) : shows(told));
      console.log('done');
    } catch (error) {
      console.log(`FAILED: ${line}: ${String(error.message ?? error).split('\n').slice(0, 4).join(' | ')}`);
    }
  }
  const faults = [...people.values()].flatMap((one) => one.context.faults);
  console.log(faults.length === 0 ? 'done' : `FAILED: ${faults.join(' | ')}`);
} finally {
  await browser.close();
}
