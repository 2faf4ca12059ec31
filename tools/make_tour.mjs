// The pictures of docs/tour.md, of a demo that runs. Started by tools/make_tour.py beside the helpers
// of tests/e2e/browser. usage: node make_tour.mjs URL FOLDER PID   (of the gateway's process)
import { join } from 'node:path';
import { fill, launch, newContext, open, signIn } from './browser.mjs';

const [url, folder, gateway] = process.argv.slice(2);
const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, deviceScaleFactor: 2 };
const SETTLE_MS = 700;
const STALE_MS = 30_000;

const pause = (page, ms = SETTLE_MS) => page.waitForTimeout(ms);
const closeDialog = async (page) => {
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
};

async function picture(page, name) {
  await pause(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`tour: ${name}.png`);
}

// The best price of a side, as the form takes it.
async function best(page, side) {
  const answer = await page.request.get(`${url}/api/v3/ticker/bookTicker?symbol=BTCUSDT`);
  return Number((await answer.json())[`${side}Price`]);
}

async function trade(page) {
  await page.getByRole('button', { name: '1s', exact: true }).click();
  await picture(page, '01-market');
  await page.locator('[data-sign-in]').click();
  await page.locator('[data-account-choice]').first().waitFor();
  await picture(page, '02-sign-in');
  const account = await page.locator('[data-account-choice]').first().getAttribute('data-account-choice');
  await closeDialog(page);
  await signIn(page, account);
  await page.locator('[data-side="BUY"]').click();
  const price = ((await best(page, 'bid')) * 0.999).toFixed(2);
  await fill(page, { price, quantity: '0.05' });
  await picture(page, '03-order-form');
  await page.locator('[data-send]').click();
  await page.locator('[data-confirm]').waitFor();
  await picture(page, '04-review');
  await page.locator('[data-confirm]').click();
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.locator('[data-order]').first().waitFor();
  await picture(page, '05-open-order');
  await page.locator('#chart-tab-depth').click();
  await picture(page, '06-depth');
  await page.locator('#chart-tab-candles').click();
}

// People for whom rules matter: why, and what is still possible.
async function rules(context) {
  for (const [name, account] of [['16-withdraw-only', 'mikhail'], ['17-near-the-amount', 'pavel'], ['18-being-checked', 'nadia']]) {
    const page = await open(context, { url });
    await page.locator('[data-sign-in]').click();
    await page.locator(`[data-account-choice="${account}"]`).click();
    await page.waitForSelector(`[data-account="${account}"]`);
    await picture(page, name);
    await page.close();
  }
  const page = await context.newPage();
  await page.goto(`${url}/rules`);
  await page.locator('h1').first().waitFor();
  await picture(page, '19-rules');
  await page.close();
}

// An order that must only rest, at a price that would match: it is not even sent.
async function refuse(page) {
  const rest = page.locator('.form .check input');
  await rest.check();
  await fill(page, { price: ((await best(page, 'ask')) * 1.002).toFixed(2), quantity: '0.01' });
  await page.locator('[data-send]').click();
  await page.locator('.form .note').first().waitFor();
  await picture(page, '07-told-before');
  await rest.uncheck();
}

async function wallet(page) {
  await page.locator('#orders-tab-balances').click();
  await picture(page, '08-balances');
  await page.locator('[data-deposit="BTC"]').click();
  await page.locator('[data-address]').waitFor();
  await picture(page, '09-deposit');
  await closeDialog(page);
  await page.locator('#orders-tab-open').click();
}

async function keys(page) {
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('?');
  await page.waitForSelector('dialog');
  await picture(page, '10-keys');
  await closeDialog(page);
}

// The gateway stands still for some seconds: prices get old, and the page says so.
async function stale(page) {
  process.kill(Number(gateway), 'SIGSTOP');
  try {
    await page.waitForSelector('[data-link]:not([data-link="live"])', { timeout: STALE_MS });
    await picture(page, '11-stale');
  } finally {
    process.kill(Number(gateway), 'SIGCONT');
  }
  await page.waitForSelector('[data-link="live"]', { timeout: STALE_MS });
}

async function phone(browser) {
  const context = await newContext(browser, { url }, { ...PHONE, locale: 'fr-FR', colorScheme: 'dark' });
  const page = await open(context, { url });
  await picture(page, '13-phone-chart-fr');
  for (const [index, view] of ['book', 'trade'].entries()) {
    await page.locator(`[data-view-choice="${view}"]`).click();
    await picture(page, `${14 + index}-phone-${view}-fr`);
  }
  await context.close();
}

const browser = await launch();
try {
  const context = await newContext(browser, { url }, { ...WIDE, colorScheme: 'light' });
  const page = await open(context, { url });
  await trade(page);
  await refuse(page);
  await wallet(page);
  await keys(page);
  await stale(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, '12-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.close();
  await rules(context);
  await context.close();
  await phone(browser);
} finally {
  await browser.close();
}
