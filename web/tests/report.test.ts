/* Aim: the transparency page shows the newest half-years in order, and names a report as the public
 * log does. Method: a report by hand. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { barsOf, CELLS, type Half, lineOf, type Report } from '../src/rules/report.ts';

function half(name: string, requests: number): Half {
  const totals = Object.fromEntries(CELLS.map((cell) => [cell, 0])) as Half['totals'];
  return { half: name, begins: '', ends: '', over: true, untold: 0, totals: { ...totals, requests, rejected: 2, full: 3, partial: 4 }, contacts: {}, log: {}, rows: [] };
}

test('bars are the newest half-years, the oldest first', () => {
  const halves = Array.from({ length: 11 }, (_, index) => half(`${2020 + Math.floor(index / 2)}-H${(index % 2) + 1}`, index));
  const bars = barsOf({ format: '', venue: '', through: '', least: 5, halves } satisfies Report);
  assert.equal(bars.length, 8);
  assert.deepEqual(bars[0], { half: '2021-H2', values: [3, 2, 7] });
  assert.equal(bars[7]?.half, '2025-H1');
});

test('a report is named as in the log', () => {
  assert.equal(lineOf('2026-H1', 'ab'), 'approval report 20261 sha256 ab');
});
