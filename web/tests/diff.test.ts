/* What differs between two versions of a pack is told field by field, and nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween } from '../src/rules/diff.ts';

test('equal packs have no difference', () => {
  const pack = { pack: { id: 'a', sources: ['x', 'y'] }, rules: [{ id: 'r', actions: ['freeze', { report: 'nca' }] }] };
  assert.deepEqual(changesBetween(pack, structuredClone(pack)), []);
});

test('fields, rules by their id, and what came and went', () => {
  const before = { pack: { from: '2022-04-09', until: '2022-10-07' }, rules: [{ id: 'one', amount: '10' }, { id: 'two', amount: '5' }] };
  const after = { pack: { from: '2022-10-07' }, rules: [{ id: 'two', amount: '6' }, { id: 'three', list: ['a', 'b'] }] };
  assert.deepEqual(changesBetween(before, after), [
    { path: 'pack.from', before: '2022-04-09', after: '2022-10-07' },
    { path: 'pack.until', before: '2022-10-07', after: null },
    { path: 'rules[one].amount', before: '10', after: null },
    { path: 'rules[one].id', before: 'one', after: null },
    { path: 'rules[three].id', before: null, after: 'three' },
    { path: 'rules[three].list', before: null, after: 'a, b' },
    { path: 'rules[two].amount', before: '5', after: '6' },
  ]);
});
