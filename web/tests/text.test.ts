/* Aim: both languages are whole, every refusal has an advice, and no text stands in a component.
 * Method: keys and places in braces are compared; the venue's filters are looked up in the advice;
 * components are searched for words between tags and in attributes that people hear or read. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { adviceFor, filtersKnown } from '../src/i18n/advice.ts';
import { accountEn } from '../src/account/en.ts';
import { accountFr } from '../src/account/fr.ts';
import { recordsEn } from '../src/records/en.ts';
import { recordsFr } from '../src/records/fr.ts';
import { en } from '../src/i18n/en.ts';
import { fr } from '../src/i18n/fr.ts';

declare const WEB_ROOT: string;

const sources = ['ui', 'state', 'rules', 'account', 'records'].flatMap((folder) => readdirSync(join(WEB_ROOT, 'src', folder)).filter((name) => name !== 'en.ts' && name !== 'fr.ts').map((name) => join(WEB_ROOT, 'src', folder, name)));

/* The page's own words, and those of what is fetched when it is wanted. */
const TABLES: [Record<string, string>, Record<string, string>][] = [[en, fr], [accountEn, accountFr], [recordsEn, recordsFr]];

test('the languages have the same keys and the same places', () => {
  const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
  for (const [first, second] of TABLES) {
    assert.deepEqual(Object.keys(second).sort(), Object.keys(first).sort());
    for (const [key, text] of Object.entries(first)) {
      const other = second[key] ?? '';
      assert.deepEqual(places(other), places(text), key);
      assert.ok(text.trim() && other.trim(), key);
    }
  }
});

test('French differs from English where there are words', () => {
  const same = TABLES.flatMap(([first, second]) => Object.entries(first).filter(([key, text]) => second[key] === text && /[a-z]{5}/.test(text)).map(([key]) => key));
  const really = ['app.title', 'market.volume', 'orders.maker', 'orders.taker', 'orders.action', 'nav.label', 'link.ms', 'account.secret', 'common.messages',
    'rules.version', 'rules.hash', 'rules.article'];
  assert.deepEqual(same.filter((key) => !really.includes(key)), []);
});

test('no text stands in a component', () => {
  const found: string[] = [];
  for (const path of sources.filter((name) => name.endsWith('.tsx'))) {
    const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').replace(/^import[\s\S]*?;$/gm, '');
    for (const match of code.matchAll(/(?:[a-z"}]|\s)>([^<>{}=;()|&?]*[A-Za-z]{2,}[^<>{}=;()|&?]*)<\//g)) found.push(`${path}: ${match[1]}`);
    for (const match of code.matchAll(/\b(?:aria-label|title|placeholder|alt|label)="([^"]*[A-Za-z]{2,}[^"]*)"/g)) found.push(`${path}: ${match[1]}`);
  }
  assert.deepEqual(found, []);
});

test('every key is used', () => {
  const all = [...sources, join(WEB_ROOT, 'src/i18n/advice.ts')].map((path) => readFileSync(path, 'utf8')).join('\n');
  const families = ['status.', 'type.', 'deposit.', 'withdrawal.', 'problem.', 'nav.', 'settings.', 'side.', 'link.', 'standing.part.', 'appeal.said.', 'appeal.end.', 'rules.state.', 'rules.origin.', 'reports.cell.', 'reports.type.', 'reports.basis.', 'reports.contact.', 'reports.opening.', 'reports.kind.', 'reports.mark.', 'enrol.kind.', 'enrol.part.', 'enrol.why.', 'enrol.step.'];
  const ours = ['error.', 'keys.right.', 'keys.kindName.', 'keys.ed25519', 'keys.rsa', 'keys.hmac', 'keys.read', 'keys.trade', 'keys.withdraw'];
  const idle = Object.keys(en).filter((key) => !all.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)));
  const idleOurs = Object.keys(accountEn).filter((key) => !all.includes(`'${key}'`) && !ours.some((family) => key.startsWith(family)));
  const families_ = ['group.', 'about.', 'kind.'];
  const idleRecords = Object.keys(recordsEn).filter((key) => !all.includes(`'${key}'`) && !families_.some((family) => key.startsWith(family)));
  assert.deepEqual([...idle, ...idleOurs, ...idleRecords], []);
});

test('each refusal leads to what can be done', () => {
  for (const filter of ['PRICE_FILTER', 'PERCENT_PRICE', 'PERCENT_PRICE_BY_SIDE', 'LOT_SIZE', 'MARKET_LOT_SIZE', 'MIN_NOTIONAL', 'NOTIONAL', 'ICEBERG_PARTS', 'TRAILING_DELTA', 'MAX_NUM_ORDERS',
    'MAX_NUM_ALGO_ORDERS', 'MAX_NUM_ICEBERG_ORDERS', 'MAX_NUM_ORDER_LISTS', 'MAX_POSITION', 'MAX_NUM_ORDER_AMENDS', 'EXCHANGE_MAX_NUM_ORDERS', 'EXCHANGE_MAX_NUM_ALGO_ORDERS', 'EXCHANGE_MAX_NUM_ICEBERG_ORDERS']) {
    assert.ok(filtersKnown.includes(filter), filter);
    assert.notEqual(adviceFor(-1013, `Filter failure: ${filter}`), 'advice.page');
  }
  assert.equal(adviceFor(-2010, 'Account has insufficient balance for requested action.'), 'advice.balance');
  assert.equal(adviceFor(-2010, 'Order would immediately match and take.'), 'advice.wouldMatch');
  assert.equal(adviceFor(-2010, 'This account may not place or cancel orders.'), 'advice.account');
  assert.equal(adviceFor(-2011, 'Unknown order sent.'), 'advice.gone');
  assert.equal(adviceFor(-1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'), 'advice.percentPrice');
  assert.equal(adviceFor(-1021, ''), 'advice.clock');
  assert.equal(adviceFor(-4003, 'x'), 'advice.withdraw');
  assert.equal(adviceFor(-9999, 'x'), 'advice.withdraw');
  assert.equal(adviceFor(-1, 'x'), 'advice.page');
});
