/* Aim: amounts stay exact, and people read and write them as their language does.
 * Method: examples at the edges, and random numbers there and back. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ceilTo, changeBasis, decimalsOf, divide, floorTo, multiply, parse, portion, print, signedUnits, units } from '../src/decimal/decimal.ts';
import { formatBasis, formatDate, formatShort, formatText, formatUnits, fromField, toField } from '../src/decimal/format.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('text becomes units and comes back', () => {
  assert.equal(parse('0.00000001'), 1n);
  assert.equal(parse('92233720368.54775807'), 9223372036854775807n);
  assert.equal(parse('.5'), 50_000_000n);
  assert.equal(parse('1.'), 100_000_000n);
  assert.equal(parse('1.000000000'), 100_000_000n);
  for (const bad of ['', '.', '1.000000001', '-1', '1e5', '1,5', ' ', '0x1', '1.2.3', '9'.repeat(41)]) assert.equal(parse(bad), null, bad);
  for (let i = 0; i < 2_000; i += 1) {
    const value = BigInt(Math.floor(Math.random() * 2 ** 53)) * BigInt(1 + Math.floor(Math.random() * 1_000));
    assert.equal(parse(print(value)), value);
    assert.equal(parse(print(value, 8)), value);
  }
  assert.equal(signedUnits('-0.5'), -50_000_000n);
  assert.equal(print(-50_000_000n), '-0.5');
});

test('decimals are cut, and an asset with none has none', () => {
  assert.equal(print(199_999_999n, 2), '1.99');
  assert.equal(print(199_999_999n, 0), '1');
  assert.equal(print(500_000_000n, 0), '5');
  assert.equal(decimalsOf(units('1.00000000')), 0);
  assert.equal(decimalsOf(units('10')), 0);
  assert.equal(decimalsOf(units('0.01000000')), 2);
  assert.equal(decimalsOf(units('0.00000001')), 8);
});

test('steps, products and shares round the way their names say', () => {
  assert.equal(floorTo(1_999n, 100n), 1_900n);
  assert.equal(ceilTo(1_901n, 100n), 2_000n);
  assert.equal(ceilTo(1_900n, 100n), 1_900n);
  assert.equal(multiply(units('30000.01'), units('0.00001')), units('0.3000001'));
  assert.equal(divide(units('1'), units('3')), units('0.33333333'));
  assert.equal(portion(units('0.00000003'), 50), 1n);
  assert.equal(changeBasis(units('100'), units('101.239')), 123);
  assert.equal(changeBasis(0n, 5n), null);
});

test('languages write numbers in their way', () => {
  assert.equal(formatText('1234567.50', 'en'), '1,234,567.50');
  assert.equal(plain(formatText('1234567.50', 'fr')), '1 234 567,50');
  assert.equal(formatUnits(units('1234.5'), 'en', 2), '1,234.50');
  assert.equal(formatText('999', 'en'), '999');
  assert.equal(formatBasis(-123, 'en'), '−1.23%');
  assert.equal(plain(formatBasis(123, 'fr')), '+1,23 %');
  assert.equal(formatBasis(null, 'en'), '–');
  assert.equal(plain(formatShort(units('12345678'), 'en')), '12.34 M');
  assert.equal(formatShort(units('0.0100'), 'en'), '0.0100');
});

test('what people type is read, or refused, never guessed wrong', () => {
  const cases: [string, 'en' | 'fr', string | null][] = [
    ['1234.5', 'en', '1234.5'], ['1,234.5', 'en', '1234.5'], ['1,234', 'en', '1234'], ['0,234', 'en', '0.234'], ['1,23', 'en', '1.23'],
    ['1,234,567', 'en', '1234567'], ['1234,5', 'fr', '1234.5'], ['1 234,5', 'fr', '1234.5'], ['1\u202f234,5', 'fr', '1234.5'], ['1,234', 'fr', '1.234'],
    ['1.234,5', 'fr', '1234.5'], ['1.5', 'fr', '1.5'], ['1,2,3', 'en', null], ['1.2.3', 'en', null], ['abc', 'en', null], ['-5', 'en', null], ['', 'en', null],
    ['1,2.3', 'en', null], ['1e3', 'en', null], ['.5', 'en', '.5'],
  ];
  for (const [typed, language, expected] of cases) assert.equal(fromField(typed, language), expected, `${typed} (${language})`);
  for (let i = 0; i < 500; i += 1) {
    const value = BigInt(Math.floor(Math.random() * 2 ** 45));
    for (const language of ['en', 'fr'] as const) assert.equal(parse(fromField(toField(value, language), language) ?? ''), value);
  }
});

test('a day of the venue is its day in UTC, wherever the reader sits', () => {
  const late = Date.UTC(2022, 3, 22, 23, 59, 59);
  assert.equal(plain(formatDate(late, 'en')), '22 April 2022');
  assert.equal(plain(formatDate(late, 'fr')), '22 avril 2022');
  assert.equal(plain(formatDate(late + 1_000, 'fr')), '23 avril 2022');
});
