// The public transparency page, in Chromium at a venue that runs: a published report of three
// half-years with hidden cells, its chart and tables, both languages, how to check it. Part of
// rules.mjs, whose steps it takes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CELLS = ['requests', 'subjects_asked', 'subjects_answered', 'full', 'partial', 'rejected', 'narrowed', 'challenged', 'preserved', 'restricted', 'emergency', 'lapsed', 'withdrawn',
  'notices_sent', 'notices_delayed', 'silences_active', 'silences_expired', 'bulk', 'searches', 'own_motion', 'median_hours'];

function cells(some) {
  return { ...Object.fromEntries(CELLS.map((cell) => [cell, 0])), ...some };
}

function half(name, begins, ends, totals, rows, contacts) {
  return { half: name, begins, ends, over: true, untold: 0, totals: cells(totals), openings: { authority: totals.full ?? 0, report: 0, customer: 0, review: 0 }, kinds: { disclose: totals.requests ?? 0, preserve: 0, restrict: 0, sever: 0 }, contacts: { meeting: 0, call: 0, membership: 0, agreement: 0, ...contacts }, log: {}, rows };
}

// As `cambist report transparency --publish` leaves it; the numbers are invented.
function putReport(data, name, halves) {
  const folder = join(data, 'transparency');
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify({ format: 'cambist-transparency/v1', venue: 'demo.invalid', through: '2026-06-30T23:59:59Z', least: 5, halves })}\n`;
  writeFileSync(join(folder, `${name}.json`), text);
  writeFileSync(join(folder, `${name}.csv`), 'half,country\n');
  return createHash('sha256').update(text).digest('hex');
}

function putReports(data) {
  const older = [half('2025-H1', '2025-01-01', '2025-06-30', {}, []),
    half('2025-H2', '2025-07-01', '2025-12-31', { requests: 9, rejected: 6, full: 2, subjects_asked: 11, subjects_answered: 2, median_hours: 97.5 },
      [{ country: 'FR', type: 'court', basis: 'union-law', ...cells({ requests: 9, rejected: 6, full: null, partial: null, median_hours: 97.5 }) }], { call: 3 })];
  const newer = half('2026-H1', '2026-01-01', '2026-06-30', { requests: 23, rejected: 15, full: 4, partial: 2, subjects_asked: 40, subjects_answered: 6, notices_sent: 6, median_hours: 71.2 },
    [{ country: 'DE', type: 'police', basis: 'union-law', ...cells({ requests: 12, rejected: 9, full: null, partial: null, median_hours: 70.1 }) },
      { country: 'FR', type: 'prosecutor', basis: 'union-law', ...cells({ requests: 6, rejected: null, full: null, partial: null, median_hours: null }) },
      { country: 'other', type: 'other', basis: 'other', ...cells({ requests: 5, rejected: null, median_hours: null }) }], { meeting: 1, call: 7 });
  const reports = [{ name: '2026-H1', hash: putReport(data, '2026-H1', [...older, newer]) }, { name: '2025-H2', hash: putReport(data, '2025-H2', older) }];
  writeFileSync(join(data, 'transparency', 'list.json'), `${JSON.stringify({ reports })}\n`);
  return reports;
}

export async function reportPage({ context, venue, step, axe, picture }) {
  const page = await context.newPage();
  const data = join(venue.folder, 'data');
  let reports = [];
  await step('where nothing was published the transparency page says so', async () => {
    await page.goto(`${venue.url}/transparency`);
    await page.locator('[data-language="en"]').click();
    await page.locator('[data-reports-none]').waitFor();
  });
  await step('everybody reads the published report: chart, totals, rows, what is hidden', async () => {
    reports = putReports(data);
    await page.goto(`${venue.url}/transparency`);
    await page.locator('[data-report="2026-H1"] [data-report-chart="3"]').waitFor();
    const requests = await page.locator('[data-report-totals] [data-cell="requests"]').innerText();
    assert.match(requests, /Requests\s+23\s+9\s+0/);
    assert.match(await page.locator('[data-report-totals] [data-counted="contacts.call"]').innerText(), /Calls\s+7\s+3\s+0/);
    assert.match(await page.locator('[data-report-totals] [data-counted="openings.authority"]').innerText(), /Records opened: for an authority\s+4\s+2\s+0/);
    assert.equal(await page.locator('[data-counted^="marks."]').count(), 0, 'what a report does not have');
    const rows = page.locator('[data-half="2026-H1"] tbody tr');
    assert.equal(await rows.count(), 3);
    assert.match(await rows.first().innerText(), /Germany\s+Police\s+Law of a member state\s+12/);
    assert.equal(await page.locator('[data-half="2026-H1"] [data-hidden]').count(), 8);
    await page.locator('[data-half="2025-H1"]', { hasText: 'Nobody asked in this half-year.' }).waitFor();
    await axe(page, 'transparency');
    await picture(page, 'transparency');
  });
  await step('its hash is that of the bytes, and stands where the log would name it', async () => {
    assert.equal(await page.locator('[data-report-hash]').innerText(), reports[0].hash);
    await page.locator('[data-report-check="same"]').waitFor();
    await page.locator('text=approval report 20261 sha256').waitFor();
    await page.locator('#report-name').selectOption('2025-H2');
    await page.locator('[data-report="2025-H2"] [data-report-chart="2"]').waitFor();
    putReport(data, '2025-H2', []);
    await page.reload();
    await page.locator('#report-name').selectOption('2025-H2');
    await page.locator('[data-report-check="differs"] [role="alert"]').waitFor();
    await page.locator('[data-report-empty]').waitFor();
    await picture(page, 'transparency-differs');
  });
  await step('the transparency page in French and on a narrow screen', async () => {
    await page.locator('#report-name').selectOption('2026-H1');
    await page.locator('[data-language="fr"]').click();
    await page.locator('h1', { hasText: 'Ce que les autorités ont demandé' }).waitFor();
    await page.locator('[data-half="2026-H1"] tr', { hasText: 'Allemagne' }).waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${wide} pixels wide`);
    await axe(page, 'transparency, narrow');
    await picture(page, 'transparency-narrow-fr');
    await page.locator('[data-language="en"]').click();
  });
  await page.close();
}
