/* Aim: the book on the page is the venue's, or it says that it is not.
 * Method: a random book kept beside, fed through snapshots and windows with losses, repeats and late
 * snapshots; grouping is compared with adding up by hand. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { units } from '../src/decimal/decimal.ts';
import { Book, BookSide, type DepthEvent, groupSteps } from '../src/feed/book.ts';
import { pauseMs } from '../src/feed/link.ts';

const text = (value: number) => `${value}.00000000`;
const event = (U: number, u: number, b: [number, number][] = [], a: [number, number][] = []): DepthEvent => ({
  U, u, b: b.map(([price, quantity]) => [text(price), text(quantity)]), a: a.map(([price, quantity]) => [text(price), text(quantity)]),
});

test('sides are sorted, the best first', () => {
  const bids = new BookSide(true);
  const asks = new BookSide(false);
  for (const price of [5, 1, 9, 3, 7]) {
    bids.set(units(text(price)), 1n);
    asks.set(units(text(price)), 1n);
  }
  bids.set(units('9'), 0n);
  bids.set(units('4'), 0n);
  assert.deepEqual(bids.prices, [7, 5, 3, 1].map((price) => units(text(price))));
  assert.deepEqual(asks.prices, [1, 3, 5, 7, 9].map((price) => units(text(price))));
});

test('a window is waited for, applied, passed over, or a gap', () => {
  const book = new Book();
  assert.equal(book.event(event(11, 12, [[100, 1]])), 'waiting');
  assert.equal(book.snapshot({ lastUpdateId: 11, bids: [[text(99), text(5)]], asks: [] }), true);
  assert.deepEqual(book.bids.prices, [units('100'), units('99')]);
  assert.equal(book.event(event(10, 12, [[100, 9]])), 'old');
  assert.equal(book.event(event(13, 15, [[100, 2]])), 'applied');
  assert.equal(book.event(event(17, 18)), 'gap');
  assert.equal(book.synced, false);
  assert.equal(book.snapshot({ lastUpdateId: 15, bids: [], asks: [] }), false, 'older than what was heard');
  assert.equal(book.snapshot({ lastUpdateId: 16, bids: [], asks: [] }), true);
  assert.equal(book.synced, true);
});

test('a random flow with losses is followed', () => {
  let followed = 0;
  for (let round = 0; round < 40; round += 1) {
    const truth = new Map<number, number>();
    const book = new Book();
    let id = 100;
    for (let i = 0; i < 200; i += 1) {
      const U = id + 1;
      const changes: [number, number][] = [];
      for (let k = 0; k < 1 + Math.floor(Math.random() * 4); k += 1) {
        id += 1;
        const price = 1 + Math.floor(Math.random() * 60);
        const quantity = Math.random() < 0.3 ? 0 : 1 + Math.floor(Math.random() * 9);
        if (quantity === 0) truth.delete(price);
        else truth.set(price, quantity);
        changes.push([price, quantity]);
      }
      if (Math.random() > 0.05) book.event(event(U, id, changes));
      if (!book.synced && Math.random() < 0.5) {
        const bids = [...truth].sort(([a], [b]) => b - a).map(([price, quantity]): [string, string] => [text(price), text(quantity)]);
        assert.equal(book.snapshot({ lastUpdateId: id, bids, asks: [] }), true);
      }
    }
    /* The next window tells whether anything is missing; if so, the book has said so. */
    if (book.event(event(id + 1, id + 1)) !== 'applied') {
      assert.equal(book.synced, false);
      continue;
    }
    followed += 1;
    assert.deepEqual(book.bids.prices.map((price, i) => [Number(price / 100_000_000n), Number((book.bids.quantities[i] as bigint) / 100_000_000n)]),
      [...truth].sort(([a], [b]) => b - a));
  }
  assert.ok(followed > 20, String(followed));
});

test('groups round away from the other side and add up', () => {
  const bids = new BookSide(true);
  const asks = new BookSide(false);
  for (let i = 0; i < 10_000; i += 1) {
    bids.set(units('20000') - BigInt(i) * 1_000_000n, 100_000_000n);
    asks.set(units('20000.01') + BigInt(i) * 1_000_000n, 100_000_000n);
  }
  const rows = bids.groups(units('0.1'), 12);
  assert.equal(rows.length, 12);
  assert.deepEqual(rows.slice(0, 2).map((row) => [row.price, row.quantity]), [[units('20000'), units('1')], [units('19999.9'), units('10')]]);
  assert.equal(rows[11]?.total, units('111'));
  const offered = asks.groups(units('0.1'), 3);
  assert.deepEqual(offered.map((row) => [row.price, row.quantity]), [[units('20000.1'), units('10')], [units('20000.2'), units('10')], [units('20000.3'), units('10')]]);
  assert.equal(bids.groups(units('1000'), 12).length, 2, 'a hundred units deep');
  assert.deepEqual(asks.sweep(units('3')), { filled: units('3'), cost: units('60000.06'), worst: units('20000.03') });
});

test('steps to group by grow from the tick', () => {
  assert.deepEqual(groupSteps(units('0.01'), units('30000')).slice(0, 5).map(String), ['0.01', '0.05', '0.1', '0.5', '1'].map((step) => String(units(step))));
  assert.ok(groupSteps(units('0.01'), units('30000')).every((step) => step <= units('600')));
  assert.ok(groupSteps(1n, 1n).length >= 1);
});

test('pauses grow, are bounded, and differ', () => {
  assert.equal(pauseMs(0, 0), 250);
  assert.equal(pauseMs(0, 1), 500);
  assert.equal(pauseMs(3, 1), 4_000);
  assert.equal(pauseMs(50, 1), 8_000);
  assert.equal(pauseMs(50, 0), 4_000);
});
