/* Aim: a withdrawal is said to stay linked for the years that the venue keeps records, or longer where a
 * record is; a letter is shown in one language. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { linkedUntil } from '../src/records/linked.ts';

test('a withdrawal stays linked as long as records are kept', () => {
  const now = Date.UTC(2026, 10, 23);
  const row = (erasure: number | null) => ({ group: 'bank', version: 1, since: null, retention: '1', erasure });
  assert.equal(linkedUntil(now, { years: 5, records: [] }), Date.UTC(2031, 10, 23));
  assert.equal(linkedUntil(now, { years: 1, records: [row(null), row(Date.UTC(2026, 11, 1))] }), Date.UTC(2027, 10, 23));
  assert.equal(linkedUntil(now, { years: 1, records: [row(Date.UTC(2040, 0, 1))] }), Date.UTC(2040, 0, 1));
});
